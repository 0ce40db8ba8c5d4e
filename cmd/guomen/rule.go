package main

import (
	"context"
	"slices"
	"strings"

	"github.com/guomen/guomen/internal/api"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/rules"
	"github.com/guomen/guomen/port"
	"github.com/guomen/guomen/rulebook"
)

// ruleItem is one clause of the rulebook as its file has it, in the names of the interface. An absent demand is null.
type ruleItem struct {
	Name        string            `json:"name"`
	Title       map[string]string `json:"title"` // by language
	Explanation map[string]string `json:"explanation"`
	Citation    string            `json:"citation"`
	Source      ruleSource        `json:"source"`
	From        string            `json:"from,omitempty"` // first and last day, Beijing time
	To          string            `json:"to,omitempty"`
	Mode        string            `json:"mode"` // active; dry_run: judges and changes nothing; retired; proposed: has not stood yet
	Subject     string            `json:"subject"`
	Scope       ruleScope         `json:"scope"`
	Each        string            `json:"each,omitempty"`
	When        string            `json:"when"` // CEL
	Requirement *ruleRequirement  `json:"requirement,omitempty"`
	Problem     *ruleProblem      `json:"problem,omitempty"`
	Deadline    *ruleDeadline     `json:"deadline,omitempty"`
	Risk        string            `json:"risk,omitempty"`
	Version     int               `json:"version"`         // 0: the build's own
	Since       port.Time         `json:"since,omitempty"` // from which it stands, where facts say so
	Author      string            `json:"author,omitempty"`
	Activator   string            `json:"activator,omitempty"`
	Next        *ruleNext         `json:"next,omitempty"`
}

// ruleNext is what has been decided of a clause for later.
type ruleNext struct {
	Version int           `json:"version"`
	Mode    rulebook.Mode `json:"mode"`
	From    port.Time     `json:"from"`
}

type ruleSource struct {
	Tags []string `json:"tags"`
	Text string   `json:"text"`
}

// ruleScope is where a clause applies; what is absent does not bound it.
type ruleScope struct {
	Ports      []string `json:"ports,omitempty"`
	Modes      []string `json:"modes,omitempty"`
	Directions []string `json:"directions,omitempty"`
	Regimes    []string `json:"regimes,omitempty"`
	Goods      []string `json:"goods,omitempty"`
}

type ruleRequirement struct {
	Kind    string `json:"kind"`
	Subject string `json:"subject"`
	Owner   string `json:"owner"`
	Due     string `json:"due"`
	Source  string `json:"source"`
}

type ruleProblem struct {
	Path     string `json:"path"`
	Severity string `json:"severity"`
}

type ruleDeadline struct {
	Kind  string `json:"kind"`
	After string `json:"after"`
	From  string `json:"from"`
}

type ruleList struct {
	Book   string     `json:"book"`
	Engine int        `json:"engine"`
	Region uint64     `json:"region"` // up to which the region's facts are in the book
	Items  []ruleItem `json:"items"`
	Next   api.Cursor `json:"next"`
}

// ruleFull is one clause with its file, its documents and what was decided on it.
type ruleFull struct {
	ruleItem
	Text      string        `json:"text"` // the whole file, as it stands; of the build's own where none does
	Documents []ruleSample  `json:"documents"`
	Versions  []ruleVersion `json:"versions"` // that were proposed, the last first
	Acts      []ruleAct     `json:"acts"`     // the last first
	Built     bool          `json:"built"`    // the build has a clause of that name
}

type ruleSample struct {
	Name     string     `json:"name"`
	Document rawMessage `json:"document"`
}

type ruleVersion struct {
	Version   int          `json:"version"`
	Author    string       `json:"author"`
	Reason    string       `json:"reason,omitempty"`
	At        port.Time    `json:"at"`
	Seq       uint64       `json:"seq"`
	Text      string       `json:"text"`
	Documents []ruleSample `json:"documents"`
}

type ruleAct struct {
	Version   int           `json:"version"`
	Mode      rulebook.Mode `json:"mode"`
	From      port.Time     `json:"from"`
	Activator string        `json:"activator"`
	Reason    string        `json:"reason"`
	Citation  string        `json:"citation"`
	At        port.Time     `json:"at"`
	Seq       uint64        `json:"seq"`
}

