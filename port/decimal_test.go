package port

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
)

func TestKilograms(t *testing.T) {
	tests := []struct {
		text string
		want Kilograms
		form string
		rule string
	}{
		{"150", 150 * Kilogram, "150", ""},
		{"0.5", Kilogram / 2, "0.5", ""},
		{".5", Kilogram / 2, "0.5", ""},
		{"5.", 5 * Kilogram, "5", ""},
		{"007.500", 7*Kilogram + 500*Gram, "7.5", ""},
		{"0.000001", 1, "0.000001", ""},
		{"-0.000001", -1, "-0.000001", ""},
		{"-12.030", -12*Kilogram - 30*Gram, "-12.03", ""},
		{"+3", 3 * Kilogram, "3", ""},
		{"-0", 0, "0", ""},
		{" 48\n", 48 * Kilogram, "48", ""},
		{"49000", 49 * Tonne, "49000", ""},
		{"9223372036854.775807", math.MaxInt64, "9223372036854.775807", ""},
		{"-9223372036854.775808", math.MinInt64, "-9223372036854.775808", ""},
		{"9223372036854.775808", 0, "", "decimal.range"},
		{"-9223372036854.775809", 0, "", "decimal.range"},
		{"99999999999999999999", 0, "", "decimal.range"},
		{"18446744073709551616", 0, "", "decimal.range"},
		{"18446744073709", 0, "", "decimal.range"},
		{"1234567890123456789012345678901234567890", 0, "", "decimal.range"},
		{"0.0000001", 0, "", "decimal.places"},
		{"1.0000000", 0, "", "decimal.places"},
		{"1.0000000x", 0, "", "decimal.format"},
		{"", 0, "", "decimal.format"},
		{".", 0, "", "decimal.format"},
		{"-", 0, "", "decimal.format"},
		{"1e3", 0, "", "decimal.format"},
		{"1,000", 0, "", "decimal.format"},
		{"1 000", 0, "", "decimal.format"},
		{"1.2.3", 0, "", "decimal.format"},
		{"--1", 0, "", "decimal.format"},
		{"NaN", 0, "", "decimal.format"},
		{"INF", 0, "", "decimal.format"},
		{"0x10", 0, "", "decimal.format"},
		{"１", 0, "", "decimal.format"},
	}
	for _, test := range tests {
		got, err := ParseKilograms(test.text)
		var f Fault
		errors.As(err, &f)
		if got != test.want || f.Rule != test.rule {
			t.Errorf("%q: got %d, %v; want %d, %q", test.text, got, err, test.want, test.rule)
		}
		if err == nil && got.String() != test.form {
			t.Errorf("%q: got %s, want %s", test.text, got, test.form)
		}
		if q, err := ParseQuantity(test.text); int64(q) != int64(got) || (err == nil) != (test.rule == "") ||
			err == nil && q.String() != test.form {
			t.Errorf("%q: as a quantity got %s, %v", test.text, q, err)
		}
	}
}

func TestNumbersInJSON(t *testing.T) {
	type document struct {
		Mass  Kilograms `json:"mass,omitempty"`
		Count Quantity  `json:"count"`
		Money Money     `json:"money,omitzero"`
	}
	tests := []struct {
		data string
		want document
		form string
		rule string
	}{
		{`{"mass":150,"count":0.5}`, document{Mass: 150 * Kilogram, Count: One / 2}, `{"mass":150,"count":0.5}`, ""},
		{`{"mass":"150.50","count":"-2"}`, document{Mass: 150*Kilogram + 500*Gram, Count: -2 * One},
			`{"mass":150.5,"count":-2}`, ""},
		{`{"mass":null,"count":0}`, document{}, `{"count":0}`, ""},
		{`{"count":1,"money":{"minor":0,"currency":"GBP"}}`, document{Count: One, Money: Money{Currency: "GBP"}},
			`{"count":1,"money":{"minor":0,"currency":"GBP"}}`, ""},
		{`{"count":1,"money":{"minor":1,"fraction":500000,"currency":"CNY"}}`,
			document{Count: One, Money: Money{1, 500000, "CNY"}},
			`{"count":1,"money":{"minor":1,"fraction":500000,"currency":"CNY"}}`, ""},
		{`{"mass":1e3}`, document{}, "", "decimal.format"},
		{`{"mass":""}`, document{}, "", "decimal.format"},
		{`{"mass":true}`, document{}, "", "decimal.format"},
		{`{"mass":[1]}`, document{}, "", "decimal.format"},
		{`{"count":0.1234567}`, document{}, "", "decimal.places"},
		{`{"count":99999999999999}`, document{}, "", "decimal.range"},
	}
	for _, test := range tests {
		var got document
		err := json.Unmarshal([]byte(test.data), &got)
		var f Fault
		errors.As(err, &f)
		if got != test.want || f.Rule != test.rule {
			t.Errorf("%s: got %+v, %v; want %+v, %q", test.data, got, err, test.want, test.rule)
			continue
		}
		if test.rule != "" {
			continue
		}
		if form, err := json.Marshal(got); err != nil || string(form) != test.form {
			t.Errorf("%s: got %s, %v; want %s", test.data, form, err, test.form)
		}
	}
}

