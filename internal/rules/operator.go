package rules

import (
	"cmp"
	"math"
	"math/bits"
	"time"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
)

// operator compiles a call that is written with a sign.
func (c *compiler) operator(e ast.Expr, name string, args []ast.Expr) (code, error) {
	if name == operators.In {
		return c.membership(e, args)
	}
	x, err := c.compileAll(args...)
	if err != nil {
		return code{}, err
	}
	var made code
	switch name {
	case operators.LogicalNot:
		a := x[0].b
		return boolCode(func(f *frame) (bool, bool) { v, ok := a(f); return !v && ok, ok }), nil
	case operators.LogicalAnd:
		return boolCode(and(x[0].b, x[1].b)), nil
	case operators.LogicalOr:
		return boolCode(or(x[0].b, x[1].b)), nil
	case operators.Conditional:
		return conditional(x[0].b, x[1], x[2]), nil
	case operators.Equals, operators.NotEquals:
		made = equality(x[0], x[1], name == operators.NotEquals)
	case operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals:
		made = order(x[0], x[1], name)
	case operators.Negate:
		made = negate(x[0])
	case operators.Index:
		if x[0].kind == listKind && x[1].kind == intKind {
			return index(x[0], x[1].n), nil
		}
	case operators.Add, operators.Subtract, operators.Multiply, operators.Divide, operators.Modulo:
		made = arithmetic(name, x[0], x[1])
	}
	if made.kind == 0 {
		sign, _ := operators.FindReverse(name)
		return code{}, refuse(e, "%s over %s", sign, x[len(x)-1].kind)
	}
	return made, nil
}

// and absorbs: a side that is false decides, whatever becomes of the other.
func and(a, b func(*frame) (bool, bool)) func(*frame) (bool, bool) {
	return func(f *frame) (bool, bool) {
		x, okX := a(f)
		if okX && !x {
			return false, true
		}
		y, okY := b(f)
		if okY && !y {
			return false, true
		}
		return true, okX && okY
	}
}

func or(a, b func(*frame) (bool, bool)) func(*frame) (bool, bool) {
	return func(f *frame) (bool, bool) {
		x, okX := a(f)
		if okX && x {
			return true, true
		}
		y, okY := b(f)
		if okY && y {
			return true, true
		}
		return false, okX && okY
	}
}

func conditional(test func(*frame) (bool, bool), yes, no code) code {
	return code{kind: yes.kind, t: yes.t,
		b: choose(test, yes.b, no.b), s: choose(test, yes.s, no.s), n: choose(test, yes.n, no.n),
		d: choose(test, yes.d, no.d), l: choose(test, yes.l, no.l), p: choose(test, yes.p, no.p)}
}

func choose[T any](test func(*frame) (bool, bool), yes, no func(*frame) (T, bool)) func(*frame) (T, bool) {
	if yes == nil {
		return nil
	}
	return func(f *frame) (none T, ok bool) {
		v, ok := test(f)
		switch {
		case !ok:
			return none, false
		case v:
			return yes(f)
		}
		return no(f)
	}
}

func equality(x, y code, not bool) code {
	switch x.kind {
	case boolKind:
		return boolCode(equal(x.b, y.b, y.constant, not))
	case stringKind:
		return boolCode(equal(x.s, y.s, y.constant, not))
	case intKind, timeKind, spanKind:
		return boolCode(equal(x.n, y.n, y.constant, not))
	case doubleKind:
		return boolCode(equal(x.d, y.d, y.constant, not))
	}
	return code{}
}

func equal[T comparable](a, b func(*frame) (T, bool), constant any, not bool) func(*frame) (bool, bool) {
	if known, ok := constant.(T); ok {
		return func(f *frame) (bool, bool) {
			x, ok := a(f)
			return ok && (x == known) != not, ok
		}
	}
	return func(f *frame) (bool, bool) {
		x, okX := a(f)
		if !okX {
			return false, false
		}
		y, okY := b(f)
		return okY && (x == y) != not, okY
	}
}

func order(x, y code, sign string) code {
	switch x.kind {
	case boolKind:
		number := func(b func(*frame) (bool, bool)) func(*frame) (int64, bool) {
			return func(f *frame) (int64, bool) {
				v, ok := b(f)
				if v {
					return 1, ok
				}
				return 0, ok
			}
		}
		return boolCode(compare(number(x.b), number(y.b), nil, sign))
	case stringKind:
		return boolCode(compare(x.s, y.s, y.constant, sign))
	case intKind, timeKind, spanKind:
		return boolCode(compare(x.n, y.n, y.constant, sign))
	case doubleKind:
		return boolCode(compare(x.d, y.d, y.constant, sign))
	}
	return code{}
}

func holds[T cmp.Ordered](sign string) func(x, y T) bool {
	switch sign {
	case operators.Less:
		return func(x, y T) bool { return x < y }
	case operators.LessEquals:
		return func(x, y T) bool { return x <= y }
	case operators.Greater:
		return func(x, y T) bool { return x > y }
	}
	return func(x, y T) bool { return x >= y }
}

