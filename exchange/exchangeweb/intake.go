// Package exchangeweb is where documents come in over HTTP: external messages in any supported format, and manifests and
// declarations in the platform's own JSON. All take one way: read, check, judge, queue, receipt.
package exchangeweb

import (
	"context"
	"crypto/sha256"
	"net/http"
	"slices"
	"time"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/gate"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/passenger"
	"github.com/guomen/guomen/port"
	"github.com/guomen/guomen/registry"
)

// Law judges documents before they queue: rules that need no state run here, beside each other. The program supplies it
// over the rulebook and the registry of the moment.
type Law interface {
	// Declaration judges a declaration at a port: what is wrong with it, and what the law asks of its consignment.
	Declaration(at port.PortID, d *declaration.Document, now port.Time) ([]errs.Problem, port.Judged)
	// Manifest judges a manifest: what is wrong, what the law asks of the movement, and of each waybill's consignment.
	Manifest(at port.PortID, d *manifest.Document, now port.Time) ([]errs.Problem, port.Judged, []port.Judged)
	// Confirmation and Report say what is wrong with a confirmation, or with a report on goods in custody.
	Confirmation(at port.PortID, c *manifest.Confirmation, now port.Time) []errs.Problem
	Report(at port.PortID, r *cargo.Report, now port.Time) []errs.Problem
}

// Intake takes in documents.
type Intake struct {
	Engine   *ledger.Engine
	Law      Law
	Registry func() *registry.State
	Formats  exchange.Formats
	Kinds    gate.Kinds
	Clock    func() port.Time // for judging without an engine; nil: the engine's
}

// Sent is one document as it was sent.
type Sent struct {
	Data  []byte
	Media string
	Key   string        // idempotency key; empty: none
	Port  port.PortID   // as named by the sender; empty: by the document's customs office
	Hint  exchange.Hint // what the sender says it is
	Kind  exchange.Kind // the only kind that is taken here; empty: any
	By    identity.Principal
}

// Result is what became of a document.
type Result struct {
	Message  exchange.Message
	Port     port.PortID
	Receipt  ledger.Receipt
	Problems []errs.Problem // warnings too
}

// Judge reads, checks and judges without lodging: what check does, and the first half of Submit. The command is ready
// to be given when err is nil.
func (in *Intake) Judge(sent Sent) (Result, ledger.Decision, error) {
	var r Result
	message, problems, err := in.Formats.Read(sent.Data, sent.Hint)
	r.Message, r.Problems = message, problems
	if err != nil {
		return r, nil, err
	}
	if sent.Kind != "" && message.Kind != sent.Kind {
		return r, nil, errs.Bad([]errs.Problem{errs.At("", "exchange.other_kind", string(sent.Kind), string(message.Kind))})
	}
	if list, ok := message.Document.(*passenger.Document); ok { // no command takes it yet, so it needs no port
		r.Problems = append(r.Problems, message.Place(passenger.Check(list))...)
		return r, nil, errs.Bad(r.Problems)
	}
	if r.Port, err = in.portOf(sent, message); err != nil {
		r.Problems = append(append(r.Problems, exchange.Check(message)...), errs.Problems(err)...)
		return r, nil, errs.Bad(r.Problems)
	}
	now := in.now()
	var do ledger.Decision
	var found []errs.Problem
	switch d := message.Document.(type) {
	case *declaration.Document:
		switch {
		case d.Cancels():
			found = declaration.Check(d)
			do = declaration.WithdrawReferenced{Kind: in.Kinds.Declarations, Reference: d.Reference, Reason: cancelReason(d)}
		case d.Partial(): // it names changes only; a whole document is what an amendment here takes
			found = append(declaration.Check(d), errs.At("function", "declaration.partial"))
		default:
			law, judged := in.Law.Declaration(r.Port, d, now)
			found = once(declaration.Check(d), law)
			do = declaration.Lodge{Kind: in.Kinds.Declarations, Consignments: in.Kinds.Consignments, Document: *d, Judged: judged, Goods: in.goodsAt(sent, r.Port, d)}
		}
	case *manifest.Document:
		do, found = in.announce(r.Port, d, now)
	case *manifest.Confirmation:
		if do, found, err = in.confirm(r.Port, d, now); err != nil {
			return r, nil, err
		}
	case *manifest.Packing:
		do, found = movement.Pack{Document: *d}, exchange.Check(message)
	case *manifest.Reload:
		found = exchange.Check(message)
		do = movement.LeaveBehind{Movements: in.Kinds.Movements, Checklists: in.Kinds.Checklists, Consignments: in.Kinds.Consignments, Document: *d}
	case *cargo.Report:
		do, found = cargo.File{Consignments: in.Kinds.Consignments, Report: *d}, once(cargo.CheckReport(d), in.Law.Report(r.Port, d, now))
	case *exchange.Answer:
		found = exchange.Check(message)
		result, _ := d.Result()
		if d.Batch != "" || d.Pass != "" { // on a crossing or a pass document, of which no decision takes answers
			found = append(found, errs.At("", "exchange.kind_unsupported", string(message.Kind)))
		}
		do = declaration.Answer{
			Kind: in.Kinds.Declarations, Reference: d.Declaration.Reference, Number: d.Declaration.Number, Window: d.Declaration.Window,
			Function: d.Function, Result: result, Issued: d.Issued,
		}
	default: // read and checked, but no decision records it
		found = append(exchange.Check(message), errs.At("", "exchange.kind_unsupported", string(message.Kind)))
	}
	r.Problems = append(r.Problems, message.Place(found)...)
	return r, do, errs.Bad(r.Problems)
}

