package web

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/text"
)

// formMax bounds the body of a page's form: the longest has a reason of a few thousand characters, four bytes each.
const formMax = 64 << 10

// Request is one reader asking for one page.
type Request struct {
	*http.Request
	Language text.Language
	Theme    Theme
	Viewer   *Viewer // nil where nobody is signed in
	ID       string  // names the request in the log and on the page of a failure

	shell *Shell
}

// Say gives a text of the catalogue in the reader's language.
func (r *Request) Say(key string, args ...string) string {
	return r.shell.catalogue.Say(r.Language, key, args...)
}

// Here is the address of the page itself, to come back to.
func (r *Request) Here() string { return r.URL.RequestURI() }

// Reader makes a request outside the shell's own handlers, for a program that draws fragments for a reader it knows.
func (s *Shell) Reader(r *http.Request, language text.Language, viewer *Viewer) *Request {
	return &Request{Request: r, Language: language, Theme: Auto, Viewer: viewer, ID: requestID(), shell: s}
}

// Handler answers a request with a page or an error. It is given its form parsed where the method is POST.
type Handler func(r *Request) (Page, error)

// Handle adds a page that needs a viewer; others are sent to sign in.
func (s *Shell) Handle(mux *http.ServeMux, pattern string, handler Handler) {
	s.handle(mux, pattern, true, handler)
}

// HandlePublic adds a page for everybody.
func (s *Shell) HandlePublic(mux *http.ServeMux, pattern string, handler Handler) {
	s.handle(mux, pattern, false, handler)
}

func (s *Shell) handle(mux *http.ServeMux, pattern string, closed bool, handler Handler) {
	mux.HandleFunc(pattern, func(w http.ResponseWriter, hr *http.Request) {
		r, err := s.enter(w, hr, closed)
		if err == nil {
			var page Page
			if page, err = guard(handler, r); err == nil {
				err = s.answer(w, r, page)
			}
		}
		if err != nil {
			s.fail(w, r, err)
		}
	})
}

// enter does what comes before every handler: headers, the form's origin and size, the reader.
func (s *Shell) enter(w http.ResponseWriter, hr *http.Request, closed bool) (*Request, error) {
	r := &Request{Request: hr, Language: languageOf(hr), Theme: themeOf(hr), ID: requestID(), shell: s}
	protect(w.Header())
	if err := s.origin.Check(hr); err != nil {
		return r, &errs.Failed{Kind: errs.Denied, Rule: "web.origin", Detail: "form from elsewhere", Cause: err}
	}
	viewer, err := s.config.Door.Viewer(hr)
	if err != nil {
		return r, fmt.Errorf("who is reading: %w", err)
	}
	r.Viewer = viewer
	if closed && viewer == nil {
		return r, errs.New(errs.Unauthenticated, "", "no session and no token")
	}
	if hr.Method == http.MethodPost {
		hr.Body = http.MaxBytesReader(w, hr.Body, formMax)
		if err := hr.ParseForm(); err != nil {
			return r, &errs.Failed{Kind: errs.TooLarge, Rule: "web.form", Detail: "form", Cause: err}
		}
	}
	return r, nil
}

// guard turns a handler's panic into an error, so that the reader gets a page and the log the stack.
func guard(handler Handler, r *Request) (page Page, err error) {
	defer func() {
		if cause := recover(); cause != nil && cause != http.ErrAbortHandler {
			err = errs.New(errs.Broken, "", "panic: %v\n%s", cause, debug.Stack())
		} else if cause != nil {
			panic(cause)
		}
	}()
	return handler(r)
}

// protect sets the headers of every answer. Styles and scripts come from our own files only; data: is for the few
// drawings inside Tabler's style sheet.
func protect(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "+
		"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
}

func requestID() string {
	var b [8]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// redirect is the Page that sends the reader elsewhere.
type redirect struct{ to string }

func (redirect) Template() string   { return "" }
func (redirect) Head(*Request) Head { return Head{} }

// SeeOther answers with another address of ours (303): after a form, or where a search has exactly one hit.
func SeeOther(path string) Page { return redirect{to: path} }

// local accepts a return address only when it is a path on this server, so that no form can send a reader away.
func local(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.Scheme != "" || u.Host != "" || len(path) == 0 || path[0] != '/' ||
		len(path) > 1 && (path[1] == '/' || path[1] == '\\') || len(path) > 2000 {
		return "/"
	}
	return path
}

// Format writes values the way the reader's language does.
func (r *Request) Format() Format {
	return Format{Language: r.Language, catalogue: r.shell.catalogue}
}

// Told gives an error's problems with their messages in the reader's language, for a form that is shown again.
func (r *Request) Told(err error) []errs.Problem { return r.shell.told(r, err) }
