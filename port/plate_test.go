package port

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPlate(t *testing.T) {
	tests := []struct {
		text    string
		key     string
		form    Plate
		country Country
	}{
		// China
		{"蒙L12345", "蒙L12345", "蒙L12345", China},
		{"蒙L·12345", "蒙L12345", "蒙L12345", China},
		{"蒙 l-12345 ", "蒙L12345", "蒙L12345", China},
		{"蒙Ｌ１２３４５", "蒙L12345", "蒙L12345", China},
		{"蒙LO234I", "蒙L02341", "蒙L02341", China}, // no I and O in a serial number
		{"蒙В12А45", "蒙B12A45", "蒙B12A45", China}, // Cyrillic В and А
		{"蒙LD12345", "蒙LD12345", "蒙LD12345", China},
		{"蒙LDA2345", "蒙LDA2345", "蒙LDA2345", China},
		{"蒙L12345F", "蒙L12345F", "蒙L12345F", China},
		{"蒙LDOI234", "蒙LD01234", "蒙LD01234", China},
		{"蒙L1234挂", "蒙L1234挂", "蒙L1234挂", China},
		{"蒙A1234学", "蒙A1234学", "蒙A1234学", China},
		{"蒙A1234警", "蒙A1234警", "蒙A1234警", China},
		{"粤Z1234港", "粤Z1234港", "粤Z1234港", China},
		{"粤ZF023澳", "粤ZF023澳", "粤ZF023澳", China},
		{"使014578", "使014578", "使014578", China},
		{"224578使", "224578使", "224578使", China},
		{"沪A0023领", "沪A0023领", "沪A0023领", China},
		// Mongolia
		{"1234УБА", "1234YБA", "1234УБА", Mongolia},
		{"1234 уба", "1234YБA", "1234УБА", Mongolia},
		{"12-34 YБA", "1234YБA", "1234УБА", Mongolia}, // Latin Y and A
		{"О234УБА", "0234YБA", "0234УБА", Mongolia},
		{"I234УБ0", "1234YБO", "1234УБО", Mongolia},
		{"5678ӨМН", "5678ӨMH", "5678ӨМН", Mongolia},
		{"5678ЄМН", "5678ӨMH", "5678ӨМН", Mongolia}, // Є for want of Ө
		{"5678 сүх", "5678CҮX", "5678СҮХ", Mongolia},
		{"0012HOA", "0012HOA", "0012НОА", Mongolia},
		// Russia
		{"А123ВС75", "A123BC75", "А123ВС75", Russia},
		{"A123BC75", "A123BC75", "А123ВС75", Russia},
		{"а 123 вс 775", "A123BC775", "А123ВС775", Russia},
		{"О00IОО75", "O001OO75", "О001ОО75", Russia},
		{"OО23OO75", "O023OO75", "О023ОО75", Russia},
		{"0123AA75", "O123AA75", "О123АА75", Russia},
		{"АА1234 75", "AA123475", "АА123475", Russia},
		{"АА1234175", "AA1234175", "АА1234175", Russia},
		{"АА 123 75", "AA12375", "АА12375", Russia},
		// unknown: kept, compared as they are
		{"ab-123.cd", "AB123CD", "ab-123.cd", ""},
		{" WA99999 ", "WA99999", "WA99999", ""},
		{"1234UBA", "1234UBA", "1234UBA", ""}, // transliterated, not look-alike
		{"12345678", "12345678", "12345678", ""},
		{"00123475", "00123475", "00123475", ""}, // a wagon
		{"蒙L1234", "蒙L1234", "蒙L1234", ""},
		{"蒙012345", "蒙012345", "蒙012345", ""},
		{"蒙LL123456", "蒙LL123456", "蒙LL123456", ""},
		{"蒙LI12345", "蒙LI12345", "蒙LI12345", ""}, // I is no new-energy letter
		{"1234УБА/5678УБ", "1234YБA/5678YБ", "1234УБА/5678УБ", ""},
	}
	for _, test := range tests {
		p := Plate(test.text)
		if got := p.Key(); got != test.key {
			t.Errorf("%q: got key %q, want %q", test.text, got, test.key)
		}
		form, country, err := ParsePlate(test.text)
		if form != test.form || country != test.country || err != nil {
			t.Errorf("%q: got %q, %q, %v; want %q, %q", test.text, form, country, err, test.form, test.country)
		}
		if got := p.Country(); got != test.country {
			t.Errorf("%q: got country %q, want %q", test.text, got, test.country)
		}
		var f Fault
		if errors.As(p.Check(), &f); (f.Rule == "plate.unknown") != (test.country == "") {
			t.Errorf("%q: got %v", test.text, f)
		}
	}
}

