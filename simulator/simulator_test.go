package simulator

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

// morning is when the tests' traffic begins.
var morning = time.Date(2026, 6, 1, 10, 0, 0, 0, beijing)

// start runs the simulator on a fake, nearly three hours in a second unless changed, until stop is called.
func start(t *testing.T, f *fake, change func(*Config)) (s *Simulator, stop func() Report) {
	t.Helper()
	cfg := Config{
		Server: f.server.URL + "/", Tokens: func(role string, _ port.PortID) string { return role }, Seed: 7, Speed: 10_000, Start: morning, MaxRate: 5000,
		Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
	if change != nil {
		change(&cfg)
	}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	return s, func() Report {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("seed %d: %v", cfg.Seed, err)
		}
		return s.Report()
	}
}

// until waits for something to become true, and says whether it did within a time that is ample on a busy machine too.
func until(ok func() bool) bool {
	for deadline := time.Now().Add(3 * time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if ok() {
			return true
		}
	}
	return false
}

func clean(t *testing.T, r Report) {
	t.Helper()
	if r.Violated != 0 {
		t.Errorf("seed %d: %d violations, such as %+v", r.Seed, r.Violated, r.Violations[0])
	}
	for what, q := range r.Requests {
		for status := range q.Statuses {
			if status >= 300 {
				t.Errorf("%s was answered %v", what, q.Statuses)
			}
		}
	}
}

// Everything that the profile has rates for happens, both directions live, and nothing is violated.
func TestTrafficLives(t *testing.T) {
	t.Parallel()
	f := newFake(t, "erenhot-road")
	s, stop := start(t, f, func(c *Config) {
		c.Rates = DefaultRates()
		for _, rate := range []*Sourced[float64]{&c.Rates.Unannounced, &c.Rates.WeightOff, &c.Rates.OtherBox, &c.Rates.Held, &c.Rates.Documents, &c.Rates.Refused, &c.Rates.Chased} {
			rate.Value = 0.1 // so that a day is enough to see all
		}
	})
	want := []string{
		"announced", "arrived", "entered", "left", "no_show", "unannounced", "double_reading", "overridden", "amended", "turned_back", "declared.early",
		"declared.usual", "declared.chased", "entry_gate.hold", "exit_gate.hold", "verdict.held", "verdict.inspect", "verdict.documents", "verdict.refused",
	}
	missing := func() []string {
		counts := s.Report().Ports["erenhot-road"]
		return slices.DeleteFunc(slices.Clone(want), func(what string) bool { return counts[what] > 0 })
	}
	if !until(func() bool { return len(missing()) == 0 }) {
		t.Errorf("nothing was counted as %v: %v", missing(), s.Report().Ports)
	}
	clean(t, stop())
	for _, way := range []string{"in-exit", "out-exit"} {
		if f.count("movement.passed.v1", way) == 0 {
			t.Errorf("nothing passed %s", way)
		}
	}
}

// Goods go to the yard, are declared together, and are fetched; and while a port is stopped nothing moves.
func TestYardAndStop(t *testing.T) {
	t.Parallel()
	const id = "mandula-road"
	f := newFake(t, id)
	s, stop := start(t, f, func(c *Config) { c.Speed = 5000 })
	counts := func(what string) uint64 { return s.Report().Ports[id][what] }
	if !until(func() bool {
		return counts("unloaded") > 20 && counts("declared.yard") > 1 && f.count("cargo.taken_out.v1", `"assigned"`) > 10
	}) {
		t.Errorf("next to nothing has gone through the yard: %v", s.Report().Ports)
	}
	if s.Stop("nowhere-road", Snow, time.Hour) || !s.Stop(id, Snow, 1000*time.Hour) {
		t.Error("the wrong port stops")
	}
	until(func() bool { return counts("closed.snow") == 1 })
	time.Sleep(200 * time.Millisecond) // what is on its way to the server comes there
	stood := f.count("movement.passed.v1", "")
	before := counts("arrived")
	if !until(func() bool { return counts("arrived") > before+5 }) {
		t.Error("nobody comes to the closed port")
	}
	if now := f.count("movement.passed.v1", ""); now != stood {
		t.Errorf("%d have passed while the port was closed", now-stood)
	}
	if !s.Resume(id) || !until(func() bool { return f.count("movement.passed.v1", "") > stood+5 }) {
		t.Error("the queue does not drain")
	}
	clean(t, stop())
}

