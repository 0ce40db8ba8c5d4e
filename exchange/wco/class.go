package wco

import (
	"strconv"

	"github.com/guomen/guomen/exchange/markup"
)

// class is how one class of the WCO Data Model stands in XML: its members in the order of the schema, and where each
// lives in a Go type. Reading and writing both walk it, so they cannot disagree.
type class[T any] []member[T]

// member is one child element of a class.
type member[T any] struct {
	name    string // of the element
	many    bool   // it may stand more than once
	foreign bool   // it is not of the data model's namespace
	read    func(r *reader, t *T) error
	write   func(w *writer, t *T)
}

// read reads the element that has just started into t, its end included.
func (c class[T]) read(r *reader, t *T) error {
	r.attributes("")
	var seen uint64
	likely := 0 // documents keep the order of the schema, so the search begins where the last one ended
	for {
		kind, err := r.xml.Next()
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
		r.enter()
		i := c.find(r.xml.Name(), likely)
		switch {
		case i < 0 || !c[i].foreign && !wcoSpace(r.xml.Space()):
			err = r.unknown()
		case !c[i].many && seen&(1<<i) != 0:
			r.fail("wco.repeated", r.xml.Name())
			err = r.xml.Skip()
		default:
			seen |= 1 << i
			likely = i
			err = c[i].read(r, t)
		}
		if err != nil {
			return err
		}
		r.leave()
	}
}

func (c class[T]) find(name string, likely int) int {
	for i := likely; i < len(c); i++ {
		if c[i].name == name {
			return i
		}
	}
	for i := range likely {
		if c[i].name == name {
			return i
		}
	}
	return -1
}

func (c class[T]) write(w *writer, t *T) {
	for i := range c {
		c[i].write(w, t)
	}
}

// in is a class of the data model that is no type of its own here: its members belong to the same T.
func in[T any](name string, members ...member[T]) member[T] {
	c := class[T](members)
	return member[T]{
		name:  name,
		read:  c.read,
		write: func(w *writer, t *T) { w.element(name, func() { c.write(w, t) }) },
	}
}

// one is a class that stands once, at a field of T. json is the field's name in the model.
func one[T, U any](name, json string, at func(*T) *U, c class[U]) member[T] {
	return member[T]{
		name: name,
		read: func(r *reader, t *T) error {
			r.model(json)
			return c.read(r, at(t))
		},
		write: func(w *writer, t *T) { w.element(name, func() { c.write(w, at(t)) }) },
	}
}

// maxRepeat is how often one element may stand in its parent: the data model numbers lines of goods with up to five
// digits, the declarations of no country known here have more than 9,999 of anything.
const maxRepeat = 9999

// many is a class that stands any number of times, as a list.
func many[T, U any](name, json string, at func(*T) *[]U, c class[U]) member[T] {
	return some(name, json, at, c, func(U) bool { return true }, *new(U))
}

// some is many for a list that several elements share: those of this element are the ones that fit, and begin as fresh.
func some[T, U any](name, json string, at func(*T) *[]U, c class[U], fits func(U) bool, fresh U) member[T] {
	return member[T]{
		name: name,
		many: true,
		read: func(r *reader, t *T) error {
			list := at(t)
			if len(*list) >= maxRepeat {
				r.fail("exchange.too_many", strconv.Itoa(maxRepeat))
				return r.xml.Skip()
			}
			r.model(json)
			r.index(len(*list))
			*list = append(*list, fresh)
			return c.read(r, &(*list)[len(*list)-1])
		},
		write: func(w *writer, t *T) {
			list := *at(t)
			outer := w.index
			for i := range list {
				w.index = i
				if fits(list[i]) {
					w.element(name, func() { c.write(w, &list[i]) })
				}
			}
			w.index = outer
		},
	}
}

// lift makes a class of a part into a class of the whole.
func lift[T, U any](c class[U], at func(*T) *U) class[T] {
	lifted := make(class[T], len(c))
	for i, m := range c {
		lifted[i] = member[T]{
			name:  m.name,
			many:  m.many,
			read:  func(r *reader, t *T) error { return m.read(r, at(t)) },
			write: func(w *writer, t *T) { m.write(w, at(t)) },
		}
	}
	return lifted
}
