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
	"batch.format":                func() error { return BatchNumber("123").Check() },
	"binding_medium.unknown":      func() error { return BindingMedium("XX").Check() },
	"broad_wagon.check_digit":     func() error { return BroadWagon("61023450").Check() },
	"broad_wagon.format":          func() error { return BroadWagon("6102345").Check() },
	"change_reason.unknown":       func() error { return ChangeReason("016").Check() },
	"container.category":          func() error { return ContainerNumber("CSQX3054383").Check() },
	"container.check_digit":       func() error { return ContainerNumber("CSQU3054384").Check() },
	"container.format":            func() error { return ContainerNumber("CSQU305438").Check() },
	"country.unknown":             func() error { return Country("XI").Check() },
	"credit_code.check":           func() error { return SocialCreditCode("91350100M000100Y44").Check() },
	"credit_code.format":          func() error { return SocialCreditCode("91350100M000100I43").Check() },
	"currency.unknown":            func() error { return Currency("RMB").Check() },
	"decimal.format":              func() error { return check(ParseKilograms("1e3")) },
	"decimal.places":              func() error { return check(ParseKilograms("0.0000001")) },
	"decimal.range":               func() error { return check(Kilograms(math.MaxInt64).Add(1)) },
	"declaration_mode.unknown":    func() error { return DeclarationMode("2").Check() },
	"declaration_number.format":   func() error { return DeclarationNumber("23GB0000000000000A").Check() },
	"driver_confirmation.unknown": func() error { return DriverConfirmation("3").Check() },
	"flight.format":               func() error { return FlightNumber("CA").Check() },
	"gate_lift.unknown":           func() error { return GateLift("01").Check() },
	"hazard_class.unknown":        func() error { return HazardClass("4").Check() },
	"hs.chapter":                  func() error { return HSCode("7701").Check() },
	"hs.format":                   func() error { return HSCode("27011").Check() },
	"id.format":                   func() error { return check(ParseID("U")) },
	"lane.format":                 func() error { return LaneID("ganqimaodu-road").Check() },
	"lane_flow.unknown":           func() error { return LaneFlow("01").Check() },
	"location.country":            func() error { return Location("ZZMLX").Check() },
	"location.format":             func() error { return Location("CNML1").Check() },
	"manifest_stage.unknown":      func() error { return ManifestStage("x").Check() },
	"message_function.unknown":    func() error { return MessageFunction("4").Check() },
	"money.currency":              func() error { return check(Money{1, 0, "CNY"}.Add(Money{1, 0, "MNT"})) },
	"money.fraction":              func() error { return Money{1, -1, "CNY"}.Check() },
	"mrz.birth_date":              func() error { return wrongZone("8503149M", "8502309M") },
	"mrz.birth_digit":             func() error { return wrongZone("8503149M", "8503140M") },
	"mrz.character":               func() error { return wrongZone("DORJ", "D?RJ") },
	"mrz.composite_digit":         func() error { return wrongZone("<<02", "<<03") },
	"mrz.expiry_date":             func() error { return wrongZone("M300101", "M301301") },
	"mrz.expiry_digit":            func() error { return wrongZone("M300101", "M300102") },
	"mrz.format":                  func() error { return wrongZone("DORJ", "DOR") },
	"mrz.issuer":                  func() error { return wrongZone("P<MNG", "P<UTO") },
	"mrz.kind":                    func() error { return wrongZone("P<", "Q<") },
	"mrz.names":                   func() error { return wrongZone("DORJ", "D0RJ") },
	"mrz.nationality":             func() error { return wrongZone("4MNG", "4QQQ") },
	"mrz.number":                  func() error { return wrongZone("E1234567<4", "<<<<<<<<<0") },
	"mrz.number_digit":            func() error { return wrongZone("E1234567<4", "E1234567<5") },
	"mrz.personal_digit":          func() error { return wrongZone("UA85", "UB85") },
	"mrz.sex":                     func() error { return wrongZone("9M3", "9X3") },
	"office.format":               func() error { return CustomsOffice("07").Check() },
	"packing_group.unknown":       func() error { return PackingGroup("IV").Check() },
	"pass_disposal.unknown":       func() error { return PassDisposal("1").Check() },
	"pass_result.unknown":         func() error { return PassResult("54").Check() },
	"pass_state.unknown":          func() error { return PassState("x").Check() },
	"permit_kind.unknown":         func() error { return PermitKind("D").Check() },
	"permit_number.format":        func() error { return PermitNumber(" ").Check() },
	"plate.format":                func() error { return Plate(" ").Check() },
	"plate.unknown":               func() error { return Plate("AGV 07").Check() },
	"port_id.format":              func() error { return PortID("ganqimaodu-sea").Check() },
	"response_code.unknown":       func() error { return ResponseCode("04").Check() },
	"road_message.unknown":        func() error { return RoadMessage("MT1402").Check() },
	"seal.format":                 func() error { return SealNumber("-").Check() },
	"seal_class.unknown":          func() error { return SealClass("X").Check() },
	"site.format":                 func() error { return SiteID("甘其毛都").Check() },
	"state.unknown":               func() error { return StateCode("UTO").Check() },
	"time.decimals":               func() error { return check(ParseTime("2026-11-22T08:00:00.0000001Z")) },
	"time.format":                 func() error { return check(ParseTime("2026-11-22 08:00")) },
	"time.range":                  func() error { return check(ParseTime("1970-01-01T00:00:00Z")) },
	"trader_code.format":          func() error { return TraderCode("150191").Check() },
	"uic_wagon.check_digit":       func() error { return UICWagon("318166502861").Check() },
	"uic_wagon.format":            func() error { return UICWagon("31816650286").Check() },
	"un_number.format":            func() error { return UNNumber("ID 8000").Check() },
	"un_number.range":             func() error { return UNNumber("4000").Check() },
	"vehicle_load.unknown":        func() error { return VehicleLoad("x").Check() },
	"vehicle_turn.unknown":        func() error { return VehicleTurn("05").Check() },
}

