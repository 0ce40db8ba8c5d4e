package simulator

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/guomen/guomen/gate"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

// fake is just enough of the platform for one port: what it demands, decides and records is written down here once more,
// as simply as can be. Its faults are set by tests.
type fake struct {
	t      *testing.T
	id     port.PortID
	mirror bool // an outside system releases
	server *httptest.Server

	mu        sync.Mutex
	facts     []string // as lines
	more      chan struct{}
	ids       uint64
	said      map[string]kept // by idempotency key
	movements map[port.ID]*fakeMovement
	lots      map[port.ID]*fakeLot
	waybills  map[string]*fakeLot
	past      map[port.ID]bool // movements that are over
	posts     int
	repeated  int

	openAll  bool // every gate opens, whatever is due
	samePass bool // passes are used again
	skip     bool // a sequence number is left out
	forget   bool // receipts are given for what is not recorded
	stumble  int  // every so manieth request is answered 503, the next one breaks off after it was done
}

type kept struct {
	status int
	body   []byte
}

type fakeMovement struct {
	id       port.ID
	paper    *manifest.Document
	plate    port.Plate
	way      port.Direction
	inside   bool
	override string
	needs    map[port.RequirementKind]*fakeNeed
	carries  []port.ID
	passes   map[port.DuePoint]port.ID
}

type fakeLot struct {
	id       port.ID
	waybill  string
	needs    map[port.RequirementKind]*fakeNeed
	papers   map[port.ID]string
	vehicles []port.ID
	arrived  bool
	left     port.Kilograms // that has not been taken out
}

type fakeNeed struct {
	demand port.Demand
	result port.Result
}

func newFake(t *testing.T, id port.PortID) *fake {
	f := &fake{t: t, id: id, more: make(chan struct{}), said: map[string]kept{}, movements: map[port.ID]*fakeMovement{}, lots: map[port.ID]*fakeLot{}, waybills: map[string]*fakeLot{}, past: map[port.ID]bool{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/ports", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"items":[{"id":%q,"status":{"status":"open"}},{"id":"hohhot-air","status":"open"}]}`, f.id)
	})
	mux.HandleFunc("GET /v1/ports/{port}", func(w http.ResponseWriter, _ *http.Request) {
		var lanes []string
		for way, direction := range map[string]port.Direction{"in": port.Import, "out": port.Export} {
			for n := range 6 {
				lanes = append(lanes, fmt.Sprintf(`{"lane":"%s.%s-freight-%02d","direction":%q,"traffic":"freight","gate":"entry_gate"}`, f.id, way, n, direction),
					fmt.Sprintf(`{"lane":"%s.%s-exit-%02d","direction":%q,"traffic":"freight","gate":"exit_gate"}`, f.id, way, n, direction))
			}
		}
		fmt.Fprintf(w, `{"id":%q,"lanes":[%s]}`, f.id, strings.Join(lanes, ","))
	})
	mux.HandleFunc("GET /v1/facts", f.follow)
	mux.HandleFunc("POST /v1/", f.post)
	f.server = httptest.NewServer(mux)
	t.Cleanup(f.server.Close)
	return f
}

// follow streams facts as the platform does.
func (f *fake) follow(w http.ResponseWriter, r *http.Request) {
	after, _ := strconv.Atoi(r.URL.Query().Get("after"))
	wait, _ := time.ParseDuration(r.URL.Query().Get("wait"))
	over := time.After(min(wait, 2*time.Second))
	for {
		f.mu.Lock()
		lines, more := slices.Clone(f.facts[min(after, len(f.facts)):]), f.more
		f.mu.Unlock()
		for _, line := range lines {
			if line != "" {
				_, _ = io.WriteString(w, line+"\n")
			}
		}
		after += len(lines)
		w.(http.Flusher).Flush()
		if wait == 0 {
			return
		}
		select {
		case <-more:
		case <-over:
			return
		case <-r.Context().Done():
			return
		}
	}
}

