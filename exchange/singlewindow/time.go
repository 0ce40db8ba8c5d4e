package singlewindow

import (
	"time"

	"github.com/guomen/guomen/exchange/table"
	"github.com/guomen/guomen/port"
)

// beijing is the zone of a time that is written without one.
var beijing = time.FixedZone("CST", 8*60*60)

// layouts are the ways in which the messages write times. The first is how they are written here.
var layouts = []string{
	"20060102150405", "20060102", "200601021504", "20060102150405.000",
	"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02", "2006-01-02T15:04:05Z07:00", "20060102T15040500",
}

// parseTime reads a time, to the microsecond.
func parseTime(text string) (port.Time, bool) {
	if len(text) == len("20060102150405000") { // milliseconds without a point
		text = text[:14] + "." + text[14:]
	}
	for _, layout := range layouts {
		if len(layout) != len(text) && layout != "2006-01-02T15:04:05Z07:00" {
			continue
		}
		t, err := time.ParseInLocation(layout, text, beijing)
		if err == nil && t.Year() >= 1900 && t.Year() < 2200 && t.Nanosecond()%1000 == 0 {
			return port.Time(t.UnixMicro()), true
		}
	}
	return 0, false
}

// when is a time in an element of its own.
func when[T any](name, json string, at func(*T) *port.Time) table.Member[T] {
	return table.Member[T]{
		Name: name,
		Read: func(r *table.Reader, t *T) error {
			text, err := r.Leaf(json, "", nil)
			if err != nil || text == "" {
				return err
			}
			value, ok := parseTime(text)
			if !ok {
				r.Fail("singlewindow.time", table.Clip(text))
				return nil
			}
			r.Zero(value == 0)
			*at(t) = value
			return nil
		},
		Write: func(w *table.Writer, t *T) {
			if value := *at(t); value != 0 {
				w.Leaf(name, value.Std().In(beijing).Format(layout(value)), "", "")
			}
		},
	}
}

// dashed is a time as the receipts of declarations write it.
func dashed[T any](name, json string, at func(*T) *port.Time) table.Member[T] {
	m := when(name, json, at)
	m.Write = func(w *table.Writer, t *T) {
		if value := *at(t); value != 0 {
			w.Leaf(name, value.Std().In(beijing).Format("2006-01-02T15:04:05"), "", "")
		}
	}
	return m
}

// layout is the shortest that holds a time.
func layout(value port.Time) string {
	if value%1_000_000 == 0 {
		return layouts[0]
	}
	return "2006-01-02T15:04:05.999999Z07:00"
}
