package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"io"
	"net/http"
	"reflect"
	"sort"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/guomen/guomen/internal/api"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
	"github.com/guomen/guomen/rulebook"
)

// Limits of what rule authors send and ask: a clause with its documents; the longest period that is replayed at once, two
// years to compare seasons; how many replays a process runs beside its work; and how often one says how far it is.
const (
	maxProposal  = 1 << 20
	replayLength = 2 * 366 * port.Day
	replaysMost  = 2
	replayPage   = 4096
	replayTold   = time.Second
)

// ruleDesk is where rules are read, written, tried, replayed and decided on.
type ruleDesk struct {
	site    *site
	replays chan struct{}
}

func newRuleDesk(s *site) *ruleDesk { return &ruleDesk{s, make(chan struct{}, replaysMost)} }

func (d *ruleDesk) routes() {
	a := d.site.api
	api.Get(a, "/v1/rules", "The rulebook 规则", d.list)
	api.Get(a, "/v1/rules/{name}", "One clause: its text, documents and history", d.one)
	a.Raw("POST", "/v1/rules/{name}/test", "Try a clause on its documents; nothing is recorded", reflect.TypeFor[proposalBody](), reflect.TypeFor[trialAnswer](), d.test)
	a.Raw("POST", "/v1/rules/{name}/proposals", "Propose a version of a clause 规则草案", reflect.TypeFor[proposalBody](), reflect.TypeFor[proposalAnswer](), d.propose)
	a.Raw("POST", "/v1/rules/{name}/replay", "Replay a version over a past period: lines of progress, then the result", reflect.TypeFor[replayBody](), reflect.TypeFor[replayLine](), d.replay)
	api.Post(a, "/v1/rules/{name}/activation", "Put a version in force, run it dry, or retire the clause", d.activate)
}

// proposalBody is a version of a clause as its author sends it.
type proposalBody struct {
	Text      string `json:"text"`
	Documents []struct {
		Name     string         `json:"name"`
		Document jsontext.Value `json:"document"`
	} `json:"documents"`
	Reason string `json:"reason,omitempty"`
}

// trialAnswer is what a clause said of its documents, and everything that is wrong.
type trialAnswer struct {
	Rule     string             `json:"rule"`
	OK       bool               `json:"ok"`
	Outcomes []rulebook.Outcome `json:"outcomes"`
	Problems []errs.Problem     `json:"problems"`
}

// proposalAnswer is the receipt of a proposal, with the version's number.
type proposalAnswer struct {
	ledger.Receipt
	Version  int                `json:"version"`
	Outcomes []rulebook.Outcome `json:"outcomes"`
}

// readBody reads a strict JSON body.
func readBody(w http.ResponseWriter, r *http.Request, into any) ([]byte, error) {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxProposal))
	if err != nil {
		return nil, errs.New(errs.TooLarge, "", "a body of more than %d bytes", maxProposal)
	}
	if err := json.Unmarshal(data, into, json.RejectUnknownMembers(true)); err != nil {
		return nil, errs.Bad([]errs.Problem{errs.At("", "body.malformed", err.Error())})
	}
	return data, nil
}

// try reads a version and tries it.
func (d *ruleDesk) try(w http.ResponseWriter, r *http.Request) (rulebook.Trial, proposalBody, []byte, error) {
	var body proposalBody
	data, err := readBody(w, r, &body)
	if err != nil {
		return rulebook.Trial{}, body, nil, err
	}
	documents := make([]rulebook.Document, len(body.Documents))
	for i, one := range body.Documents {
		documents[i] = rulebook.Document{Name: one.Name, Text: string(one.Document)}
	}
	return rulebook.Try(r.PathValue("name"), body.Text, documents), body, data, nil
}

func (d *ruleDesk) test(w http.ResponseWriter, r *http.Request) error {
	t, _, _, err := d.try(w, r)
	if err != nil {
		return err
	}
	answer := trialAnswer{Rule: t.Rule, OK: len(t.Problems) == 0, Outcomes: []rulebook.Outcome{}, Problems: d.site.api.Told(api.Language(r.Context()), t.Problems)}
	answer.Outcomes = append(answer.Outcomes, t.Outcomes...)
	return d.site.api.Write(w, http.StatusOK, answer)
}

