package web_test

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/text"
	"github.com/guomen/guomen/internal/web"
	"github.com/guomen/guomen/internal/web/webtest"
)

// kinds are all kinds of failure, as handlers may return them.
var kinds = []errs.Kind{0, errs.Invalid, errs.Denied, errs.Missing, errs.Conflict, errs.Busy, errs.Unavailable, errs.Broken, errs.TooLarge}

func shell(t testing.TB) (*http.ServeMux, *web.Shell) {
	mux := http.NewServeMux()
	s := webtest.Shell(t, mux)
	for _, kind := range kinds {
		s.Handle(mux, "GET /fail/"+kind.String(), func(*web.Request) (web.Page, error) {
			if kind == 0 {
				return nil, errors.New("secret inside")
			}
			failed := errs.New(kind, "", "secret inside")
			if kind == errs.Invalid {
				failed.Problems = []errs.Problem{errs.At("plate", "plate.format", "?")}
			}
			return nil, failed
		})
	}
	s.Handle(mux, "GET /panic", func(*web.Request) (web.Page, error) { panic("secret inside") })
	s.Handle(mux, "POST /form", func(r *web.Request) (web.Page, error) { return web.SeeOther("/done"), nil })
	return mux, s
}

func TestTemplates(t *testing.T) {
	webtest.Templates(t, os.DirFS("."))
	webtest.Areas(t, "shell.", "word.")
}

func TestFailures(t *testing.T) {
	mux, _ := shell(t)
	for _, kind := range kinds {
		for path, document := range webtest.Pages(t, mux, kind.Status(), "/fail/"+kind.String()) {
			said := webtest.Text(document)
			if strings.Contains(said, "secret") {
				t.Errorf("%s tells what is inside", path)
			}
			if kind == errs.Invalid && !strings.Contains(said, "plate") {
				t.Errorf("%s does not list its problem: %s", path, said)
			}
		}
	}
	webtest.Pages(t, mux, http.StatusInternalServerError, "/panic")
	webtest.Pages(t, mux, http.StatusNotFound, "/nowhere", "/assets2/x")
}

func TestProblemJSON(t *testing.T) {
	mux, _ := shell(t)
	r := httptest.NewRequest("GET", "/fail/invalid", nil)
	r.Header.Set("Authorization", "Bearer "+webtest.Token)
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Accept-Language", "en")
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	var got struct {
		Type, Title string
		Status      int
		Problems    []errs.Problem
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if w.Code != 422 || got.Status != 422 || got.Type != "urn:guomen:problem:invalid" || len(got.Problems) != 1 || got.Problems[0].Message == "" ||
		w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("got %d %+v", w.Code, got)
	}
}

func TestSignIn(t *testing.T) {
	mux, _ := shell(t)
	for _, language := range text.Languages {
		w := webtest.Get(mux, "/login", language) // signed in already
		if w.Code != http.StatusSeeOther {
			t.Errorf("status %d", w.Code)
		}
	}
	get := httptest.NewRequest("GET", "/fail/missing?a=1", nil)
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, get)
	if got, want := w.Header().Get("Location"), "/login?return="+url.QueryEscape("/fail/missing?a=1"); w.Code != 303 || got != want {
		t.Errorf("got %d %q, want %q", w.Code, got, want)
	}
	w = httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest("GET", "/login?return=/a", nil))
	webtest.Check(t, "login", w.Body.String(), text.Chinese)

	try := func(token, back string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", "/login", strings.NewReader(url.Values{"token": {token}, "return": {back}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		return w
	}
	w = try("wrong", "/a")
	webtest.Check(t, "login failed", w.Body.String(), text.Chinese)
	if w.Code != http.StatusUnauthorized || len(w.Result().Cookies()) != 0 {
		t.Errorf("wrong token: %d %v", w.Code, w.Result().Cookies())
	}
	for back, want := range map[string]string{"/a?b=c": "/a?b=c", "//evil.example": "/", "https://evil.example/": "/", `/\evil.example`: "/", "": "/", "javascript:x": "/"} {
		w = try(" Bearer "+webtest.Token, back)
		cookies := w.Result().Cookies()
		if w.Code != 303 || w.Header().Get("Location") != want || len(cookies) != 1 || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteLaxMode {
			t.Errorf("return to %q: %d %q %v", back, w.Code, w.Header().Get("Location"), cookies)
		}
	}
}

