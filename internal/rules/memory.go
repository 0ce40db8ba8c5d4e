package rules

import (
	"reflect"
	"unsafe"
)

// This file is the only one that looks into memory. Every pointer starts at a root whose Go type was compared with the
// schema's (Book.Judge), and every offset and size comes from reflect for that same type, so a read never leaves the
// struct or slice it belongs to. reflect itself would do the same work several times slower, in the innermost loop of
// the platform.

// kind is a class of values that the closures tell apart.
type kind uint8

const (
	boolKind kind = iota + 1
	stringKind
	intKind
	doubleKind
	timeKind // microseconds since 1970
	spanKind // microseconds
	listKind
	structKind
)

var kindNames = [...]string{"?", "bool", "string", "int", "double", "timestamp", "duration", "list", "struct"}

func (k kind) String() string { return kindNames[k] }

// typ is how values of one Go type lie in memory and what they are to a clause.
type typ struct {
	kind   kind
	size   uintptr
	name   string                       // of a struct, as CEL knows it
	fields map[string]*field            // of a struct
	order  []string                     // its field names as declared
	elem   *typ                         // of a list
	built  bool                         // a list that a clause made: the cell holds a list, not a Go slice
	far    bool                         // a cell that points at the struct instead of holding it
	zero   func(unsafe.Pointer) bool    // tells the zero value
	text   func(unsafe.Pointer) string  // string that is not simply a Go string
	number func(unsafe.Pointer) int64   // int, timestamp, duration
	double func(unsafe.Pointer) float64 // double
	truth  func(unsafe.Pointer) bool    // bool that is computed
	goType reflect.Type
}

// field is one named part of a struct.
type field struct {
	name     string
	offset   uintptr
	optional bool // omitempty or omitzero: the zero value is absent
	typ      *typ
}

// list is a run of cells in memory.
type list struct {
	data unsafe.Pointer
	n    int
	elem *typ
}

type sliceHeader struct {
	data     unsafe.Pointer
	len, cap int
}

// Cells of lists that clauses make, and of the engine's own variables.
var (
	stringCell = &typ{kind: stringKind, size: unsafe.Sizeof(""), zero: zeroString}
	boolCell   = &typ{kind: boolKind, size: 1, zero: zeroAs[bool]}
	doubleCell = &typ{kind: doubleKind, size: 8, zero: zeroAs[float64], double: func(p unsafe.Pointer) float64 { return *(*float64)(p) }}
	intCell    = &typ{kind: intKind, size: 8, zero: zeroAs[int64], number: numberAs[int64]}
	timeCell   = &typ{kind: timeKind, size: 8, zero: zeroAs[int64], number: numberAs[int64]}
	spanCell   = &typ{kind: spanKind, size: 8, zero: zeroAs[int64], number: numberAs[int64]}
)

func zeroString(p unsafe.Pointer) bool                       { return *(*string)(p) == "" }
func zeroSlice(p unsafe.Pointer) bool                        { return (*sliceHeader)(p).len == 0 }
func zeroAs[T bool | int64 | float64](p unsafe.Pointer) bool { var zero T; return *(*T)(p) == zero }
func numberAs[T int | int8 | int16 | int32 | int64 | uint8 | uint16 | uint32](p unsafe.Pointer) int64 {
	return int64(*(*T)(p))
}

// numberOf is how an integer of a Go kind is read; nil for what does not fit int64.
func numberOf(k reflect.Kind) func(unsafe.Pointer) int64 {
	switch k {
	case reflect.Int:
		return numberAs[int]
	case reflect.Int8:
		return numberAs[int8]
	case reflect.Int16:
		return numberAs[int16]
	case reflect.Int32:
		return numberAs[int32]
	case reflect.Int64:
		return numberAs[int64]
	case reflect.Uint8:
		return numberAs[uint8]
	case reflect.Uint16:
		return numberAs[uint16]
	case reflect.Uint32:
		return numberAs[uint32]
	}
	return nil
}

// zeroOf tells whether a value of a Go type is as nobody had touched it. An empty slice counts, nil or not.
func zeroOf(t reflect.Type) func(unsafe.Pointer) bool {
	switch t.Kind() {
	case reflect.String:
		return zeroString
	case reflect.Slice:
		return zeroSlice
	case reflect.Float64:
		return zeroAs[float64]
	case reflect.Struct:
		type part struct {
			offset uintptr
			zero   func(unsafe.Pointer) bool
		}
		var parts []part
		for i := range t.NumField() {
			parts = append(parts, part{t.Field(i).Offset, zeroOf(t.Field(i).Type)})
		}
		return func(p unsafe.Pointer) bool {
			for _, part := range parts {
				if !part.zero(unsafe.Add(p, part.offset)) {
					return false
				}
			}
			return true
		}
	}
	if number := numberOf(t.Kind()); number != nil {
		return func(p unsafe.Pointer) bool { return number(p) == 0 }
	}
	return func(p unsafe.Pointer) bool { return reflect.NewAt(t, p).Elem().IsZero() }
}

func (t *typ) loadString(p unsafe.Pointer) string {
	if t.text == nil {
		return *(*string)(p)
	}
	return t.text(p)
}

func (t *typ) loadBool(p unsafe.Pointer) bool {
	if t.truth == nil {
		return *(*bool)(p)
	}
	return t.truth(p)
}

func (t *typ) loadList(p unsafe.Pointer) list {
	if t.built {
		return *(*list)(p)
	}
	slice := (*sliceHeader)(p)
	return list{slice.data, slice.len, t.elem}
}

// at is the place of a list's i-th value; i must be within the list.
func (l list) at(i int) unsafe.Pointer {
	p := unsafe.Add(l.data, uintptr(i)*l.elem.size)
	if l.elem.far {
		return *(*unsafe.Pointer)(p)
	}
	return p
}

// slot makes the list's i-th value a variable.
func (l list) slot(i int) slot { return slot{l.at(i), l.elem} }

// listOf makes a list of what a clause has computed.
func listOf[T any](values []T, cell *typ) list {
	return list{unsafe.Pointer(unsafe.SliceData(values)), len(values), cell}
}