func (f *fake) post(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.posts++
	if f.stumble > 0 && f.posts%f.stumble == 0 {
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	key := r.Header.Get("Idempotency-Key")
	k, again := f.said[key]
	if again {
		f.repeated++
	} else {
		k = f.do(r, body)
		f.said[key] = k
		close(f.more)
		f.more = make(chan struct{})
	}
	if !again && f.stumble > 0 && f.posts%f.stumble == 1 {
		panic(http.ErrAbortHandler) // done, and nobody hears of it
	}
	w.WriteHeader(k.status)
	_, _ = w.Write(k.body)
}

func (f *fake) newID() port.ID {
	f.ids++
	return port.NewID(time.Now().UnixMilli(), 1, f.ids)
}

// record writes a fact.
func (f *fake) record(command port.ID, role string, body interface{ FactName() string }) {
	data, err := json.Marshal(body)
	if err != nil {
		f.t.Errorf("fact %s: %v", body.FactName(), err)
	}
	if f.skip && len(f.facts) == 20 {
		f.facts = append(f.facts, "")
	}
	now := port.TimeOf(time.Now())
	f.facts = append(f.facts, fmt.Sprintf(`{"seq":%d,"name":%q,"at":%q,"recorded":%q,"command":%q,"actor":{"org":"o","role":%q},"body":%s}`,
		len(f.facts)+1, body.FactName(), now, now, command, role, data))
}

func demands(owners map[port.RequirementKind]port.Function, subject port.SubjectKind, due map[port.RequirementKind]port.DuePoint, source port.Source) (list []port.Demand) {
	for kind, function := range owners {
		list = append(list, port.Demand{Kind: kind, Subject: subject, Owner: port.Owner{Function: function}, Due: due[kind], Source: source})
	}
	return list
}

// law is what the fake demands of a vehicle and of its goods.
func (f *fake) law(d *manifest.Document) (vehicle, goods []port.Demand) {
	owners := map[port.RequirementKind]port.Function{kindCrew: port.FunctionBorderInspection, kindPermit: port.FunctionTransport}
	due := map[port.RequirementKind]port.DuePoint{
		kindCrew: port.DueEntryGate, kindPermit: port.DueExitGate, kindManifest: port.DueBeforeArrival, port.Weighed: port.DueEntryGate,
		kindQuarantine: port.DueExitGate, port.CustomsRelease: port.DueCustodyExit,
	}
	if len(d.Waybills) > 0 {
		owners[kindManifest], owners[port.Weighed], owners[kindQuarantine] = port.FunctionCustomsSupervision, port.FunctionPortOperator, port.FunctionCustomsQuarantine
	}
	source := port.Here
	if f.mirror {
		source = port.Mirrored
	}
	return demands(owners, port.MovementSubject, due, port.Here),
		demands(map[port.RequirementKind]port.Function{port.CustomsRelease: port.FunctionCustomsSupervision}, port.ConsignmentSubject, due, source)
}

func require(needs map[port.RequirementKind]*fakeNeed, list []port.Demand) {
	for _, d := range list {
		if needs[d.Kind] == nil {
			needs[d.Kind] = &fakeNeed{demand: d}
		}
	}
}

// shut lists what is due and not settled.
func (f *fake) shut(m *fakeMovement, at port.DuePoint) (reasons []gate.Reason) {
	all := []map[port.RequirementKind]*fakeNeed{m.needs}
	for _, id := range m.carries {
		all = append(all, f.lots[id].needs)
	}
	points := append(port.DuePoints()[:4:4], port.DueCustodyExit)
	for _, needs := range all {
		for kind, n := range needs {
			exitOnly := n.demand.Due == port.DueCustodyExit && at == port.DueEntryGate
			if !exitOnly && (at == port.DueExitGate || slices.Index(points, n.demand.Due) <= slices.Index(points, at)) && !n.result.State().Settled() {
				reasons = append(reasons, gate.Reason{Code: string(n.result.State()), Kind: kind})
			}
		}
	}
	return reasons
}

// settle issues and revokes passes.
func (f *fake) settle(command port.ID, m *fakeMovement) {
	for _, at := range []port.DuePoint{port.DueEntryGate, port.DueExitGate} {
		if at == port.DueEntryGate && m.inside || m.paper == nil {
			continue
		}
		shut := slices.DeleteFunc(f.shut(m, at), func(r gate.Reason) bool {
			return r.Kind == port.Weighed && m.needs[port.Weighed].result == "" && at == port.DueEntryGate
		})
		switch live := m.passes[at]; {
		case len(shut) == 0 && live.IsZero():
			m.passes[at] = f.newID()
			f.record(command, "", gate.PassIssued{Pass: m.passes[at], Movement: m.id, Gate: at, Plate: m.plate})
		case len(shut) > 0 && !live.IsZero():
			f.record(command, "", gate.PassRevoked{Pass: live, Movement: m.id, Gate: at, Kind: shut[0].Kind})
			delete(m.passes, at)
		}
	}
}

func (f *fake) settleLot(command port.ID, l *fakeLot) {
	for _, id := range l.vehicles {
		if m := f.movements[id]; m != nil {
			f.settle(command, m)
		}
	}
}
