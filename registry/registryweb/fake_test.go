package registryweb

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/web"
	"github.com/guomen/guomen/port"
	"github.com/guomen/guomen/registry"
)

// fake is a region on a busy afternoon. Its figures are invented; every call moves it a little, from one seed.
type fake struct {
	random *rand.Rand
	region Region
	every  time.Duration
}

var fakeNow = port.TimeOf(time.Date(2026, 11, 22, 14, 36, 12, 0, web.Beijing))

func newFake() *fake {
	f := &fake{random: rand.New(rand.NewPCG(1, 2)), every: time.Second}
	f.region = Region{At: fakeNow, Totals: Totals{
		In: web.Some(int64(4127)), Out: web.Some(int64(3968)), InBefore: web.Some(int64(3998)), OutBefore: web.Some(int64(4010)),
		MassIn: web.Some(271_340 * port.Tonne), MassOut: web.Some(11_872 * port.Tonne), Waiting: web.Some(int64(1286)),
		Longest: web.Some(5*port.Hour + 12*port.Minute), ReleaseIn: web.Some(18*port.Hour + 24*port.Minute), ReleaseOut: web.Some(19 * port.Minute),
		ByHour: f.hours(300, 280)},
	}
	rows := []struct {
		id, zh, en     string
		class          port.Class
		lon, lat       float64
		now            Now
		in, out, tonne int64
		waiting        int64
	}{
		{"manzhouli-road", "满洲里", "Manzhouli", "hub", 117.3883, 49.6335, NowOpen, 412, 588, 9120, 96},
		{"manzhouli-rail", "满洲里", "Manzhouli", "hub", 117.4276, 49.5974, NowOpen, 31, 29, 68420, 7},
		{"manzhouli-air", "满洲里", "Manzhouli", "hub", 117.3271, 49.5675, NowUnknown, 2, 2, 0, -1},
		{"erenhot-road", "二连浩特", "Erenhot", "hub", 111.983, 43.665, NowOpen, 655, 702, 8760, 143},
		{"erenhot-rail", "二连浩特", "Erenhot", "hub", 111.97, 43.65, NowOpen, 22, 24, 51230, 4},
		{"erenhot-air", "二连浩特", "Erenhot", "hub", 112.1, 43.42, NowClosed, 0, 1, 0, 0},
		{"ganqimaodu-road", "甘其毛都", "Ganqimaodu", "specialised", 107.5847, 42.4162, NowPartly, 1482, 1307, 91870, 612},
		{"ceke-road", "策克", "Ceke", "specialised", 101.2782, 42.5816, NowOpen, 871, 803, 40210, 288},
		{"mandula-road", "满都拉", "Mandula", "specialised", 110.119, 42.529, NowOpen, 398, 305, 12980, 102},
		{"shiwei-road", "室韦", "Shiwei", "ordinary", 119.9, 51.338, NowClosed, 0, 0, 0, 0},
		{"heishantou-road", "黑山头", "Heishantou", "ordinary", 119.571, 50.214, NowOpen, 14, 22, 310, 0},
		{"arihashate-road", "阿日哈沙特", "Arihashate", "ordinary", 115.881, 48.604, NowOpen, 41, 52, 890, 3},
		{"ebuduge-road", "额布都格", "Ebuduge", "ordinary", 118.2, 48.06, NowOpen, 63, 38, 1820, 9},
		{"arxan-road", "阿尔山", "Arxan", "ordinary", 119.538, 47.334, NowPartly, 6, 8, 40, 0},
		{"zhuengadabuqi-road", "珠恩嘎达布其", "Zhuengadabuqi", "ordinary", 116.261, 45.755, NowOpen, 118, 80, 3920, 22},
		{"wuliji-road", "乌力吉", "Wuliji", "ordinary", 104.45, 41.35, NowUnknown, 12, 7, 410, -1},
		{"hohhot-air", "呼和浩特", "Hohhot", "ordinary", 111.818, 40.851, NowOpen, 0, 2, 14, 0},
		{"baotou-air", "包头", "Baotou", "ordinary", 110.0, 40.56, NowClosed, 0, 0, 0, 0},
		{"ordos-air", "鄂尔多斯", "Ordos", "ordinary", 109.861, 39.492, NowOpen, 0, 1, 3, 0},
		{"hailar-air", "海拉尔", "Hailar", "ordinary", 119.826, 49.208, NowClosed, 0, 0, 0, 0},
	}
	for _, r := range rows {
		line := Line{ID: port.PortID(r.id), Site: web.Named(r.zh, r.en), Class: r.class, Longitude: r.lon, Latitude: r.lat, Now: r.now,
			In: web.Some(r.in), Out: web.Some(r.out), Mass: web.Some(port.Kilograms(r.tonne) * port.Tonne)}
		if r.waiting >= 0 {
			line.Waiting = web.Some(r.waiting)
		}
		if r.waiting > 0 {
			line.Longest = web.Some(port.Duration(r.waiting) * 31 * port.Second)
		}
		if r.tonne > 0 {
			line.Release = web.Some(port.Duration(3+f.random.IntN(40)) * 27 * port.Minute)
		}
		switch r.now {
		case NowPartly:
			line.Why = web.Named("客运暂停", "no passengers")
		case NowClosed:
			line.Why = web.Named("非工作时间", "out of hours")
		}
		f.region.Ports = append(f.region.Ports, line)
	}
	for range 12 {
		f.cross()
	}
	for i := range f.region.Ports {
		f.region.Ports[i].Moving = nil
	}
	f.region.Ports[6].Moving = []Moving{{f.id(), "import"}, {f.id(), "import"}, {f.id(), "export"}}
	f.region.Ports[3].Moving = []Moving{{f.id(), "export"}}
	return f
}