// A server that answers 503 and breaks connections after it has done what was asked loses nothing and does nothing twice.
func TestServerStumbles(t *testing.T) {
	t.Parallel()
	f := newFake(t, "erenhot-road")
	f.stumble = 5
	s, stop := start(t, f, nil)
	if !until(func() bool { return s.Report().Ports["erenhot-road"]["left"] > 5 }) {
		t.Errorf("next to nothing has left: %v", s.Report().Ports)
	}
	r := stop()
	clean(t, r)
	announced := int(r.Ports["erenhot-road"]["announced"])
	f.mu.Lock()
	repeated := f.repeated
	f.mu.Unlock()
	// Those on the way at the end are in the ledger and not counted.
	if lodged := f.count("manifest.lodged.v1", ""); repeated == 0 || announced == 0 || lodged < announced || lodged > announced+inFlight {
		t.Errorf("%d manifests in the ledger, %d announced, %d requests repeated", lodged, announced, repeated)
	}
}

// Where an outside system releases, it does so by messages.
func TestMirroredPort(t *testing.T) {
	t.Parallel()
	f := newFake(t, "manzhouli-road")
	f.mirror = true
	s, stop := start(t, f, nil)
	if !until(func() bool { return f.count("cargo.taken_out.v1", "") > 10 }) {
		t.Errorf("next to no goods have left: %v", s.Report().Ports)
	}
	r := stop()
	clean(t, r)
	if r.Requests["answer"].Statuses[http.StatusAccepted] == 0 {
		t.Errorf("the outside system has not answered: %v", r.Requests)
	}
}

// What visitors lodge comes to life: a declaration with a waybill, one without, and a manifest.
func TestVisitors(t *testing.T) {
	t.Parallel()
	f := newFake(t, "shiwei-road")
	s, stop := start(t, f, nil)
	until(func() bool { return f.count("manifest.lodged.v1", "") > 0 })
	item := []declaration.Item{{Number: 1, Description: "木材", HS: "440711", GrossMass: 20 * port.Tonne}}
	plate := declaration.Means{ID: "А123ВС75"}
	f.visit(t, "declarations", declaration.Document{Direction: port.Import, Reference: "V1", Waybill: "VW1", Border: plate, Items: item})
	f.visit(t, "declarations", declaration.Document{Direction: port.Export, Reference: "V2", Items: item})
	f.visit(t, "declarations", declaration.Document{Direction: port.Import, Reference: "V3", Waybill: "VW3", Border: plate, Items: item}) // the plate is taken
	f.visit(t, "manifests", manifest.Document{
		Direction: port.Import, Batch: "9900000000001", Vehicle: manifest.Vehicle{Plate: "В777ЕК75", Tare: port.Tonne},
		Waybills: []manifest.Waybill{{Number: "VW4", Goods: "木材", GrossMass: port.Tonne}},
	})
	f.visit(t, "declarations", declaration.Document{Direction: port.Import, Reference: "V4", Waybill: "VW4", Items: item})
	if !until(func() bool { return f.closed("V1", "V2", "V3", "V4") }) {
		t.Errorf("not all have left: %v", s.Report().Ports)
	}
	r := stop()
	clean(t, r)
	if got := r.Ports["shiwei-road"]; got["brought"] != 3 || got["adopted"] != 1 {
		t.Errorf("%d brought, %d adopted", got["brought"], got["adopted"])
	}
}

// A second run over the same ledger takes up what the first has left, and uses none of its numbers.
func TestSecondRun(t *testing.T) {
	t.Parallel()
	f := newFake(t, "erenhot-road")
	s, stop := start(t, f, nil)
	until(func() bool { return s.Report().Ports["erenhot-road"]["left"] > 20 })
	clean(t, stop())
	var left []port.ID
	f.mu.Lock()
	for id, m := range f.movements {
		if m.inside {
			left = append(left, id)
		}
	}
	f.mu.Unlock()
	still := func() int {
		f.mu.Lock()
		defer f.mu.Unlock()
		return len(slices.DeleteFunc(slices.Clone(left), func(id port.ID) bool { return f.movements[id] == nil }))
	}
	s, stop = start(t, f, nil)
	if !until(func() bool { return still() == 0 }) || len(left) == 0 {
		t.Errorf("of %d that the first run left inside %d still are: %v", len(left), still(), s.Report().Ports)
	}
	clean(t, stop())
}

