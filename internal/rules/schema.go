package rules

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unsafe"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// Schema says what clauses may speak about: the subjects and their Go types, how named numbers are to be read, further
// functions, and the words that may stand in a clause's scope and demands. It is built once, by one goroutine, and not
// changed after it was given to Load.
type Schema struct {
	subjects  map[string]*subject
	types     map[reflect.Type]*typ
	names     map[string]*typ
	functions map[string]*function
	words     map[string][]string
	wrong     []error
}

// NewSchema gives a schema that knows no subject yet.
func NewSchema() *Schema {
	return &Schema{
		subjects:  map[string]*subject{},
		types:     map[reflect.Type]*typ{},
		names:     map[string]*typ{},
		functions: map[string]*function{},
		words:     map[string][]string{},
	}
}

// Number lets clauses see a named integer as a double: its value divided by scale, such as milligrams by a million as
// kilograms. It must be said before the subjects that contain it.
func Number[T ~int | ~int8 | ~int16 | ~int32 | ~int64](s *Schema, scale float64) {
	t := reflect.TypeFor[T]()
	number := numberOf(t.Kind())
	s.types[t] = &typ{kind: doubleKind, size: t.Size(), zero: zeroOf(t), goType: t,
		double: func(p unsafe.Pointer) float64 { return float64(number(p)) / scale }}
}

// Stamp lets clauses see a named integer of microseconds since 1970 as a timestamp.
func Stamp[T ~int64](s *Schema) {
	t := reflect.TypeFor[T]()
	s.types[t] = &typ{kind: timeKind, size: 8, zero: zeroAs[int64], number: numberAs[int64], goType: t}
}

// Span lets clauses see a named integer of microseconds as a duration.
func Span[T ~int64](s *Schema) {
	t := reflect.TypeFor[T]()
	s.types[t] = &typ{kind: spanKind, size: 8, zero: zeroAs[int64], number: numberAs[int64], goType: t}
}

// Computed gives the struct T a field that is worked out by a function, such as the amount of a sum of money. The
// field is never absent. The function must be pure and must not keep the pointer.
func Computed[T any, V string | bool | int64 | float64](s *Schema, name string, value func(*T) V) {
	owner := s.typeOf(reflect.TypeFor[T]())
	if owner == nil || owner.kind != structKind {
		s.wrong = append(s.wrong, fmt.Errorf("rules: %v is no struct that could have a field %s", reflect.TypeFor[T](), name))
		return
	}
	t := &typ{zero: func(unsafe.Pointer) bool { return false }, goType: reflect.TypeFor[V]()}
	switch value := any(value).(type) {
	case func(*T) string:
		t.kind, t.text = stringKind, func(p unsafe.Pointer) string { return value((*T)(p)) }
	case func(*T) bool:
		t.kind, t.truth = boolKind, func(p unsafe.Pointer) bool { return value((*T)(p)) }
	case func(*T) int64:
		t.kind, t.number = intKind, func(p unsafe.Pointer) int64 { return value((*T)(p)) }
	case func(*T) float64:
		t.kind, t.double = doubleKind, func(p unsafe.Pointer) float64 { return value((*T)(p)) }
	}
	s.add(owner, &field{name: name, typ: t})
}

// Subject names a kind of document. In a clause of that subject the name is the variable that holds the document.
// goods is the list, or empty, whose items have the HS codes of the goods concerned, in a field hs.
func Subject[T any](s *Schema, name, goods string) {
	t := s.typeOf(reflect.TypeFor[T]())
	if t == nil || t.kind != structKind {
		s.wrong = append(s.wrong, fmt.Errorf("rules: subject %s is no struct", name))
		return
	}
	made := &subject{root: t}
	if goods != "" {
		if made.goods = walkOf(t, goods); made.goods == nil || made.goods.hs == nil {
			s.wrong = append(s.wrong, fmt.Errorf("rules: subject %s has no list %s of items with a field hs", name, goods))
		}
	}
	s.subjects[name] = made
}

// subject is a kind of document.
type subject struct {
	root  *typ
	goods *walk // to the items that have HS codes; nil: the subject has no goods
}

// Allow lists the words that may stand in one place of a clause: "port", "mode", "direction", "regime", "kind",
// "concerns", "owner", "due", "source", "level", "deadline" or "from". A place without a list takes any word.
func (s *Schema) Allow(place string, words ...string) { s.words[place] = words }

// allows tells whether a word may stand in a place.
func (s *Schema) allows(place, word string) bool {
	words, limited := s.words[place]
	return !limited || slices.Contains(words, word)
}

