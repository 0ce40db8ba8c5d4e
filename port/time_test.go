package port

import (
	"encoding/json"
	"errors"
	"testing"
	"time"
)

func TestParseTime(t *testing.T) {
	tests := []struct{ text, form, rule string }{
		{"2026-11-22T08:00:00+08:00", "2026-11-22T00:00:00.000000Z", ""},
		{"2026-11-22T00:00:00Z", "2026-11-22T00:00:00.000000Z", ""},
		{"2026-11-22T00:00:00.123456Z", "2026-11-22T00:00:00.123456Z", ""},
		{"2026-11-22T00:00:00.1234560Z", "2026-11-22T00:00:00.123456Z", ""}, // seven decimals, as .NET writes
		{"1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z", ""},
		{"9999-12-31T23:59:59Z", "9999-12-31T23:59:59.000000Z", ""},
		{"2026-11-22T00:00:00.1234567Z", "", "time.decimals"},
		{"2026-11-22T00:00:00.12345600001Z", "", "time.decimals"}, // time.Parse drops what is beyond nine
		{"2026-11-22T08:00:00", "", "time.format"},
		{"2026-02-30T08:00:00Z", "", "time.format"},
		{"20261122", "", "time.format"},
		{"1970-01-01T08:00:00+08:00", "", "time.range"},
		{"0001-01-01T00:00:00Z", "", "time.range"},
		{"0000-01-01T00:00:00+23:59", "", "time.range"},
		{"9999-12-31T23:59:59-14:00", "", "time.range"},
	}
	for _, test := range tests {
		got, err := ParseTime(test.text)
		var f Fault
		errors.As(err, &f)
		if got.String() != test.form || f.Rule != test.rule {
			t.Errorf("%s: got %s, %v; want %q, %q", test.text, got, err, test.form, test.rule)
		}
	}
}

func TestTime(t *testing.T) {
	std := time.Date(2026, 11, 22, 8, 0, 0, 123456789, time.FixedZone("CST", 8*3600))
	stamp := TimeOf(std)
	if got, want := stamp.Std(), std.Truncate(time.Microsecond).UTC(); !got.Equal(want) || got.Location() != time.UTC {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := stamp.Add(2 * Hour).Sub(stamp); got != 2*Hour || got.Std() != 2*time.Hour {
		t.Errorf("got %d", got)
	}
	if got := Day.Std(); got != 24*time.Hour {
		t.Errorf("got %v", got)
	}
	if TimeOf(time.Time{}) != 0 || !Time(0).Std().IsZero() || Time(0).String() != "" {
		t.Error("an absent stamp is not absent")
	}
}

func TestTimeInJSON(t *testing.T) {
	type document struct {
		At Time `json:"at,omitempty"`
	}
	tests := []struct{ data, form string }{
		{`{"at":"2026-11-22T08:00:00+08:00"}`, `{"at":"2026-11-22T00:00:00.000000Z"}`},
		{`{"at":""}`, `{}`},
		{`{}`, `{}`},
	}
	for _, test := range tests {
		var got document
		err := json.Unmarshal([]byte(test.data), &got)
		form, _ := json.Marshal(got)
		if err != nil || string(form) != test.form {
			t.Errorf("%s: got %s, %v; want %s", test.data, form, err, test.form)
		}
	}
	got := document{At: 7}
	if err := json.Unmarshal([]byte(`{"at":"yesterday"}`), &got); err == nil || got.At != 7 {
		t.Errorf("got %v, %v", got, err)
	}
	if text, err := Time(0).MarshalText(); len(text) != 0 || err != nil {
		t.Errorf("got %q, %v", text, err)
	}
}

func FuzzTime(f *testing.F) {
	for _, seed := range []string{"2026-11-22T08:00:00+08:00", "1970-01-01T00:00:00.000001Z", "2026-11-22T00:00:00,5Z",
		"9999-12-31T23:59:59-23:59", "0000-01-01T00:00:00Z", "2016-12-31T23:59:60Z"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		first, err := ParseTime(text)
		if err != nil {
			return
		}
		if again, err := ParseTime(first.String()); err != nil || again != first || first == 0 {
			t.Errorf("%q: got %s, then %s, %v", text, first, again, err)
		}
		if got := TimeOf(first.Std()); got != first {
			t.Errorf("%q: got %s by way of time.Time, want %s", text, got, first)
		}
	})
}

// TestAddMonths: the corresponding day of the month in Beijing, or the month's last.
func TestAddMonths(t *testing.T) {
	for _, c := range []struct {
		from   string
		months int
		want   string
	}{
		{"2026-01-15T10:30:00+08:00", 3, "2026-04-15T10:30:00+08:00"},
		{"2026-11-30T00:00:00+08:00", 3, "2027-02-28T00:00:00+08:00"},
		{"2027-11-30T00:00:00+08:00", 3, "2028-02-29T00:00:00+08:00"},
		{"2026-05-31T23:59:59+08:00", 1, "2026-06-30T23:59:59+08:00"},
		{"2026-03-31T02:00:00+08:00", 1, "2026-04-30T02:00:00+08:00"}, // in UTC it is still the 30th
		{"2026-10-01T00:00:00+08:00", 12, "2027-10-01T00:00:00+08:00"},
	} {
		from, err := ParseTime(c.from)
		if err != nil {
			t.Fatal(err)
		}
		want, err := ParseTime(c.want)
		if err != nil {
			t.Fatal(err)
		}
		if got := from.AddMonths(c.months); got != want {
			t.Errorf("%s and %d months: %s, want %s", c.from, c.months, got, want)
		}
	}
}
