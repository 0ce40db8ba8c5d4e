package port

import (
	"errors"
	"math"
	"testing"
)

func TestParseMoney(t *testing.T) {
	tests := []struct {
		amount   string
		currency Currency
		want     Money
		form     string
		rule     string
	}{
		{"12.34", "CNY", Money{1234, 0, "CNY"}, "12.34", ""},
		{"12.3", "CNY", Money{1230, 0, "CNY"}, "12.30", ""},
		{"0.00", "GBP", Money{0, 0, "GBP"}, "0.00", ""},
		{"1000", "mnt", Money{100000, 0, "MNT"}, "1000.00", ""},
		{"12", "JPY", Money{12, 0, "JPY"}, "12", ""},
		{"12.5", "JPY", Money{12, 500000, "JPY"}, "12.5", ""},
		{"1.2345", "KWD", Money{1234, 500000, "KWD"}, "1.2345", ""},
		{"0.005", "USD", Money{0, 500000, "USD"}, "0.005", ""},
		{"-0.005", "USD", Money{0, -500000, "USD"}, "-0.005", ""},
		{"-7.12345678", "USD", Money{-712, -345678, "USD"}, "-7.12345678", ""},
		{"3.10", "RMB", Money{310, 0, "RMB"}, "3.10", ""}, // kept as written, for Check to report
		{"3.10", "", Money{310, 0, ""}, "3.10", ""},
		{"92233720368547758.07", "RUB", Money{math.MaxInt64, 0, "RUB"}, "92233720368547758.07", ""},
		{"-92233720368547758.08", "RUB", Money{math.MinInt64, 0, "RUB"}, "-92233720368547758.08", ""},
		{"92233720368547758.08", "RUB", Money{}, "", "decimal.range"},
		{"1.123456789", "USD", Money{}, "", "decimal.places"},
		{"1.1234567", "JPY", Money{}, "", "decimal.places"},
		{"1.234,56", "EUR", Money{}, "", "decimal.format"},
		{"", "EUR", Money{}, "", "decimal.format"},
	}
	for _, test := range tests {
		got, err := ParseMoney(test.amount, test.currency)
		var f Fault
		errors.As(err, &f)
		if got != test.want || f.Rule != test.rule {
			t.Errorf("%s %s: got %+v, %v; want %+v, %q", test.amount, test.currency, got, err, test.want, test.rule)
		}
		if err == nil && got.String() != test.form {
			t.Errorf("%s %s: got %s, want %s", test.amount, test.currency, got, test.form)
		}
	}
}

func TestMoneyCheck(t *testing.T) {
	tests := []struct {
		money Money
		rule  string
	}{
		{Money{1234, 0, "CNY"}, ""},
		{Money{0, -1, "CNY"}, ""},
		{Money{-1, -999999, "CNY"}, ""},
		{Money{1, 1000000, "CNY"}, "money.fraction"},
		{Money{1, -1, "CNY"}, "money.fraction"},
		{Money{-1, 1, "CNY"}, "money.fraction"},
		{Money{0, math.MinInt32, "CNY"}, "money.fraction"},
		{Money{1, 0, ""}, "currency.unknown"},
	}
	for _, test := range tests {
		var f Fault
		errors.As(test.money.Check(), &f)
		if f.Rule != test.rule {
			t.Errorf("%+v: got %v, want %q", test.money, f, test.rule)
		}
		_ = test.money.String() // of a broken amount too
	}
	if !(Money{}).IsZero() || (Money{Currency: "CNY"}).IsZero() {
		t.Error("an absent amount is not an amount of nothing")
	}
}

func TestMoneyAdd(t *testing.T) {
	tests := []struct {
		a, b, want Money
		rule       string
	}{
		{Money{100, 0, "CNY"}, Money{23, 0, "CNY"}, Money{123, 0, "CNY"}, ""},
		{Money{1, 600000, "CNY"}, Money{1, 600000, "CNY"}, Money{3, 200000, "CNY"}, ""},
		{Money{1, 0, "CNY"}, Money{0, -1, "CNY"}, Money{0, 999999, "CNY"}, ""},
		{Money{-1, 0, "CNY"}, Money{0, 1, "CNY"}, Money{0, -999999, "CNY"}, ""},
		{Money{}, Money{5, 0, "CNY"}, Money{5, 0, "CNY"}, ""},
		{Money{5, 0, "CNY"}, Money{}, Money{5, 0, "CNY"}, ""},
		{Money{5, 0, "CNY"}, Money{5, 0, "RUB"}, Money{}, "money.currency"},
		{Money{math.MaxInt64, 0, "CNY"}, Money{1, 0, "CNY"}, Money{}, "decimal.range"},
		{Money{math.MaxInt64, 600000, "CNY"}, Money{0, 600000, "CNY"}, Money{}, "decimal.range"},
	}
	for _, test := range tests {
		got, err := test.a.Add(test.b)
		var f Fault
		errors.As(err, &f)
		if got != test.want || f.Rule != test.rule {
			t.Errorf("%+v + %+v: got %+v, %v; want %+v, %q", test.a, test.b, got, err, test.want, test.rule)
		}
	}
}

func FuzzMoney(f *testing.F) {
	for _, seed := range [][2]string{{"12.34", "CNY"}, {"-0.005", "JPY"}, {"1.1234567", "kwd"}, {"7", "？"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, amount, currency string) {
		first, err := ParseMoney(amount, Currency(currency))
		if err != nil {
			return
		}
		if again, err := ParseMoney(first.String(), first.Currency); err != nil || again != first {
			t.Errorf("%q %q: got %+v, then %+v, %v", amount, currency, first, again, err)
		}
		if err := first.Check(); err != nil && first.Currency.Check() == nil {
			t.Errorf("%q %q: got %+v, %v", amount, currency, first, err)
		}
	})
}
