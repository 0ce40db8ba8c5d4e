package movementweb

import (
	"strings"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/web"
	"github.com/guomen/guomen/port"
)

// Override is an officer's order to a gate over what the checklist says. The officer is the viewer, by name.
type Override struct {
	Movement port.ID
	Decision string // open, stop, resume
	Reason   string // a code of Page.Reasons, or the officer's own words where it has none
	Note     string
	Key      string // idempotency key: the same form sent twice is one order
}

// Overruled is an override that stands.
type Overruled struct {
	Decision string
	Reason   string
	Note     string
	Officer  string
	At       port.Time
}

// Decisions are what an officer can order: open the gate once, keep it shut, or go by the checklist again.
func (Page) Decisions() []string { return []string{"open", "stop", "resume"} }

// Form is what an officer typed.
type Form struct {
	Decision string
	Reason   string
	Note     string
	Key      string
	Problems []errs.Problem
}

// noteMax bounds an officer's own words, in characters: a page of text.
const noteMax = 2000

// reasonMax bounds a reason, in characters: one line.
const reasonMax = 200

func (h *handler) override(r *web.Request) (web.Page, error) {
	id, err := port.ParseID(r.PathValue("movement"))
	if err != nil {
		return nil, errs.New(errs.Missing, "", "movement id: %v", err)
	}
	form := Form{Decision: r.PostFormValue("decision"), Reason: strings.TrimSpace(r.PostFormValue("reason")), Note: strings.TrimSpace(r.PostFormValue("note")), Key: r.PostFormValue("key")}
	if problems := form.check(); len(problems) > 0 {
		err = errs.Bad(problems)
	} else {
		err = h.source.Override(r.Context(), r.Viewer, Override{Movement: id, Decision: form.Decision, Reason: form.Reason, Note: form.Note, Key: form.Key})
	}
	if errs.KindOf(err) != errs.Invalid {
		if err != nil {
			return nil, err
		}
		return web.SeeOther("/movements/" + id.String() + "?done=override#override"), nil
	}
	page, loadErr := h.page(r)
	if loadErr != nil {
		return nil, loadErr
	}
	form.Problems = r.Told(err)
	page.Form = form
	return page, nil
}

// check finds everything that is lacking, before anybody is asked.
func (f Form) check() []errs.Problem {
	var problems []errs.Problem
	if f.Decision == "" {
		problems = append(problems, errs.At("decision", "movement.override.decision"))
	}
	if f.Reason == "" {
		problems = append(problems, errs.At("reason", "movement.override.reason"))
	}
	if len([]rune(f.Reason)) > reasonMax {
		problems = append(problems, errs.At("reason", "movement.override.reason_long"))
	}
	if len([]rune(f.Note)) > noteMax {
		problems = append(problems, errs.At("note", "movement.override.note"))
	}
	return problems
}
