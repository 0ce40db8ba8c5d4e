package registry

import "testing"

func TestDateSpan(t *testing.T) {
	for _, c := range []struct {
		date        Date
		first, last Day
		ok          bool
	}{
		{"2016", "2016-01-01", "2016-12-31", true},
		{"2024-02", "2024-02-01", "2024-02-29", true},
		{"2025-12", "2025-12-01", "2025-12-31", true},
		{"2025-09-17", "2025-09-17", "2025-09-17", true},
		{"[2021-10-31..2023-08-23]", "2021-10-31", "2023-08-23", true},
		{"[..2020-12-31]", firstDay, "2020-12-31", true},
		{"[2021-10-31..]", "2021-10-31", lastDay, true},
		{"", "", "", false},
		{"[..]", "", "", false},
		{"[2023-08-23..2021-10-31]", "", "", false},
		{"[2021-10-31]", "", "", false},
		{"[2021-10-31..2023-08-23", "", "", false},
		{"[2021..2023]", "", "", false},
		{"2023-02-29", "", "", false},
		{"2023-13", "", "", false},
		{"soon", "", "", false},
		{"2025-9-17", "", "", false},
	} {
		first, last, ok := c.date.Span()
		if ok != c.ok || ok && (first != c.first || last != c.last) {
			t.Errorf("%q: got %s to %s, %v", c.date, first, last, ok)
		}
	}
}

func TestHolding(t *testing.T) {
	for _, c := range []struct {
		from, to Date
		day      Day
		want     certainty
	}{
		{"", "", "2000-01-01", yes},
		{"2016-02", "", "2016-01-31", no},
		{"2016-02", "", "2016-02-01", perhaps},
		{"2016-02", "", "2016-02-29", yes},
		{"2016-02-11", "2016-02-11", "2016-02-11", yes},
		{"2013", "2019", "2012-12-31", no},
		{"2013", "2019", "2013-12-30", perhaps},
		{"2013", "2019", "2019-01-01", yes},
		{"2013", "2019", "2019-01-02", perhaps},
		{"2013", "2019", "2020-01-01", no},
		{"[..2020-12-31]", "", "1900-01-01", perhaps},
		{"2021-10-30", "[2021-10-31..]", "2021-10-31", yes},
		{"2021-10-30", "[2021-10-31..]", "2099-01-01", perhaps},
	} {
		if got := holding(c.from, c.to, c.day); got != c.want {
			t.Errorf("%q to %q on %s: got %d, want %d", c.from, c.to, c.day, got, c.want)
		}
	}
}

func TestDayOf(t *testing.T) {
	for text, want := range map[string]Day{"2026-11-21T15:59:59Z": "2026-11-21", "2026-11-21T16:00:00Z": "2026-11-22"} {
		if got := DayOf(at(text)); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
	if got := DayOf(0); got != "" {
		t.Errorf("an absent instant is of the day %q", got)
	}
}
