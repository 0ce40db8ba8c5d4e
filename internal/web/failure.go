package web

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/guomen/guomen/internal/errs"
)

// Failure is the page for an error. What it says comes from the catalogue by the error's kind and rule; nothing from
// inside is shown, only the request's name, by which the log can be searched.
type Failure struct {
	Status    int
	Kind      string // errs kind, part of the catalogue keys shell.failure.KIND.*
	Told      string // the rule's own text, where the error has one
	Problems  []errs.Problem
	RequestID string
	SignedIn  bool
}

// Template is the page's template.
func (Failure) Template() string { return "failure" }

// Head titles the page.
func (f Failure) Head(r *Request) Head {
	return Head{Title: r.Say("shell.failure." + f.Kind + ".title"), Status: f.Status}
}

// missing answers every address that nobody else has.
func missing(r *Request) (Page, error) {
	return nil, errs.New(errs.Missing, "", "no such page: %s %s", r.Method, r.URL.Path)
}

// fail is the one place that answers an error.
func (s *Shell) fail(w http.ResponseWriter, r *Request, err error) {
	if r.Context().Err() != nil { // the reader has gone; there is nobody to tell
		s.logger.LogAttrs(r.Context(), slog.LevelDebug, "reader left", slog.String("path", r.URL.Path))
		return
	}
	kind := errs.KindOf(err)
	status := kind.Status()
	level := slog.LevelInfo
	if status >= 500 {
		level = slog.LevelError
	}
	s.logger.LogAttrs(r.Context(), level, "request failed", slog.String("request", r.ID), slog.String("method", r.Method),
		slog.String("path", r.URL.Path), slog.Int("status", status), slog.String("error", err.Error()))
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Vary", "Accept, Cookie, Accept-Language")
	switch {
	case wantsJSON(r.Request):
		s.writeProblem(w, r, err)
	case kind == errs.Unauthenticated && (r.Method == http.MethodGet || r.Method == http.MethodHead):
		http.Redirect(w, r.Request, "/login?return="+url.QueryEscape(r.Here()), http.StatusSeeOther)
	default:
		page := Failure{Status: status, Kind: kind.String(), RequestID: r.ID, SignedIn: r.Viewer != nil, Problems: s.told(r, err)}
		if _, rule := s.rule(err); rule != "" {
			page.Told = r.Say("problem." + rule)
		}
		drawn, drawErr := s.Render(r, page)
		if drawErr != nil {
			s.logger.Error("the page of a failure cannot be drawn", "request", r.ID, "error", drawErr)
			http.Error(w, http.StatusText(status), status)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		write(w, r.Request, status, drawn)
	}
}

// rule finds the rule of an error when the catalogue has a text for it.
func (s *Shell) rule(err error) (*errs.Failed, string) {
	var failed *errs.Failed
	if errors.As(err, &failed) && failed.Rule != "" && s.catalogue.Say("", "problem."+failed.Rule) != "problem."+failed.Rule {
		return failed, failed.Rule
	}
	return failed, ""
}

// told gives an error's problems with their messages in the reader's language.
func (s *Shell) told(r *Request, err error) []errs.Problem {
	problems := append([]errs.Problem(nil), errs.Problems(err)...)
	for i := range problems {
		if problems[i].Message == "" {
			problems[i].Message = r.Say("problem."+problems[i].Rule, problems[i].Args...)
		}
	}
	return problems
}

// wantsJSON tells a program from a browser: it names JSON and not HTML.
func wantsJSON(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "json") && !strings.Contains(accept, "text/html")
}

// problemBody is RFC 9457 with our list of problems.
type problemBody struct {
	Type     string         `json:"type"`
	Title    string         `json:"title"`
	Status   int            `json:"status"`
	Detail   string         `json:"detail,omitempty"`
	Instance string         `json:"instance"`
	Problems []errs.Problem `json:"problems,omitempty"`
}

func (s *Shell) writeProblem(w http.ResponseWriter, r *Request, err error) {
	kind := errs.KindOf(err)
	body := problemBody{Type: "urn:guomen:problem:" + kind.String(), Title: r.Say("shell.failure." + kind.String() + ".title"),
		Status: kind.Status(), Instance: "urn:guomen:request:" + r.ID, Problems: s.told(r, err)}
	if _, rule := s.rule(err); rule != "" {
		body.Detail = r.Say("problem." + rule)
	}
	encoded, encodeErr := json.Marshal(body)
	if encodeErr != nil { // strings and numbers only: cannot happen
		http.Error(w, http.StatusText(body.Status), body.Status)
		return
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Content-Language", string(r.Language))
	write(w, r.Request, body.Status, encoded)
}
