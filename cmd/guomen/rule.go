package main

import (
	"context"

	"github.com/guomen/guomen/internal/api"
	"github.com/guomen/guomen/internal/rules"
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
	Mode        string            `json:"mode"` // active, or dry_run: judges and changes nothing
	Subject     string            `json:"subject"`
	Scope       ruleScope         `json:"scope"`
	Each        string            `json:"each,omitempty"`
	When        string            `json:"when"` // CEL
	Requirement *ruleRequirement  `json:"requirement,omitempty"`
	Problem     *ruleProblem      `json:"problem,omitempty"`
	Deadline    *ruleDeadline     `json:"deadline,omitempty"`
	Risk        string            `json:"risk,omitempty"`
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
	Items  []ruleItem `json:"items"`
	Next   api.Cursor `json:"next"`
}

func (s *site) listRules(context.Context, *struct{}) (ruleList, error) {
	book := s.platform.law.book
	list := ruleList{Book: book.Digest(), Engine: rules.Engine, Items: []ruleItem{}}
	for _, clause := range book.Clauses() {
		list.Items = append(list.Items, ruleOf(clause))
	}
	return list, nil
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