func (d *ruleDesk) propose(w http.ResponseWriter, r *http.Request) error {
	t, body, data, err := d.try(w, r)
	if err != nil {
		return err
	}
	receipt, err := d.submit(r.Context(), r.Header.Get("Idempotency-Key"), sha256.Sum256(append([]byte(t.Rule+"\n"), data...)), rulebook.Propose{Kind: d.site.platform.kinds.rules, Trial: t, Reason: body.Reason})
	if err != nil {
		return err
	}
	answer := proposalAnswer{Receipt: receipt, Outcomes: t.Outcomes}
	facts, err := d.site.platform.engine.Facts(r.Context(), receipt.Ledger, receipt.First-1, 1, 0)
	if err != nil {
		return err
	}
	for i := range facts {
		if b, ok := facts[i].Body.(rulebook.Proposed); ok {
			answer.Version = b.Version
		}
	}
	return d.site.api.Write(w, http.StatusAccepted, answer)
}

// submit gives a command to the region, and waits until this process goes by what it recorded.
func (d *ruleDesk) submit(ctx context.Context, key string, digest ledger.Hash, do ledger.Decision) (ledger.Receipt, error) {
	p := d.site.platform
	number, _ := p.engine.Number(regionLedger)
	receipt, err := p.engine.Submit(ctx, ledger.Command{
		ID: newID(number), Ledger: regionLedger, Actor: identity.From(ctx).Actor(), Priority: ledger.Gate, Key: key, Body: digest, Do: do,
	})
	if err != nil {
		return receipt, err
	}
	return receipt, p.readRegion(ctx, 0)
}

type activationInput struct {
	Name string `path:"name" maxLength:"100"`
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body struct {
		Version  *int          `json:"version,omitempty" doc:"that was proposed; 0: the build's own; default: the last proposed"`
		Mode     rulebook.Mode `json:"mode" required:"true" maxLength:"20" doc:"active, dry_run or retired"`
		From     port.Time     `json:"from,omitempty" doc:"default: at once"`
		Reason   string        `json:"reason" required:"true"`
		Citation string        `json:"citation" required:"true"`
	}
}

// activate is the second person's decision.
func (d *ruleDesk) activate(ctx context.Context, in *activationInput) (ledger.Receipt, error) {
	digest, err := ledger.DigestOf([]any{in.Name, in.Body})
	if err != nil {
		return ledger.Receipt{}, err
	}
	version := rulebook.Latest
	if in.Body.Version != nil {
		version = *in.Body.Version
		if version < 0 {
			version = rulebook.MaxVersions + 1 // no version, and not the last
		}
	}
	state := d.site.platform.law.state.Load()
	if h := state.History(in.Name); version == rulebook.Latest && h != nil && len(h.Versions) > 0 {
		version = len(h.Versions) // the one that is checked here is the one that is decided on
	}
	return d.submit(ctx, in.Key, digest, rulebook.Decide{
		Kind: d.site.platform.kinds.rules, Rule: in.Name, Version: version, Mode: in.Body.Mode, From: in.Body.From, Reason: in.Body.Reason, Citation: in.Body.Citation,
		Problems: state.Ready(in.Name, version, in.Body.Mode),
	})
}

// replayBody says what is replayed: a text, or a version; without either the last that was proposed.
type replayBody struct {
	Text    string      `json:"text,omitempty"`
	Version *int        `json:"version,omitempty"`
	Port    port.PortID `json:"port,omitempty"` // default: all
	From    port.Time   `json:"from"`
	To      port.Time   `json:"to"`
}

// replayLine is one line of a replay's answer: how far it is, the result, or why it ended without one.
type replayLine struct {
	Progress *replayProgress    `json:"progress,omitempty"`
	Result   *rulebook.Replayed `json:"result,omitempty"`
	Error    string             `json:"error,omitempty"`
}

// replayProgress is how far one ledger has been read.
type replayProgress struct {
	Ledger ledger.Name `json:"ledger"`
	Seq    uint64      `json:"seq"`
	Last   uint64      `json:"last"`
}

// replayed finds the text that is asked for.
func (d *ruleDesk) replayed(name string, body *replayBody) (string, error) {
	if body.Text != "" {
		return body.Text, nil
	}
	h := d.site.platform.law.state.Load().History(name)
	text, _, built := rulebook.Built(name)
	switch {
	case body.Version == nil && h != nil && len(h.Versions) > 0:
		return h.Versions[len(h.Versions)-1].Text, nil
	case (body.Version == nil || *body.Version == 0) && built:
		return text, nil
	case h == nil && !built:
		return "", errs.Missed("name", "rule.unknown", name)
	}
	if body.Version != nil {
		if v, ok := h.Version(*body.Version); ok {
			return v.Text, nil
		}
	}
	return "", errs.Bad([]errs.Problem{errs.At("version", "rule.version_unknown", name)})
}

