package rules

import (
	"slices"
	"unsafe"

	"cel.dev/cel-go/common/ast"
)

// cellOf is the cell in which a clause keeps computed values of a type.
func cellOf(t *typ) *typ {
	switch t.kind {
	case boolKind:
		return boolCell
	case stringKind:
		return stringCell
	case intKind:
		return intCell
	case doubleKind:
		return doubleCell
	case timeKind:
		return timeCell
	case spanKind:
		return spanCell
	case listKind:
		return &typ{kind: listKind, size: unsafe.Sizeof(list{}), elem: t.elem, built: true}
	}
	pointer := *t
	pointer.size, pointer.far = unsafe.Sizeof(unsafe.Pointer(nil)), true
	return &pointer
}

// typeOf is what an expression's value is to CEL.
func (c code) typeOf() *typ {
	if c.t != nil {
		return c.t
	}
	return cellOf(&typ{kind: c.kind})
}

// same tells whether values of two types may stand in one list.
func same(a, b *typ) bool {
	if a.kind == listKind && b.kind == listKind {
		return same(a.elem, b.elem)
	}
	return a.kind == b.kind && a.name == b.name
}

// listLiteral compiles [a, b, c], all of one type.
func (c *compiler) listLiteral(e ast.Expr) (code, error) {
	literal := e.AsList()
	if literal.Size() == 0 || len(literal.OptionalIndices()) > 0 {
		return code{}, refuse(e, "an empty list, or one with optional values,")
	}
	x, err := c.compileAll(literal.Elements()...)
	if err != nil {
		return code{}, err
	}
	t := x[0].typeOf()
	constant := true
	for _, value := range x {
		if !same(t, value.typeOf()) {
			return code{}, refuse(e, "a list of %s and %s", t.kind, value.kind)
		}
		constant = constant && value.constant != nil
	}
	made := code{kind: listKind, t: &typ{kind: listKind, elem: t}}
	switch t.kind {
	case boolKind:
		made.l = together(x, func(c code) func(*frame) (bool, bool) { return c.b }, t)
	case stringKind:
		made.l = together(x, func(c code) func(*frame) (string, bool) { return c.s }, t)
	case doubleKind:
		made.l = together(x, func(c code) func(*frame) (float64, bool) { return c.d }, t)
	case listKind:
		made.l = together(x, func(c code) func(*frame) (list, bool) { return c.l }, t)
	case structKind:
		made.l = together(x, func(c code) func(*frame) (unsafe.Pointer, bool) { return c.p }, t)
	default:
		made.l = together(x, func(c code) func(*frame) (int64, bool) { return c.n }, t)
	}
	if constant {
		known, _ := made.l(&frame{})
		made.l, made.constant = func(*frame) (list, bool) { return known, true }, known
	}
	return made, nil
}

// together evaluates every value of a list literal.
func together[T any](x []code, function func(code) func(*frame) (T, bool), t *typ) func(*frame) (list, bool) {
	parts := make([]func(*frame) (T, bool), len(x))
	for i := range x {
		parts[i] = function(x[i])
	}
	cell := cellOf(t)
	return func(f *frame) (list, bool) {
		values := make([]T, len(parts))
		for i, part := range parts {
			var ok bool
			if values[i], ok = part(f); !ok {
				return list{}, false
			}
		}
		return listOf(values, cell), true
	}
}

// index compiles a[i]; beyond the list nothing can be told.
func index(x code, i func(*frame) (int64, bool)) code {
	place := func(f *frame) (unsafe.Pointer, *typ, bool) {
		l, ok := x.l(f)
		if !ok {
			return nil, nil, false
		}
		n, ok := i(f)
		if !ok || n < 0 || n >= int64(l.n) {
			return nil, nil, false
		}
		return l.at(int(n)), l.elem, true
	}
	t := x.t.elem
	c := code{kind: t.kind, t: t}
	switch t.kind {
	case boolKind:
		c.b = indexed(place, (*typ).loadBool)
	case stringKind:
		c.s = indexed(place, (*typ).loadString)
	case doubleKind:
		c.d = indexed(place, func(t *typ, p unsafe.Pointer) float64 { return t.double(p) })
	case listKind:
		c.l = indexed(place, (*typ).loadList)
	case structKind:
		c.p = indexed(place, func(_ *typ, p unsafe.Pointer) unsafe.Pointer { return p })
	default:
		c.n = indexed(place, func(t *typ, p unsafe.Pointer) int64 { return t.number(p) })
	}
	return c
}

func indexed[T any](place func(*frame) (unsafe.Pointer, *typ, bool), value func(*typ, unsafe.Pointer) T) func(*frame) (T, bool) {
	return func(f *frame) (none T, ok bool) {
		p, t, ok := place(f)
		if !ok {
			return none, false
		}
		return value(t, p), true
	}
}

// membership compiles x in list.
func (c *compiler) membership(e ast.Expr, args []ast.Expr) (code, error) {
	x, err := c.compileAll(args...)
	if err != nil {
		return code{}, err
	}
	if x[1].kind == listKind {
		switch x[0].kind {
		case boolKind:
			return boolCode(member(x[0].b, x[1], (*typ).loadBool)), nil
		case stringKind:
			return boolCode(member(x[0].s, x[1], (*typ).loadString)), nil
		case doubleKind:
			return boolCode(member(x[0].d, x[1], func(t *typ, p unsafe.Pointer) float64 { return t.double(p) })), nil
		case intKind, timeKind, spanKind:
			return boolCode(member(x[0].n, x[1], func(t *typ, p unsafe.Pointer) int64 { return t.number(p) })), nil
		}
	}
	return code{}, refuse(e, "%s in %s", x[0].kind, x[1].kind)
}

// fewMembers is how many values are sooner compared one by one than looked up in a map.
const fewMembers = 8

func member[T comparable](x func(*frame) (T, bool), in code, value func(*typ, unsafe.Pointer) T) func(*frame) (bool, bool) {
	if l, ok := in.constant.(list); ok {
		known := make([]T, l.n)
		set := make(map[T]bool, l.n)
		for i := range known {
			known[i] = value(l.elem, l.at(i))
			set[known[i]] = true
		}
		return func(f *frame) (bool, bool) {
			v, ok := x(f)
			if len(known) <= fewMembers {
				return ok && slices.Contains(known, v), ok
			}
			return ok && set[v], ok
		}
	}
	return func(f *frame) (bool, bool) {
		v, ok := x(f)
		if !ok {
			return false, false
		}
		l, ok := in.l(f)
		if !ok {
			return false, false
		}
		for i := range l.n {
			if !f.turn() {
				return false, false
			}
			if value(l.elem, l.at(i)) == v {
				return true, true
			}
		}
		return false, true
	}
}
