package rules

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
	"unsafe"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"pgregory.net/rapid"
)

// The oracle is cel-go itself, over the same checked expressions, reading the same documents through reflect (and so
// without the engine's own idea of memory).

type milligrams int64
type moment int64
type code4 string

type paper struct {
	ID    string `json:"id,omitempty"`
	Code  code4  `json:"code,omitempty"`
	Count int64  `json:"count,omitempty"`
}

type part struct {
	Number int64      `json:"number"`
	Name   string     `json:"name,omitempty"`
	Mass   milligrams `json:"mass,omitempty"`
	Net    milligrams `json:"net"`
	Fresh  bool       `json:"fresh,omitempty"`
	Papers []paper    `json:"papers,omitempty"`
	Tags   []string   `json:"tags,omitempty"`
	Owner  paper      `json:"owner,omitzero"`
	HS     code4      `json:"hs,omitempty"`
}

type carrier struct {
	paper
	Seen moment `json:"seen,omitempty"`
}

type sample struct {
	Name   string       `json:"name"`
	Code   code4        `json:"code,omitempty"`
	Ready  bool         `json:"ready"`
	Small  int8         `json:"small,omitempty"`
	Big    int64        `json:"big"`
	Ratio  float64      `json:"ratio,omitempty"`
	Gross  milligrams   `json:"gross,omitempty"`
	Masses []milligrams `json:"masses,omitempty"`
	Counts []int64      `json:"counts"`
	Seen   moment       `json:"seen,omitempty"`
	Due    moment       `json:"due"`
	Stamps []moment     `json:"stamps,omitempty"`
	Owner  paper        `json:"owner,omitzero"`
	Boss   carrier      `json:"boss"`
	Parts  []part       `json:"parts,omitempty"`
	Secret chan int     `json:"secret,omitempty"`
	Raw    code9        `json:"raw"`
}

type code9 int64 // a unit nobody has registered: clauses do not see it

func testSchema() *Schema {
	s := NewSchema()
	Number[milligrams](s, 1e6)
	Stamp[moment](s)
	Computed(s, "initial", func(p *part) string { return p.Name[:min(1, len(p.Name))] })
	Computed(s, "double", func(p *part) float64 { return 2 * float64(p.Net) })
	Func(s, "even", func(v string) bool { return len(v)%2 == 0 })
	Func(s, "prefix", strings.HasPrefix)
	Func(s, "lower", strings.ToLower)
	Subject[sample](s, "doc", "parts")
	return s
}

// oracleProvider adds to the checker's view of the structs how cel-go reads them.
type oracleProvider struct{ provider }

func (p oracleProvider) FindStructFieldType(name, fieldName string) (*types.FieldType, bool) {
	found, ok := p.provider.FindStructFieldType(name, fieldName)
	if !ok {
		return nil, false
	}
	f := p.schema.names[name].fields[fieldName]
	var at []int // empty: computed from the whole struct
	if f.typ.size > 0 {
		goType := p.schema.names[name].goType
		for _, candidate := range reflect.VisibleFields(goType) {
			if tag(candidate) == fieldName {
				at = candidate.Index
			}
		}
	}
	part := func(target any) (reflect.Value, bool) {
		v := target.(object).value
		if len(at) > 0 {
			v = v.FieldByIndex(at)
		}
		return v, !f.optional || !v.IsZero()
	}
	found.IsSet = func(target any) bool {
		v, set := part(target)
		return set && (f.typ.kind != boolKind || v.Bool())
	}
	found.GetFrom = func(target any) (any, error) {
		v, set := part(target)
		if !set {
			return nil, errors.New("no such key: " + fieldName)
		}
		return valueOf(v, f.typ), nil
	}
	return found, true
}

