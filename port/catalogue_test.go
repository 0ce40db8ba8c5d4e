package port

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// faults gives, for each rule of the package, something that breaks it.
var faults = map[string]func() error{
	"batch.format":              func() error { return BatchNumber("123").Check() },
	"container.category":        func() error { return ContainerNumber("CSQX3054383").Check() },
	"container.check_digit":     func() error { return ContainerNumber("CSQU3054384").Check() },
	"container.format":          func() error { return ContainerNumber("CSQU305438").Check() },
	"country.unknown":           func() error { return Country("XI").Check() },
	"credit_code.check":         func() error { return SocialCreditCode("91350100M000100Y44").Check() },
	"credit_code.format":        func() error { return SocialCreditCode("91350100M000100I43").Check() },
	"currency.unknown":          func() error { return Currency("RMB").Check() },
	"decimal.format":            func() error { return check(ParseKilograms("1e3")) },
	"decimal.places":            func() error { return check(ParseKilograms("0.0000001")) },
	"decimal.range":             func() error { return check(Kilograms(math.MaxInt64).Add(1)) },
	"declaration_number.format": func() error { return DeclarationNumber("23GB0000000000000A").Check() },
	"hs.chapter":                func() error { return HSCode("7701").Check() },
	"hs.format":                 func() error { return HSCode("27011").Check() },
	"id.format":                 func() error { return check(ParseID("U")) },
	"lane.format":               func() error { return LaneID("ganqimaodu-road").Check() },
	"location.country":          func() error { return Location("ZZMLX").Check() },
	"location.format":           func() error { return Location("CNML1").Check() },
	"money.currency":            func() error { return check(Money{1, 0, "CNY"}.Add(Money{1, 0, "MNT"})) },
	"money.fraction":            func() error { return Money{1, -1, "CNY"}.Check() },
	"office.format":             func() error { return CustomsOffice("07").Check() },
	"plate.format":              func() error { return Plate(" ").Check() },
	"plate.unknown":             func() error { return Plate("AGV 07").Check() },
	"port_id.format":            func() error { return PortID("ganqimaodu-sea").Check() },
	"site.format":               func() error { return SiteID("甘其毛都").Check() },
	"time.decimals":             func() error { return check(ParseTime("2026-11-22T08:00:00.0000001Z")) },
	"time.format":               func() error { return check(ParseTime("2026-11-22 08:00")) },
	"time.range":                func() error { return check(ParseTime("1970-01-01T00:00:00Z")) },
}

func TestFaults(t *testing.T) {
	for rule, provoke := range faults {
		var got Fault
		if err := provoke(); !errors.As(err, &got) || got.Rule != rule {
			t.Errorf("got %v, want the rule %s", err, rule)
		}
	}
}

func TestFaultShortens(t *testing.T) {
	err := HSCode(strings.Repeat("品", 1000)).Check()
	var got Fault
	if !errors.As(err, &got) || got.Args[0] != strings.Repeat("品", shownLongest/3)+"…" {
		t.Errorf("got %v", err)
	}
	if got, want := err.Error(), "hs.format: "+strings.Repeat("品", shownLongest/3)+"…"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := (Fault{Rule: "a.b"}).Error(); got != "a.b" {
		t.Errorf("got %q", got)
	}
}

// keys is every key that this package uses in the catalogue.
func keys() []string {
	var all []string
	for rule := range faults {
		all = append(all, "problem."+rule)
	}
	all = append(all, labels(Directions())...)
	all = append(all, labels(Modes())...)
	all = append(all, labels(Classes())...)
	all = append(all, labels(Functions())...)
	all = append(all, labels(DuePoints())...)
	all = append(all, labels(RequirementStates())...)
	all = append(all, labels(Results())...)
	all = append(all, labels(GateDecisions())...)
	all = append(all, labels(ConveyanceKinds())...)
	all = append(all, labels(EquipmentKinds())...)
	all = append(all, labels(PlaceKinds())...)
	sort.Strings(all)
	return all
}

type enumeration interface {
	~string
	Valid() bool
	TextKey() string
}

func labels[E enumeration](values []E) []string {
	var all []string
	for _, v := range values {
		all = append(all, v.TextKey())
	}
	return all
}

func TestEnumerations(t *testing.T) {
	enumerated(t, Directions(), 3)
	enumerated(t, Modes(), 3)
	enumerated(t, Classes(), 3)
	enumerated(t, Functions(), 15)
	enumerated(t, DuePoints(), 6)
	enumerated(t, RequirementStates(), 6)
	enumerated(t, Results(), 7)
	enumerated(t, GateDecisions(), 3)
}

// enumerated checks that a list has no value twice, knows its own and no others. Its length stands in the test, since a
// value that is taken away or renamed breaks what was stored.
func enumerated[E enumeration](t *testing.T, values []E, count int) {
	t.Helper()
	if len(values) != count {
		t.Errorf("%v: got %d values, want %d", values, len(values), count)
	}
	for i, v := range values {
		if !v.Valid() || slices.Contains(values[:i], v) {
			t.Errorf("%q is not valid, or there twice", v)
		}
	}
	for _, v := range []E{"", "Open", "unknown"} {
		if v.Valid() {
			t.Errorf("%q is valid", v)
		}
	}
}

func TestCatalogue(t *testing.T) {
	for _, language := range []string{"zh-CN", "en"} {
		data, err := os.ReadFile(filepath.Join("..", "internal", "text", "catalogue", language, "port.json"))
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]string
		if err := json.Unmarshal(data, &texts); err != nil {
			t.Fatalf("%s: %v", language, err)
		}
		var got []string
		for key, text := range texts {
			got = append(got, key)
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s: %s is empty", language, key)
			}
		}
		sort.Strings(got)
		if diff := cmp.Diff(keys(), got); diff != "" {
			t.Errorf("%s: keys (-want +got):\n%s", language, diff)
		}
		for rule, provoke := range faults { // the text uses no placeholder that its fault does not fill
			var f Fault
			errors.As(provoke(), &f)
			if text := texts["problem."+rule]; strings.Contains(text, "{"+string(rune('0'+len(f.Args)))+"}") {
				t.Errorf("%s: %q wants more than %q", language, text, f.Args)
			}
		}
	}
}

// TestRules holds the table above against the sources, so that no rule lacks its text.
func TestRules(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, mark := range []string{`fault("`, `rule = "`, `return 0, 0, "`} {
			for _, rest := range strings.Split(string(source), mark)[1:] {
				rule, _, _ := strings.Cut(rest, `"`)
				if _, ok := faults[rule]; !ok {
					t.Errorf("%s: rule %q is not in the table of faults", file, rule)
				}
			}
		}
	}
}
