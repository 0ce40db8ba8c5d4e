package movementweb

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/web"
	"github.com/guomen/guomen/internal/web/webtest"
	"github.com/guomen/guomen/port"
)

// fake is one loaded coal truck that waits for its inspection. Its contents are invented.
type fake struct {
	page      Page
	overrides []Override
	fail      error
}

var fakeNow = port.TimeOf(time.Date(2026, 11, 22, 14, 36, 12, 0, web.Beijing))

func ago(minutes int) port.Time { return fakeNow.Add(-port.Duration(minutes) * port.Minute) }

func fakeID(n uint64) port.ID { return port.NewID(int64(ago(184))/1000, 7, n*0x9e3779b97f4a7c15+5) }

func kg(n int64) web.Mass { return web.Some(port.Kilograms(n) * port.Kilogram) }

func newFake() *fake {
	customs, border := web.Named("乌拉特海关", "Urad Customs"), web.Named("甘其毛都出入境边防检查站", "Ganqimaodu Border Inspection Station")
	yard, carrier := web.Named("示范监管作业场所", "Demo Supervised Yard"), web.Named("示范运输有限公司", "Demo Transport Co.")
	line := func(kind port.RequirementKind, subject port.SubjectKind, owner web.Words, function port.Function, due port.DuePoint, state port.RequirementState, opened, closed int) Line {
		l := Line{ID: fakeID(1).String() + ":" + string(kind), Kind: kind, Subject: subject, Owner: owner, Function: function, Due: due, State: state, Source: port.Here, Opened: ago(opened)}
		if closed > 0 {
			l.Closed, l.By = ago(closed), web.Plain("ganqimaodu-office")
		}
		return l
	}
	inspection := line("inspection", port.ConsignmentSubject, customs, port.FunctionCustomsInspection, port.DueInspection, port.StateOpen, 52, 0)
	inspection.Result, inspection.SubjectName, inspection.Citation = port.ResultInspect, "GQ26112200071", "海关法第二十八条"
	inspection.Reason = web.Named("随机布控选中", "Selected at random")
	release := line("customs_release", port.ConsignmentSubject, customs, port.FunctionCustomsSupervision, port.DueExitGate, port.StateOpen, 96, 0)
	release.Source, release.BlockedBy, release.Citation, release.Rule, release.SubjectName = port.Mirrored, []port.RequirementKind{"inspection"}, "海关法第二十九条", "customs.release", "GQ26112200071"
	held := line("quarantine_cleared", port.MovementSubject, customs, port.FunctionCustomsQuarantine, port.DueExitGate, port.StateHeld, 90, 0)
	held.Reason, held.Note, held.Citation = web.Named("车厢底部发现蜱虫，须除虫后复检", "Ticks found under the trailer; to be treated and looked at again"), "已通知除虫", "国境卫生检疫法第十七条"
	full := line("full_declaration", port.ConsignmentSubject, web.Named("示范贸易有限公司", "Demo Trading Co."), port.FunctionTrader, port.DueLater, port.StateOpen, 96, 0)
	full.DueAt, full.Citation = fakeNow.Add(14*port.Day), "海关总署公告2019年第127号"
	waived := line("road_permit_valid", port.MovementSubject, web.Named("乌拉特中旗交通运输局", "Urad Middle Banner Transport Bureau"), port.FunctionTransport, port.DueEntryGate, port.StateWaived, 184, 170)
	waived.Reason, waived.By = web.Named("救灾物资，凭批文", "Relief goods, by order"), web.Plain("苏和")
	undecided := line("vehicle_cleared", port.MovementSubject, border, port.FunctionBorderInspection, port.DueExitGate, port.StateOpen, 30, 0)
	undecided.Undecided = true
	page := Page{
		At: fakeNow, ID: fakeID(1), Ledger: "port:ganqimaodu-road", Sequence: 1_204_377, Port: "ganqimaodu-road",
		PortName: web.Named("甘其毛都公路口岸", "Ganqimaodu Road Port"), Direction: port.Import, State: "inside", Plate: "2714УНЕ", Trailer: "8842ӨМА",
		Batch: "2611220004211", Carrier: carrier, Crew: web.Some(int64(1)), Expected: ago(60), Containers: []port.ContainerNumber{"CSQU3054383", "MSKU6011672"},
		Declared: kg(98_400), Weighed: kg(98_720),
		Declaration: []Declaration{{Number: "070220261000012345", State: web.Named("概要申报已接受", "summary accepted")}, {Reference: "GQ-2026-0771", State: web.Named("已申报", "lodged")}},
		Gates:       []Gate{{Point: port.DueEntryGate, Passed: ago(92), Opens: true}, {Point: port.DueExitGate, Lacks: 4}},
		Checklist: []Line{
			line("manifest_accepted", port.MovementSubject, carrier, port.FunctionCarrier, port.DueBeforeArrival, port.StateMet, 184, 176),
			line("crew_cleared", port.PersonSubject, border, port.FunctionBorderInspection, port.DueEntryGate, port.StateMet, 150, 96),
			line("weighed", port.MovementSubject, yard, port.FunctionYardOperator, port.DueEntryGate, port.StateMet, 150, 92), waived,
			inspection, held, undecided, release, full,
		},
		Clock: []Stamp{
			{Code: "T1", Name: "queued", At: ago(150)}, {Code: "T2", Name: "called", At: ago(112)}, {Code: "T3", Name: "left_neighbour"},
			{Code: "T4", Name: "entry_gate", At: ago(92)}, {Code: "T5", Name: "border_clear", At: ago(96)}, {Name: "arrived", At: ago(84)},
			{Name: "declared", At: ago(96)}, {Name: "accepted", At: ago(95)}, {Name: "selected", At: ago(52)}, {Name: "inspection_began"}, {Name: "inspection_ended"},
			{Name: "quarantine_result"}, {Name: "paid"}, {Name: "released"}, {Code: "T14", Name: "exit_gate"}, {Code: "T15", Name: "left"},
		},
		Carries: []Consignment{
			{ID: fakeID(2), Waybill: "GQ26112200071", Goods: "炼焦煤", HS: "2701121000", Mass: kg(72_000), Released: web.Mass{}, Custody: yard, Place: web.Named("查验区 3 号台", "inspection bay 3")},
			{ID: fakeID(3), Waybill: "GQ26112200072", Goods: "铜精矿", HS: "2603000090", Mass: kg(3_200), Released: kg(3_200), Custody: yard, Place: web.Named("2 号堆场", "yard 2"), Until: ago(40)},
		},
		Pass:      &Pass{ID: "P-7741", Gate: port.DueExitGate, Agent: "gate-out-1", Plate: "2714УНЕ", Expected: kg(98_400), Tolerance: kg(600), Seals: []string{"MN0042171"}, From: ago(50), Until: fakeNow.Add(40 * port.Minute), State: "withdrawn"},
		Overruled: &Overruled{Decision: "stop", Reason: "document_missing", Note: "等候除虫", Officer: "巴特尔", At: ago(20)}, MayOverride: true,
		Reasons: []string{"document_missing", "goods_differ"},
	}
	names := []string{"requirement.decided.v1", "movement.passed.v1", "declaration.lodged.v1", "manifest.accepted.v1", "movement.overridden.v1"}
	for i := range 12 {
		page.Facts = append(page.Facts, Fact{Name: names[i%len(names)], Happened: ago(20 + 13*i), Recorded: ago(20 + 13*i).Add(210 * port.Millisecond), Actor: web.Plain("customs-urad · 王海"), Said: []web.Words{web.Said("enum.due.entry_gate"), web.Named("抬杆", "open")}, Mass: kg(98_720),
			Ledger: page.Ledger, Sequence: page.Sequence - uint64(i*41), Raw: fmt.Sprintf("{\n  \"movement\": \"%s\",\n  \"gate\": \"entry_gate\",\n  \"lane\": \"ganqimaodu-road.in-freight-02\",\n  \"mass\": 98720\n}", page.ID)})
	}
	return &fake{page: page}
}