func (d *ruleDesk) replay(w http.ResponseWriter, r *http.Request) error {
	p := d.site.platform
	var body replayBody
	if _, err := readBody(w, r, &body); err != nil {
		return err
	}
	text, err := d.replayed(r.PathValue("name"), &body)
	if err != nil {
		return err
	}
	replay, problems := rulebook.NewReplay(r.PathValue("name"), text, body.From, body.To)
	if body.From == 0 || body.To <= body.From || body.To.Sub(body.From) > replayLength {
		problems = append(problems, errs.At("from", "rule.replay_span"))
	}
	ports := []port.PortID{body.Port}
	if body.Port == "" {
		ports = nil
		for _, one := range p.registry().Ports() {
			ports = append(ports, one.ID)
		}
	} else if _, ok := p.registry().Port(body.Port); !ok {
		problems = append(problems, errs.At("port", "port.unknown", string(body.Port)))
	}
	if err := errs.Bad(problems); err != nil {
		return err
	}
	select {
	case d.replays <- struct{}{}:
		defer func() { <-d.replays }()
	default:
		return errs.New(errs.Busy, "rule.replays_busy", "%d replays are running", replaysMost)
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.Header().Set("Cache-Control", "no-store")
	say := lines(w)
	for _, at := range ports {
		if err := d.replayPort(r.Context(), replay, at, body.From, body.To, say); err != nil {
			p.log.Error("a replay ended", "rule", r.PathValue("name"), "port", at, "error", err)
			return say(replayLine{Error: d.site.platform.catalogue.Say(api.Language(r.Context()), "error."+errs.KindOf(err).String())})
		}
	}
	result := replay.Result()
	return say(replayLine{Result: &result})
}

// lines writes lines of JSON, each at once. A reader who has gone ends the replay by its context.
func lines(w http.ResponseWriter) func(replayLine) error {
	out, control := bufio.NewWriter(w), http.NewResponseController(w)
	return func(line replayLine) error {
		data, err := encodeJSON(line)
		if err != nil {
			return err
		}
		_ = control.SetWriteDeadline(time.Now().Add(feedWrite))
		_, _ = out.Write(append(data, '\n'))
		if out.Flush() == nil {
			_ = control.Flush()
		}
		return nil
	}
}

// replayPort reads the period's facts of one port, a page at a time.
func (d *ruleDesk) replayPort(ctx context.Context, replay *rulebook.Replay, at port.PortID, from, to port.Time, say func(replayLine) error) error {
	engine, name := d.site.platform.engine, ledgerOf(at)
	first, last, err := d.span(ctx, name, from, to)
	if err != nil {
		return err
	}
	replay.Begin(at)
	told := time.Time{}
	for after := first - 1; after < last; {
		facts, err := engine.Facts(ctx, name, after, min(replayPage, int(last-after)), 0)
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return errs.Wrap(errs.Unavailable, err, "replay %s", name)
		}
		if len(facts) == 0 {
			break
		}
		for i := range facts {
			replay.Add(&facts[i])
		}
		after = facts[len(facts)-1].Seq
		if now := time.Now(); now.Sub(told) >= replayTold {
			told = now
			if err := say(replayLine{Progress: &replayProgress{name, after, last}}); err != nil {
				return err
			}
		}
	}
	return nil
}

// span finds the first sequence of a period and the last. Recorded times never go back within a ledger, so few rows tell.
func (d *ruleDesk) span(ctx context.Context, name ledger.Name, from, to port.Time) (first, last uint64, err error) {
	heads, err := d.site.platform.engine.Heads(ctx)
	if err != nil {
		return 0, 0, err
	}
	size := 0
	for _, h := range heads {
		if h.Name == name {
			size = int(h.Seq)
		}
	}
	reached := func(instant port.Time) uint64 { // the first sequence recorded at an instant or later
		return 1 + uint64(sort.Search(size, func(i int) bool {
			facts, failed := d.site.platform.engine.Facts(ctx, name, uint64(i), 1, 0)
			if failed != nil || len(facts) == 0 {
				err = failed
				return true
			}
			return facts[0].Recorded >= instant
		}))
	}
	first, last = reached(from), reached(to)-1
	return first, last, err
}
