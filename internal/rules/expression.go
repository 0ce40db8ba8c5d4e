package rules

import (
	"fmt"
	"maps"
	"strings"
	"unsafe"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
)

// frame is what one run of one clause works on.
type frame struct {
	now       int64
	scope     Scope
	index     [maxEach]int64
	slots     [slotCount]slot
	judgement Judgement
	steps     int  // loop turns so far, bounded by MaxSteps
	spent     bool // the bound was reached: whatever comes out is undecided
}

// slot holds one variable: where its cell is, and how to read it.
type slot struct {
	p unsafe.Pointer
	t *typ
}

// The slots of a frame. The first ones are the engine's variables, the rest belongs to comprehensions.
const (
	rootSlot = iota
	scopeSlot
	itemSlot
	nowSlot
	firstIndexSlot
	firstLocalSlot = firstIndexSlot + maxEach
	slotCount      = firstLocalSlot + MaxNesting
)

// turn counts one loop turn and tells whether it may be taken.
func (f *frame) turn() bool {
	f.steps++
	if f.steps > MaxSteps {
		f.spent = true
	}
	return !f.spent
}

// code is a compiled expression: its kind, and the one function of that kind. The second result of each function is
// false where the value cannot be told (an absent field, a division by zero).
type code struct {
	kind     kind
	b        func(*frame) (bool, bool)
	s        func(*frame) (string, bool)
	n        func(*frame) (int64, bool) // int, timestamp, duration
	d        func(*frame) (float64, bool)
	l        func(*frame) (list, bool)
	p        func(*frame) (unsafe.Pointer, bool) // struct
	loose    func(*frame) (unsafe.Pointer, bool) // struct, absent or not; nil where that makes no difference
	t        *typ                                // of a struct; of a list: what it is to CEL, cells may lie otherwise
	constant any                                 // the value of a literal: bool, string, int64, float64
}

func boolCode(f func(*frame) (bool, bool)) code            { return code{kind: boolKind, b: f} }
func stringCode(f func(*frame) (string, bool)) code        { return code{kind: stringKind, s: f} }
func doubleCode(f func(*frame) (float64, bool)) code       { return code{kind: doubleKind, d: f} }
func numberCode(k kind, f func(*frame) (int64, bool)) code { return code{kind: k, n: f} }

// compiler turns a checked tree into code.
type compiler struct {
	schema    *Schema
	globals   map[string]variable
	variables map[string]variable
	next      int // the next free slot
}

type variable struct {
	slot int
	t    *typ
}

// unsupported is something that cel-go knows and the closures do not.
type unsupported struct {
	id      int64
	message string
	at      common.Location
}

func (u unsupported) Error() string { return u.message }

func refuse(e ast.Expr, message string, args ...any) error {
	return unsupported{id: e.ID(), message: fmt.Sprintf(message, args...) + " is not supported in a clause"}
}

// compile turns a checked expression over the given variables into closures.
func (s *Schema) compile(checked *cel.Ast, variables map[string]variable) (code, error) {
	tree := checked.NativeRep()
	c := &compiler{schema: s, globals: variables, variables: maps.Clone(variables), next: firstLocalSlot}
	made, err := c.compile(tree.Expr())
	if u, ok := err.(unsupported); ok {
		u.at = tree.SourceInfo().GetStartLocation(u.id)
		return code{}, u
	}
	return made, err
}

func (c *compiler) compile(e ast.Expr) (code, error) {
	switch e.Kind() {
	case ast.LiteralKind:
		return literal(e)
	case ast.IdentKind:
		v, ok := c.variables[e.AsIdent()]
		if global, marked := strings.CutPrefix(e.AsIdent(), "."); marked { // .x is x even where a loop has an x of its own
			v, ok = c.globals[global]
		}
		if !ok {
			return code{}, refuse(e, "the name %s", e.AsIdent())
		}
		return load(v), nil
	case ast.SelectKind:
		return c.selection(e)
	case ast.CallKind:
		return c.call(e)
	case ast.ListKind:
		return c.listLiteral(e)
	case ast.ComprehensionKind:
		return c.comprehension(e)
	}
	return code{}, refuse(e, "a map or struct literal")
}

// compileAll compiles several expressions.
func (c *compiler) compileAll(exprs ...ast.Expr) ([]code, error) {
	codes := make([]code, len(exprs))
	for i, e := range exprs {
		var err error
		if codes[i], err = c.compile(e); err != nil {
			return nil, err
		}
	}
	return codes, nil
}

func literal(e ast.Expr) (code, error) {
	switch v := e.AsLiteral().(type) {
	case types.Bool:
		return constant(boolKind, bool(v)), nil
	case types.String:
		return constant(stringKind, string(v)), nil
	case types.Int:
		return constant(intKind, int64(v)), nil
	case types.Double:
		return constant(doubleKind, float64(v)), nil
	}
	return code{}, refuse(e, "a literal of type %s", e.AsLiteral().Type().TypeName())
}

