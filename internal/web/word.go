package web

import (
	"fmt"
	"reflect"
)

// stringOf is the wire word of an enumeration's value: its String method, or the string it is made of.
func stringOf(value any) string {
	if s, ok := value.(fmt.Stringer); ok {
		return s.String()
	}
	if v := reflect.ValueOf(value); v.Kind() == reflect.String {
		return v.String()
	}
	return fmt.Sprint(value)
}