func (s *Schema) err() error { return errors.Join(s.wrong...) }

// typeOf describes a Go type; nil for one that clauses do not see.
func (s *Schema) typeOf(t reflect.Type) *typ {
	if known, ok := s.types[t]; ok {
		return known
	}
	made := &typ{size: t.Size(), goType: t, zero: zeroOf(t)}
	switch k := t.Kind(); {
	case k == reflect.String:
		made.kind = stringKind
	case k == reflect.Bool:
		made.kind = boolKind
	case k == reflect.Float64 && t.PkgPath() == "":
		made.kind, made.double = doubleKind, doubleCell.double
	case numberOf(k) != nil && t.PkgPath() == "":
		made.kind, made.number = intKind, numberOf(k)
	case k == reflect.Slice:
		if made.elem = s.typeOf(t.Elem()); made.elem == nil || t.Elem().Kind() == reflect.Uint8 {
			return nil
		}
		made.kind = listKind
	case k == reflect.Struct:
		made.kind, made.name, made.fields = structKind, t.String(), map[string]*field{}
		if other := s.names[made.name]; other != nil {
			s.wrong = append(s.wrong, fmt.Errorf("rules: two struct types are called %s", made.name))
			return nil
		}
		s.types[t], s.names[made.name] = made, made // before its fields: a struct may contain a list of itself
		s.addFields(made, t, 0)
	default:
		return nil
	}
	s.types[t] = made
	return made
}

// addFields adds what encoding/json would write of a struct.
func (s *Schema) addFields(owner *typ, t reflect.Type, offset uintptr) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct {
			s.addFields(owner, f.Type, offset+f.Offset)
			continue
		}
		if !f.IsExported() || name == "-" {
			continue
		}
		if name == "" {
			name = f.Name
		}
		if seen := s.typeOf(f.Type); seen != nil {
			optional := strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero")
			s.add(owner, &field{name: name, offset: offset + f.Offset, optional: optional && seen.kind != boolKind, typ: seen})
		}
	}
}

func (s *Schema) add(owner *typ, f *field) {
	if owner.fields[f.name] != nil {
		s.wrong = append(s.wrong, fmt.Errorf("rules: %s has two fields %s", owner.name, f.name))
		return
	}
	owner.fields[f.name] = f
	owner.order = append(owner.order, f.name)
}

// cel is the CEL type of values of a type.
func (t *typ) cel() *cel.Type {
	switch t.kind {
	case boolKind:
		return cel.BoolType
	case stringKind:
		return cel.StringType
	case intKind:
		return cel.IntType
	case doubleKind:
		return cel.DoubleType
	case timeKind:
		return cel.TimestampType
	case spanKind:
		return cel.DurationType
	case listKind:
		return cel.ListType(t.elem.cel())
	}
	return cel.ObjectType(t.name)
}

// provider shows the schema's structs to cel-go's type checker.
type provider struct {
	*types.Registry
	schema *Schema
}

func (p provider) FindStructType(name string) (*types.Type, bool) {
	if t := p.schema.names[name]; t != nil {
		return types.NewTypeTypeWithParam(t.cel()), true
	}
	return p.Registry.FindStructType(name)
}

func (p provider) FindStructFieldNames(name string) ([]string, bool) {
	if t := p.schema.names[name]; t != nil {
		return t.order, true
	}
	return p.Registry.FindStructFieldNames(name)
}

func (p provider) FindStructFieldType(name, fieldName string) (*types.FieldType, bool) {
	t := p.schema.names[name]
	if t == nil {
		return p.Registry.FindStructFieldType(name, fieldName)
	}
	f := t.fields[fieldName]
	if f == nil {
		return nil, false
	}
	return &types.FieldType{Type: f.typ.cel()}, true
}

func (p provider) NewValue(name string, fields map[string]ref.Val) ref.Val {
	return types.NewErr("a clause cannot make a %s", name)
}

// environment is what cel-go checks the clauses of this schema in, with the given variables.
func (s *Schema) environment(variables map[string]*typ, more ...cel.EnvOption) (*cel.Env, error) {
	registry, err := types.NewRegistry()
	if err != nil {
		return nil, err
	}
	options := []cel.EnvOption{cel.CustomTypeProvider(provider{registry, s}), cel.CustomTypeAdapter(registry),
		cel.ParserExpressionSizeLimit(MaxExpression)}
	for name, t := range variables {
		options = append(options, cel.Variable(name, t.cel()))
	}
	for _, f := range s.functions {
		options = append(options, f.declare())
	}
	return cel.NewEnv(append(options, more...)...)
}