func constant(k kind, value any) code {
	c := code{kind: k, constant: value}
	switch v := value.(type) {
	case bool:
		c.b = func(*frame) (bool, bool) { return v, true }
	case string:
		c.s = func(*frame) (string, bool) { return v, true }
	case int64:
		c.n = func(*frame) (int64, bool) { return v, true }
	case float64:
		c.d = func(*frame) (float64, bool) { return v, true }
	}
	return c
}

// load reads a variable. How its cell lies is known only when it runs: an item of a list literal and one of a
// document's list are the same to CEL.
func load(v variable) code {
	i := v.slot
	c := code{kind: v.t.kind, t: v.t}
	switch v.t.kind {
	case boolKind:
		c.b = func(f *frame) (bool, bool) { s := &f.slots[i]; return s.t.loadBool(s.p), true }
	case stringKind:
		c.s = func(f *frame) (string, bool) { s := &f.slots[i]; return s.t.loadString(s.p), true }
	case intKind, timeKind, spanKind:
		c.n = func(f *frame) (int64, bool) { s := &f.slots[i]; return s.t.number(s.p), true }
	case doubleKind:
		c.d = func(f *frame) (float64, bool) { s := &f.slots[i]; return s.t.double(s.p), true }
	case listKind:
		c.l = func(f *frame) (list, bool) { s := &f.slots[i]; return s.t.loadList(s.p), true }
	case structKind:
		c.p = func(f *frame) (unsafe.Pointer, bool) { return f.slots[i].p, true }
	}
	return c
}

// selection compiles x.f and has(x.f).
func (c *compiler) selection(e ast.Expr) (code, error) {
	sel := e.AsSelect()
	x, err := c.compile(sel.Operand())
	if err != nil {
		return code{}, err
	}
	if x.kind != structKind {
		return code{}, refuse(e, "selecting from a %s", x.kind)
	}
	f := x.t.fields[sel.FieldName()]
	if f == nil {
		return code{}, refuse(e, "the field %s", sel.FieldName())
	}
	if sel.IsTestOnly() {
		return presence(x.p, f), nil
	}
	if f.optional && x.loose != nil {
		// If x is absent then x.f is all zero and absent as well: one test is enough.
		return read(x.loose, f), nil
	}
	return read(x.p, f), nil
}

// presence is has(x.f). A bool is present where it is true, as in protocol buffers.
func presence(x func(*frame) (unsafe.Pointer, bool), f *field) code {
	offset, t := f.offset, f.typ
	return boolCode(func(fr *frame) (bool, bool) {
		p, ok := x(fr)
		if !ok {
			return false, false
		}
		switch {
		case f.optional:
			return !t.zero(unsafe.Add(p, offset)), true
		case t.kind == boolKind:
			return t.loadBool(unsafe.Add(p, offset)), true
		}
		return true, true
	})
}

// read is x.f, which cannot be told where x cannot or where f is absent.
func read(x func(*frame) (unsafe.Pointer, bool), f *field) code {
	offset, t, optional := f.offset, f.typ, f.optional
	c := code{kind: t.kind, t: t}
	switch {
	case t.kind == stringKind && t.text == nil:
		c.s = func(fr *frame) (string, bool) {
			p, ok := x(fr)
			if !ok {
				return "", false
			}
			v := *(*string)(unsafe.Add(p, offset))
			return v, !optional || v != ""
		}
	case t.kind == stringKind:
		c.s = func(fr *frame) (string, bool) {
			p, ok := x(fr)
			if !ok {
				return "", false
			}
			return t.text(unsafe.Add(p, offset)), true
		}
	case t.kind == boolKind:
		c.b = func(fr *frame) (bool, bool) {
			p, ok := x(fr)
			return ok && t.loadBool(unsafe.Add(p, offset)), ok
		}
	case t.kind == doubleKind:
		c.d = func(fr *frame) (float64, bool) {
			p, ok := x(fr)
			if !ok {
				return 0, false
			}
			v := t.double(unsafe.Add(p, offset))
			return v, !optional || v != 0
		}
	case t.kind == listKind:
		c.l = func(fr *frame) (list, bool) {
			p, ok := x(fr)
			if !ok {
				return list{}, false
			}
			v := t.loadList(unsafe.Add(p, offset))
			return v, !optional || v.n != 0
		}
	case t.kind == structKind:
		c.p = func(fr *frame) (unsafe.Pointer, bool) {
			p, ok := x(fr)
			if !ok {
				return nil, false
			}
			p = unsafe.Add(p, offset)
			return p, !optional || !t.zero(p)
		}
		if optional {
			c.loose = func(fr *frame) (unsafe.Pointer, bool) {
				p, ok := x(fr)
				if !ok {
					return nil, false
				}
				return unsafe.Add(p, offset), true
			}
		}
	default:
		c.n = func(fr *frame) (int64, bool) {
			p, ok := x(fr)
			if !ok {
				return 0, false
			}
			v := t.number(unsafe.Add(p, offset))
			return v, !optional || v != 0
		}
	}
	return c
}