func TestKilogramsArithmetic(t *testing.T) {
	const most, least = Kilograms(math.MaxInt64), Kilograms(math.MinInt64)
	tests := []struct {
		a, b, sum, difference Kilograms
		adds, subtracts       bool
	}{
		{3 * Tonne, Kilogram, 3001 * Kilogram, 2999 * Kilogram, true, true},
		{0, 0, 0, 0, true, true},
		{most, 0, most, most, true, true},
		{most, 1, 0, most - 1, false, true},
		{most, -1, most - 1, 0, true, false},
		{least, 1, least + 1, 0, true, false},
		{least, -1, 0, least + 1, false, true},
		{0, least, least, 0, true, false},
		{-1, least, 0, most, false, true},
		{least, least, 0, 0, false, true},
	}
	for _, test := range tests {
		sum, err := test.a.Add(test.b)
		if sum != test.sum || (err == nil) != test.adds {
			t.Errorf("%s + %s: got %s, %v", test.a, test.b, sum, err)
		}
		difference, err := test.a.Sub(test.b)
		if difference != test.difference || (err == nil) != test.subtracts {
			t.Errorf("%s - %s: got %s, %v", test.a, test.b, difference, err)
		}
		q, err := Quantity(test.a).Add(Quantity(test.b))
		if int64(q) != int64(test.sum) || (err == nil) != test.adds {
			t.Errorf("quantities %s + %s: got %s, %v", test.a, test.b, q, err)
		}
		q, err = Quantity(test.a).Sub(Quantity(test.b))
		if int64(q) != int64(test.difference) || (err == nil) != test.subtracts {
			t.Errorf("quantities %s - %s: got %s, %v", test.a, test.b, q, err)
		}
	}
	if got := (12*Tonne + 500*Gram).Float(); got != 12000.5 {
		t.Errorf("got %v, want 12000.5", got)
	}
	if got := (3 * One / 2).Float(); got != 1.5 {
		t.Errorf("got %v, want 1.5", got)
	}
}

func TestNumbersDoNotAllocate(t *testing.T) {
	var k Kilograms
	data, room := []byte("49123.456789"), make([]byte, 0, 32)
	for name, limit := range map[string]struct {
		do   func()
		most float64
	}{
		"UnmarshalJSON": {func() { _ = k.UnmarshalJSON(data) }, 0},
		"AppendTo":      {func() { room = k.AppendTo(room[:0]) }, 0},
		"MarshalJSON":   {func() { _, _ = k.MarshalJSON() }, 1},
		"Parse":         {func() { _, _ = ParseKilograms("49123.456789") }, 0},
		"Money":         {func() { _, _ = ParseMoney("12.34", "CNY") }, 0},
	} {
		if got := testing.AllocsPerRun(100, limit.do); got > limit.most {
			t.Errorf("%s: got %v allocations, want at most %v", name, got, limit.most)
		}
	}
}

func FuzzKilograms(f *testing.F) {
	for _, seed := range []string{"150", "-0.5", `"1.25"`, "null", "1e9", "9223372036854.775807", ".", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		first, err := ParseKilograms(text)
		if err == nil {
			if again, err := ParseKilograms(first.String()); err != nil || again != first {
				t.Errorf("%q: got %d, then %d, %v", text, first, again, err)
			}
			if places := len(first.String()) - strings.LastIndexByte(first.String()+".", '.'); places > 7 {
				t.Errorf("%q: got %s", text, first)
			}
		}
		var k Kilograms
		if err := k.UnmarshalJSON([]byte(text)); err != nil {
			return
		}
		data, err := k.MarshalJSON()
		var again Kilograms
		if err != nil || !json.Valid(data) || json.Unmarshal(data, &again) != nil || again != k {
			t.Errorf("%q: got %d, %s, then %d", text, k, data, again)
		}
	})
}

func FuzzQuantity(f *testing.F) {
	for _, seed := range []string{"10", "-0.000001", "444", "1,5"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		first, err := ParseQuantity(text)
		if err != nil {
			return
		}
		if again, err := ParseQuantity(first.String()); err != nil || again != first {
			t.Errorf("%q: got %d, then %d, %v", text, first, again, err)
		}
	})
}