// wrongZone is what ParseMRZ has against a good zone with one thing changed.
func wrongZone(from, to string) error {
	_, err := ParseMRZ(MRZ(strings.Replace(goodZone, from, to, 1)), readingDay)
	return err
}

// provoked is the fault of a rule, out of those that what breaks it brings; the zero Fault where it brings another.
func provoked(rule string) Fault {
	err := faults[rule]()
	var all Faults
	var one Fault
	if !errors.As(err, &all) && errors.As(err, &one) {
		all = Faults{one}
	}
	for _, f := range all {
		if f.Rule == rule {
			return f
		}
	}
	return Fault{}
}

func TestFaults(t *testing.T) {
	for rule, provoke := range faults {
		if got := provoked(rule); got.Rule != rule {
			t.Errorf("got %v, want the rule %s", provoke(), rule)
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
	all = append(all, labels(RoadMessages())...)
	all = append(all, labels(ManifestStages())...)
	all = append(all, labels(VehicleLoads())...)
	all = append(all, labels(MessageFunctions())...)
	all = append(all, labels(ResponseCodes())...)
	all = append(all, labels(DriverConfirmations())...)
	all = append(all, labels(DeclarationModes())...)
	all = append(all, labels(GateLifts())...)
	all = append(all, labels(LaneFlows())...)
	all = append(all, labels(PassStates())...)
	all = append(all, labels(PassResults())...)
	all = append(all, labels(PassDisposals())...)
	all = append(all, labels(BindingMedia())...)
	all = append(all, labels(VehicleTurns())...)
	all = append(all, labels(HazardClasses())...)
	all = append(all, labels(PackingGroups())...)
	all = append(all, labels(PermitKinds())...)
	all = append(all, labels(SealClasses())...)
	all = append(all, labels(DocumentKinds())...)
	all = append(all, labels(Sexes())...)
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
	enumerated(t, RoadMessages(), 16)
	enumerated(t, ManifestStages(), 8)
	enumerated(t, VehicleLoads(), 3)
	enumerated(t, MessageFunctions(), 10)
	enumerated(t, ResponseCodes(), 12)
	enumerated(t, DriverConfirmations(), 3)
	enumerated(t, DeclarationModes(), 2)
	enumerated(t, GateLifts(), 3)
	enumerated(t, LaneFlows(), 2)
	enumerated(t, PassStates(), 7)
	enumerated(t, PassResults(), 5)
	enumerated(t, PassDisposals(), 2)
	enumerated(t, BindingMedia(), 4)
	enumerated(t, VehicleTurns(), 4)
	enumerated(t, HazardClasses(), 22)
	enumerated(t, PackingGroups(), 3)
	enumerated(t, PermitKinds(), 4)
	enumerated(t, SealClasses(), 3)
	enumerated(t, DocumentKinds(), 5)
	enumerated(t, Sexes(), 3)
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
		for rule := range faults { // the text uses no placeholder that its fault does not fill
			f := provoked(rule)
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
		for _, mark := range []string{`fault("`, `rule = "`, `return 0, 0, "`, `Rule: "`, `.fail("`, `.digit("`, `.filled("`, `.state("`} {
			for _, rest := range strings.Split(string(source), mark)[1:] {
				rule, _, _ := strings.Cut(rest, `"`)
				if _, ok := faults[rule]; !ok {
					t.Errorf("%s: rule %q is not in the table of faults", file, rule)
				}
			}
		}
	}
}
