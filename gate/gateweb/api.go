// Package gateweb is the lane's side of HTTP: readings in, decisions out, and the passes that stand.
package gateweb

import (
	"context"
	"crypto/sha256"
	"io"
	"log/slog"
	"net/http"
	"reflect"

	"github.com/go-json-experiment/json"

	"github.com/guomen/guomen/exchange/exchangeweb"
	"github.com/guomen/guomen/gate"
	"github.com/guomen/guomen/internal/api"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/text"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
	"github.com/guomen/guomen/registry"
)

// maxReading bounds the body of a reading: a plate, some containers and seals.
const maxReading = 16 << 10

// Lanes takes readings and decides.
type Lanes struct {
	Engine    *ledger.Engine
	Kinds     gate.Kinds
	Registry  func() *registry.State
	Catalogue *text.Catalogue
	Count     func(port.GateDecision) // told of every decision, for metrics; nil: nobody
	Law       Law                     // nil: nothing is ever judged again
	Log       *slog.Logger
}

// Law knows how far the law has come, and judges again what was judged before. The program supplies it over the rulebook.
type Law interface {
	// Changed is the last change of the law for vehicles in a direction at a port, as of an instant.
	Changed(at port.PortID, direction port.Direction, now port.Time) movement.Changed
	// Again judges a movement and what it carries by the law as it is. The command is to be given in the port's ledger.
	Again(ctx context.Context, at port.PortID, id port.ID) (movement.Rejudge, error)
}

// Routes adds the routes of gates.
func (l *Lanes) Routes(a *api.API) {
	a.Raw("POST", "/v1/lanes/{lane}/readings", "A lane's reading, answered with what to do 过卡", reflect.TypeFor[gate.Reading](), reflect.TypeFor[Decision](), func(w http.ResponseWriter, r *http.Request) error {
		d, err := l.read(w, r)
		if err != nil {
			return err
		}
		return a.Write(w, http.StatusOK, d)
	})
	api.Get(a, "/v1/passes", "Passes that stand at a port 通行证", l.passes)
}

// Reason is one thing that keeps the gate shut, with its text in the reader's language.
type Reason struct {
	gate.Reason
	Text string `json:"text"`
}

// Decision is the answer to a reading. KnownAt is the instant up to which everything recorded was taken into account.
type Decision struct {
	Decision port.GateDecision `json:"decision"`
	Reasons  []Reason          `json:"reasons"`
	Movement string            `json:"movement,omitempty"`
	KnownAt  port.Time         `json:"known_at"`
	Receipt  ledger.Receipt    `json:"receipt"`
}

func (l *Lanes) read(w http.ResponseWriter, r *http.Request) (Decision, error) {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxReading))
	if err != nil {
		return Decision{}, errs.New(errs.TooLarge, "", "a reading of more than %d bytes", maxReading)
	}
	var saw gate.Reading
	if err := json.Unmarshal(data, &saw, json.RejectUnknownMembers(true)); err != nil {
		return Decision{}, errs.Bad([]errs.Problem{errs.At("", "body.malformed", err.Error())})
	}
	if saw.Plate == "" {
		return Decision{}, errs.Bad([]errs.Problem{errs.At("plate", "reading.empty")})
	}
	by := identity.From(r.Context())
	lane, ok := l.Registry().Lane(port.LaneID(r.PathValue("lane")))
	if !ok || !by.ActsAt(lane.ID.Port()) {
		return Decision{}, errs.Missed("lane", "lane.unknown", r.PathValue("lane"))
	}
	at := lane.ID.Port()
	name := exchangeweb.LedgerOf(at)
	number, _ := l.Engine.Number(name)
	do := gate.Decide{Kinds: l.Kinds, Lane: lane.ID, Port: at, Gate: lane.Gate, Direction: lane.Direction, Saw: saw, Tolerance: l.tolerance(at)}
	if organisation, ok := l.Registry().Owner(at, port.FunctionCustomsInspection); ok {
		do.Inspector = &port.Owner{Function: port.FunctionCustomsInspection, Organisation: string(organisation)}
	}
	if l.Law != nil {
		do.Law = l.Law.Changed(at, lane.Direction, l.Engine.Now())
	}
	command := ledger.Command{
		ID: l.Engine.NewID(number), Ledger: name, Actor: by.Actor(), Priority: ledger.Gate, Key: r.Header.Get("Idempotency-Key"),
		Body: sha256.Sum256(append([]byte(lane.ID+"\n"), data...)), At: l.happened(saw.At), // a key is for one reading of one lane
		Do: do,
	}
	receipt, err := l.Engine.Submit(r.Context(), command)
	if id, stale := gate.IsStale(err); stale {
		l.again(r.Context(), name, id)
		do.Final = true
		command.ID, command.Do = l.Engine.NewID(number), do
		receipt, err = l.Engine.Submit(r.Context(), command)
	}
	if err != nil {
		return Decision{}, err
	}
	return l.answer(r.Context(), receipt, text.Choose(r.Header.Get("Accept-Language")))
}

// againTries is how often a movement is judged again when its documents change meanwhile: nobody amends them all the time.
const againTries = 3