func (f *fake) id() port.ID {
	return port.NewID(int64(fakeNow)/1000, 7, f.random.Uint64())
}

func (f *fake) hours(in, out float64) []Hour {
	hours := make([]Hour, 24)
	for h := range 15 {
		shape := []float64{.2, .15, .1, .1, .12, .2, .35, .6, .95, 1, .98, .9, .7, .85, .6}[h]
		hours[h] = Hour{In: web.Some(int64(in * shape * (0.9 + f.random.Float64()/5))), Out: web.Some(int64(out * shape * (0.8 + f.random.Float64()/4)))}
	}
	return hours
}

func (f *fake) plate() port.Plate {
	n := f.random.IntN(9000) + 1000
	return port.Plate([]string{fmt.Sprintf("蒙L%05d", n*7%100000), fmt.Sprintf("%d УНЕ", n), fmt.Sprintf("%d ӨМА", n), fmt.Sprintf("蒙B%05d", n*3%100000),
		fmt.Sprintf("А%03dВС75", n%1000), fmt.Sprintf("AGV %02d", n%40)}[f.random.IntN(6)])
}

// cross lets one vehicle cross somewhere.
func (f *fake) cross() {
	i := []int{0, 3, 6, 6, 6, 7, 7, 8, 12, 14}[f.random.IntN(10)]
	line := &f.region.Ports[i]
	direction := []port.Direction{port.Import, port.Export}[f.random.IntN(2)]
	state := []port.RequirementState{port.StateMet, port.StateMet, port.StateMet, port.StateOpen, port.StateHeld, port.StateWaived}[f.random.IntN(6)]
	stage := web.Named("驶离出区卡口", "left by the exit gate")
	switch state {
	case port.StateOpen:
		stage = web.Named("进入入区卡口", "entered")
	case port.StateHeld:
		stage = web.Named("出区卡口拦停", "stopped at the exit gate")
	}
	f.region.At = f.region.At.Add(7 * port.Second)
	c := Crossing{Movement: f.id(), At: f.region.At, Port: line.ID, Site: line.Site, Plate: f.plate(), Direction: direction, State: state, Stage: stage}
	f.region.Latest = append([]Crossing{c}, f.region.Latest...)
	f.region.Latest = f.region.Latest[:min(12, len(f.region.Latest))]
	line.Moving = append(line.Moving, Moving{c.Movement, direction})
	if len(line.Moving) > 4 {
		line.Moving = line.Moving[1:]
	}
	line.Waiting.Value = max(0, line.Waiting.Value+int64(f.random.IntN(7)-3))
	if direction == port.Import {
		line.In.Value++
		f.region.Totals.In.Value++
	} else {
		line.Out.Value++
		f.region.Totals.Out.Value++
	}
}

func (f *fake) Region(context.Context, *web.Viewer) (Region, error) {
	region := f.region
	region.Ports = append([]Line(nil), f.region.Ports...)
	region.Latest = append([]Crossing(nil), f.region.Latest...)
	return region, nil
}