// announce judges a manifest and makes the command that announces what it names.
func (in *Intake) announce(at port.PortID, d *manifest.Document, now port.Time) (ledger.Decision, []errs.Problem) {
	if d.Function == manifest.FunctionDelete && !d.Unnamed() { // it takes back, and the law asks nothing of what does not come
		return movement.Announce{Movements: in.Kinds.Movements, Lodge: in.arriving(at, d)}, manifest.Check(d)
	}
	law, judged, waybills := in.Law.Manifest(at, d, now)
	if d.Unnamed() { // what the law asks of it is asked once its vehicle is named
		return manifest.File{Filings: in.Kinds.Filings, Port: at, Document: *d}, once(manifest.Check(d), law)
	}
	lodge := in.arriving(at, d)
	lodge.Judged, lodge.Waybills = judged, waybills
	return movement.Announce{Movements: in.Kinds.Movements, Lodge: lodge}, once(manifest.Check(d), law)
}

func (in *Intake) arriving(at port.PortID, d *manifest.Document) manifest.Lodge {
	return manifest.Lodge{Consignments: in.Kinds.Consignments, Port: at, Document: *d}
}

// confirm makes the command of a confirmation. What no manifest has named is announced by it, and judged as announced:
// what has no goods, and what brings goods that were filed under its batch number.
func (in *Intake) confirm(at port.PortID, c *manifest.Confirmation, now port.Time) (ledger.Decision, []errs.Problem, error) {
	found := once(manifest.CheckConfirmation(c), in.Law.Confirmation(at, c, now))
	do := movement.Confirm{Movements: in.Kinds.Movements, Filings: in.Kinds.Filings, Document: *c}
	var document *manifest.Document
	if c.Loaded == manifest.Empty || c.Loaded == manifest.EmptyContainer {
		document = c.Announces()
	} else if in.Engine != nil {
		ctx, cancel := context.WithTimeout(context.Background(), filingTimeout)
		defer cancel()
		id, filing, err := ledger.Find(ctx, in.Engine, LedgerOf(at), in.Kinds.Filings, manifest.ByBatch, string(c.Batch))
		if err != nil {
			return nil, nil, err
		}
		if filing != nil {
			document, do.Filing, do.Version = filing.Brings(c), id, filing.Version
		}
	}
	if document != nil {
		law, judged, waybills := in.Law.Manifest(at, document, now)
		lodge := in.arriving(at, document)
		lodge.Judged, lodge.Waybills = judged, waybills
		do.Lodge, found = &lodge, once(found, law)
	}
	return do, found, nil
}

// filingTimeout bounds the reading of what was filed, before the command queues.
const filingTimeout = 10 * time.Second

// once joins what a document's own check and the law say of it. Where the law speaks of a place, the check's word on the
// very same place is left out unless it is the graver one: the sender sees a mistake once, with the citation.
func once(checked, law []errs.Problem) []errs.Problem {
	all := make([]errs.Problem, 0, len(checked)+len(law))
	for _, c := range checked {
		said := slices.ContainsFunc(law, func(l errs.Problem) bool {
			return l.Path == c.Path && (l.Severity == errs.Error || c.Severity == errs.Warning)
		})
		if !said {
			all = append(all, c)
		}
	}
	return append(all, law...)
}

// cancelReason is what a cancellation says of itself.
func cancelReason(d *declaration.Document) string {
	for i := range d.Statements {
		if d.Statements[i].Text != "" {
			return d.Statements[i].Text
		}
	}
	return ""
}

func (in *Intake) now() port.Time {
	if in.Clock != nil {
		return in.Clock()
	}
	return in.Engine.Now()
}

