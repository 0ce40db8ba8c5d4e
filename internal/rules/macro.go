package rules

import (
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// comprehension compiles what the parser has made of all, exists, exists_one, filter and map. It knows each by the
// shape of its expansion; another shape is not supported.
func (c *compiler) comprehension(e ast.Expr) (code, error) {
	fold := e.AsComprehension()
	over, err := c.compile(fold.IterRange())
	if err != nil {
		return code{}, err
	}
	if over.kind != listKind || fold.HasIterVar2() {
		return code{}, refuse(e, "a loop over a %s", over.kind)
	}
	if c.next == slotCount {
		return code{}, unsupported{id: e.ID(), message: "loops stand too deep in one another"}
	}
	slot, shadowed := c.next, c.variables[fold.IterVar()]
	c.variables[fold.IterVar()] = variable{slot, over.t.elem}
	c.next++
	defer func() {
		c.next--
		if c.variables[fold.IterVar()] = shadowed; shadowed.t == nil {
			delete(c.variables, fold.IterVar())
		}
	}()

	if fold.LoopStep().Kind() != ast.CallKind {
		return code{}, refuse(e, "this loop")
	}
	step := fold.LoopStep().AsCall()
	args := step.Args()
	switch init := fold.AccuInit(); {
	case step.FunctionName() == operators.LogicalAnd && isLiteral(init, types.True):
		return c.quantifier(over, slot, args[1], false)
	case step.FunctionName() == operators.LogicalOr && isLiteral(init, types.False):
		return c.quantifier(over, slot, args[1], true)
	case step.FunctionName() == operators.Conditional && isLiteral(init, types.IntZero):
		return c.existsOne(over, slot, args[0])
	case step.FunctionName() == operators.Conditional && init.Kind() == ast.ListKind && isAppend(args[1]):
		return c.collection(over, slot, args[0], args[1].AsCall().Args()[1].AsList().Elements()[0])
	case init.Kind() == ast.ListKind && isAppend(fold.LoopStep()):
		return c.collection(over, slot, nil, args[1].AsList().Elements()[0])
	}
	return code{}, refuse(e, "this loop")
}

func isLiteral(e ast.Expr, value any) bool {
	return e.Kind() == ast.LiteralKind && e.AsLiteral() == value
}

func isAppend(e ast.Expr) bool {
	if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != operators.Add {
		return false
	}
	args := e.AsCall().Args()
	return args[0].Kind() == ast.IdentKind && args[1].Kind() == ast.ListKind && args[1].AsList().Size() == 1
}

// quantifier is all (decided by the first false) and exists (decided by the first true). What cannot be told for one
// item matters only if no other item decides.
func (c *compiler) quantifier(over code, slot int, predicate ast.Expr, decides bool) (code, error) {
	x, err := c.compile(predicate)
	if err != nil {
		return code{}, err
	}
	return boolCode(func(f *frame) (bool, bool) {
		l, ok := over.l(f)
		if !ok {
			return false, false
		}
		told := true
		for i := range l.n {
			if !f.turn() {
				return false, false
			}
			f.slots[slot] = l.slot(i)
			v, ok := x.b(f)
			if ok && v == decides {
				return decides, true
			}
			told = told && ok
		}
		return !decides, told
	}), nil
}

func (c *compiler) existsOne(over code, slot int, predicate ast.Expr) (code, error) {
	x, err := c.compile(predicate)
	if err != nil {
		return code{}, err
	}
	return boolCode(func(f *frame) (bool, bool) {
		l, ok := over.l(f)
		if !ok {
			return false, false
		}
		count := 0
		for i := range l.n {
			if !f.turn() {
				return false, false
			}
			f.slots[slot] = l.slot(i)
			v, ok := x.b(f)
			if !ok {
				return false, false
			}
			if v {
				count++
			}
		}
		return count == 1, true
	}), nil
}

// collection is map, and filter, which is a map to the item itself.
func (c *compiler) collection(over code, slot int, predicate, value ast.Expr) (code, error) {
	keep := func(*frame) (bool, bool) { return true, true }
	if predicate != nil {
		x, err := c.compile(predicate)
		if err != nil {
			return code{}, err
		}
		keep = x.b
	}
	x, err := c.compile(value)
	if err != nil {
		return code{}, err
	}
	t := x.typeOf()
	made := code{kind: listKind, t: &typ{kind: listKind, elem: t}}
	switch t.kind {
	case boolKind:
		made.l = collect(over, slot, keep, x.b, t)
	case stringKind:
		made.l = collect(over, slot, keep, x.s, t)
	case doubleKind:
		made.l = collect(over, slot, keep, x.d, t)
	case listKind:
		made.l = collect(over, slot, keep, x.l, t)
	case structKind:
		made.l = collect(over, slot, keep, x.p, t)
	default:
		made.l = collect(over, slot, keep, x.n, t)
	}
	return made, nil
}

func collect[T any](over code, slot int, keep func(*frame) (bool, bool), value func(*frame) (T, bool), t *typ) func(*frame) (list, bool) {
	cell := cellOf(t)
	return func(f *frame) (list, bool) {
		l, ok := over.l(f)
		if !ok {
			return list{}, false
		}
		var values []T
		for i := range l.n {
			if !f.turn() {
				return list{}, false
			}
			f.slots[slot] = l.slot(i)
			wanted, ok := keep(f)
			if !ok {
				return list{}, false
			}
			if !wanted {
				continue
			}
			v, ok := value(f)
			if !ok {
				return list{}, false
			}
			values = append(values, v)
		}
		return listOf(values, cell), true
	}
}