// again has a movement judged again. Where that fails the gate stays shut and says so; the reading counts all the same.
func (l *Lanes) again(ctx context.Context, name ledger.Name, id port.ID) {
	number, _ := l.Engine.Number(name)
	var err error
	for range againTries {
		var do movement.Rejudge
		if do, err = l.Law.Again(ctx, port.PortID(name[len("port:"):]), id); err != nil {
			break
		}
		_, err = l.Engine.Submit(ctx, ledger.Command{
			ID: l.Engine.NewID(number), Ledger: name, Actor: ledger.Actor{Organisation: "guomen", Role: "law"}, Priority: ledger.Gate, Do: do,
		})
		if errs.KindOf(err) != errs.Conflict {
			break
		}
	}
	if err != nil && l.Log != nil {
		l.Log.Error("a movement could not be judged again", "ledger", name, "movement", id, "error", err)
	}
}

// happenedWithin bounds how far a device's clock is believed: beyond it the reading happened when it came.
const happenedWithin = 10 * port.Minute

func (l *Lanes) happened(at port.Time) port.Time {
	now := l.Engine.Now()
	if at == 0 || at > now.Add(port.Minute) || now.Sub(at) > happenedWithin {
		return 0
	}
	return at
}

// tolerance is the port's, as the registry has it now.
func (l *Lanes) tolerance(at port.PortID) gate.Tolerance {
	state := l.Registry()
	return func(goods port.HSCode, expected, measured port.Kilograms) bool {
		set, ok := state.Tolerance(at, goods)
		return !ok || set.Allows(expected, measured)
	}
}

// answer finds the decision among the facts of a receipt; a repeated reading gets the decision of the first.
func (l *Lanes) answer(ctx context.Context, receipt ledger.Receipt, language text.Language) (Decision, error) {
	facts := receipt.Facts
	if facts == nil {
		var err error
		if facts, err = l.Engine.Facts(ctx, receipt.Ledger, receipt.First-1, int(receipt.Last-receipt.First)+1, 0); err != nil {
			return Decision{}, err
		}
	}
	for i := range facts {
		b, ok := facts[i].Body.(gate.Decided)
		if !ok {
			continue
		}
		if l.Count != nil && !receipt.Repeated {
			l.Count(b.Decision)
		}
		d := Decision{Decision: b.Decision, Reasons: []Reason{}, Movement: b.Movement.String(), KnownAt: facts[i].Recorded, Receipt: receipt}
		for _, reason := range b.Reasons {
			d.Reasons = append(d.Reasons, Reason{reason, SayReason(l.Catalogue, language, reason)})
		}
		return d, nil
	}
	return Decision{}, errs.New(errs.Broken, "", "receipt %s has no gate decision", receipt.Command)
}

// SayReason is a reason as a driver reads it: what is missing, from whom, and how it stands.
func SayReason(c *text.Catalogue, language text.Language, r gate.Reason) string {
	said := c.Say(language, "gate."+r.Code, r.Args...)
	if r.Kind == "" {
		return said
	}
	said = c.Say(language, "requirement."+string(r.Kind)) + ": " + said
	if r.Owner != nil && r.Owner.Function != "" {
		said += " (" + c.Say(language, r.Owner.Function.TextKey()) + ")"
	}
	for _, code := range r.Args {
		if c.Has(language, "reason."+code) {
			said += " · " + c.Say(language, "reason."+code)
		}
	}
	return said
}

// PassesQuery is a page of a port's passes.
type PassesQuery struct {
	Port  string `query:"port" required:"true"`
	After string `query:"after"`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

// PassItem is a movement's passes.
type PassItem struct {
	Movement port.ID    `json:"movement"`
	Plate    port.Plate `json:"plate"`
	Entry    *gate.Pass `json:"entry,omitempty"`
	Exit     *gate.Pass `json:"exit,omitempty"`
}

// PassList is a page of passes.
type PassList struct {
	Items []PassItem `json:"items"`
	Next  api.Cursor `json:"next"`
}

func (l *Lanes) passes(ctx context.Context, q *PassesQuery) (PassList, error) {
	list := PassList{Items: []PassItem{}}
	by := identity.From(ctx)
	at := port.PortID(q.Port)
	name := exchangeweb.LedgerOf(at)
	if _, ok := l.Engine.Number(name); !ok || !by.SeesAll(at) {
		return list, errs.Missed("port", "port.unknown", q.Port)
	}
	after, err := port.ParseID(q.After)
	if err != nil && q.After != "" {
		return list, errs.Bad([]errs.Problem{errs.At("after", "id.format", q.After)})
	}
	read := 0
	err = ledger.List(ctx, l.Engine, name, l.Kinds.Passes, after, q.Limit, func(id port.ID, p *gate.Passes) error {
		list.Next = api.Cursor(id.String())
		read++
		m, _, err := ledger.ReadIn(ctx, l.Engine, name, l.Kinds.Movements, id)
		if err != nil || m == nil || !m.Open() {
			return err
		}
		item := PassItem{Movement: id, Plate: m.Plate}
		if p.Entry != nil && p.Entry.Used == 0 && m.State != movement.StateInside {
			item.Entry = p.Entry
		}
		if p.Exit != nil && p.Exit.Used == 0 {
			item.Exit = p.Exit
		}
		if item.Entry != nil || item.Exit != nil {
			list.Items = append(list.Items, item)
		}
		return nil
	})
	if read < q.Limit {
		list.Next = ""
	}
	return list, err
}
