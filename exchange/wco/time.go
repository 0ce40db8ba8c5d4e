package wco

import (
	"strings"
	"time"

	"github.com/guomen/guomen/exchange/markup"
	"github.com/guomen/guomen/exchange/table"
	"github.com/guomen/guomen/port"
)

// beijing is the zone of a time that is written without one: a date then is the day that an officer in China reads.
var beijing = time.FixedZone("CST", 8*60*60)

// when is a time: <DateTimeString formatCode="304">20261122080000+08</DateTimeString>, or <DateTime> with the time of XML
// Schema, which alone can hold less than a second.
func when[T any](name, json string, at func(*T) *port.Time) table.Member[T] {
	return table.Member[T]{
		Name: name,
		Read: func(r *table.Reader, t *T) error {
			r.Model(json)
			r.Attributes("")
			text, err := dateTime(r)
			if err != nil || text == "" {
				return err
			}
			value, usual, ok := parseTime(text)
			switch {
			case !ok:
				r.Fail("wco.time", table.Clip(text))
				return nil
			case !usual:
				r.Warn("", "wco.time_form", table.Clip(text))
			}
			r.Zero(value == 0)
			*at(t) = value
			return nil
		},
		Write: func(w *table.Writer, t *T) {
			if value := *at(t); value != 0 {
				writeTime(w, name, value)
			}
		},
	}
}

func writeTime(w *table.Writer, name string, value port.Time) {
	t := value.Std()
	w.Element(name, func() {
		if t.Nanosecond() == 0 {
			w.Always("DateTimeString", t.Format("20060102150405Z"), "formatCode", "304")
		} else {
			w.Always("DateTime", value.String(), "", "")
		}
	})
}

// dateTime reads the text of a time, whether it stands in an inner element or not.
func dateTime(r *table.Reader) (string, error) {
	text := ""
	for {
		kind, err := r.XML.Next()
		if err != nil {
			return "", err
		}
		switch kind {
		case markup.End:
			return table.Trim(text), nil
		case markup.Text:
			if text += r.XML.Text(); len(text) > markup.MaxText {
				return "", r.TooLong()
			}
			continue
		}
		r.Enter()
		if name := r.XML.Name(); (name != "DateTimeString" && name != "DateTime") || !wcoSpace(r.XML.Space()) {
			err = r.Unknown()
		} else if table.Trim(text) != "" {
			r.Fail("xml.repeated", name)
			err = r.XML.Skip()
		} else {
			if code := r.Attributes("formatCode"); !knownFormat(code) {
				r.Fail("wco.time_format", table.Clip(code))
			}
			text, err = r.Text()
		}
		if err != nil {
			return "", err
		}
		r.Leave()
	}
}

// knownFormat tells the codes of UN/EDIFACT 2379 that begin with the year: their number of digits says the rest.
func knownFormat(code string) bool {
	switch code {
	case "", "102", "203", "204", "205", "208", "303", "304":
		return true
	}
	return false
}

// parseTime reads CCYYMMDD[HHMM[SS]] with an optional zone of Z, ±HH or ±HHMM; the date and time of ISO 8601; and, with
// usual false, the form in which Java prints a Date, which customs systems have let slip into answers.
func parseTime(text string) (value port.Time, usual, ok bool) {
	digits := 0
	for digits < len(text) && text[digits] >= '0' && text[digits] <= '9' {
		digits++
	}
	layout := ""
	switch digits {
	case 8:
		layout = "20060102"
	case 12:
		layout = "200601021504"
	case 14:
		layout = "20060102150405"
	case 4:
		layout = "2006-01-02"
		if len(text) > len(layout) {
			layout = "2006-01-02T15:04:05"
		}
		zone := strings.LastIndexAny(text, "Z+-")
		if digits = len(text); zone > len("2006-01-02") {
			digits = zone
		}
	default:
		t, err := time.Parse(time.UnixDate, text)
		if err != nil || !strings.Contains(text, " UTC ") && !strings.Contains(text, " GMT ") {
			return 0, false, false
		}
		return port.TimeOf(t), false, true
	}
	zone, ok := parseZone(text[digits:])
	if !ok {
		return 0, false, false
	}
	t, err := time.ParseInLocation(layout, text[:digits], zone)
	if err != nil || t.Nanosecond()%1000 != 0 || t.Year() < 1900 || t.Year() > 2199 {
		return 0, false, false
	}
	return port.Time(t.UnixMicro()), true, true
}

// parseZone reads an offset from UTC; none means Beijing.
func parseZone(text string) (*time.Location, bool) {
	switch {
	case text == "":
		return beijing, true
	case text == "Z", text == "+00":
		return time.UTC, true
	case text[0] != '+' && text[0] != '-':
		return nil, false
	}
	for _, layout := range []string{"-07", "-0700", "-07:00"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Location(), true
		}
	}
	return nil, false
}
