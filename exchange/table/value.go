package table

import (
	"errors"
	"strconv"
	"strings"

	"github.com/guomen/guomen/port"
)

// Text is an element whose text is kept as written.
func Text[T any, S ~string](name, json string, at func(*T) *S) Member[T] {
	return Member[T]{
		Name: name,
		Read: func(r *Reader, t *T) error {
			value, err := r.Leaf(json, "", nil)
			*at(t) = S(strings.Clone(value))
			return err
		},
		Write: func(w *Writer, t *T) { w.Leaf(name, string(*at(t)), "", "") },
	}
}

// Leaf reads an element that holds one value, with the attribute that belongs to it.
func (r *Reader) Leaf(json, attribute string, into *string) (string, error) {
	r.Model(json)
	found := r.Attributes(attribute)
	if into != nil {
		*into = strings.Clone(found)
	}
	return r.Text()
}

// Number is a count. Zero is the same as nothing in the model, which the sender is told.
func Number[T any](name, json string, at func(*T) *int64) Member[T] {
	return Member[T]{
		Name: name,
		Read: func(r *Reader, t *T) error {
			value, err := r.Leaf(json, "", nil)
			if err != nil || value == "" {
				return err
			}
			n, ok := count(value)
			if !ok {
				r.Fail("xml.number", Clip(value))
				return nil
			}
			r.Zero(n == 0)
			*at(t) = n
			return nil
		},
		Write: func(w *Writer, t *T) {
			if n := *at(t); n != 0 {
				w.Leaf(name, strconv.FormatInt(n, 10), "", "")
			}
		},
	}
}

// count reads a whole number that is not negative. Schemas make it a decimal, so 5.000 is 5.
func count(text string) (int64, bool) {
	whole, decimals, point := strings.Cut(text, ".")
	if whole == "" && decimals == "" || point && strings.Trim(decimals, "0") != "" {
		return 0, false
	}
	if whole == "" {
		whole = "0"
	}
	n, err := strconv.ParseInt(strings.TrimPrefix(whole, "+"), 10, 64)
	return n, err == nil && n >= 0 && !strings.HasPrefix(whole, "+-")
}

// Zero tells that a number of zero is taken for none.
func (r *Reader) Zero(is bool) {
	if is {
		r.Warn("", "xml.zero")
	}
}

// Ordinal is the number of an element in its list, which the model keeps as the list's order.
func Ordinal[T any](name string) Member[T] {
	return Member[T]{
		Name: name,
		Read: func(r *Reader, t *T) error {
			value, err := r.Leaf("", "", nil)
			if err != nil || value == "" {
				return err
			}
			if n, ok := count(value); !ok {
				r.Fail("xml.number", Clip(value))
			} else if n != r.Position() {
				r.Warn("", "xml.renumbered", value)
			}
			return nil
		},
		Write: func(w *Writer, _ *T) { w.Leaf(name, strconv.Itoa(w.Index+1), "", "") },
	}
}

// Mass is a weight. A missing unit means kilograms; tonnes and grams are converted, exactly.
func Mass[T any](name, json string, at func(*T) *port.Kilograms) Member[T] {
	return Member[T]{
		Name: name,
		Read: func(r *Reader, t *T) error {
			var unit string
			value, err := r.Leaf(json, "unitCode", &unit)
			if err != nil || value == "" {
				return err
			}
			kilograms, err := port.ParseKilograms(value)
			if !r.Value(err) {
				return nil
			}
			r.Zero(kilograms == 0)
			switch unit {
			case "", "KGM":
			case "TNE":
				if kilograms > port.Kilograms(1<<63-1)/1000 || kilograms < -port.Kilograms(1<<63-1)/1000 {
					r.Fail("decimal.range", Clip(value))
					return nil
				}
				kilograms *= 1000
			case "GRM":
				if kilograms%1000 != 0 {
					r.Fail("decimal.places", Clip(value), "3")
					return nil
				}
				kilograms /= 1000
			default:
				r.Fail("xml.mass_unit", Clip(unit))
				return nil
			}
			*at(t) = kilograms
			return nil
		},
		Write: func(w *Writer, t *T) {
			if k := *at(t); k != 0 {
				w.Leaf(name, k.String(), "unitCode", "KGM")
			}
		},
	}
}

// Quantity is a number of a unit, which is kept as written.
func Quantity[T any](name, json string, at func(*T) *port.Quantity, unit func(*T) *string) Member[T] {
	return Member[T]{
		Name: name,
		Read: func(r *Reader, t *T) error {
			value, err := r.Leaf(json, "unitCode", unit(t))
			if err != nil || value == "" {
				return err
			}
			q, err := port.ParseQuantity(value)
			if r.Value(err) {
				r.Zero(q == 0)
				*at(t) = q
			}
			return nil
		},
		Write: func(w *Writer, t *T) {
			value := ""
			if q := *at(t); q != 0 {
				value = q.String()
			}
			if value != "" || *unit(t) != "" {
				w.Always(name, value, "unitCode", *unit(t))
			}
		},
	}
}

// Money is an amount with its currency.
func Money[T any](name, json string, at func(*T) *port.Money) Member[T] {
	return Member[T]{
		Name: name,
		Read: func(r *Reader, t *T) error {
			var currency string
			value, err := r.Leaf(json, "currencyID", &currency)
			if err != nil || value == "" {
				return err
			}
			m, err := port.ParseMoney(value, port.Currency(currency))
			if r.Value(err) {
				r.Zero(m.IsZero())
				*at(t) = m
			}
			return nil
		},
		Write: func(w *Writer, t *T) {
			if m := at(t); !m.IsZero() {
				w.Leaf(name, m.String(), "currencyID", string(m.Currency))
			}
		},
	}
}

// Value reports what a parser of the vocabulary has against a value.
func (r *Reader) Value(err error) bool {
	if err == nil {
		return true
	}
	var fault port.Fault
	if errors.As(err, &fault) {
		r.Fail(fault.Rule, fault.Args...)
	} else {
		r.Fail("xml.value")
	}
	return false
}

// Clip keeps a stranger's word in a message short.
func Clip(text string) string {
	const longest = 40
	if runes := []rune(text); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return strings.Clone(text)
}

// Self is for lists of plain texts: the element's value is the list's element.
func Self[S ~string](s *S) *S { return s }
