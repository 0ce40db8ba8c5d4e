package registry

import (
	"strings"
	"time"

	"github.com/guomen/guomen/port"
)

// Day is a calendar day of the port, 2025-12-31. Days sort as text.
type Day string

const (
	firstDay Day = "0001-01-01"
	lastDay  Day = "9999-12-31"
)

// DayOf is the day of an instant in China Standard Time (北京时间), the one in which the region's ports are opened and
// closed; empty where the instant is absent.
func DayOf(at port.Time) Day {
	if at == 0 {
		return ""
	}
	day, _ := china.local(at)
	return day
}

func (d Day) valid() bool {
	_, err := time.Parse(time.DateOnly, string(d))
	return err == nil
}

// Date is a day known only as well as its source knows it. Its text follows ISO 8601-2: "2016", "2016-02", "2025-09-17",
// and "[2021-10-31..2023-08-24]" for one day, nobody says which, of a span; either end of the span may be left out. An
// empty Date is no date at all: the beginning, or no end.
type Date string

// Span is the first and the last day that the date may be. ok is false for text that is no date.
func (d Date) Span() (first, last Day, ok bool) {
	text := string(d)
	if inner, open := strings.CutPrefix(text, "["); open {
		inner, closed := strings.CutSuffix(inner, "]")
		from, to, two := strings.Cut(inner, "..")
		first, last = firstDay, lastDay
		if from != "" {
			first = Day(from)
		}
		if to != "" {
			last = Day(to)
		}
		ok = closed && two && from+to != "" && first.valid() && last.valid() && first <= last
		return first, last, ok
	}
	switch len(text) {
	case len("2006"):
		first, last = Day(text+"-01-01"), Day(text+"-12-31")
	case len("2006-01"):
		begin, err := time.Parse("2006-01", text)
		if err != nil {
			return "", "", false
		}
		first, last = Day(text+"-01"), Day(begin.AddDate(0, 1, -1).Format(time.DateOnly))
	default:
		first, last = Day(text), Day(text)
	}
	return first, last, first.valid() && last.valid()
}

func (d Date) valid() bool {
	_, _, ok := d.Span()
	return ok || d == ""
}

// certainty says whether something holds on a day: dates that are only half known leave days on which nobody can tell.
type certainty uint8

const (
	no certainty = iota
	perhaps
	yes
)

// holding tells whether a span from one date to another, both included, covers a day.
func holding(from, to Date, day Day) certainty {
	started := yes
	if from != "" {
		first, last, _ := from.Span()
		switch {
		case day < first:
			return no
		case day < last:
			started = perhaps
		}
	}
	if to != "" {
		first, last, _ := to.Span()
		switch {
		case day > last:
			return no
		case day > first:
			return perhaps
		}
	}
	return started
}

// Season is the part of every year in which a seasonal port 季节性口岸 is open, from and to included, as 04-01 and 11-30.
type Season struct {
	From string `json:"from"`
	To   string `json:"to"`
}

func (s Season) covers(day Day) bool {
	_, inYear, _ := strings.Cut(string(day), "-")
	return s.From <= inYear && inYear <= s.To
}

func (s Season) valid() bool {
	return Day("2000-"+s.From).valid() && Day("2000-"+s.To).valid() && s.From <= s.To
}
