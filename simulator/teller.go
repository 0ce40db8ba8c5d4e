package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/guomen/guomen/claim"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/gate"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

// teller tells one story once. The first sentence that does not come true is remembered, and the rest is passed over.
type teller struct {
	ctx     context.Context
	on      Stage
	story   Story
	http    *http.Client
	once    string // sets this telling's numbers apart for ever
	serial  int64  // and where there is little room, for days
	said    int
	numbers int
	lanes   []lane
	place   string // of the last receipt, so that what is read is not older
	outcome Outcome
	err     error
}

// serials is how many tellings have numbers of their own where there is little room: a tenth of a second apart, eleven days.
const serials = 10_000_000

func newTeller(ctx context.Context, s Story, on Stage) *teller {
	t := &teller{
		ctx: ctx, on: on, story: s, http: &http.Client{Transport: on.Transport, Timeout: followWait},
		once: strings.ToUpper(strconv.FormatInt(on.Clock().UnixMilli(), 36)), serial: on.Clock().UnixMilli() / 100 % serials,
		outcome: Outcome{Movements: map[string]port.ID{}, Consignments: map[string]port.ID{}, Declarations: map[string]port.ID{}},
	}
	var detail struct {
		Lanes []lane `json:"lanes"`
	}
	t.get("/v1/ports/"+string(s.Port), &detail)
	t.lanes = detail.Lanes
	return t
}

// step says what has happened and waits to go on.
func (t *teller) step(name, path string, args ...string) {
	if t.failed() {
		return
	}
	t.err = t.on.Step(t.ctx, "story."+t.story.Name+"."+name, path, args...)
}

// failed tells whether the rest is passed over.
func (t *teller) failed() bool { return t.err != nil || t.ctx.Err() != nil }

func (t *teller) fail(text string, args ...any) {
	if t.err == nil {
		t.err = fmt.Errorf(text, args...)
	}
}

// attempts is how often a request is sent to a server that is busy.
const attempts = 20

// call sends a request as a role and decodes the answer.
func (t *teller) call(role, method, path string, body, into any) {
	if t.failed() {
		return
	}
	t.said++
	data, err := json.Marshal(body)
	if err != nil {
		t.fail("%s: %w", path, err)
		return
	}
	token := t.on.Tokens(role, t.story.Port)
	if token == "" {
		t.fail("%s %s: nobody is there as %s", method, path, role)
		return
	}
	for range attempts {
		if t.send(token, method, path, data, into) {
			return
		}
		sleep(t.ctx, retryFirst)
	}
	t.fail("%s %s: the server stays busy", method, path)
}

