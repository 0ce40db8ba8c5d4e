package rules

import (
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// Signature is what a function that clauses call may look like. It must be pure and safe for concurrent use, and must
// not fail: a question without an answer is answered with false or empty text.
type Signature interface {
	func(string) bool | func(string, string) bool | func(string) string
}

// Func gives clauses a function, such as valid_container(string) bool.
func Func[F Signature](s *Schema, name string, call F) {
	s.functions[name] = &function{name: name, call: call}
}

type function struct {
	name string
	call any // one of Signature
}

// declare says to cel-go what the function is, with a binding, so that cel-go can run it as well.
func (f *function) declare() cel.EnvOption {
	text := func(v ref.Val) string { return string(v.(types.String)) }
	two := []*cel.Type{cel.StringType, cel.StringType}
	switch call := f.call.(type) {
	case func(string) bool:
		return cel.Function(f.name, cel.Overload(f.name+"_1", two[:1], cel.BoolType,
			cel.UnaryBinding(func(v ref.Val) ref.Val { return types.Bool(call(text(v))) })))
	case func(string, string) bool:
		return cel.Function(f.name, cel.Overload(f.name+"_2", two, cel.BoolType,
			cel.BinaryBinding(func(v, w ref.Val) ref.Val { return types.Bool(call(text(v), text(w))) })))
	case func(string) string:
		return cel.Function(f.name, cel.Overload(f.name+"_1", two[:1], cel.StringType,
			cel.UnaryBinding(func(v ref.Val) ref.Val { return types.String(call(text(v))) })))
	}
	panic(fmt.Sprintf("rules: function %s is a %T", f.name, f.call)) // Signature allows no other
}

// compile calls the function from closures.
func (f *function) compile(args []code) code {
	switch call := f.call.(type) {
	case func(string) bool:
		a := args[0].s
		return boolCode(func(f *frame) (bool, bool) {
			x, ok := a(f)
			return ok && call(x), ok
		})
	case func(string, string) bool:
		a, b := args[0].s, args[1].s
		return boolCode(func(f *frame) (bool, bool) {
			x, ok := a(f)
			if !ok {
				return false, false
			}
			y, ok := b(f)
			return ok && call(x, y), ok
		})
	case func(string) string:
		a := args[0].s
		return stringCode(func(f *frame) (string, bool) {
			x, ok := a(f)
			if !ok {
				return "", false
			}
			return call(x), true
		})
	}
	panic(fmt.Sprintf("rules: function %s is a %T", f.name, f.call))
}
