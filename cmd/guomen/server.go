package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/guomen/guomen/claim/claimweb"
	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/exchange/edifact"
	"github.com/guomen/guomen/exchange/exchangeweb"
	"github.com/guomen/guomen/exchange/native"
	"github.com/guomen/guomen/exchange/singlewindow"
	"github.com/guomen/guomen/exchange/wco"
	"github.com/guomen/guomen/gate/gateweb"
	"github.com/guomen/guomen/internal/api"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/web"
	"github.com/guomen/guomen/movement/movementweb"
	"github.com/guomen/guomen/port"
	"github.com/guomen/guomen/registry"
	"github.com/guomen/guomen/registry/registryweb"
)

// formats are the message formats that the platform speaks, the likeliest first.
func formats() exchange.Formats {
	return exchange.Formats{native.Format(), wco.Format(), singlewindow.Format(), edifact.Format(), edifact.Quoted()}
}

func encodeJSON(v any) ([]byte, error) { return json.Marshal(v) }

// site is the platform's HTTP side.
type site struct {
	platform *platform
	config   siteConfig
	mux      *http.ServeMux
	api      *api.API
	desk     *movementweb.Desk
	intake   *exchangeweb.Intake
	handler  http.Handler
	wake     *waker

	organisations map[string]registry.Names // of authorities and operators
}

// siteConfig is what the HTTP side is told.
type siteConfig struct {
	// Visitor is who reads pages without a token: nobody, but in a demonstration, where it is a region's leader who can
	// read everything and change nothing.
	Visitor identity.Principal
	Secure  bool
	Demo    web.Demo
	// KeepCrew is how long a crew's sealed data can be opened; 0: defaultKeep.
	KeepCrew port.Duration
}

// defaultKeep is a working value, not a legal one: how long a port may keep a crew's data was not found.
const defaultKeep = 180 * port.Day

func (c siteConfig) keepCrew() port.Duration {
	if c.KeepCrew > 0 {
		return c.KeepCrew
	}
	return defaultKeep
}

func newSite(p *platform, config siteConfig) (*site, error) {
	s := &site{platform: p, config: config, wake: newWaker(p), organisations: map[string]registry.Names{}}
	list, err := registry.Organisations()
	if err != nil {
		return nil, err
	}
	for _, one := range list {
		s.organisations[string(one.ID)] = one.Names
	}
	mux := http.NewServeMux()
	s.mux = mux
	s.api = api.New(mux, p.catalogue, p.log, version())
	s.desk = &movementweb.Desk{Engine: p.engine, Kinds: p.kinds.Kinds, Board: p.board, Registry: p.registry}
	s.intake = &exchangeweb.Intake{Engine: p.engine, Law: p.law, Registry: p.registry, Formats: formats(), Kinds: p.kinds.Kinds}
	lanes := &gateweb.Lanes{Engine: p.engine, Kinds: p.kinds.Kinds, Registry: p.registry, Catalogue: p.catalogue, Count: p.metrics.gate, Law: p.law, Log: p.log}
	s.intake.Routes(s.api)
	s.desk.Routes(s.api)
	lanes.Routes(s.api)
	crew := &movementweb.Crew{Desk: s.desk, Vault: p.vault, Keep: config.keepCrew(), Persons: p.law.Persons}
	crew.Routes(s.api)
	(&claimweb.Desk{Engine: p.engine, Accounts: p.kinds.between.Accounts}).Routes(s.api)
	newFeed(p).routes(s.api)
	s.dataRoutes()
	newRuleDesk(s).routes()
	shell, err := web.New(p.catalogue, p.log, web.Config{Door: door{s}, Secure: config.Secure, Demo: config.Demo, Nav: []web.NavEntry{{Path: "/", Key: "shell.nav.map", Icon: "map"}, {Path: "/search", Key: "shell.nav.search", Icon: "list"}}})
	if err != nil {
		return nil, err
	}
	if err := registryweb.Mount(mux, shell, ports{s}); err != nil {
		return nil, err
	}
	if err := movementweb.Mount(mux, shell, movements{s}); err != nil {
		return nil, err
	}
	shell.Mount(mux)
	s.operations(mux)
	table := accessTable()
	if err := table.Check(); err != nil {
		return nil, err
	}
	guard := identity.Guard{Table: table, Sign: s.sign, Fail: s.fail}
	s.handler = s.observe(mux, guard.Wrap(mux))
	return s, nil
}