func TestPreferences(t *testing.T) {
	mux, _ := shell(t)
	r := httptest.NewRequest("POST", "/preferences", strings.NewReader("language=en&return=/x"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	cookies := w.Result().Cookies()
	if w.Code != 303 || w.Header().Get("Location") != "/x" || len(cookies) != 1 || cookies[0].Value != "en" {
		t.Fatalf("got %d %v", w.Code, cookies)
	}
	r = httptest.NewRequest("GET", "/login", nil)
	r.AddCookie(cookies[0])
	r.AddCookie(&http.Cookie{Name: "guomen_theme", Value: "dark"})
	w = httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	if !strings.Contains(w.Body.String(), `<html lang="en" data-bs-theme="dark">`) {
		t.Errorf("the choices are not followed: %.200s", w.Body)
	}
	webtest.Check(t, "login", w.Body.String(), text.English)
	r = httptest.NewRequest("GET", "/login", nil)
	r.AddCookie(&http.Cookie{Name: "guomen_language", Value: "xx"})
	r.AddCookie(&http.Cookie{Name: "guomen_theme", Value: `"><script>`})
	w = httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	if !strings.Contains(w.Body.String(), `<html lang="zh-CN" data-bs-theme="auto">`) {
		t.Errorf("unknown choices are followed: %.200s", w.Body)
	}
}

func TestForms(t *testing.T) {
	mux, _ := shell(t)
	send := func(origin string, size int) int {
		r := httptest.NewRequest("POST", "/form", strings.NewReader("a="+strings.Repeat("x", size)))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Authorization", "Bearer "+webtest.Token)
		r.Header.Set("Accept", "text/html")
		if origin != "" {
			r.Header.Set("Sec-Fetch-Site", origin)
		}
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		return w.Code
	}
	for _, test := range []struct {
		origin string
		size   int
		want   int
	}{{"same-origin", 1, 303}, {"", 1, 303}, {"cross-site", 1, 403}, {"same-origin", 70_000, 413}} {
		if got := send(test.origin, test.size); got != test.want {
			t.Errorf("%q, %d bytes: got %d, want %d", test.origin, test.size, got, test.want)
		}
	}
}

func TestHeaders(t *testing.T) {
	mux, _ := shell(t)
	h := webtest.Get(mux, "/nowhere", text.Chinese).Header()
	policy := h.Get("Content-Security-Policy")
	if strings.Contains(policy, "unsafe") || !strings.Contains(policy, "default-src 'none'") || h.Get("X-Content-Type-Options") != "nosniff" ||
		h.Get("Cache-Control") != "no-store" {
		t.Errorf("got %v", h)
	}
}

func TestAssets(t *testing.T) {
	mux, _ := shell(t)
	page := webtest.Get(mux, "/nowhere", text.Chinese).Body.String()
	_, after, _ := strings.Cut(page, `href="/assets/icon-`)
	digest, _, _ := strings.Cut(after, ".svg")
	get := func(path string, header ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", path, nil)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		return w
	}
	present := get("/assets/icon-" + digest + ".svg")
	if present.Code != 200 || !strings.Contains(present.Header().Get("Cache-Control"), "immutable") || present.Header().Get("Content-Type") != "image/svg+xml" {
		t.Errorf("present: %d %v", present.Code, present.Header())
	}
	packed := get("/assets/icon-"+digest+".svg", "Accept-Encoding", "br, gzip;q=0.8")
	z, err := gzip.NewReader(packed.Body)
	if err != nil || packed.Header().Get("Content-Encoding") != "gzip" {
		t.Fatalf("packed: %v %v", err, packed.Header())
	}
	if body, _ := io.ReadAll(z); string(body) != present.Body.String() {
		t.Error("the packed file is another one")
	}
	for _, path := range []string{"/assets/icon-000000000000.svg", "/assets/icon.svg"} {
		if old := get(path); old.Code != 200 || old.Header().Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %d %v", path, old.Code, old.Header())
		}
	}
	if same := get("/assets/icon-"+digest+".svg", "If-None-Match", present.Header().Get("ETag")); same.Code != http.StatusNotModified {
		t.Errorf("same: %d", same.Code)
	}
	for _, path := range []string{"/assets/placeholder.txt", "/assets/x.css", "/assets/..%2Fweb.go"} {
		if got := get(path).Code; got != http.StatusNotFound {
			t.Errorf("%s: %d", path, got)
		}
	}
}

func TestLive(t *testing.T) {
	mux, s := shell(t)
	wake := make(chan struct{})
	var said atomic.Value
	said.Store("first")
	s.HandleLive(mux, "GET /live/x", func(*web.Request) ([]web.Fragment, error) {
		return []web.Fragment{
			{ID: "a", Template: "problems", Data: []errs.Problem{{Message: said.Load().(string)}}},
			{ID: "b", Template: "problems", Data: []errs.Problem{{Message: "same"}}},
		}, nil
	}, func(*web.Request) <-chan struct{} { return wake })
	server := httptest.NewServer(mux)
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	r, _ := http.NewRequestWithContext(ctx, "GET", server.URL+"/live/x", nil)
	r.Header.Set("Authorization", "Bearer "+webtest.Token)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	event := func() string {
		var b strings.Builder
		for lines.Scan() && lines.Text() != "" {
			line, ok := strings.CutPrefix(lines.Text(), "data: ")
			if !ok {
				t.Fatalf("line %q", lines.Text())
			}
			b.WriteString(line + "\n")
		}
		return b.String()
	}
	if first := event(); strings.Count(first, "<hx-partial ") != 2 || !strings.Contains(first, `hx-target="#a" hx-swap="outerMorph"`) {
		t.Errorf("first event %q", first)
	}
	wake <- struct{}{} // nothing has changed: nothing is sent
	said.Store("second")
	wake <- struct{}{}
	if second := event(); strings.Count(second, "<hx-partial ") != 1 || !strings.Contains(second, "second") {
		t.Errorf("second event %q", second)
	}
	close(wake)
	if lines.Scan() {
		t.Errorf("after the end: %q", lines.Text())
	}
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest("GET", "/live/x", nil))
	if w.Code != http.StatusSeeOther {
		t.Errorf("without a viewer: %d", w.Code)
	}
}