func (f *fake) Changed(ctx context.Context, _ port.PortID) <-chan struct{} {
	wake := make(chan struct{})
	go func() {
		defer close(wake)
		tick := time.NewTicker(f.every)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				f.cross()
				select {
				case wake <- struct{}{}:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	return wake
}

func (f *fake) Port(_ context.Context, _ *web.Viewer, id port.PortID) (PortPage, error) {
	for _, line := range f.region.Ports {
		if line.ID == id {
			return f.portPage(line), nil
		}
	}
	return PortPage{}, errs.New(errs.Missing, "", "no port %s", id)
}

func (f *fake) portPage(line Line) PortPage {
	plan := Provenance{Source: registry.FromPlan, From: "2009-08"}
	page := PortPage{
		At: f.region.At, Line: line, Followed: true, Names: web.Named("甘其毛都公路口岸", "Ganqimaodu Road Port"), Legal: registry.International,
		League: web.Named("巴彦淖尔市", "Bayannur"), County: web.Named("乌拉特中旗", "Urad Middle Banner"),
		Counterpart: web.Named("嘎顺苏海图", "Gashuunsukhait"), Country: "MN", Customs: web.Named("乌拉特海关", "Urad Customs"),
		Codes:  []Code{{List: "UN/LOCODE", Value: "CNGQD"}},
		MassIn: web.Some(88_940 * port.Tonne), MassOut: web.Some(2_930 * port.Tonne), Today: f.hours(150, 140),
		Queue: Queue{Waiting: line.Waiting, Called: web.Some(int64(38)), Longest: line.Longest, PerHour: web.Some(int64(141)), Capacity: web.Some(int64(900))},
		Standings: []Standing{
			{registry.Freight, port.Import, registry.StatusOpen, registry.OpeningOpen, plan},
			{registry.Freight, port.Export, registry.StatusOpen, registry.OpeningOpen, plan},
			{registry.Passenger, port.Import, registry.StatusSuspended, registry.OpeningClosed, Provenance{Source: "S:10", From: "2021-10-30"}},
			{registry.Passenger, port.Export, registry.StatusUnknown, registry.OpeningUnknown, Provenance{}},
			{registry.AGV, "", registry.StatusOpen, registry.OpeningOpen, Provenance{Source: "S:49", From: "2022-07-16"}},
		},
		Hours: []Opening{
			{Side: registry.SideHere, Traffic: registry.Freight, Kind: registry.HoursDaily, Opens: "08:00", OpenNow: registry.OpeningUnknown, Provenance: Provenance{Source: "S:19"}},
			{Side: registry.SideHere, Traffic: registry.AGV, Kind: registry.HoursAllDay, OpenNow: registry.OpeningOpen, Provenance: Provenance{Source: registry.Demo}},
			{Side: registry.SideNeighbour, Kind: registry.HoursUnknown, OpenNow: registry.OpeningUnknown},
		},
		Open: []OwnerLine{
			{web.Named("乌拉特海关", "Urad Customs"), port.FunctionCustomsInspection, 64, 41, 6, 3, fakeNow - port.Time(5*port.Hour)},
			{web.Named("乌拉特海关", "Urad Customs"), port.FunctionCustomsSupervision, 52, 50, 0, 0, fakeNow - port.Time(2*port.Hour)},
			{web.Named("甘其毛都出入境边防检查站", "Ganqimaodu Border Inspection Station"), port.FunctionBorderInspection, 23, 23, 1, 0, fakeNow - port.Time(40*port.Minute)},
			{web.Named("示范监管作业场所", "Demo Supervised Yard"), port.FunctionYardOperator, 17, 9, 0, 0, fakeNow - port.Time(7*port.Hour)},
			{web.Plain(""), port.FunctionCarrier, 12, 12, 0, 5, fakeNow - port.Time(26*port.Hour)},
		},
		Sites: []web.Words{web.Named("铜精矿", "copper concentrate")},
	}
	for i := range 10 {
		direction, gate := port.Import, port.DueEntryGate
		name := fmt.Sprintf("in-freight-%02d", i+1)
		if i >= 6 {
			direction, gate, name = port.Export, port.DueExitGate, fmt.Sprintf("out-freight-%02d", i-5)
		}
		lane := Lane{ID: port.LaneID(string(line.ID) + "." + name), Direction: direction, Traffic: registry.Freight, Gate: gate, Working: LaneOnline}
		switch i {
		case 4:
			lane.Working = LaneOffline
		case 5:
			lane.Working, lane.Traffic = LaneClosed, registry.AGV
		case 9:
			lane.Working = LaneUnknown
		}
		if i != 5 && i != 9 {
			lane.Last = &Reading{At: f.region.At - port.Time(i)*port.Time(13*port.Second), Plate: f.plate(), Container: "CSQU3054383",
				Gross: web.Some(port.Kilograms(43_000+i*1717) * port.Kilogram), Decision: port.GateDecisions()[[]int{0, 0, 1, 0, 0, 0, 2, 0, 0, 0}[i]], Movement: f.id()}
		}
		page.Lanes = append(page.Lanes, lane)
	}
	for i := range 14 {
		m := MovementLine{ID: f.id(), Plate: f.plate(), Direction: port.Import, Batch: port.BatchNumber(fmt.Sprintf("26112200%05d", 4211+i*7)),
			Container: "CSQU3054383", Goods: "炼焦煤", State: port.RequirementStates()[i%5], Stage: web.Named("监管作业场所", "in the yard"),
			At: fakeNow - port.Time(i)*port.Time(3*port.Minute), Met: 9, All: 9}
		if !m.State.Settled() {
			m.Met = int64(4 + i%4)
		}
		if m.State == port.StateOpen || m.State == port.StateHeld {
			m.Waits = web.Said("enum.function.customs_inspection")
		}
		if i%3 == 1 {
			m.Direction, m.Goods, m.Container = port.Export, "矿山设备", ""
		}
		page.Latest = append(page.Latest, m)
	}
	return page
}