func (d *ruleDesk) list(context.Context, *struct{}) (ruleList, error) {
	state, now := d.site.platform.law.state.Load(), d.site.platform.engine.Now()
	list := ruleList{Book: state.Book().Digest(), Engine: rules.Engine, Region: state.Region(), Items: []ruleItem{}}
	shown := map[string]bool{}
	for _, clause := range state.InBook(now) {
		shown[clause.Name] = true
		list.Items = append(list.Items, standing(state, clause, now))
	}
	for _, h := range state.Laid() { // silent, or only proposed so far
		if shown[h.Rule] {
			continue
		}
		if clause := lastOf(state, h.Rule, now); clause != nil {
			list.Items = append(list.Items, standing(state, clause, now))
		}
	}
	slices.SortFunc(list.Items, func(a, b ruleItem) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

// proposed is how a clause is shown of which no version has stood yet.
const proposed = "proposed"

// standing shows a clause as it stands at an instant, with who wrote it and who put it in force.
func standing(state *rulebook.Law, clause *rules.Clause, now port.Time) ruleItem {
	item := ruleOf(clause)
	h := state.History(clause.Name)
	if h == nil {
		return item
	}
	act := h.Standing(now)
	item.Version, item.Since, item.Activator = act.Version, act.From, act.Activator
	if v, ok := h.Version(act.Version); ok {
		item.Author = v.Author
	}
	_, _, built := rulebook.Built(clause.Name)
	switch {
	case act.Seq != 0:
		item.Mode = string(act.Mode)
	case !built:
		item.Mode = proposed
	}
	if next, ok := h.Next(now); ok {
		item.Next = &ruleNext{next.Version, next.Mode, next.From}
	}
	return item
}

// lastOf is a clause that stands in no book: as its last version has it, or the build.
func lastOf(state *rulebook.Law, rule string, now port.Time) *rules.Clause {
	text, _, _ := rulebook.Built(rule)
	if h := state.History(rule); h != nil && len(h.Versions) > 0 {
		v, ok := h.Version(h.Standing(now).Version)
		if !ok {
			v = h.Versions[len(h.Versions)-1]
		}
		text = v.Text
	}
	clause, err := rulebook.Parse(rule, text)
	if err != nil {
		return nil // of another build: its text is still there to read
	}
	return clause
}

type ruleQuery struct {
	Name string `path:"name" maxLength:"100"`
}

func (d *ruleDesk) one(_ context.Context, q *ruleQuery) (ruleFull, error) {
	state, now := d.site.platform.law.state.Load(), d.site.platform.engine.Now()
	h := state.History(q.Name)
	text, documents, built := rulebook.Built(q.Name)
	if h == nil && !built {
		return ruleFull{}, errs.Missed("name", "rule.unknown", q.Name)
	}
	full := ruleFull{Built: built, Versions: []ruleVersion{}, Acts: []ruleAct{}}
	var clause *rules.Clause
	for _, c := range state.InBook(now) {
		if c.Name == q.Name {
			clause = c
		}
	}
	if clause == nil {
		if clause = lastOf(state, q.Name, now); clause == nil {
			return ruleFull{}, errs.New(errs.Broken, "", "no version of %s can be read", q.Name)
		}
	}
	full.ruleItem = standing(state, clause, now)
	if h != nil {
		if v, ok := h.Version(h.Standing(now).Version); ok {
			text, documents = v.Text, v.Documents
		} else if !built && len(h.Versions) > 0 {
			text, documents = h.Versions[0].Text, h.Versions[0].Documents
		}
		for _, v := range slices.Backward(h.Versions) {
			full.Versions = append(full.Versions, ruleVersion{v.Number, v.Author, v.Reason, v.At, v.Seq, v.Text, sampled(v.Documents)})
		}
		for _, a := range slices.Backward(h.Acts) {
			full.Acts = append(full.Acts, ruleAct{a.Version, a.Mode, a.From, a.Activator, a.Reason, a.Citation, a.At, a.Seq})
		}
	}
	full.Text, full.Documents = text, sampled(documents)
	return full, nil
}

func sampled(documents []rulebook.Document) []ruleSample {
	list := make([]ruleSample, len(documents))
	for i, d := range documents {
		list[i] = ruleSample{d.Name, rawMessage(d.Text)}
	}
	return list
}

func ruleOf(c *rules.Clause) ruleItem {
	item := ruleItem{
		Name: c.Name, Title: c.Title, Explanation: c.Explanation, Citation: c.Citation, Source: ruleSource{c.Source.Tags, c.Source.Text},
		From: c.From, To: c.To, Mode: "active", Subject: c.Subject, Scope: ruleScope(c.Scope), Each: c.Each, When: c.When,
	}
	if c.DryRun {
		item.Mode = "dry_run"
	}
	if r := c.Requirement; r != nil {
		item.Requirement = &ruleRequirement{r.Kind, r.Subject, r.Owner, r.Due, r.Source}
	}
	if p := c.Problem; p != nil {
		item.Problem = &ruleProblem{p.Path, p.Severity}
	}
	if d := c.Deadline; d != nil {
		item.Deadline = &ruleDeadline{d.Kind, string(d.After), d.From}
	}
	if c.Risk != nil {
		item.Risk = c.Risk.Level
	}
	return item
}
