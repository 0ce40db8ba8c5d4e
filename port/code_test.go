package port

import (
	"strings"
	"testing"
)

func TestRoadMessages(t *testing.T) {
	type facts struct {
		direction Direction
		stage     ManifestStage
		load      VehicleLoad
	}
	want := map[RoadMessage]facts{
		MT1401: {Import, StageOriginal, ""}, MT2401: {Export, StageAdvance, ""}, MT3402: {"", StageArrival, ""},
		MT4401: {Import, StageConfirmation, LoadLaden}, MT4402: {Export, StageConfirmation, LoadLaden},
		MT4403: {Import, StageConfirmation, LoadEmpty}, MT4404: {Export, StageConfirmation, LoadEmpty},
		MT4405: {Import, StageConfirmation, LoadEmptyContainer}, MT4406: {Export, StageConfirmation, LoadEmptyContainer},
		MT5401: {Import, StageTally, ""}, MT5402: {Export, StageTally, ""}, MT7402: {Export, StagePacking, ""},
		MT8401: {Import, StageShutOut, ""}, MT8402: {Export, StageShutOut, ""},
		MT8403: {Import, StageRebooking, ""}, MT8404: {Export, StageRebooking, ""}, "MT9999": {},
	}
	for _, message := range append(RoadMessages(), "MT9999") {
		if got := (facts{message.Direction(), message.Stage(), message.Load()}); got != want[message] {
			t.Errorf("%s: got %v, want %v", message, got, want[message])
		}
	}
	seen := map[ManifestStage]bool{}
	for _, message := range RoadMessages() {
		seen[message.Stage()] = true
	}
	for _, stage := range ManifestStages() {
		if !seen[stage] {
			t.Errorf("no message is of the stage %s", stage)
		}
	}
}

func TestResponseCodes(t *testing.T) {
	for _, code := range ResponseCodes() {
		if got, want := code.Customs(), strings.Contains("01 02 03 11 12 13", string(code)); got != want {
			t.Errorf("%s: of customs %v, want %v", code, got, want)
		}
		if got, want := code.Decides(), strings.Contains("11 12 13", string(code)); got != want {
			t.Errorf("%s: decides %v, want %v", code, got, want)
		}
	}
}

func TestChangeReasons(t *testing.T) {
	all := ChangeReasons()
	if len(all) != 16 || all[0] != "001" || all[14] != "015" || all[15] != "999" {
		t.Errorf("got %q", all)
	}
	for _, reason := range all {
		if reason.Check() != nil {
			t.Error(reason.Check())
		}
	}
	for _, reason := range []ChangeReason{"", "000", "016", "1", "0015", "998"} {
		if reason.Valid() {
			t.Errorf("%q is valid", reason)
		}
	}
}

func TestGateCodes(t *testing.T) {
	for lift, want := range map[GateLift]GateDecision{"00": DecisionOpen, "10": DecisionHold, "99": DecisionRefuse, "": ""} {
		if got := lift.Decision(); got != want {
			t.Errorf("%q: got %q, want %q", lift, got, want)
		}
	}
	for turn, want := range map[VehicleTurn][2]bool{"01": {true, false}, "02": {false, true}, "03": {true, true}, "04": {}, "": {}} {
		if got := [2]bool{turn.LadenIn(), turn.LadenOut()}; got != want {
			t.Errorf("%q: got %v, want %v", turn, got, want)
		}
	}
}

// coded is an enumeration of codes that others send: a wrong one has a rule of its own.
type coded interface {
	enumeration
	Check() error
}

func checked[E coded](t *testing.T, values []E) {
	t.Helper()
	for _, v := range values {
		if err := v.Check(); err != nil {
			t.Error(err)
		}
	}
	if err := E("unknown").Check(); err == nil {
		t.Errorf("%v: unknown is taken", values)
	}
}

func TestCodesCheck(t *testing.T) {
	checked(t, RoadMessages())
	checked(t, ManifestStages())
	checked(t, VehicleLoads())
	checked(t, MessageFunctions())
	checked(t, ResponseCodes())
	checked(t, DriverConfirmations())
	checked(t, DeclarationModes())
	checked(t, GateLifts())
	checked(t, LaneFlows())
	checked(t, PassStates())
	checked(t, PassResults())
	checked(t, PassDisposals())
	checked(t, BindingMedia())
	checked(t, VehicleTurns())
	checked(t, HazardClasses())
	checked(t, PackingGroups())
	checked(t, PermitKinds())
	checked(t, SealClasses())
}

func TestDangerous(t *testing.T) {
	for number, rule := range map[UNNumber]string{"1203": "", "UN 1203": "", "0004": "", "3600": "", "3601": "un_number.range", "0000": "un_number.range",
		"ID 8000": "un_number.format"} {
		f, _ := number.Check().(Fault)
		if f.Rule != rule {
			t.Errorf("%s: got %v, want %q", number, f, rule)
		}
	}
	for class, want := range map[HazardClass]string{"6.1": "6", "3": "3", "1.4": "1", "": ""} {
		if got := class.Class(); got != want {
			t.Errorf("%s: got %q, want %q", class, got, want)
		}
	}
}

func TestSealKeys(t *testing.T) {
	for _, test := range []struct {
		a, b SealNumber
		same bool
	}{
		{"CN 0012345", "cn0012345", true},
		{"ＣＮ-001.2345", "CN0012345", true},
		{"CN0012345", "CNO012345", false},
		{"CN0012345", "CN0012346", false},
		{"关锁12", "关锁 12", true},
	} {
		if got := test.a.Key() == test.b.Key(); got != test.same {
			t.Errorf("%s and %s: the same %v, want %v", test.a, test.b, got, test.same)
		}
	}
}
