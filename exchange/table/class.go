package table

import (
	"strconv"

	"github.com/guomen/guomen/exchange/markup"
)

// Class is how one class of a format stands in XML: its members in the order of the schema, and where each lives in a Go
// type. Reading and writing both walk it, so they cannot disagree.
type Class[T any] []Member[T]

// Member is one child element of a class.
type Member[T any] struct {
	Name    string // of the element
	Many    bool   // it may stand more than once
	Foreign bool   // it is not of the format's namespaces
	Read    func(r *Reader, t *T) error
	Write   func(w *Writer, t *T)
}

// MaxMembers is how many members a class may have: each that stands once has a bit in what Read has seen.
const MaxMembers = 128

// Read reads the element that has just started into t, its end included.
func (c Class[T]) Read(r *Reader, t *T) error {
	r.Attributes("")
	var seen [MaxMembers / 64]uint64
	likely := 0 // documents keep the order of the schema, so the search begins where the last one ended
	for {
		kind, err := r.XML.Next()
		if err != nil {
			return err
		}
		switch kind {
		case markup.End:
			return nil
		case markup.Text:
			r.stray()
			continue
		}
		r.Enter()
		i := c.Find(r.XML.Name(), likely)
		switch {
		case i < 0 || !c[i].Foreign && !r.Space(r.XML.Space()):
			err = r.Unknown()
		case !c[i].Many && seen[i/64]&(1<<(i%64)) != 0:
			r.Fail("xml.repeated", r.XML.Name())
			err = r.XML.Skip()
		default:
			r.again = seen[i/64]&(1<<(i%64)) != 0
			seen[i/64] |= 1 << (i % 64)
			likely = i
			err = c[i].Read(r, t)
		}
		if err != nil {
			return err
		}
		r.Leave()
	}
}

// Find is the index of a member by the name of its element, looked for from likely on and then before it; -1 where there
// is none.
func (c Class[T]) Find(name string, likely int) int {
	for i := likely; i < len(c); i++ {
		if c[i].Name == name {
			return i
		}
	}
	for i := range likely {
		if c[i].Name == name {
			return i
		}
	}
	return -1
}

// Write writes the members of t in the order of the class.
func (c Class[T]) Write(w *Writer, t *T) {
	for i := range c {
		c[i].Write(w, t)
	}
}

// In is a class of the format that is no type of its own here: its members belong to the same T.
func In[T any](name string, members ...Member[T]) Member[T] {
	c := Class[T](members)
	return Member[T]{
		Name:  name,
		Read:  c.Read,
		Write: func(w *Writer, t *T) { w.Element(name, func() { c.Write(w, t) }) },
	}
}

// One is a class that stands once, at a field of T. json is the field's name in the model.
func One[T, U any](name, json string, at func(*T) *U, c Class[U]) Member[T] {
	return Member[T]{
		Name: name,
		Read: func(r *Reader, t *T) error {
			r.Model(json)
			return c.Read(r, at(t))
		},
		Write: func(w *Writer, t *T) { w.Element(name, func() { c.Write(w, at(t)) }) },
	}
}

// MaxRepeat is how often one element may stand in its parent: the data model numbers lines of goods with up to five
// digits, the declarations of no country known here have more than 9,999 of anything.
const MaxRepeat = 9999

// Many is a class that stands any number of times, as a list.
func Many[T, U any](name, json string, at func(*T) *[]U, c Class[U]) Member[T] {
	return Some(name, json, at, c, func(U) bool { return true }, *new(U))
}

// Some is Many for a list that several elements share: those of this element are the ones that fit, and begin as fresh.
func Some[T, U any](name, json string, at func(*T) *[]U, c Class[U], fits func(U) bool, fresh U) Member[T] {
	return Member[T]{
		Name: name,
		Many: true,
		Read: func(r *Reader, t *T) error {
			list := at(t)
			if len(*list) >= MaxRepeat {
				r.Fail("exchange.too_many", strconv.Itoa(MaxRepeat))
				return r.XML.Skip()
			}
			r.Model(json)
			r.Index(len(*list))
			*list = append(*list, fresh)
			return c.Read(r, &(*list)[len(*list)-1])
		},
		Write: func(w *Writer, t *T) {
			list := *at(t)
			outer := w.Index
			for i := range list {
				w.Index = i
				if fits(list[i]) {
					w.Element(name, func() { c.Write(w, &list[i]) })
				}
			}
			w.Index = outer
		},
	}
}

// Lift makes a class of a part into a class of the whole.
func Lift[T, U any](c Class[U], at func(*T) *U) Class[T] {
	lifted := make(Class[T], len(c))
	for i, m := range c {
		lifted[i] = Member[T]{
			Name:  m.Name,
			Many:  m.Many,
			Read:  func(r *Reader, t *T) error { return m.Read(r, at(t)) },
			Write: func(w *Writer, t *T) { m.Write(w, at(t)) },
		}
	}
	return lifted
}