func (f *fake) Movement(_ context.Context, _ *web.Viewer, id port.ID) (Page, error) {
	if f.fail != nil {
		return Page{}, f.fail
	}
	if id != f.page.ID {
		return Page{}, errs.New(errs.Missing, "", "no movement %s", id)
	}
	return f.page, nil
}

func (f *fake) Find(_ context.Context, _ *web.Viewer, query string, limit int) ([]Hit, bool, error) {
	hit := Hit{Movement: f.page.ID, By: "plate", Matched: query, Plate: f.page.Plate, Port: f.page.Port, PortName: f.page.PortName, Direction: port.Import, State: "inside", Checklist: port.StateHeld, At: ago(20)}
	switch {
	case query == "!":
		return nil, false, errs.New(errs.Invalid, "", "no number")
	case strings.HasPrefix(query, "2714"):
		return []Hit{hit}, false, nil
	case query == "none":
		return nil, false, nil
	}
	hits := []Hit{hit}
	for i := range 6 {
		hit.Movement, hit.By = fakeID(uint64(20+i)), []string{"plate", "container", "batch", "declaration"}[i%4]
		hit.State, hit.Checklist = []State{"appeared", "announced", "inside", "left", "turned_back"}[i%5], port.RequirementStates()[i%5]
		hit.Plate, hit.Direction, hit.At = port.Plate(fmt.Sprintf("蒙L%05d", 31337+i*77)), []port.Direction{port.Import, port.Export}[i%2], ago(90*i)
		hits = append(hits, hit)
	}
	return hits, true, nil
}

func (f *fake) Override(_ context.Context, _ *web.Viewer, o Override) error {
	f.overrides = append(f.overrides, o)
	return f.fail
}

func (f *fake) Changed(ctx context.Context, _ port.ID) <-chan struct{} {
	wake := make(chan struct{})
	go func() {
		<-ctx.Done()
		close(wake)
	}()
	return wake
}

// TestPreview serves the pages with invented contents for as long as GUOMEN_PREVIEW names an address to listen on:
//
//	GUOMEN_PREVIEW=127.0.0.1:8091 go test ./movement/movementweb -run TestPreview -timeout 0
func TestPreview(t *testing.T) {
	webtest.Preview(t, func(mux *http.ServeMux) {
		shell := webtest.Shell(t, mux)
		f := newFake()
		if err := Mount(mux, shell, f); err != nil {
			t.Fatal(err)
		}
		t.Logf("/movements/%s", f.page.ID)
	})
}