// operations adds what machines ask.
func (s *site) operations(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		_, err := s.platform.engine.Heads(ctx)
		if err == nil && !s.platform.views.Built() {
			err = errs.New(errs.Unavailable, "view.building", "views are being built")
		}
		if err != nil {
			s.api.Fail(w, r, err)
			return
		}
		fmt.Fprintln(w, "ready")
	})
	mux.Handle("GET /metrics", s.platform.metrics.handler())
	mux.HandleFunc("/v1/", func(w http.ResponseWriter, r *http.Request) { // a program that errs gets no page to read
		s.api.Fail(w, r, errs.New(errs.Missing, "route.unknown", "%s %s", r.Method, r.URL.Path))
	})
	mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, r *http.Request) {
		if err := s.api.Spec(w, r); err != nil {
			s.api.Fail(w, r, err)
		}
	})
}

// sign finds out who sends a request, and notes it for the log.
func (s *site) sign(r *http.Request) (identity.Principal, error) {
	p, err := s.known(r)
	if seen, ok := r.Context().Value(recorderKey{}).(*recorder); ok {
		seen.by = p
	}
	return p, err
}

// known tells who sends a request: by bearer token, by session, or as a demonstration's visitor on pages.
func (s *site) known(r *http.Request) (identity.Principal, error) {
	if header := r.Header.Get("Authorization"); header != "" {
		p, ok := s.platform.directory.Find(identity.Bearer(header))
		if !ok {
			return p, errs.New(errs.Unauthenticated, "access.token_unknown", "unknown token")
		}
		return p, nil
	}
	if cookie, err := r.Cookie(web.SessionCookie); err == nil {
		if p, ok := s.platform.directory.Find(cookie.Value); ok {
			return p, nil
		}
	}
	if s.config.Visitor.Role != "" && (r.Method == http.MethodGet || r.Method == http.MethodHead) && !strings.HasPrefix(r.URL.Path, "/v1/") {
		return s.config.Visitor, nil
	}
	return identity.Anonymous, nil
}

// fail answers a request that the guard turned away: a reader of pages is sent to sign in, everybody else is told.
func (s *site) fail(w http.ResponseWriter, r *http.Request, err error) {
	page := !strings.HasPrefix(r.URL.Path, "/v1/") && !strings.Contains(r.Header.Get("Accept"), "json")
	if page && errs.KindOf(err) == errs.Unauthenticated && r.Method == http.MethodGet {
		http.Redirect(w, r, "/login?return="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
		return
	}
	s.api.Fail(w, r, err)
}

// door tells the pages who reads them.
type door struct{ site *site }

// Viewer is the principal whom the guard has found.
func (d door) Viewer(r *http.Request) (*web.Viewer, error) {
	p := identity.From(r.Context())
	if p.Role == identity.Public || p.Role == "" || !d.site.platform.directory.Good(p) { // live pages ask again and again
		return nil, nil
	}
	organisation := web.Plain(p.Organisation)
	if names, ok := d.site.organisations[p.Organisation]; ok {
		organisation = words(names)
	}
	viewer := &web.Viewer{Name: organisation, Organisation: organisation, Role: web.Said(p.Role.TextKey())}
	switch {
	case p == d.site.config.Visitor:
		viewer.Name, viewer.Visitor = web.Said("shell.user.visitor"), true
	case p.Person != "":
		viewer.Name = web.Plain(p.Person)
	}
	return viewer, nil
}

// sessionFor is how long a browser keeps a session: a shift.
const sessionFor = 12 * port.Hour

// SignIn takes a token. The session is the token itself, in a cookie that no script can read.
func (d door) SignIn(_ context.Context, token string) (string, port.Time, error) {
	if _, ok := d.site.platform.directory.Find(token); !ok {
		return "", 0, errs.New(errs.Unauthenticated, "access.token_unknown", "unknown token")
	}
	return token, d.site.platform.engine.Now().Add(sessionFor), nil
}

// SignOut has nothing to end but the cookie.
func (d door) SignOut(context.Context, string) error { return nil }

// observe writes one line and one measurement a request, however it ends, and notes the reader's language for whatever
// answers. The line names the organisation and the role, never the person or the query, where names and plates stand.
func (s *site) observe(mux *http.ServeMux, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		seen := &recorder{ResponseWriter: w, status: http.StatusOK}
		cut := s.serve(seen, next, api.WithLanguage(r.WithContext(context.WithValue(r.Context(), recorderKey{}, seen))))
		took := time.Since(began)
		_, route := mux.Handler(r)
		s.platform.metrics.request(route, seen.status, took)
		level := slog.LevelInfo
		if seen.status >= 500 {
			level = slog.LevelError
		}
		if s.platform.log.Enabled(r.Context(), level) {
			s.platform.log.LogAttrs(r.Context(), level, "request", slog.String("method", r.Method), slog.String("path", r.URL.Path),
				slog.String("route", route), slog.String("organisation", seen.by.Organisation), slog.String("role", string(seen.by.Role)),
				slog.Int("status", seen.status), slog.Duration("took", took), slog.Int64("bytes", seen.bytes))
		}
		if cut {
			panic(http.ErrAbortHandler) // the server cuts the connection, so that half an answer is not taken for a whole one
		}
	})
}

