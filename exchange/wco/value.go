package wco

import (
	"errors"
	"strconv"
	"strings"

	"github.com/guomen/guomen/port"
)

// text is an element whose text is kept as written.
func text[T any, S ~string](name, json string, at func(*T) *S) member[T] {
	return member[T]{
		name: name,
		read: func(r *reader, t *T) error {
			value, err := r.leaf(json, "", nil)
			*at(t) = S(strings.Clone(value))
			return err
		},
		write: func(w *writer, t *T) { w.leaf(name, string(*at(t)), "", "") },
	}
}

// leaf reads an element that holds one value, with the attribute that belongs to it.
func (r *reader) leaf(json, attribute string, into *string) (string, error) {
	r.model(json)
	found := r.attributes(attribute)
	if into != nil {
		*into = strings.Clone(found)
	}
	return r.text()
}

// number is a count. Zero is the same as nothing in the model, which the sender is told.
func number[T any](name, json string, at func(*T) *int64) member[T] {
	return member[T]{
		name: name,
		read: func(r *reader, t *T) error {
			value, err := r.leaf(json, "", nil)
			if err != nil || value == "" {
				return err
			}
			n, ok := count(value)
			if !ok {
				r.fail("wco.number", clip(value))
				return nil
			}
			r.zero(n == 0)
			*at(t) = n
			return nil
		},
		write: func(w *writer, t *T) {
			if n := *at(t); n != 0 {
				w.leaf(name, strconv.FormatInt(n, 10), "", "")
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

func (r *reader) zero(is bool) {
	if is {
		r.warn("", "wco.zero")
	}
}

// ordinal is the number of an element in its list, which the model keeps as the list's order.
func ordinal[T any](name string) member[T] {
	return member[T]{
		name: name,
		read: func(r *reader, t *T) error {
			value, err := r.leaf("", "", nil)
			if err != nil || value == "" {
				return err
			}
			if n, ok := count(value); !ok {
				r.fail("wco.number", clip(value))
			} else if n != int64(r.steps[len(r.steps)-2].index+1) {
				r.warn("", "wco.renumbered", value)
			}
			return nil
		},
		write: func(w *writer, _ *T) { w.leaf(name, strconv.Itoa(w.index+1), "", "") },
	}
}

// mass is a weight. A missing unit means kilograms; tonnes and grams are converted, exactly.
func mass[T any](name, json string, at func(*T) *port.Kilograms) member[T] {
	return member[T]{
		name: name,
		read: func(r *reader, t *T) error {
			var unit string
			value, err := r.leaf(json, "unitCode", &unit)
			if err != nil || value == "" {
				return err
			}
			kilograms, err := port.ParseKilograms(value)
			if !r.value(err) {
				return nil
			}
			r.zero(kilograms == 0)
			switch unit {
			case "", "KGM":
			case "TNE":
				if kilograms > port.Kilograms(1<<63-1)/1000 || kilograms < -port.Kilograms(1<<63-1)/1000 {
					r.fail("decimal.range", clip(value))
					return nil
				}
				kilograms *= 1000
			case "GRM":
				if kilograms%1000 != 0 {
					r.fail("decimal.places", clip(value), "3")
					return nil
				}
				kilograms /= 1000
			default:
				r.fail("wco.mass_unit", clip(unit))
				return nil
			}
			*at(t) = kilograms
			return nil
		},
		write: func(w *writer, t *T) {
			if k := *at(t); k != 0 {
				w.leaf(name, k.String(), "unitCode", "KGM")
			}
		},
	}
}

// quantity is a number of a unit, which is kept as written.
func quantity[T any](name, json string, at func(*T) *port.Quantity, unit func(*T) *string) member[T] {
	return member[T]{
		name: name,
		read: func(r *reader, t *T) error {
			value, err := r.leaf(json, "unitCode", unit(t))
			if err != nil || value == "" {
				return err
			}
			q, err := port.ParseQuantity(value)
			if r.value(err) {
				r.zero(q == 0)
				*at(t) = q
			}
			return nil
		},
		write: func(w *writer, t *T) {
			value := ""
			if q := *at(t); q != 0 {
				value = q.String()
			}
			if value != "" || *unit(t) != "" {
				w.always(name, value, "unitCode", *unit(t))
			}
		},
	}
}

// money is an amount with its currency.
func money[T any](name, json string, at func(*T) *port.Money) member[T] {
	return member[T]{
		name: name,
		read: func(r *reader, t *T) error {
			var currency string
			value, err := r.leaf(json, "currencyID", &currency)
			if err != nil || value == "" {
				return err
			}
			m, err := port.ParseMoney(value, port.Currency(currency))
			if r.value(err) {
				r.zero(m.IsZero())
				*at(t) = m
			}
			return nil
		},
		write: func(w *writer, t *T) {
			if m := at(t); !m.IsZero() {
				w.leaf(name, m.String(), "currencyID", string(m.Currency))
			}
		},
	}
}

// value reports what a parser of the vocabulary has against a value.
func (r *reader) value(err error) bool {
	if err == nil {
		return true
	}
	var fault port.Fault
	if errors.As(err, &fault) {
		r.fail(fault.Rule, fault.Args...)
	} else {
		r.fail("wco.value")
	}
	return false
}

// clip keeps a stranger's word in a message short.
func clip(text string) string {
	const longest = 40
	if runes := []rune(text); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return strings.Clone(text)
}
