package native

import (
	"bytes"
	"encoding"
	stdjson "encoding/json"
	"errors"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/port"
)

// problemsOf explains why a document was not decoded. Should the walk find nothing, the decoder's own word is passed on.
func problemsOf(data []byte, document any, err error) []errs.Problem {
	if problems := examine(data, reflect.TypeOf(document).Elem()); len(problems) > 0 {
		return problems
	}
	p := errs.Problem{Rule: "json.syntax", Severity: errs.Error, Line: 1}
	var at *json.SemanticError
	if errors.As(err, &at) {
		p.Rule, p.Path, p.Line = "json.value", string(at.JSONPointer), lineBefore(data, min(at.ByteOffset, int64(len(data))))
	}
	return []errs.Problem{p}
}

// examine walks a document by the type that it should have and collects what is wrong. Without a type it only looks
// whether the JSON is well-formed. The walk ends at the first fault of syntax, since nothing behind it can be trusted.
func examine(data []byte, t reflect.Type) []errs.Problem {
	e := &examiner{data: data, decoder: jsontext.NewDecoder(bytes.NewReader(data), jsontext.AllowDuplicateNames(true))}
	err := e.value(t)
	if err == nil {
		if _, err = e.decoder.ReadToken(); err == io.EOF {
			return e.problems
		}
		if err == nil {
			e.report("", "json.trailing")
			return e.problems
		}
	}
	e.syntax(err)
	return e.problems
}

type examiner struct {
	data     []byte
	decoder  *jsontext.Decoder
	problems []errs.Problem
}

var errEnough = errors.New("enough problems")

func (e *examiner) report(pointer, rule string, args ...string) {
	e.problems = append(e.problems, errs.Problem{
		Path: pointer, Line: lineBefore(e.data, e.decoder.InputOffset()), Rule: rule, Severity: errs.Error, Args: args,
	})
}

// here reports at the value that was read last, and stops the walk when there are enough problems.
func (e *examiner) here(rule string, args ...string) error {
	if len(e.problems) == exchange.MaxProblems-1 {
		e.report(string(e.decoder.StackPointer()), "exchange.more", strconv.Itoa(exchange.MaxProblems))
		return errEnough
	}
	e.report(string(e.decoder.StackPointer()), rule, args...)
	return nil
}

func (e *examiner) syntax(err error) {
	if errors.Is(err, errEnough) {
		return
	}
	p := errs.Problem{Rule: "json.syntax", Severity: errs.Error, Line: lineBefore(e.data, e.decoder.InputOffset())}
	var at *jsontext.SyntacticError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		p.Rule = "json.truncated"
	case !utf8.Valid(e.data):
		p.Rule = "json.utf8"
	}
	if errors.As(err, &at) {
		p.Path, p.Line = string(at.JSONPointer), lineBefore(e.data, min(at.ByteOffset, int64(len(e.data))))
	}
	e.problems = append(e.problems, p)
}

// value examines the next value. The error is one of syntax.
func (e *examiner) value(t reflect.Type) error {
	if t == nil {
		return e.decoder.SkipValue()
	}
	kind := e.decoder.PeekKind()
	switch {
	case kind == 'n' || leaf(t):
		return e.leaf(t)
	case t.Kind() == reflect.Struct:
		if kind == '{' {
			return e.object(t)
		}
		return e.wrong("json.want_object")
	case t.Kind() == reflect.Slice:
		if kind == '[' {
			return e.array(t)
		}
		return e.wrong("json.want_array")
	}
	return e.leaf(t)
}

func (e *examiner) wrong(rule string) error {
	if err := e.decoder.SkipValue(); err != nil {
		return err
	}
	return e.here(rule)
}

func (e *examiner) object(t reflect.Type) error {
	if _, err := e.decoder.ReadToken(); err != nil {
		return err
	}
	fields := fieldsOf(t)
	seen := map[string]bool{}
	for e.decoder.PeekKind() != '}' {
		token, err := e.decoder.ReadToken()
		if err != nil {
			return err
		}
		name := token.String()
		field, known := fields[name]
		switch {
		case !known:
			err = e.here("json.unknown", clip(name))
		case seen[name]:
			err = e.here("json.twice", name)
		}
		if err != nil {
			return err
		}
		seen[name] = true
		if err := e.value(field); err != nil { // no type for an unknown field: it is passed over
			return err
		}
	}
	_, err := e.decoder.ReadToken()
	return err
}

func (e *examiner) array(t reflect.Type) error {
	if _, err := e.decoder.ReadToken(); err != nil {
		return err
	}
	for e.decoder.PeekKind() != ']' {
		if err := e.value(t.Elem()); err != nil {
			return err
		}
	}
	_, err := e.decoder.ReadToken()
	return err
}

// leaf lets the type itself read the value, and says in words what it wants when it refuses.
func (e *examiner) leaf(t reflect.Type) error {
	raw, err := e.decoder.ReadValue()
	if err != nil {
		return err
	}
	err = json.Unmarshal(raw, reflect.New(t).Interface(), json.RejectUnknownMembers(true))
	if err == nil {
		return nil
	}
	var fault port.Fault
	if errors.As(err, &fault) {
		return e.here(fault.Rule, fault.Args...)
	}
	return e.here(wants(t))
}

func wants(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[port.Time]():
		return "json.want_time"
	case t == reflect.TypeFor[port.Kilograms](), t == reflect.TypeFor[port.Quantity]():
		return "json.want_number"
	}
	switch t.Kind() {
	case reflect.String:
		return "json.want_text"
	case reflect.Bool:
		return "json.want_bool"
	case reflect.Int, reflect.Int32, reflect.Int64:
		return "json.want_whole"
	case reflect.Struct:
		return "json.want_object"
	}
	return "json.value"
}

// leaf tells the types that read themselves.
func leaf(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) || p.Implements(reflect.TypeFor[stdjson.Unmarshaler]())
}

// fieldsOf are the fields of a struct by their JSON names, those of embedded structs among them.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name != "" && name != "-" {
			fields[name] = f.Type
		}
	}
	return fields
}

func clip(text string) string {
	const longest = 40
	if runes := []rune(text); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return text
}
