package port

import (
	"strings"
	"time"
)

// Time is an instant in microseconds since 1970, UTC. Zero means that nobody recorded it: an absent stamp is absent,
// never the year 1970. Its text is RFC 3339 with microseconds and Z.
type Time int64

// Duration is a span in microseconds.
type Duration int64

// The usual spans.
const (
	Millisecond Duration = 1000
	Second               = 1000 * Millisecond
	Minute               = 60 * Second
	Hour                 = 60 * Minute
	Day                  = 24 * Hour
)

// TimeOf cuts a time.Time to microseconds; the zero time.Time is the absent Time.
func TimeOf(t time.Time) Time {
	if t.IsZero() {
		return 0
	}
	return Time(t.UnixMicro())
}

// Std is the instant as time.Time in UTC; the zero time.Time where it is absent.
func (t Time) Std() time.Time {
	if t == 0 {
		return time.Time{}
	}
	return time.UnixMicro(int64(t)).UTC()
}

// Add moves an instant.
func (t Time) Add(d Duration) Time { return t + Time(d) }

// beijing is the zone of the law's calendar 北京时间. It has had no summer time since 1991.
var beijing = time.FixedZone("Asia/Shanghai", 8*60*60)

// AddMonths moves an instant by months of the calendar in Beijing, to the corresponding day; where the month has no such
// day, to its last (民法典第202条).
func (t Time) AddMonths(months int) Time {
	at := t.Std().In(beijing)
	day := at.Day()
	at = at.AddDate(0, 0, 1-day).AddDate(0, months, 0)
	last := at.AddDate(0, 1, -1).Day()
	return TimeOf(at.AddDate(0, 0, min(day, last)-1))
}

// Sub is the span from u to t.
func (t Time) Sub(u Time) Duration { return Duration(t - u) }

// Std is the span as time.Duration.
func (d Duration) Std() time.Duration { return time.Duration(d) * time.Microsecond }

const timeLayout = "2006-01-02T15:04:05.000000Z"

// String is the instant's text; empty where it is absent.
func (t Time) String() string {
	if t == 0 {
		return ""
	}
	return t.Std().Format(timeLayout)
}

// MarshalText is String.
func (t Time) MarshalText() ([]byte, error) {
	if t == 0 {
		return nil, nil
	}
	return t.Std().AppendFormat(make([]byte, 0, len(timeLayout)), timeLayout), nil
}

// The years that a stamp may lie in. Nothing that a port records is older than the first; the text has four digits of
// year at most. The instant 0 itself is refused too: it would read as absent, and is a device's unset clock.
const (
	yearFirst = 1900
	yearLast  = 9999
)

// ParseTime reads RFC 3339 with any offset; more than six decimals are refused rather than cut, unless they are zeros.
func ParseTime(text string) (Time, error) {
	parsed, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return 0, fault("time.format", text)
	}
	if decimalsBeyond(text, 6) {
		return 0, fault("time.decimals", text)
	}
	t := TimeOf(parsed)
	if year := parsed.UTC().Year(); year < yearFirst || year > yearLast || t == 0 {
		return 0, fault("time.range", text)
	}
	return t, nil
}

// decimalsBeyond tells whether the seconds of an RFC 3339 text have a digit other than zero after so many decimals.
// time.Parse itself drops what comes after the ninth.
func decimalsBeyond(text string, places int) bool {
	point := strings.IndexAny(text, ".,")
	if point < 0 {
		return false
	}
	for i := point + 1; i < len(text) && digit(text[i]); i++ {
		if i-point > places && text[i] != '0' {
			return true
		}
	}
	return false
}

// UnmarshalText is ParseTime; empty text is the absent Time.
func (t *Time) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*t = 0
		return nil
	}
	parsed, err := ParseTime(string(text))
	if err != nil {
		return err
	}
	*t = parsed
	return nil
}