func tag(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

func valueOf(v reflect.Value, t *typ) ref.Val {
	switch t.kind {
	case boolKind:
		return types.Bool(v.Bool())
	case stringKind:
		if t.text != nil {
			return types.String(t.text(v.Addr().UnsafePointer()))
		}
		return types.String(v.String())
	case intKind:
		return types.Int(v.Int())
	case doubleKind:
		if v.Kind() == reflect.Float64 {
			return types.Double(v.Float())
		}
		if v.Kind() == reflect.Struct {
			return types.Double(t.double(v.Addr().UnsafePointer()))
		}
		return types.Double(float64(v.Int()) / 1e6)
	case timeKind:
		return types.Timestamp{Time: time.UnixMicro(v.Int()).UTC()}
	case listKind:
		values := make([]ref.Val, v.Len())
		for i := range values {
			values[i] = valueOf(v.Index(i), t.elem)
		}
		return types.NewRefValList(types.DefaultTypeAdapter, values)
	}
	return object{v, t}
}

// object is a struct as a CEL value.
type object struct {
	value reflect.Value
	t     *typ
}

func (o object) ConvertToNative(reflect.Type) (any, error) { return nil, errors.New("no") }
func (o object) ConvertToType(ref.Type) ref.Val            { return types.NewErr("no") }
func (o object) Equal(other ref.Val) ref.Val               { return types.NewErr("no") }
func (o object) Type() ref.Type                            { return types.NewObjectType(o.t.name) }
func (o object) Value() any                                { return o }

type oracle struct {
	schema *Schema
	env    *cel.Env
}

func newOracle(t testing.TB, schema *Schema, variables map[string]*typ) oracle {
	t.Helper()
	registry, err := types.NewRegistry()
	if err != nil {
		t.Fatal(err)
	}
	env, err := schema.environment(variables, cel.CustomTypeProvider(oracleProvider{provider{registry, schema}}))
	if err != nil {
		t.Fatal(err)
	}
	return oracle{schema, env}
}

// judge gives the value of an expression as text; "undecided" for an error.
func (o oracle) judge(program cel.Program, doc any, now time.Time) string {
	v := reflect.ValueOf(doc).Elem()
	value, _, err := program.Eval(map[string]any{"doc": object{v, o.schema.types[v.Type()]}, "now": types.Timestamp{Time: now}})
	if err != nil {
		return "undecided"
	}
	switch value := value.(type) {
	case types.Double:
		return fmt.Sprint(math.Float64bits(float64(value)))
	case types.Timestamp:
		return fmt.Sprint(value.UnixMicro())
	case types.Duration:
		return fmt.Sprint(value.Microseconds())
	}
	return fmt.Sprint(value.Value())
}

func (c code) judge(doc *sample, root *typ, now time.Time) string {
	f := &frame{now: now.UnixMicro()}
	f.slots[rootSlot] = slot{unsafe.Pointer(doc), root}
	f.slots[nowSlot] = slot{unsafe.Pointer(&f.now), timeCell}
	var value any
	var ok bool
	switch c.kind {
	case boolKind:
		value, ok = c.b(f)
	case stringKind:
		value, ok = c.s(f)
	case doubleKind:
		var v float64
		v, ok = c.d(f)
		value = math.Float64bits(v)
	default:
		value, ok = c.n(f)
	}
	if !ok {
		return "undecided"
	}
	return fmt.Sprint(value)
}

func drawSample(t *rapid.T) *sample {
	text := rapid.SampledFrom([]string{"", "a", "b", "Aé", "doc", "\xff"})
	mass := rapid.SampledFrom([]milligrams{0, 1, 500_000, 1_500_000, -1})
	count := rapid.SampledFrom([]int64{0, 0, 1, 2, -1, math.MaxInt64, math.MinInt64})
	stamp := rapid.SampledFrom([]moment{0, 0, 1_700_000_000_000_000, 253402300799000000, -62135596800000000})
	paperOf := rapid.Custom(func(t *rapid.T) paper {
		return paper{text.Draw(t, "id"), code4(text.Draw(t, "code")), count.Draw(t, "count")}
	})
	partOf := rapid.Custom(func(t *rapid.T) part {
		return part{Number: count.Draw(t, "number"), Name: text.Draw(t, "name"), Mass: mass.Draw(t, "mass"), Net: mass.Draw(t, "net"),
			Fresh: rapid.Bool().Draw(t, "fresh"), Papers: rapid.SliceOfN(paperOf, 0, 2).Draw(t, "papers"),
			Tags: rapid.SliceOfN(text, 0, 3).Draw(t, "tags"), Owner: paperOf.Draw(t, "owner")}
	})
	s := &sample{Name: text.Draw(t, "name"), Code: code4(text.Draw(t, "code")), Ready: rapid.Bool().Draw(t, "ready"),
		Small: rapid.Int8().Draw(t, "small"), Big: count.Draw(t, "big"),
		Ratio: rapid.SampledFrom([]float64{0, 1, -1.5, math.Inf(1), math.NaN()}).Draw(t, "ratio"), Gross: mass.Draw(t, "gross"),
		Masses: rapid.SliceOfN(mass, 0, 3).Draw(t, "masses"), Counts: rapid.SliceOfN(count, 0, 3).Draw(t, "counts"),
		Stamps: rapid.SliceOfN(stamp, 1, 3).Draw(t, "stamps"),
		Seen:   stamp.Draw(t, "seen"), Due: stamp.Draw(t, "due"), Owner: paperOf.Draw(t, "owner"),
		Boss: carrier{paperOf.Draw(t, "boss"), stamp.Draw(t, "boss seen")}, Parts: rapid.SliceOfN(partOf, 0, 3).Draw(t, "parts")}
	// An empty list that is not nil is absent as well; reflect's IsZero, which the oracle uses, would not say so.
	if len(s.Parts) == 0 {
		s.Parts = nil
	}
	if len(s.Masses) == 0 {
		s.Masses = nil
	}
	for i := range s.Parts {
		if len(s.Parts[i].Papers) == 0 {
			s.Parts[i].Papers = nil
		}
		if len(s.Parts[i].Tags) == 0 {
			s.Parts[i].Tags = nil
		}
	}
	return s
}

// TestOracle holds the closures against cel-go over generated expressions and documents.
func TestOracle(t *testing.T) {
	schema := testSchema()
	variables := map[string]variable{"doc": {rootSlot, schema.subjects["doc"].root}, "now": {nowSlot, timeCell}}
	oracle := newOracle(t, schema, map[string]*typ{"doc": schema.subjects["doc"].root, "now": timeCell})
	now := time.UnixMicro(1_780_000_000_123_456).UTC()
	seen := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		for range 10 { // rapid makes a hundred checks: a thousand expressions, each over four documents
			w := &writer{t: t}
			text := w.scalar(w.pick("bool", "bool", "bool", "bool", "string", "int", "double", "time", "span"), 4)
			if len(text) > MaxExpression {
				continue
			}
			checked, issues := oracle.env.Compile(text)
			if issues.Err() != nil {
				t.Fatalf("%s does not compile: %v", text, issues.Err())
			}
			program, err := oracle.env.Program(checked)
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			compiled, err := schema.compile(checked, variables)
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			for range 4 {
				doc := drawSample(t)
				got, want := compiled.judge(doc, schema.subjects["doc"].root, now), oracle.judge(program, doc, now)
				if compiled.kind == boolKind {
					seen[want]++
				}
				if got != want {
					t.Fatalf("%s\nover %+v\nclosures say %s, cel-go says %s", text, *doc, got, want)
				}
			}
		}
	})
	t.Logf("outcomes of conditions: %v", seen)
	for _, outcome := range []string{"true", "false", "undecided"} {
		if seen[outcome] == 0 && !t.Failed() {
			t.Errorf("no condition came out %s: the generator has gone blind", outcome)
		}
	}
}
