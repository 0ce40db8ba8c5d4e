package movement

import (
	"slices"
	"strconv"
	"strings"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// Paper is a document that a checklist stands on, and the law by which it was judged last: a movement's manifest, a
// consignment's declarations.
type Paper struct {
	ID     port.ID   `json:"id"`
	Seq    uint64    `json:"seq"`              // of the fact that has the document as it stands
	Region uint64    `json:"region,omitempty"` // as in port.Judged
	At     port.Time `json:"at"`
}

// Changed is how far the law had come in one place: the sequence of the last fact of the region that changed it there,
// and the instant of the last change that has taken effect. A law may be decided today and count from tomorrow.
type Changed struct {
	Region uint64
	At     port.Time
}

// after tells whether the law has changed since a paper was judged.
func (c Changed) after(p *Paper) bool { return p.Region < c.Region || p.At < c.At }

// outdated tells whether something that the checklist stands on was judged under an older law.
func (c *Checklist) outdated(law Changed) bool {
	for i := range c.Papers {
		if law.after(&c.Papers[i]) {
			return true
		}
	}
	return false
}

// Outdated tells whether something on a movement, or on what it carries, was judged under an older law. Where nothing has
// changed it compares two numbers for each document.
func Outdated(tx *ledger.Tx, kind *ledger.Kind[Checklist], id port.ID, m *Movement, law Changed) (bool, error) {
	if law == (Changed{}) {
		return false, nil
	}
	unloaded := false
	for _, subject := range m.Subjects(id) {
		c, ok, err := kind.Get(tx, subject)
		unloaded = unloaded || err != nil
		if err == nil && ok && c.outdated(law) {
			return true, nil
		}
	}
	if unloaded {
		return false, ledger.ErrUnloaded
	}
	return false, nil
}

// paper gives the checklist standing on a document as judged; the one that it replaces has the same id.
func (c Checklist) paper(f *ledger.Fact, id port.ID, j *port.Judged) Checklist {
	p := Paper{ID: id, Seq: f.Seq, Region: j.Region, At: j.At}
	if p.At == 0 { // of before judgements said it themselves
		p.At = f.Recorded
	}
	c.Papers = slices.Clone(c.Papers)
	if i := slices.IndexFunc(c.Papers, func(old Paper) bool { return old.ID == id }); i >= 0 {
		c.Papers[i] = p
	} else {
		c.Papers = append(c.Papers, p)
	}
	return c
}

// unpaper gives the checklist without a document that stands no more.
func (c Checklist) unpaper(id port.ID) Checklist {
	c.Papers = slices.DeleteFunc(slices.Clone(c.Papers), func(p Paper) bool { return p.ID == id })
	return c
}

// JudgedAgain: the law has changed since a subject's documents were judged, and they have been judged again by the law as
// it is, as of when they were lodged. Judged.Demands are what it asks for now; Dropped is what it does not ask for any
// more. Movement is the one that stood before a gate.
type JudgedAgain struct {
	Subject     port.ID          `json:"subject"`
	SubjectKind port.SubjectKind `json:"subject_kind"`
	Movement    port.ID          `json:"movement"`
	Papers      []PaperRef       `json:"papers,omitempty"`
	Judged      port.Judged      `json:"judged"`
	Dropped     []Dropped        `json:"dropped,omitempty"`
}

// FactName is checklist.judged_again.v1.
func (JudgedAgain) FactName() string { return "checklist.judged_again.v1" }

// PaperRef is a document by its id and the sequence of the fact that has it.
type PaperRef struct {
	ID  port.ID `json:"id"`
	Seq uint64  `json:"seq"`
}

// Dropped is a requirement that clauses have asked for and do not ask for any more. Lapsed: no other does, and nobody had
// decided it. A verdict stands whatever becomes of the clause: what an officer has held stays held.
type Dropped struct {
	Kind   port.RequirementKind `json:"kind"`
	Rules  []RuleVersion        `json:"rules"`
	Lapsed bool                 `json:"lapsed,omitempty"`
}

// RuleVersion is a clause in the version that had asked; 0: the one that the build brought.
type RuleVersion struct {
	Rule    string `json:"rule"`
	Version int    `json:"version"`
}

// String is customs.release_import@2.
func (r RuleVersion) String() string { return r.Rule + "@" + strconv.Itoa(r.Version) }

// Again is one subject judged again, with everything that was judged. Part tells that documents which are not judged have
// a say too: of goods that lie in custody, the manifest of the conveyance that brought them.
type Again struct {
	Subject port.ID
	Kind    port.SubjectKind
	Papers  []PaperRef
	Judged  port.Judged
	Part    bool
}

// Rejudge records what the law as it is says of a movement and what it carries, if any of it was judged under an older
// one. The judging is done before, by whoever has the book.
type Rejudge struct {
	Checklists *ledger.Kind[Checklist]
	Movement   port.ID
	Law        Changed // that of the judgements
	Subjects   []Again
	InForce    func(rule string) bool              // whether a clause can ask for anything now
	Judges     func(rule string) bool              // whether it speaks of such documents as were judged; nil: any does
	Version    func(rule string, at port.Time) int // of a clause at an instant
}

// Prefetch asks for the checklists.
func (r Rejudge) Prefetch(want *ledger.Wants) {
	for i := range r.Subjects {
		want.Record(r.Checklists, r.Subjects[i].Subject)
	}
}

// Decide records checklist.judged_again.v1 for every subject whose checklist it changes or whose documents it judges. It
// records nothing where all has been judged meanwhile, and refuses as a conflict where a document has.
func (r Rejudge) Decide(tx *ledger.Tx) error {
	lists := make([]*Checklist, len(r.Subjects))
	outdated, unloaded := false, false
	for i := range r.Subjects {
		c, ok, err := r.Checklists.Get(tx, r.Subjects[i].Subject)
		if err != nil {
			unloaded = true // go on, so that all of them are asked for in one round
			continue
		}
		if !ok {
			return errs.New(errs.Conflict, "law.papers_changed", "%s has no checklist", r.Subjects[i].Subject)
		}
		lists[i], outdated = c, outdated || c.outdated(r.Law)
	}
	if unloaded {
		return ledger.ErrUnloaded
	}
	if !outdated {
		return nil
	}
	tx.Subject(r.Movement)
	for i, c := range lists {
		again := &r.Subjects[i]
		if !again.covers(c) {
			return errs.New(errs.Conflict, "law.papers_changed", "the documents of %s have changed", again.Subject)
		}
		dropped := r.dropped(c, again)
		if len(dropped) == 0 && !c.outdated(r.Law) && !c.asksNew(again) {
			continue
		}
		if err := tx.Record(JudgedAgain{Subject: again.Subject, SubjectKind: again.Kind, Movement: r.Movement, Papers: again.Papers, Judged: again.Judged, Dropped: dropped}); err != nil {
			return err
		}
	}
	return nil
}

// covers tells whether what was judged is what the checklist stands on.
func (a *Again) covers(c *Checklist) bool {
	return len(a.Papers) == len(c.Papers) && !slices.ContainsFunc(c.Papers, func(p Paper) bool { return !slices.Contains(a.Papers, PaperRef{p.ID, p.Seq}) })
}

// asks lists the clauses by which a judgement asks for a kind of requirement.
func asks(j *port.Judged, subject port.SubjectKind, kind port.RequirementKind) (rules []string) {
	for i := range j.Demands {
		if d := &j.Demands[i]; d.Kind == kind && d.Subject == subject {
			rules = append(rules, d.Rules...)
		}
	}
	return rules
}

// asksNew tells whether a judgement asks for what is not on the list, or by clauses that it does not name.
func (c *Checklist) asksNew(a *Again) bool {
	for i := range a.Judged.Demands {
		d := &a.Judged.Demands[i]
		if d.Subject != a.Kind {
			continue
		}
		known := c.Find(d.Kind)
		if known == nil || known.State == port.StateLapsed || slices.ContainsFunc(d.Rules, func(rule string) bool { return !slices.Contains(known.Rules, rule) }) {
			return true
		}
	}
	return slices.ContainsFunc(a.Judged.Clocks, func(clock port.Clock) bool {
		return !slices.ContainsFunc(c.Deadlines, func(known Deadline) bool { return known.Kind == clock.Kind })
	})
}

// platformRule begins the names of what the platform itself asks for: to be announced, to be examined as was ordered. No
// clause brings it, and none takes it away.
const platformRule = "guomen."

// dropped finds what is not asked for any more. A clause that is not in force asks for nothing. One that is, and does not
// speak on these documents, may still ask because of another vehicle's manifest, of a declaration in another ledger, or of
// something that is no document: it is dropped only where it speaks of documents and these are all that there are.
func (r *Rejudge) dropped(c *Checklist, again *Again) (list []Dropped) {
	whole := again.Kind == port.MovementSubject ||
		!again.Part && len(c.Elsewhere) == 0 && !slices.ContainsFunc(c.Movements, func(id port.ID) bool { return id != r.Movement })
	before := port.Time(0) // when the documents were judged last
	for i := range c.Papers {
		before = max(before, c.Papers[i].At)
	}
	for i := range c.Requirements {
		need := &c.Requirements[i]
		if len(need.Rules) == 0 || slices.ContainsFunc(need.Rules, func(rule string) bool { return strings.HasPrefix(rule, platformRule) }) {
			continue
		}
		asked := asks(&again.Judged, again.Kind, need.Kind)
		one := Dropped{Kind: need.Kind}
		for _, rule := range need.Rules {
			if !slices.Contains(asked, rule) && (whole && (r.Judges == nil || r.Judges(rule)) || !r.InForce(rule)) {
				one.Rules = append(one.Rules, RuleVersion{rule, r.Version(rule, before)})
			}
		}
		if len(one.Rules) > 0 {
			one.Lapsed = len(one.Rules) == len(need.Rules) && len(asked) == 0 && need.State == port.StateOpen && need.Result == ""
			list = append(list, one)
		}
	}
	return list
}

// again gives the checklist as it stands after its documents were judged again.
func (c Checklist) again(x *ledger.Effects, f *ledger.Fact, b JudgedAgain) Checklist {
	c.Papers = slices.Clone(c.Papers)
	for i := range c.Papers {
		if p := &c.Papers[i]; slices.Contains(b.Papers, PaperRef{p.ID, p.Seq}) {
			p.Region, p.At = b.Judged.Region, b.Judged.At
		}
	}
	c.Requirements = slices.Clone(c.Requirements)
	var deferred []port.RequirementKind // by its owner's word, which a change of the law does not take back
	for i := range c.Requirements {
		if r := &c.Requirements[i]; r.Until != 0 && r.Due == port.DueLater {
			deferred = append(deferred, r.Kind)
		}
	}
	for i := range b.Dropped {
		d := &b.Dropped[i]
		r := c.Find(d.Kind)
		if r == nil {
			continue
		}
		r.Rules, r.Dropped = slices.Clone(r.Rules), slices.Clone(r.Dropped)
		for _, gone := range d.Rules {
			r.Rules = slices.DeleteFunc(r.Rules, func(rule string) bool { return rule == gone.Rule })
			r.Dropped = append(r.Dropped, gone.String())
		}
		if d.Lapsed {
			r.State, r.Reason, r.Undecided, r.Decided = port.StateLapsed, "no_longer_required", false, f.Recorded
			c = c.met(x, b.Subject, port.ClockKind(d.Kind)) // of what was deferred
		}
	}
	for i := range c.Requirements { // by when something is due is what those say who ask for it now
		r := &c.Requirements[i]
		asked := asks(&b.Judged, b.SubjectKind, r.Kind)
		if len(asked) > 0 && !slices.ContainsFunc(r.Rules, func(rule string) bool { return !slices.Contains(asked, rule) }) {
			d := b.Judged.Demands[slices.IndexFunc(b.Judged.Demands, func(d port.Demand) bool { return d.Kind == r.Kind && d.Subject == b.SubjectKind })]
			r.Due, r.Citation = d.Due, d.Citation
		}
	}
	c = c.with(f, b.SubjectKind, b.Judged.Demands).started(x, b.Subject, b.Judged.Clocks)
	for _, kind := range deferred {
		c.Find(kind).Due = port.DueLater
	}
	if c.standing() > 0 {
		c = c.met(x, b.Subject, port.DeclarationDue)
	}
	return c.kept(x, b.Subject)
}
