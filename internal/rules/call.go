package rules

import (
	"math"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
)

// call compiles operators, the functions of CEL that the engine supports, and the schema's own.
func (c *compiler) call(e ast.Expr) (code, error) {
	call := e.AsCall()
	name, args := call.FunctionName(), call.Args()
	if call.IsMemberFunction() {
		args = append([]ast.Expr{call.Target()}, args...)
	}
	if _, sign := operators.FindReverse(name); sign {
		return c.operator(e, name, args)
	}
	switch name {
	case overloads.TypeConvertTimestamp, overloads.TypeConvertDuration:
		return timeLiteral(e, name, args)
	case overloads.Matches:
		return c.matches(e, args)
	}
	x, err := c.compileAll(args...)
	if err != nil {
		return code{}, err
	}
	if own := c.schema.functions[name]; own != nil {
		return own.compile(x), nil
	}
	kinds := name
	for _, a := range x {
		kinds += " " + a.kind.String()
	}
	switch kinds {
	case "startsWith string string":
		return boolCode(test(x[0].s, x[1].s, strings.HasPrefix)), nil
	case "endsWith string string":
		return boolCode(test(x[0].s, x[1].s, strings.HasSuffix)), nil
	case "contains string string":
		return boolCode(test(x[0].s, x[1].s, strings.Contains)), nil
	case "size string":
		return numberCode(intKind, func(f *frame) (int64, bool) {
			v, ok := x[0].s(f)
			return int64(utf8.RuneCountInString(v)), ok
		}), nil
	case "size list":
		return numberCode(intKind, func(f *frame) (int64, bool) {
			v, ok := x[0].l(f)
			return int64(v.n), ok
		}), nil
	case "double int":
		return doubleCode(func(f *frame) (float64, bool) { v, ok := x[0].n(f); return float64(v), ok }), nil
	case "int double":
		return numberCode(intKind, func(f *frame) (int64, bool) {
			v, ok := x[0].d(f)
			if !ok || math.IsNaN(v) || v <= math.MinInt64 || v >= math.MaxInt64 {
				return 0, false
			}
			return int64(v), true
		}), nil
	}
	return code{}, refuse(e, "%s", kinds)
}

func test(a, b func(*frame) (string, bool), holds func(x, y string) bool) func(*frame) (bool, bool) {
	return func(f *frame) (bool, bool) {
		x, ok := a(f)
		if !ok {
			return false, false
		}
		y, ok := b(f)
		return ok && holds(x, y), ok
	}
}

// matches wants a pattern that is written down, so that it is compiled once. RE2 takes time linear in its input.
func (c *compiler) matches(e ast.Expr, args []ast.Expr) (code, error) {
	x, err := c.compileAll(args...)
	if err != nil {
		return code{}, err
	}
	pattern, ok := x[1].constant.(string)
	if !ok {
		return code{}, refuse(e, "matches() with a computed pattern")
	}
	compiled, err := regexp.Compile(pattern)
	if err != nil {
		return code{}, unsupported{id: e.ID(), message: err.Error()}
	}
	return boolCode(func(f *frame) (bool, bool) {
		v, ok := x[0].s(f)
		return ok && compiled.MatchString(v), ok
	}), nil
}

// timeLiteral compiles timestamp("2026-01-01T00:00:00+08:00") and duration("1h").
func timeLiteral(e ast.Expr, name string, args []ast.Expr) (code, error) {
	if args[0].Kind() != ast.LiteralKind {
		return code{}, refuse(e, "%s() of something computed", name)
	}
	text, ok := args[0].AsLiteral().Value().(string)
	if !ok {
		return code{}, refuse(e, "%s() of something else than text", name)
	}
	if name == overloads.TypeConvertDuration {
		d, err := time.ParseDuration(text)
		if err != nil || d%time.Microsecond != 0 {
			return code{}, unsupported{id: e.ID(), message: "a duration is a text such as 1h30m, in whole microseconds"}
		}
		return constant(spanKind, d.Microseconds()), nil
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	at, within := inTime(t.UnixMicro())
	if err != nil || !within || t.Nanosecond()%1000 != 0 {
		return code{}, unsupported{id: e.ID(), message: "a timestamp is RFC 3339, in whole microseconds"}
	}
	return constant(timeKind, at), nil
}
