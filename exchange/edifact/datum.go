package edifact

import (
	"strconv"
	"strings"

	"github.com/guomen/guomen/port"
)

// text is a component that is kept as written. Given again with another value, the first stays and the sender is told.
func text[T any, S ~string](element, component int, field string, at func(*T) *S) datum[T] {
	return lines(element, component, component, field, at)
}

// lines is a text that is written in several components.
func lines[T any, S ~string](element, first, last int, field string, at func(*T) *S) datum[T] {
	return datum[T]{element, first, field, func(r *reader, t *T) { put(r, at(t), S(strings.Clone(r.seg.join(element, first, last)))) }}
}

// put fills a field that is empty, and tells of a value that finds it filled with another.
func put[V comparable](r *reader, to *V, v V) {
	switch zero := *new(V); {
	case *to == zero || *to == v:
		*to = v
	default:
		r.warn("edifact.repeated")
	}
}

// each is a component of which every occurrence is kept.
func each[T any, S ~string](element, component int, field string, at func(*T) *[]S, most int) datum[T] {
	return datum[T]{element, component, field, func(r *reader, t *T) {
		list := at(t)
		if len(*list) >= most {
			r.fail("exchange.too_many", strconv.Itoa(most))
			return
		}
		*list = append(*list, S(strings.Clone(r.seg.take(element, component))))
	}}
}

// number is a count.
func number[T any](element, component int, field string, at func(*T) *int64) datum[T] {
	return datum[T]{element, component, field, func(r *reader, t *T) {
		if n, ok := r.count(r.seg.take(element, component)); ok {
			put(r, at(t), n)
		}
	}}
}

// count reads a whole number that is not negative; 5.0 is 5.
func (r *reader) count(text string) (int64, bool) {
	whole, decimals, _ := strings.Cut(point(text), ".")
	n, err := strconv.ParseUint(whole, 10, 63)
	if err != nil || strings.Trim(decimals, "0") != "" {
		r.fail("edifact.number", clip(text))
		return 0, false
	}
	return int64(n), true
}

// point makes a decimal with a point of one with the decimal mark of the interchange: ISO 9735 lets a reader take both.
func point(text string) string { return strings.Replace(text, ",", ".", 1) }

// mass is a weight with its unit, as MEA and CNT have them. Kilograms, tonnes and grams are read, exactly.
func mass[T any](element, component, unitElement, unitComponent int, field string, at func(*T) *port.Kilograms) datum[T] {
	return datum[T]{element, component, field, func(r *reader, t *T) {
		if kilograms, ok := r.mass(r.seg.take(element, component), r.seg.take(unitElement, unitComponent)); ok {
			put(r, at(t), kilograms)
		}
	}}
}

func (r *reader) mass(text, unit string) (port.Kilograms, bool) {
	kilograms, err := port.ParseKilograms(point(text))
	if !r.value(err) {
		return 0, false
	}
	const most = port.Kilograms(1<<63-1) / 1000
	switch unit {
	case "KGM", "": // ISO 9735 messages of customs count in kilograms
	case "TNE":
		if kilograms > most || kilograms < -most {
			r.fail("decimal.range", clip(text))
			return 0, false
		}
		kilograms *= 1000
	case "GRM":
		if kilograms%1000 != 0 {
			r.fail("decimal.places", clip(text), "3")
			return 0, false
		}
		kilograms /= 1000
	default:
		r.fail("edifact.mass_unit", clip(unit))
		return 0, false
	}
	return kilograms, true
}

// money is an amount with its currency, as MOA has them.
func money[T any](field string, at func(*T) *port.Money) datum[T] {
	return datum[T]{1, 2, field, func(r *reader, t *T) {
		if m, err := port.ParseMoney(point(r.seg.take(1, 2)), port.Currency(r.seg.take(1, 3))); r.value(err) {
			put(r, at(t), m)
		}
	}}
}

// when is an instant, as DTM has it: without an offset, Beijing time.
func when[T any](field string, at func(*T) *port.Time) datum[T] {
	return datum[T]{1, 2, field, func(r *reader, t *T) {
		if value, ok := r.instant(r.seg.take(1, 2), r.seg.take(1, 3)); ok {
			put(r, at(t), value)
		}
	}}
}
