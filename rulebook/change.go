package rulebook

import (
	"slices"
	"strconv"
	"strings"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/rules"
	"github.com/guomen/guomen/port"
)

// MaxVersions bounds the versions of one clause: a version a week for twenty years.
const MaxVersions = 1000

// Limits on what is said with a decision, in bytes.
const (
	MaxReason   = 2000
	MaxCitation = 500
)

// byName finds a clause's record by its name.
const byName = "rule"

// Record is what decisions on a clause need to know: who wrote each of its versions, and which was decided on last.
type Record struct {
	Rule    string   `json:"rule"`
	Authors []string `json:"authors"` // by version, from 1
	Last    int      `json:"last,omitempty"`
}

// author is who wrote a version; empty for the build's own.
func (r *Record) author(version int) string {
	if version < 1 || version > len(r.Authors) {
		return ""
	}
	return r.Authors[version-1]
}

// Records is the kind of record.
func Records() *ledger.Kind[Record] {
	k := ledger.NewKind[Record]("rule", 1)
	ledger.On(k, func(b Proposed) port.ID { return b.ID }, func(x *ledger.Effects, r Record, _ *ledger.Fact, b Proposed) Record {
		x.Index(byName, b.Rule, b.ID)
		r.Rule, r.Authors = b.Rule, append(slices.Clip(r.Authors), b.Author)
		return r
	})
	ledger.On(k, func(b Activated) port.ID { return b.ID }, func(_ *ledger.Effects, r Record, _ *ledger.Fact, b Activated) Record {
		r.Last = b.Version
		return r
	})
	ledger.On(k, func(b Retired) port.ID { return b.ID }, func(_ *ledger.Effects, r Record, _ *ledger.Fact, b Retired) Record {
		r.Last = b.Version
		return r
	})
	return k
}

// find reads a clause's record; nil where facts say nothing of it yet.
func find(tx *ledger.Tx, kind *ledger.Kind[Record], rule string) (port.ID, *Record, error) {
	id, err := tx.Lookup(byName, rule)
	if err != nil {
		return id, nil, err
	}
	r, _, err := kind.Get(tx, id)
	return id, r, err
}

// Propose records a version of a clause that was tried. Only what [Try] found nothing wrong with is recorded.
type Propose struct {
	Kind   *ledger.Kind[Record]
	Trial  Trial
	Reason string
}

// Prefetch asks for the look-up.
func (p Propose) Prefetch(want *ledger.Wants) { want.Lookup(byName, p.Trial.Rule) }

// Decide records rule.proposed.v1 in the name of who gave the command.
func (p Propose) Decide(tx *ledger.Tx) error {
	problems := slices.Clone(p.Trial.Problems)
	author := tx.Command().Actor.Person
	if author == "" {
		problems = append(problems, errs.At("", "rule.person_missing"))
	}
	if len(p.Reason) > MaxReason {
		problems = append(problems, errs.At("reason", "rule.long", strconv.Itoa(MaxReason)))
	}
	id, r, err := find(tx, p.Kind, p.Trial.Rule)
	if err != nil {
		return err
	}
	version := 1
	if r != nil {
		version = len(r.Authors) + 1
	}
	if version > MaxVersions {
		problems = append(problems, errs.At("", "rule.versions_many", strconv.Itoa(MaxVersions)))
	}
	if err := errs.Bad(problems); err != nil {
		return err
	}
	if id.IsZero() {
		id = tx.NewID()
	}
	tx.Subject(id)
	return tx.Record(Proposed{
		ID: id, Rule: p.Trial.Rule, Version: version, Text: p.Trial.Text, Documents: p.Trial.Documents, Author: author, Engine: rules.Engine, Reason: p.Reason,
	})
}

// Decide is a second person's decision on a clause: that a version judges, is run dry, or that the clause is silent.
//
// What was written by one person is decided by another, whatever organisations they are of. The build's own clause has no
// author among them: anybody named may put it back in its place (version 0, active), but to run it dry or to retire it
// weakens the law, and takes a proposal first, so that two persons stand behind it.
type Decide struct {
	Kind     *ledger.Kind[Record]
	Rule     string
	Version  int // -1: the last that was proposed
	Mode     Mode
	From     port.Time // 0: at once
	Reason   string
	Citation string
	Problems []errs.Problem // of the version in this build's eyes, found before
}

// Latest asks for the last version that was proposed.
const Latest = -1

