package port

import (
	"fmt"
	"testing"
)

func TestWagonParts(t *testing.T) {
	wagon, err := ParseUICWagon("31 33 595 4 123-9")
	if err != nil {
		t.Fatal(err)
	}
	got := [4]string{wagon.Regime(), string(wagon.Country()), wagon.Type(), wagon.Serial()}
	if want := [4]string{"31", "CN", "5954", "123"}; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for wagon, want := range map[UICWagon]Country{"218099039149": "DE", "203100000000": Mongolia, "202000000000": Russia, "210000000000": "",
		"21 80 990 3 914-9": "", "": ""} {
		if got := wagon.Country(); got != want {
			t.Errorf("%s: got %q, want %q", wagon, got, want)
		}
	}
	if got := UICWagon("2180").Type(); got != "" {
		t.Errorf("got %q", got)
	}
}

func TestUICCountries(t *testing.T) {
	seen := map[string]bool{}
	for i := 0; i < len(uicCountries); i += 4 {
		code, country := uicCountries[i:i+2], Country(uicCountries[i+2:i+4])
		if seen[code] || !digits([]byte(code)) || country.Check() != nil {
			t.Errorf("%s %s is there twice, or nothing", code, country)
		}
		seen[code] = true
	}
	if got, want := len(seen), 64; got != want {
		t.Errorf("got %d codes, want %d", got, want)
	}
}

// Whatever digit is read wrong, the check digit tells; so it is in both families.
func TestWagonDigitTells(t *testing.T) {
	for _, number := range []string{"318166502860", "61023453"} {
		for place := range number {
			for c := byte('0'); c <= '9'; c++ {
				wrong := []byte(number)
				wrong[place] = c
				if got, want := wagonDigit(wrong) == wrong[len(wrong)-1], c == number[place]; got != want {
					t.Errorf("%s for %s: taken %v, want %v", wrong, number, got, want)
				}
			}
		}
	}
}

// The digits that lie in the way of the weights, by hand: 2 × 6 = 12 counts 3.
func TestWagonDigit(t *testing.T) {
	for _, test := range []struct {
		number string
		want   byte
	}{
		{"0000000?", '0'}, {"1000000?", '8'}, {"0100000?", '9'}, {"5000000?", '9'}, {"6000000?", '7'}, {"9000000?", '1'}, {"6102345?", '3'},
	} {
		if got := wagonDigit([]byte(test.number)); got != test.want {
			t.Errorf("%s: got %c, want %c", test.number, got, test.want)
		}
	}
}

func FuzzUICWagon(f *testing.F) {
	fuzzParser(f, parsing(ParseUICWagon), "31 81 665 0 286-0", "218124712173")
}

func FuzzBroadWagon(f *testing.F) { fuzzParser(f, parsing(ParseBroadWagon), "6102 3453", "61023450") }

func ExampleUICWagon_Country() {
	wagon, _ := ParseUICWagon("21 80 990 3 914-9")
	fmt.Println(wagon, wagon.Country())
	// Output: 218099039149 DE
}