// serve runs a handler. One that panics is answered as broken, with the evidence in the log; where its answer has begun,
// the connection must be cut.
func (s *site) serve(w *recorder, next http.Handler, r *http.Request) (cut bool) {
	defer func() {
		caught := recover()
		if caught == nil {
			return
		}
		if err, ok := caught.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
			s.platform.log.Error("a request panicked", "path", r.URL.Path, "panic", caught, "stack", string(debug.Stack()))
		}
		if cut = w.begun; !cut {
			s.api.Fail(w, r, errs.New(errs.Broken, "", "%s %s panicked", r.Method, r.URL.Path))
		}
		w.status = http.StatusInternalServerError
	}()
	next.ServeHTTP(w, r)
	return false
}

// recorder remembers who asked and what was answered.
type recorder struct {
	http.ResponseWriter
	by     identity.Principal
	begun  bool
	status int
	bytes  int64
}

type recorderKey struct{}

func (r *recorder) WriteHeader(status int) {
	r.begun, r.status = true, status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(data []byte) (int, error) {
	r.begun = true
	n, err := r.ResponseWriter.Write(data)
	r.bytes += int64(n)
	return n, err
}

// Unwrap lets the standard library find what the writer below can do.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// Limits of the HTTP server: how long a slow sender may take over a message of the largest size, and over headers; how
// long an idle connection is kept; how long stopping waits for answers that are on their way.
const (
	readTimeout     = 60 * time.Second
	headerTimeout   = 10 * time.Second
	answerTimeout   = 90 * time.Second
	idleTimeout     = 120 * time.Second
	shutdownTimeout = 10 * time.Second
)

// listen serves until the context ends, then lets answers finish.
func (s *site) listen(ctx context.Context, address string, ready func(url string)) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return errs.Wrap(errs.Unavailable, err, "listen on %s", address)
	}
	base, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	server := &http.Server{
		Handler: s.handler, ReadTimeout: readTimeout, ReadHeaderTimeout: headerTimeout, WriteTimeout: answerTimeout, IdleTimeout: idleTimeout,
		BaseContext: func(net.Listener) context.Context { return base }, ErrorLog: slog.NewLogLogger(s.platform.log.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	host, portNumber, _ := net.SplitHostPort(listener.Addr().String())
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	ready("http://" + host + ":" + portNumber)
	select {
	case err := <-failed:
		return errs.Wrap(errs.Unavailable, err, "serve on %s", address)
	case <-ctx.Done():
	}
	// Streams end when their context does; everything else may finish.
	time.AfterFunc(shutdownTimeout/2, cancel)
	s.wake.stop()
	stopping, done := context.WithTimeout(context.Background(), shutdownTimeout)
	defer done()
	if err := server.Shutdown(stopping); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}
