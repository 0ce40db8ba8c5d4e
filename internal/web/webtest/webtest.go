// Package webtest helps the tests of pages: a shell with somebody signed in, pages as parsed HTML with the checks that
// hold for every page, and templates searched for words that should be in the catalogue.
package webtest

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"os"
	"testing"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/text"
	"github.com/guomen/guomen/internal/web"
	"github.com/guomen/guomen/port"
)

// Token is the token that signs in to the shell of a test; it is its session too.
const Token = "test-token"

// door lets in whoever has the token's session, and who sends it as a bearer token.
type door struct{ open bool }

// Viewer is the one viewer. In a preview everybody is it, but for the page to sign in on, which would not be shown.
func (d door) Viewer(r *http.Request) (*web.Viewer, error) {
	cookie, err := r.Cookie(web.SessionCookie)
	if d.open && r.URL.Path != "/login" || err == nil && cookie.Value == Token || r.Header.Get("Authorization") == "Bearer "+Token {
		return viewer(), nil
	}
	return nil, nil
}

func viewer() *web.Viewer {
	return &web.Viewer{Name: web.Plain("巴特尔"), Organisation: web.Named("甘其毛都口岸办", "Ganqimaodu Port Office"), Role: web.Named("口岸值班长", "Port duty officer")}
}

// SignIn takes the token and nothing else.
func (door) SignIn(_ context.Context, token string) (string, port.Time, error) {
	if token != Token {
		return "", 0, errs.New(errs.Unauthenticated, "", "no such token")
	}
	return Token, port.Time(4_000_000_000_000_000), nil
}

// SignOut forgets nothing.
func (door) SignOut(context.Context, string) error { return nil }

// Catalogue loads the texts.
func Catalogue(t testing.TB) *text.Catalogue {
	t.Helper()
	catalogue, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	return catalogue
}

// Shell makes a shell over the real texts, its own routes mounted, with the navigation of the program.
func Shell(t testing.TB, mux *http.ServeMux) *web.Shell {
	t.Helper()
	shell, err := web.New(Catalogue(t), slog.New(slog.NewTextHandler(io.Discard, nil)), web.Config{
		Door: door{open: os.Getenv("GUOMEN_PREVIEW") != ""},
		Nav: []web.NavEntry{
			{Path: "/", Key: "shell.nav.map", Icon: "map"},
			{Path: "/search", Key: "shell.nav.search", Icon: "list"},
		},
		Demo: web.Demo{TokenFile: "tokens.json", Roles: []web.DemoRole{{Name: web.Named("口岸值班长", "Port duty officer"), Token: Token}, {Name: web.Named("海关查验", "Customs inspection"), Token: Token}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	shell.Mount(mux)
	return shell
}

// Preview serves pages to look at, for as long as the test may run, where GUOMEN_PREVIEW names an address; elsewhere it
// skips.
func Preview(t *testing.T, mount func(*http.ServeMux)) {
	address := os.Getenv("GUOMEN_PREVIEW")
	if address == "" {
		t.Skip("GUOMEN_PREVIEW names no address to listen on")
	}
	mux := http.NewServeMux()
	mount(mux)
	t.Logf("http://%s/", address)
	t.Fatal(http.ListenAndServe(address, mux))
}