// send sends it once; false where the server asks to come again.
func (t *teller) send(token, method, path string, data []byte, into any) bool {
	req, err := http.NewRequestWithContext(t.ctx, method, t.on.Server+path, bytes.NewReader(data))
	if err != nil {
		t.fail("%s: %w", path, err)
		return true
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	if method == http.MethodPost {
		req.Header.Set("Idempotency-Key", fmt.Sprintf("%s%s-%s-%d", storyPrefix, t.story.Name, t.once, t.said))
	}
	if t.place != "" {
		req.Header.Set("Guomen-At-Least", t.place)
	}
	resp, err := t.http.Do(req)
	if err != nil {
		t.fail("%s %s: %w", method, path, err)
		return true
	}
	defer resp.Body.Close()
	answered, err := io.ReadAll(io.LimitReader(resp.Body, answerMost))
	switch {
	case resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusServiceUnavailable:
		return false
	case err != nil:
		t.fail("%s %s: %w", method, path, err)
	case resp.StatusCode >= http.StatusMultipleChoices:
		t.fail("%s %s: status %d: %s", method, path, resp.StatusCode, answered)
	case into != nil:
		if err := json.Unmarshal(answered, into); err != nil {
			t.fail("%s %s: %w", method, path, err)
		}
	}
	return true
}

// get reads as the region does, which sees everything.
func (t *teller) get(path string, into any) { t.call("region", http.MethodGet, path, nil, into) }

// post gives a command and what it is about.
func (t *teller) post(role, path string, body any) port.ID {
	var r receipt
	t.call(role, http.MethodPost, path, body, &r)
	t.note(r)
	return r.Subject
}

func (t *teller) note(r receipt) {
	if strings.HasPrefix(r.Ledger, "port:") && r.Last > 0 {
		t.place = fmt.Sprintf("%s:%d", r.Ledger, r.Last)
	}
}

// number gives a number that nothing else of the story has.
func (t *teller) number() int {
	t.numbers++
	return t.numbers
}

// waybill is the number of a waybill of this telling.
func (t *teller) waybill(name string) string {
	return fmt.Sprintf("%s%s-%s", storyPrefix, t.once, name)
}

// foreign and local are plates that no planned vehicle has.
func (t *teller) foreign() port.Plate {
	return port.Plate(fmt.Sprintf("%04dУБЯ", (t.serial*67+int64(t.number()))%10_000))
}

func (t *teller) local() port.Plate {
	return port.Plate(fmt.Sprintf("冀S%04dT", (t.serial*67+int64(t.number()))%10_000))
}

// announce lodges a manifest, which gets the story's carrier and a batch number, and gives the movement.
func (t *teller) announce(name string, d manifest.Document) port.ID {
	d.Function, d.Carrier, d.Crew = manifest.FunctionMain, storyCarrier, 1
	if d.Vehicle.Automated {
		d.Crew = 0
	}
	if d.Batch == "" && d.Vehicle.Kind.Road() {
		d.Batch = port.BatchNumber(fmt.Sprintf("99%07d%04d", t.serial, t.number()))
	}
	if d.Loaded == "" {
		d.Loaded = manifest.Laden
	}
	d.Expected = port.TimeOf(t.on.Clock().Add(2 * time.Hour))
	id := t.post(roleCarrier, "/v1/manifests?port="+string(t.story.Port), d)
	t.outcome.Movements[name] = id
	return id
}

// declare lodges a declaration of waybills of one kind of goods.
func (t *teller) declare(name string, bill manifest.Waybill, mass port.Kilograms, early bool, further ...string) {
	trader := firm(1)
	party := declaration.Party{ID: trader.Code, Name: trader.Name}
	d := declaration.Document{
		Direction: port.Import, Function: declaration.FunctionOriginal, Procedure: "0110", Reference: t.waybill("R" + name), Waybill: bill.Number, WaybillType: "730",
		Early: early, Declarant: party, Importer: party, Exporter: declaration.Party{Name: bill.Consignor}, Dispatch: port.Mongolia, Destination: port.China, GoodsItems: 1,
		GrossMass: mass, NetMass: mass,
		Items: []declaration.Item{{Number: 1, Description: bill.Goods, HS: bill.HS, GrossMass: mass, NetMass: mass, Origin: []declaration.Coded{{ID: string(port.Mongolia)}}}},
	}
	for _, number := range further {
		d.Transport = append(d.Transport, declaration.Coded{ID: number, Type: d.WaybillType})
	}
	t.outcome.Declarations[name] = t.post("trader", "/v1/declarations?port="+string(t.story.Port), d)
}

// goods is a waybill of the story.
func (t *teller) goods(name, goods string, hs port.HSCode, mass port.Kilograms) manifest.Waybill {
	return manifest.Waybill{Number: t.waybill(name), Goods: goods, HS: hs, GrossMass: mass, Packages: 1, Consignor: "Demo Trading 01 LLC", Consignee: firm(1).Name}
}

// shown is a movement as the interface shows it, as much of it as stories look at.
type shown struct {
	State   string `json:"state"`
	Carries []struct {
		Consignment port.ID        `json:"consignment"`
		Waybill     string         `json:"waybill"`
		Mass        port.Kilograms `json:"mass"`
	} `json:"carries"`
	Equipment []struct {
		ID     port.ID `json:"id"`
		Number string  `json:"number"`
	} `json:"equipment"`
	Persons []struct {
		ID port.ID `json:"id"`
	} `json:"persons"`
	Checklist []required `json:"checklist"`
}

// required is one entry of a checklist as the API shows it.
type required struct {
	Subject port.ID               `json:"subject"`
	Kind    port.RequirementKind  `json:"kind"`
	State   port.RequirementState `json:"state"`
	Blocked string                `json:"blocked_by"`
	Owner   port.Owner            `json:"owner"`
}

func (t *teller) look(id port.ID) (m shown) {
	t.get("/v1/movements/"+id.String(), &m)
	return m
}

// stands expects a movement's state.
func (t *teller) stands(id port.ID, want string) {
	if m := t.look(id); !t.failed() && m.State != want {
		t.fail("movement %s is %s, want %s", id, m.State, want)
	}
}

// lot finds a consignment on a movement by its waybill, and remembers it.
func (t *teller) lot(name string, m port.ID, waybill string) port.ID {
	for _, c := range t.look(m).Carries {
		if c.Waybill == waybill {
			t.outcome.Consignments[name] = c.Consignment
			return c.Consignment
		}
	}
	t.fail("movement %s carries nothing of waybill %s", m, waybill)
	return port.ID{}
}

// unit finds equipment on a movement.
func (t *teller) unit(m port.ID, number string) port.ID {
	for _, u := range t.look(m).Equipment {
		if u.Number == number {
			return u.ID
		}
	}
	t.fail("movement %s has no equipment %s", m, number)
	return port.ID{}
}

// account is what lies in custody of a consignment.
type account struct {
	In  port.Kilograms `json:"in"`
	Out port.Kilograms `json:"out"`
}

// lies expects so much of a consignment in custody.
func (t *teller) lies(lot port.ID, want port.Kilograms) {
	var a account
	t.get("/v1/consignments/"+lot.String(), &a)
	if !t.failed() && a.In-a.Out != want {
		t.fail("of consignment %s %s kg lie in custody, want %s", lot, a.In-a.Out, want)
	}
}

// settle has every owner meet what he can of a movement's checklist, but for some kinds.
func (t *teller) settle(id port.ID, but ...port.RequirementKind) {
	for _, e := range t.answered(id) {
		if slices.Contains(claim.Kinds(), e.Kind) {
			continue // the region's to say, and it has refused
		}
		if e.State.Settled() || e.Kind == port.Weighed || e.Blocked != "" || slices.Contains(but, e.Kind) || roleOf(e.Owner.Function) == "" {
			continue
		}
		t.verdict(roleOf(e.Owner.Function), e.Subject, e.Kind, port.ResultMet, "")
	}
}

// claimWait and claimLook are how long the region may take to answer a claim, and how often is looked: it answers within
// moments, by followers that run behind the port's own ledger.
const (
	claimWait = 20 * time.Second
	claimLook = 50 * time.Millisecond
)

// answered is a movement's checklist once the region has answered what it claims.
func (t *teller) answered(id port.ID) []required {
	for until := time.Now().Add(claimWait); ; {
		list := t.look(id).Checklist
		waits := slices.ContainsFunc(list, func(e required) bool {
			return slices.Contains(claim.Kinds(), e.Kind) && e.State == port.StateOpen
		})
		if !waits || t.failed() || time.Now().After(until) {
			return list
		}
		sleep(t.ctx, claimLook)
	}
}

func (t *teller) verdict(role string, subject port.ID, kind port.RequirementKind, result port.Result, reason string) {
	body := map[string]any{"result": result}
	if reason != "" {
		body["reason"] = reason
	}
	t.post(role, "/v1/requirements/"+subject.String()+"."+string(kind)+"/verdicts", body)
}

// release is customs' word on a consignment: through its officer, or where an outside system decides, as his advice.
func (t *teller) release(lot port.ID) {
	t.verdict("customs", lot, port.CustomsRelease, port.ResultMet, "")
}

func (t *teller) detach(role string, m, subject port.ID, reason string) {
	t.post(role, "/v1/movements/"+m.String()+"/detachments", map[string]any{"subject": subject, "reason": reason})
}

// seen is what a lane sees of a conveyance.
type seen struct {
	plate     port.Plate
	direction port.Direction
	traffic   string // of the lanes that it takes; empty: freight
	boxes     []port.ContainerNumber
}

// reads has a lane see a vehicle; it gives the decision.
func (t *teller) reads(v seen, at port.DuePoint, mass port.Kilograms) decision {
	var lane port.LaneID
	for _, traffic := range []string{v.traffic, trafficFreight} {
		for i := range t.lanes {
			if l := &t.lanes[i]; lane == "" && l.Direction == v.direction && l.Gate == at && l.Traffic == traffic {
				lane = l.ID
			}
		}
	}
	if lane == "" {
		t.fail("%s has no lane for %s %s", t.story.Port, v.direction, at)
		return decision{}
	}
	var said struct {
		decision
		Receipt receipt `json:"receipt"`
	}
	t.call("device", http.MethodPost, "/v1/lanes/"+string(lane)+"/readings", gate.Reading{Plate: v.plate, Mass: mass, Containers: v.boxes}, &said)
	t.note(said.Receipt)
	return said.decision
}

// opens and shuts are what a gate must do.
func (t *teller) opens(v seen, at port.DuePoint, mass port.Kilograms) {
	if d := t.reads(v, at, mass); !t.failed() && d.Decision != port.DecisionOpen {
		t.fail("%s stays before the %s: %s %+v", v.plate, at, d.Decision, d.Reasons)
	}
}

func (t *teller) shuts(v seen, at port.DuePoint, mass port.Kilograms, want string) {
	if d := t.reads(v, at, mass); !t.failed() && (d.Decision != port.DecisionHold || !d.has(want)) {
		t.fail("%s at the %s is told %s %+v, want it held for %s", v.plate, at, d.Decision, d.Reasons, want)
	}
}

// page is where a movement is looked at, and search where a waybill is.
func page(id port.ID) string { return "/movements/" + id.String() }

func search(waybill string) string { return "/search?q=" + waybill }

// count writes a number for a text.
func count(n int) string { return strconv.Itoa(n) }