// Prefetch asks for the look-up.
func (d Decide) Prefetch(want *ledger.Wants) { want.Lookup(byName, d.Rule) }

// Decide records rule.activated.v1 or rule.retired.v1.
func (d Decide) Decide(tx *ledger.Tx) error {
	id, r, err := find(tx, d.Kind, d.Rule)
	if err != nil {
		return err
	}
	if r == nil {
		return errs.Missed("rule", "rule.nothing_proposed", d.Rule)
	}
	if d.Version == Latest {
		d.Version = len(r.Authors)
	}
	if d.From == 0 {
		d.From = tx.Now()
	}
	activator := tx.Command().Actor.Person
	problems := append(slices.Clone(d.Problems), d.said()...)
	switch {
	case d.Version < 0 || d.Version > len(r.Authors):
		problems = append(problems, errs.At("version", "rule.version_unknown", strconv.Itoa(d.Version)))
	case d.Version == 0 && d.Mode != Active:
		problems = append(problems, errs.At("version", "rule.propose_first", string(d.Mode)))
	}
	author := r.author(d.Version)
	replaced := author
	if d.Version == 0 {
		replaced = r.author(r.Last) // who wrote what is put aside does not put it aside himself
	}
	switch {
	case activator == "":
		problems = append(problems, errs.At("", "rule.person_missing"))
	case samePerson(activator, replaced):
		problems = append(problems, errs.At("", "rule.same_person", activator))
	}
	if d.From < tx.Now() {
		problems = append(problems, errs.At("from", "rule.from_past", d.From.String()))
	}
	if err := errs.Bad(problems); err != nil {
		return err
	}
	tx.Subject(id)
	if d.Mode == Silent {
		return tx.Record(Retired{ID: id, Rule: d.Rule, Version: d.Version, From: d.From, Activator: activator, Author: author, Reason: d.Reason, Citation: d.Citation})
	}
	return tx.Record(Activated{
		ID: id, Rule: d.Rule, Version: d.Version, Mode: d.Mode, From: d.From, Activator: activator, Author: author, Reason: d.Reason, Citation: d.Citation,
	})
}

// said checks what a decision must say.
func (d *Decide) said() (problems []errs.Problem) {
	if !d.Mode.Valid() {
		problems = append(problems, errs.At("mode", "rule.mode", string(d.Mode)))
	}
	for _, one := range []struct {
		path, text string
		most       int
	}{{"reason", d.Reason, MaxReason}, {"citation", d.Citation, MaxCitation}} {
		switch {
		case strings.TrimSpace(one.text) == "":
			problems = append(problems, errs.At(one.path, "rule.missing"))
		case len(one.text) > one.most:
			problems = append(problems, errs.At(one.path, "rule.long", strconv.Itoa(one.most)))
		}
	}
	return problems
}

// samePerson tells whether two names are one person's. Names are all that is known of persons, so two people of one name
// count as one: they find a third, and nobody activates his own rule by a blank.
func samePerson(a, b string) bool {
	fold := func(name string) string { return strings.Join(strings.Fields(strings.ToLower(name)), " ") }
	return fold(a) == fold(b)
}

// Ready checks that this build can judge by a version in a mode. Version 0 is the build's own.
func (l *Law) Ready(rule string, version int, mode Mode) []errs.Problem {
	if mode == Silent || !mode.Valid() {
		return nil
	}
	h := l.clauses[rule]
	if version == Latest && h != nil {
		version = len(h.Versions)
	}
	if version == 0 {
		if l.build[fileOf(rule)] == nil {
			return []errs.Problem{errs.At("version", "rule.not_built", rule)}
		}
		return nil
	}
	v, ok := h.Version(version)
	if !ok {
		return nil // the decision says so
	}
	_, err := rules.Assemble(schema(), []rules.Entry{{File: fileOf(rule), Data: []byte(v.Text), Version: version, Mode: string(mode)}})
	var problems []errs.Problem
	for _, fault := range rules.Faults(err) {
		p := errs.At("text", proposalProblem, fault.Message)
		p.Line = fault.Line
		problems = append(problems, p)
	}
	return problems
}

// Install records that a build with another book than the last has been started.
type Install struct{ Installed Installed }

// Decide records rulebook.installed.v1.
func (i Install) Decide(tx *ledger.Tx) error { return tx.Record(i.Installed) }

// Install is the decision that brings this build's book.
func (l *Law) Install() Install { return Install{l.own()} }