func TestFaultsAreFound(t *testing.T) {
	faults := map[Invariant]func(*fake){
		GateKeepsShut: func(f *fake) { f.openAll = true },
		PassOnce:      func(f *fake) { f.samePass = true },
		NoGap:         func(f *fake) { f.skip = true },
		Recorded:      func(f *fake) { f.forget = true },
	}
	for invariant, set := range faults {
		t.Run(string(invariant), func(t *testing.T) {
			t.Parallel()
			f := newFake(t, "erenhot-road")
			set(f)
			found := func(r Report) bool {
				for _, v := range r.Violations {
					if v.Invariant == invariant {
						return true
					}
				}
				return false
			}
			s, stop := start(t, f, func(c *Config) { c.Log = nil })
			if !until(func() bool { return found(s.Report()) }) {
				t.Errorf("not found: %+v", s.Report())
			}
			stop()
		})
	}
}

// Requests never go faster than allowed, and simulated time waits for them.
func TestTimeStandsStill(t *testing.T) {
	t.Parallel()
	f := newFake(t, "ganqimaodu-road")
	began := time.Now()
	s, stop := start(t, f, func(c *Config) { c.MaxRate, c.Speed = 300, 36_000 })
	until(func() bool { return s.Report().Stalled > time.Second })
	r := stop()
	clean(t, r)
	f.mu.Lock()
	defer f.mu.Unlock()
	if most := 300*time.Since(began).Seconds() + inFlight; float64(f.posts) > most {
		t.Errorf("%d requests, at most %.0f are allowed", f.posts, most)
	}
	if pace := time.Since(began).Seconds() * 36_000; r.Simulated.Seconds() > pace {
		t.Errorf("%s simulated", r.Simulated)
	}
}

func TestConfig(t *testing.T) {
	tokens := func(string, port.PortID) string { return "x" }
	for name, cfg := range map[string]Config{
		"no server":      {Tokens: tokens},
		"no tokens":      {Server: "http://127.0.0.1:1"},
		"negative speed": {Server: "http://127.0.0.1:1", Tokens: tokens, Speed: -1},
		"unknown port":   {Server: "http://127.0.0.1:1", Tokens: tokens, Ports: []port.PortID{"nowhere-road"}},
	} {
		if _, err := New(cfg); errs.KindOf(err) != errs.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	s, err := New(Config{Server: "http://127.0.0.1:1", Tokens: tokens})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := s.Run(ctx); err != nil {
		t.Errorf("a server that never comes: %v", err)
	}
}

func TestLatencies(t *testing.T) {
	l := &latencies{statuses: map[int]uint64{}}
	for i := range 1000 {
		l.note(200, time.Duration(i+1)*time.Millisecond)
	}
	for _, test := range []struct {
		q    float64
		want time.Duration
	}{{0.5, 500 * time.Millisecond}, {0.99, 990 * time.Millisecond}, {1, time.Second}} {
		if got := l.quantile(test.q); got < test.want-test.want/8 || got > test.want+test.want/8 {
			t.Errorf("quantile %g is %s, want about %s", test.q, got, test.want)
		}
	}
}

// visit lodges something as somebody else.
func (f *fake) visit(t *testing.T, what string, body any) {
	t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, f.server.URL+"/v1/"+what+"?port="+string(f.id), bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Idempotency-Key", fmt.Sprintf("%x", sha256.Sum256(data)))
	req.Header.Set("Authorization", "Bearer visitor")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusAccepted {
		t.Fatalf("%s: status %d", data, resp.StatusCode)
	}
}

// closed tells whether the declarations with these references are closed.
func (f *fake) closed(references ...string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, l := range f.lots {
		for _, reference := range l.papers {
			for _, open := range references {
				if reference == open {
					return false
				}
			}
		}
	}
	return true
}

// count counts facts by name and by something that they contain.
func (f *fake) count(name, with string) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, line := range f.facts {
		if strings.Contains(line, `"name":"`+name+`"`) && strings.Contains(line, with) {
			n++
		}
	}
	return n
}
