package edifact

import (
	"strconv"
	"strings"
	"time"

	"github.com/guomen/guomen/port"
)

// beijing is the zone of an instant that is written without one: it is then the clock that an officer in China reads.
var beijing = time.FixedZone("CST", 8*60*60)

// layouts are the forms of UN/EDIFACT 2379 that are read, for time.Parse. Those with a zone, 303 and 304, have it behind.
var layouts = map[string]string{
	"101": "060102", "102": "20060102", "201": "0601021504", "203": "200601021504", "204": "20060102150405",
	"303": "200601021504", "304": "20060102150405",
}

// bare is the form of a time that states none: the lists of airlines write YYMMDD so, others CCYYMMDD.
var bare = map[int]string{6: "101", 8: "102", 10: "201", 12: "203", 14: "204"}

// instant reads a time with or without a zone.
func (r *reader) instant(text, format string) (port.Time, bool) {
	zone := beijing
	if format == "303" || format == "304" {
		digits := len(layouts[format])
		if len(text) < digits {
			r.fail("edifact.time", clip(text))
			return 0, false
		}
		offset, err := strconv.Atoi(text[digits:])
		if err != nil || offset < -14 || offset > 14 {
			r.fail("edifact.zone", clip(text[digits:]))
			return 0, false
		}
		zone, text = time.FixedZone("", offset*60*60), text[:digits]
	}
	t, _, ok := r.clock(text, format, zone, false)
	if !ok {
		r.fail("edifact.time", clip(text))
		return 0, false
	}
	return port.Time(t.UnixMicro()), true
}

// clock reads the digits of a time. A year of two digits lies in the century that brings it nearest to the year in which
// the interchange was made, and not behind that year where it is of the past: of two people who may be meant by a birth
// date, the one of a hundred years and more is the rarer.
func (r *reader) clock(text, format string, zone *time.Location, past bool) (t time.Time, form string, ok bool) {
	if form = format; form == "" {
		form = bare[len(text)]
	}
	layout := layouts[form]
	if layout == "" || len(text) != len(layout) || strings.Trim(text, "0123456789") != "" {
		return t, form, false
	}
	if !strings.HasPrefix(layout, "2006") {
		year := r.interchange.year()
		century := year / 100 * 100
		year2, _ := strconv.Atoi(text[:2])
		switch full := century + year2; {
		case full > year+50, past && full > year:
			century -= 100
		case full < year-50 && !past:
			century += 100
		}
		text, layout = strconv.Itoa(century/100)+text, "20"+layout
	}
	t, err := time.ParseInLocation(layout, text, zone)
	return t, form, err == nil && t.Year() >= 1900 && t.Year() < 2200 && t.UnixMicro() != 0
}
