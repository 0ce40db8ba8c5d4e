// Package errs is how anything in Guomen says that something is wrong: few kinds, one table of what each means to a
// caller, and problems that name the place, the rule and its source.
package errs

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Kind sorts errors by what the caller can do about them. The list is short and append-only.
type Kind uint8

// The kinds. Invalid: the data is bad. Denied: the caller may not (shown as Missing where existence is a secret).
// Missing: there is no such thing. Conflict: the same key came with another body, or the thing has moved on.
// Busy: a limit is reached, try later. Unavailable: the database or a disk is gone. Broken: a bug or corruption.
const (
	Invalid Kind = iota + 1
	Denied
	Missing
	Conflict
	Busy
	Unavailable
	Broken
	Unauthenticated
	TooLarge
)

// kinds is the one table: name on the wire and in metrics, HTTP status, exit status of the command line.
var kinds = [...]struct {
	name   string
	status int
	exit   int
}{
	0:               {"unknown", http.StatusInternalServerError, 1},
	Invalid:         {"invalid", http.StatusUnprocessableEntity, 1},
	Denied:          {"denied", http.StatusForbidden, 1},
	Missing:         {"missing", http.StatusNotFound, 1},
	Conflict:        {"conflict", http.StatusConflict, 1},
	Busy:            {"busy", http.StatusTooManyRequests, 1},
	Unavailable:     {"unavailable", http.StatusServiceUnavailable, 3},
	Broken:          {"broken", http.StatusInternalServerError, 1},
	Unauthenticated: {"unauthenticated", http.StatusUnauthorized, 1},
	TooLarge:        {"too_large", http.StatusRequestEntityTooLarge, 1},
}

// String is the kind's name on the wire and in metrics.
func (k Kind) String() string { return kinds[k].name }

// Status is the HTTP status that stands for the kind.
func (k Kind) Status() int { return kinds[k].status }

// Exit is the exit status of the command line for the kind.
func (k Kind) Exit() int { return kinds[k].exit }

// Severity says whether a problem stops the document (error) or only informs (warning).
type Severity string

// The severities.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Problem is one thing that is wrong with one place of a document. Rule is the key of its text in the catalogue
// (problem.<rule>), Args fill the text; Message is filled at the edge, in the reader's language. Its JSON is public
// interface: every name is always there.
type Problem struct {
	Path     string   `json:"path"`
	Line     int      `json:"line"` // of the sender's file; 0 where there is none
	Rule     string   `json:"rule"`
	Citation string   `json:"citation"` // of the law or standard; empty where the check needs none
	Severity Severity `json:"severity"`
	Message  string   `json:"message"`
	Args     []string `json:"-"`
}

// At builds a problem of severity error at a path.
func At(path, rule string, args ...string) Problem {
	return Problem{Path: path, Rule: rule, Severity: Error, Args: args}
}

// Failed is the error that carries a kind, a sentence for the operator, and every problem at once.
type Failed struct {
	Kind     Kind
	Rule     string // catalogue key problem.<rule> of what the person is told; empty: the kind's own text
	Detail   string // for the operator's log; never shown to the person
	Problems []Problem
	Cause    error
}

// Error is the operator's text.
func (f *Failed) Error() string {
	var b strings.Builder
	b.WriteString(f.Kind.String())
	if f.Rule != "" {
		b.WriteString(" " + f.Rule)
	}
	if f.Detail != "" {
		b.WriteString(": " + f.Detail)
	}
	for i, p := range f.Problems {
		if i == 3 {
			fmt.Fprintf(&b, "; and %d more", len(f.Problems)-3)
			break
		}
		fmt.Fprintf(&b, "; %s %s %v", p.Path, p.Rule, p.Args)
	}
	if f.Cause != nil {
		b.WriteString(": " + f.Cause.Error())
	}
	return b.String()
}

// Unwrap gives the cause.
func (f *Failed) Unwrap() error { return f.Cause }

// New builds an error of a kind. rule is what the person is told, detail is the operator's.
func New(kind Kind, rule, detail string, args ...any) *Failed {
	return &Failed{Kind: kind, Rule: rule, Detail: fmt.Sprintf(detail, args...)}
}

// Missed is Missing with the place that names what does not exist, or may not be seen.
func Missed(path, rule, what string) *Failed {
	return &Failed{Kind: Missing, Rule: rule, Problems: []Problem{At(path, rule, what)}}
}

// Wrap gives an error a kind and says what was being done; nil stays nil, and an error that has a kind keeps it.
func Wrap(kind Kind, err error, doing string, args ...any) error {
	if err == nil {
		return nil
	}
	if KindOf(err) != 0 {
		return fmt.Errorf(doing+": %w", append(args, err)...)
	}
	return &Failed{Kind: kind, Detail: fmt.Sprintf(doing, args...), Cause: err}
}

// Bad is Invalid with its problems; nil when there is no problem of severity error.
func Bad(problems []Problem) error {
	for _, p := range problems {
		if p.Severity != Warning {
			return &Failed{Kind: Invalid, Rule: "document.invalid", Problems: problems}
		}
	}
	return nil
}

// KindOf finds the kind of an error; 0 for an error that has none.
func KindOf(err error) Kind {
	var f *Failed
	if errors.As(err, &f) {
		return f.Kind
	}
	return 0
}

// Problems finds the problems that an error carries.
func Problems(err error) []Problem {
	var f *Failed
	if errors.As(err, &f) {
		return f.Problems
	}
	return nil
}
