package singlewindow

import (
	"strings"

	"github.com/guomen/guomen/exchange/table"
	"github.com/guomen/guomen/port"
)

// leaves is an element that stands any number of times, each a text of a list.
func leaves[T any, S ~string](name, json string, at func(*T) *[]S) table.Member[T] {
	return table.Member[T]{
		Name: name,
		Many: true,
		Read: func(r *table.Reader, t *T) error {
			list := at(t)
			if len(*list) >= table.MaxRepeat {
				return r.XML.Skip()
			}
			r.Model(json)
			r.Index(len(*list))
			r.Attributes("")
			value, err := r.Text()
			if value != "" {
				*list = append(*list, S(strings.Clone(value)))
			}
			return err
		},
		Write: func(w *table.Writer, t *T) {
			for _, value := range *at(t) {
				w.Leaf(name, string(value), "", "")
			}
		},
	}
}

// repeated is a class that stands any number of times and says each time something of the same T: the lists of T grow, and
// a member that stands once may do so in one of them.
func repeated[T any](name string, c table.Class[T]) table.Member[T] {
	return table.Member[T]{
		Name:  name,
		Many:  true,
		Read:  c.Read,
		Write: func(w *table.Writer, t *T) { w.Element(name, func() { c.Write(w, t) }) },
	}
}

// once is a member that may stand in one of the repeated only: full tells that it has been read.
func once[T any](m table.Member[T], full func(*T) bool) table.Member[T] {
	read := m.Read
	m.Read = func(r *table.Reader, t *T) error {
		if full(t) {
			r.Fail("xml.repeated", m.Name)
			return r.XML.Skip()
		}
		return read(r, t)
	}
	return m
}

// same is an element that repeats what another one says, which also writes it. What differs from that is warned of.
func same[T any, S ~string](name, json string, at func(*T) *S) table.Member[T] {
	return table.Member[T]{
		Name: name,
		Read: func(r *table.Reader, t *T) error {
			value, err := r.Leaf(json, "", nil)
			switch field := at(t); {
			case err != nil || value == "" || string(*field) == value:
			case *field == "":
				*field = S(strings.Clone(value))
			default:
				r.Warn("", "xml.not_modelled")
			}
			return err
		},
		Write: func(*table.Writer, *T) {},
	}
}

// readOnly is a member of which another one writes what it reads.
func readOnly[T any](m table.Member[T]) table.Member[T] {
	m.Write = func(*table.Writer, *T) {}
	return m
}

// fixed is an element that says what the message's kind says already. Another value is warned of; the first of the known
// ones is written.
func fixed[T any](name string, known ...string) table.Member[T] {
	return table.Member[T]{
		Name: name,
		Read: func(r *table.Reader, _ *T) error {
			value, err := r.Leaf("", "", nil)
			if err != nil || value == "" {
				return err
			}
			for _, k := range known {
				if value == k {
					return nil
				}
			}
			r.Warn("", "xml.not_modelled")
			return nil
		},
		Write: func(w *table.Writer, _ *T) { w.Leaf(name, known[0], "", "") },
	}
}

// packages is a number of packages with their kind.
func packages[T any](name string, number func(*T) *int64, kind func(*T) *string) table.Member[T] {
	count := table.Quantity(name, "packages", func(p *packed) *port.Quantity { return &p.number }, func(p *packed) *string { return &p.kind })
	return table.Member[T]{
		Name: name,
		Read: func(r *table.Reader, t *T) error {
			var p packed
			if err := count.Read(r, &p); err != nil {
				return err
			}
			if p.number%port.One != 0 || p.number < 0 {
				r.Fail("xml.number", p.number.String())
				return nil
			}
			*number(t), *kind(t) = int64(p.number/port.One), p.kind
			return nil
		},
		Write: func(w *table.Writer, t *T) {
			count.Write(w, &packed{port.Quantity(*number(t)) * port.One, *kind(t)})
		},
	}
}

type packed struct {
	number port.Quantity
	kind   string
}