func compare[T cmp.Ordered](a, b func(*frame) (T, bool), constant any, sign string) func(*frame) (bool, bool) {
	test := holds[T](sign)
	if known, ok := constant.(T); ok {
		return func(f *frame) (bool, bool) {
			x, ok := a(f)
			return ok && test(x, known), ok
		}
	}
	return func(f *frame) (bool, bool) {
		x, okX := a(f)
		if !okX {
			return false, false
		}
		y, okY := b(f)
		return okY && test(x, y), okY
	}
}

func negate(x code) code {
	switch x.kind {
	case intKind:
		return numberCode(intKind, func(f *frame) (int64, bool) {
			v, ok := x.n(f)
			return -v, ok && v != math.MinInt64
		})
	case doubleKind:
		return doubleCode(func(f *frame) (float64, bool) { v, ok := x.d(f); return -v, ok })
	}
	return code{}
}

func arithmetic(name string, x, y code) code {
	switch {
	case x.kind == stringKind && name == operators.Add:
		return stringCode(both(x.s, y.s, func(a, b string) (string, bool) { return a + b, true }))
	case x.kind == doubleKind:
		if op := doubleOperators[name]; op != nil {
			return doubleCode(both(x.d, y.d, op))
		}
	case x.kind == intKind:
		return numberCode(intKind, both(x.n, y.n, intOperators[name]))
	case x.kind == timeKind && y.kind == timeKind && name == operators.Subtract:
		return numberCode(spanKind, both(x.n, y.n, func(a, b int64) (int64, bool) { return inSpan(a - b) }))
	case x.kind == timeKind && y.kind == spanKind && name == operators.Add:
		return numberCode(timeKind, both(x.n, y.n, func(a, b int64) (int64, bool) { return inTime(a + b) }))
	case x.kind == timeKind && y.kind == spanKind && name == operators.Subtract:
		return numberCode(timeKind, both(x.n, y.n, func(a, b int64) (int64, bool) { return inTime(a - b) }))
	case x.kind == spanKind && y.kind == timeKind && name == operators.Add:
		return numberCode(timeKind, both(x.n, y.n, func(a, b int64) (int64, bool) { return inTime(a + b) }))
	case x.kind == spanKind && y.kind == spanKind && name == operators.Add:
		return numberCode(spanKind, both(x.n, y.n, func(a, b int64) (int64, bool) { return inSpan(a + b) }))
	case x.kind == spanKind && y.kind == spanKind && name == operators.Subtract:
		return numberCode(spanKind, both(x.n, y.n, func(a, b int64) (int64, bool) { return inSpan(a - b) }))
	}
	return code{}
}

func both[T any](a, b func(*frame) (T, bool), op func(a, b T) (T, bool)) func(*frame) (T, bool) {
	return func(f *frame) (none T, ok bool) {
		x, ok := a(f)
		if !ok {
			return none, false
		}
		y, ok := b(f)
		if !ok {
			return none, false
		}
		return op(x, y)
	}
}

// CEL's bounds: a timestamp lies in the years 1 to 9999, a duration fits 64 bits of nanoseconds.
var (
	firstTime = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	lastTime  = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro() - 1
)

func inTime(t int64) (int64, bool) { return t, t >= firstTime && t <= lastTime }

func inSpan(d int64) (int64, bool) { return d, d >= math.MinInt64/1000 && d <= math.MaxInt64/1000 }

var doubleOperators = map[string]func(a, b float64) (float64, bool){
	operators.Add:      func(a, b float64) (float64, bool) { return a + b, true },
	operators.Subtract: func(a, b float64) (float64, bool) { return a - b, true },
	operators.Multiply: func(a, b float64) (float64, bool) { return a * b, true },
	operators.Divide:   func(a, b float64) (float64, bool) { return a / b, true },
}

// intOperators cannot tell where 64 bits are not enough, or for a division by zero.
var intOperators = map[string]func(a, b int64) (int64, bool){
	operators.Add: func(a, b int64) (int64, bool) {
		sum := a + b
		return sum, (sum > a) == (b > 0)
	},
	operators.Subtract: func(a, b int64) (int64, bool) {
		difference := a - b
		return difference, (difference < a) == (b > 0)
	},
	operators.Multiply: func(a, b int64) (int64, bool) {
		high, low := bits.Mul64(magnitude(a), magnitude(b))
		if high != 0 {
			return 0, false
		}
		if (a < 0) != (b < 0) {
			return int64(-low), low <= 1<<63
		}
		return int64(low), low < 1<<63
	},
	operators.Divide: func(a, b int64) (int64, bool) {
		if b == 0 || a == math.MinInt64 && b == -1 {
			return 0, false
		}
		return a / b, true
	},
	operators.Modulo: func(a, b int64) (int64, bool) {
		if b == 0 || a == math.MinInt64 && b == -1 {
			return 0, false
		}
		return a % b, true
	},
}

func magnitude(v int64) uint64 {
	if v < 0 {
		return -uint64(v)
	}
	return uint64(v)
}
