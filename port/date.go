package port

import (
	"fmt"
	"time"
)

// Date is a day of the Gregorian calendar without a time zone, as documents of identity have it. A part that is not known
// is 0: such documents may give the year of birth alone. The zero Date is an absent one.
type Date struct {
	Year  int `json:"year,omitempty"`
	Month int `json:"month,omitempty"`
	Day   int `json:"day,omitempty"`
}

// DateOf is the day of an instant in that instant's own zone.
func DateOf(t time.Time) Date {
	year, month, day := t.Date()
	return Date{year, int(month), day}
}

// Valid tells whether the known parts can stand together; 29 February passes where the year is not known.
func (d Date) Valid() bool {
	if d.Year < 0 || d.Month < 0 || d.Month > 12 || d.Day < 0 || d.Day > 31 {
		return false
	}
	if d.Month == 0 || d.Day == 0 {
		return true
	}
	year := d.Year
	if year == 0 {
		year = 2000 // a leap year
	}
	return time.Date(year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC).Day() == d.Day
}

// After tells whether a day is later than another; parts that are not known count as the earliest that they can be.
func (d Date) After(other Date) bool {
	for _, part := range [3][2]int{{d.Year, other.Year}, {d.Month, other.Month}, {d.Day, other.Day}} {
		if part[0] != part[1] {
			return part[0] > part[1]
		}
	}
	return false
}

// String is the day as 1974-08-12, with XX for what is not known (1974-XX-XX); empty where it is absent.
func (d Date) String() string {
	if d == (Date{}) {
		return ""
	}
	part := func(n, width int) string {
		if n == 0 {
			return "XXXX"[:width]
		}
		return fmt.Sprintf("%0*d", width, n)
	}
	return part(d.Year, 4) + "-" + part(d.Month, 2) + "-" + part(d.Day, 2)
}
