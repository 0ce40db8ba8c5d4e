package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/port"
)

// SessionCookie is the name of the cookie that holds a session.
const SessionCookie = "guomen_session"

// Viewer is the person or system that reads a page.
type Viewer struct {
	Name         Words // as the organisation knows the person
	Organisation Words
	Role         Words
	Visitor      bool // has not signed in, and reads as a demonstration lets everybody; may sign in
}

// Door is how the shell learns who is reading. The program supplies it over its identities.
type Door interface {
	// Viewer tells who sends a request, by its session cookie ([SessionCookie]) or bearer token; nil where it has
	// neither or they have lapsed. It fails with Unavailable only.
	Viewer(r *http.Request) (*Viewer, error)
	// SignIn opens a session for the holder of a bearer token and says when it lapses; Unauthenticated where nobody
	// has that token, Busy where there were too many tries.
	SignIn(ctx context.Context, token string) (session string, until port.Time, err error)
	// SignOut ends a session; one that is not there is no error.
	SignOut(ctx context.Context, session string) error
}

// noDoor lets nobody in.
type noDoor struct{}

func (noDoor) Viewer(*http.Request) (*Viewer, error) { return nil, nil }
func (noDoor) SignIn(context.Context, string) (string, port.Time, error) {
	return "", 0, errs.New(errs.Unauthenticated, "", "no identities")
}
func (noDoor) SignOut(context.Context, string) error { return nil }

// Demo is what the sign-in page of a demonstration offers: where the tokens lie, and the roles to enter as. It must be
// empty on a real platform, for it puts tokens into a page that everybody can read.
type Demo struct {
	Note      Words  // said on every page: that the traffic is simulated, how fast, and at which rates
	TokenFile string // shown as a hint
	Roles     []DemoRole
}

// DemoRole is one role of a demonstration.
type DemoRole struct {
	Name  Words
	Token string
}

// Login is the page to sign in on.
type Login struct {
	Return string // where to go afterwards
	Failed bool   // the token was not accepted
	Busy   bool   // too many tries
	Demo   Demo
}

// Template is the page's template.
func (Login) Template() string { return "login" }

// Head titles the page.
func (l Login) Head(r *Request) Head {
	head := Head{Title: r.Say("shell.login.title"), Bare: true}
	if l.Failed {
		head.Status = http.StatusUnauthorized
	}
	if l.Busy {
		head.Status = http.StatusTooManyRequests
	}
	return head
}

func (s *Shell) showLogin(r *Request) (Page, error) {
	back := local(r.FormValue("return"))
	if r.Viewer != nil && !r.Viewer.Visitor {
		return SeeOther(back), nil
	}
	return Login{Return: back, Demo: s.config.Demo}, nil
}

func (s *Shell) signIn(r *Request) (Page, error) {
	back := local(r.PostFormValue("return"))
	token := strings.TrimPrefix(strings.TrimSpace(r.PostFormValue("token")), "Bearer ")
	session, until, err := s.config.Door.SignIn(r.Context(), token)
	switch errs.KindOf(err) {
	case errs.Unauthenticated, errs.Denied, errs.Missing, errs.Invalid:
		return Login{Return: back, Failed: true, Demo: s.config.Demo}, nil
	case errs.Busy:
		return Login{Return: back, Busy: true, Demo: s.config.Demo}, nil
	}
	if err != nil {
		return nil, err
	}
	return withCookie{Page: SeeOther(back), cookie: s.cookie(SessionCookie, session, until.Std())}, nil
}

func (s *Shell) signOut(r *Request) (Page, error) {
	if cookie, err := r.Cookie(SessionCookie); err == nil {
		if err := s.config.Door.SignOut(r.Context(), cookie.Value); err != nil {
			return nil, err
		}
	}
	return withCookie{Page: SeeOther("/login"), cookie: s.cookie(SessionCookie, "", time.Unix(1, 0))}, nil
}

// cookie is HttpOnly and stays on our own site: no script of ours needs to read one.
func (s *Shell) cookie(name, value string, expires time.Time) *http.Cookie {
	return &http.Cookie{Name: name, Value: value, Path: "/", Expires: expires, HttpOnly: true, Secure: s.config.Secure,
		SameSite: http.SameSiteLaxMode}
}

// withCookie is a page that also sets a cookie.
type withCookie struct {
	Page
	cookie *http.Cookie
}