// Submit takes a document in. What is refused is kept as a submission all the same, where its port is known; of a list of
// persons nothing is kept, because no capability takes it and a submission is not sealed.
func (in *Intake) Submit(ctx context.Context, sent Sent) (Result, error) {
	r, do, refusal := in.Judge(sent)
	if r.Message.Kind.Personal() {
		if refusal == nil {
			refusal = exchange.NotOurs(errs.At("", "passenger.not_taken"))
		}
		return r, refusal
	}
	if refusal == nil {
		refusal = in.mayLodge(sent.By, r.Message.Kind, r.Port)
	}
	if lodge, ok := do.(declaration.Lodge); ok && refusal == nil {
		do, refusal = lodge.Prepared(sent.By.Organisation)
	}
	if refusal != nil {
		do = ledger.Refuse{Err: refusal}
	}
	at := r.Port
	if at == "" && sent.By.ActsAt(sent.Port) { // it could not be read, and its sender has said where it was for
		at = sent.Port
	}
	name := LedgerOf(at)
	number, ok := in.Engine.Number(name)
	if !ok {
		return r, refusal
	}
	receipt, err := in.Engine.Submit(ctx, ledger.Command{
		ID: in.Engine.NewID(number), Ledger: name, Actor: sent.By.Actor(), Priority: ledger.Lodgement, Key: sent.Key,
		Body: sha256.Sum256(sent.Data), Submission: sent.Data, Media: sent.Media, Do: do,
	})
	r.Receipt = receipt
	return r, err
}

// LedgerOf is the ledger of a port.
func LedgerOf(id port.PortID) ledger.Name { return ledger.Name("port:" + id) }

// portOf finds the port of a message: the one that is named, else the one that its customs office stands for.
func (in *Intake) portOf(sent Sent, m exchange.Message) (port.PortID, error) {
	state := in.Registry()
	if sent.Port != "" {
		if _, ok := state.Port(sent.Port); !ok {
			return "", errs.Bad([]errs.Problem{errs.At("port", "port.unknown", string(sent.Port))})
		}
		return sent.Port, nil
	}
	office := port.CustomsOffice("")
	switch d := m.Document.(type) {
	case *declaration.Document:
		office = d.Office
		if mapped, ok := state.PortOfOffice(office, port.Road); (!ok || mapped.Port == "") && d.ExitOffice != "" {
			office = d.ExitOffice // declared inland: the port of the goods takes it in
		}
	case *manifest.Document:
		office = d.Office
	case *manifest.Confirmation:
		office = d.Office
	case *manifest.Packing:
		office = d.Office
	case *manifest.Reload:
		office = d.Office
	case *cargo.Report:
		office = d.Office
	case *exchange.Answer:
		office = d.Declaration.Office
	}
	if mapped, ok := state.PortOfOffice(office, port.Road); ok && mapped.Port != "" {
		return mapped.Port, nil
	}
	if sent.By.Port != "" {
		return sent.By.Port, nil
	}
	return "", errs.Bad([]errs.Problem{errs.At("port", "port.unknown", string(office))})
}

// goodsAt is the port that has a declaration's goods, by its office of entry or exit 进出境关别; empty where that is the
// one where it is lodged, where the sender has named the port, or nobody can tell.
func (in *Intake) goodsAt(sent Sent, at port.PortID, d *declaration.Document) port.PortID {
	if sent.Port != "" {
		return ""
	}
	mapped, ok := in.Registry().PortOfOffice(d.ExitOffice, at.Mode())
	if !ok || mapped.Port == at {
		return ""
	}
	return mapped.Port
}

// mayLodge tells whether a role may send a kind of document to a port. Routes are guarded before; this is the part that
// depends on what the document turns out to be.
func (in *Intake) mayLodge(by identity.Principal, kind exchange.Kind, at port.PortID) error {
	if !by.ActsAt(at) {
		return &errs.Failed{Kind: errs.Denied, Rule: "port.not_yours", Detail: by.Organisation, Problems: []errs.Problem{errs.At("port", "port.not_yours", string(at))}}
	}
	operates := by.Role == identity.YardOperator || by.Role == identity.PortOperator
	for _, wrong := range []bool{
		(kind == exchange.KindResponse) != (by.Role == identity.CustomsSystem), // customs' own system answers, and nobody else
		(kind == exchange.KindReport) != operates,                              // who has the goods says what came
		kind == exchange.KindDeclaration && by.Role == identity.Carrier,
	} {
		if wrong {
			return errs.New(errs.Denied, "access.denied", "a %s from %s", kind, by.Role)
		}
	}
	return nil
}

// sentBy reads a request's document.
func sentBy(w http.ResponseWriter, r *http.Request) (Sent, error) {
	data, err := exchange.Load(http.MaxBytesReader(w, r.Body, exchange.MaxBytes+1))
	if err != nil {
		return Sent{}, err
	}
	return Sent{
		Data: data, Media: mediaOf(r), Key: r.Header.Get("Idempotency-Key"), Port: port.PortID(r.URL.Query().Get("port")),
		By: identity.From(r.Context()),
	}, nil
}

// mediaOf is the media type that a sender gives, cut to what is worth keeping.
func mediaOf(r *http.Request) string {
	media := r.Header.Get("Content-Type")
	return media[:min(len(media), 100)]
}