func TestPlatesApart(t *testing.T) {
	for _, pair := range [][2]Plate{
		{"1234ХОА", "1234ХӨА"}, // Khovd and Khövsgöl
		{"1234СУА", "1234СҮА"},
		{"AO120012", "A012OO12"}, // a trailer and a lorry: each fits as it stands
		{"蒙L12345", "蒙L12346"},
		{"蒙L12345", "蒙L1234挂"},
		{"1234УБА", "1234УВА"},
	} {
		if a, b := pair[0].Key(), pair[1].Key(); a == b {
			t.Errorf("%s and %s have one key %q", pair[0], pair[1], a)
		}
	}
}

// The characters that can be mistaken for one another, in every place: the key of a key is itself, and the form for
// people has the key of what it came from.
func TestPlateKeysAreStable(t *testing.T) {
	alphabet := []rune("OО0oоI1АA2БӨЄ蒙挂使DF ·")
	random := rand.New(rand.NewPCG(1, 2))
	for range 50_000 {
		var text strings.Builder
		for range 5 + random.IntN(6) {
			text.WriteRune(alphabet[random.IntN(len(alphabet))])
		}
		key := Plate(text.String()).Key()
		form, country, err := ParsePlate(text.String())
		if again := Plate(key).Key(); again != key || err == nil && (form.Key() != key || form.Country() != country) {
			t.Fatalf("%q: got key %q, then %q; form %q has %q", text.String(), key, again, form, form.Key())
		}
	}
}

func TestPlateRefused(t *testing.T) {
	for _, text := range []string{"", "  ", " -·- ", "蒙L\x0012345", "蒙L\xff2345", strings.Repeat("8", plateLongest+1)} {
		var f Fault
		form, country, err := ParsePlate(text)
		if errors.As(err, &f); form != "" || country != "" || f.Rule != "plate.format" {
			t.Errorf("%q: got %q, %q, %v", text, form, country, err)
		}
		if again := Plate(Plate(text).Key()).Key(); again != Plate(text).Key() {
			t.Errorf("%q: its key has the key %q", text, again)
		}
	}
}

func TestPlateDoesNotAllocate(t *testing.T) {
	room := make([]byte, 0, 64)
	for name, limit := range map[string]struct {
		do   func()
		most float64
	}{
		"key of a plate that is its own key": {func() { _ = Plate("蒙L12345").Key() }, 0},
		"key":                                {func() { _ = Plate("1234 УБА").Key() }, 1},
		"AppendKey":                          {func() { room = Plate("1234 УБА").AppendKey(room[:0]) }, 0},
		"Country":                            {func() { _ = Plate("1234 УБА").Country() }, 0},
		"Parse":                              {func() { _, _, _ = ParsePlate("1234УБА") }, 0},
	} {
		if got := testing.AllocsPerRun(100, limit.do); got > limit.most {
			t.Errorf("%s: got %v allocations, want at most %v", name, got, limit.most)
		}
	}
}

func FuzzPlate(f *testing.F) {
	for _, seed := range []string{"蒙L12345", "蒙LD12345", "蒙L1234挂", "使014578", "1234УБА", "5678ЄМН", "А123ВС75",
		"AO120012", "A0120012", "00OO00O", "0O0O0OOO0", "WA99999", "\xff\xfe", "ı", "ſ", "Ї", "･"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p := Plate(text)
		key := p.Key()
		if again := Plate(key).Key(); again != key {
			t.Errorf("%q: got key %q, and of that %q", text, key, again)
		}
		if got := string(p.AppendKey(nil)); got != key {
			t.Errorf("%q: got keys %q and %q", text, key, got)
		}
		form, country, err := ParsePlate(text)
		if err != nil {
			return
		}
		if country != p.Country() || !utf8.ValidString(string(form)) {
			t.Errorf("%q: got %q, %q and %q", text, form, country, p.Country())
		}
		again, same, err := ParsePlate(string(form))
		if again != form || same != country || err != nil {
			t.Errorf("%q: got %q %q, then %q %q, %v", text, form, country, again, same, err)
		}
		if got := form.Key(); got != key {
			t.Errorf("%q: its key is %q and that of its form %q is %q", text, key, form, got)
		}
	})
}
