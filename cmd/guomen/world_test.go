package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// The ports of the tests: one where everything is decided here, another of the same kind, and one whose customs answers
// through messages.
const (
	here     port.PortID = "ganqimaodu-road"
	there    port.PortID = "ceke-road"
	mirrored port.PortID = "manzhouli-road"
)

// who is one token of the tests: a role at a port, and which of several organisations that have the role.
type who struct {
	role identity.Role
	at   port.PortID
	no   int
}

// world is a platform with its HTTP side behind a test server.
type world struct {
	platform *platform
	site     *site
	server   *httptest.Server
	tokens   map[who]string
	key      string // the file of the key that personal data is sealed under
}

// newWorld opens a platform on a database and serves it. Every role has two organisations, and an officer and a device
// at each of the tests' ports.
func newWorld(t testing.TB, url string, visitor identity.Principal) *world {
	t.Helper()
	return newWorldLogging(t, url, visitor, io.Discard)
}

// newWorldLogging is newWorld, with the log as lines of JSON.
func newWorldLogging(t testing.TB, url string, visitor identity.Principal, log io.Writer) *world {
	t.Helper()
	key := filepath.Join(t.TempDir(), "guomen.key")
	p, err := openPlatform(t.Context(), url, config{Hash: ledger.SHA256, Cipher: ledger.AES256GCM, MasterKeyFile: key}, slog.New(slog.NewJSONHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{platform: p, tokens: map[who]string{}, key: key}
	t.Cleanup(func() { w.close(t) })
	var issued []identity.TokenIssued
	state := p.registry()
	for _, role := range identity.Roles() {
		for no := range 2 {
			ports := []port.PortID{""}
			if len(role.Functions()) > 0 || role == identity.Device {
				ports = []port.PortID{here, there, mirrored}
			}
			for _, at := range ports {
				organisation := string(role) + "-" + string(rune('a'+no))
				if len(role.Functions()) > 0 && no == 0 {
					organisation = officeOf(state, at, role)
				}
				secret := identity.NewToken()
				w.tokens[who{role, at, no}] = secret
				issued = append(issued, identity.TokenIssued{Hash: identity.HashToken(secret), Organisation: organisation, Role: role, Person: "test " + string(role), Port: at})
			}
		}
	}
	if err := p.issueTokens(t.Context(), setup, issued); err != nil {
		t.Fatal(err)
	}
	if w.site, err = newSite(p, siteConfig{Visitor: visitor}); err != nil {
		t.Fatal(err)
	}
	p.run(context.WithoutCancel(t.Context()))
	w.server = httptest.NewServer(w.site.handler)
	return w
}

// close stops the server and the platform; again it does nothing.
func (w *world) close(t testing.TB) {
	if w.platform == nil {
		return
	}
	if w.server != nil {
		w.site.wake.stop()
		w.server.CloseClientConnections()
		w.server.Close()
	}
	if err := w.platform.close(); err != nil {
		t.Error(err)
	}
	w.platform = nil
}

// token finds the token of a role at a port, or of a role that belongs to none.
func (w *world) token(role identity.Role, at port.PortID) string {
	if token, ok := w.tokens[who{role, at, 0}]; ok {
		return token
	}
	return w.tokens[who{role, "", 0}]
}

// reply is an answer of the server.
type reply struct {
	status  int
	header  http.Header
	body    []byte
	decoded map[string]any // nil where the body is no JSON object
}

// problem is an answer that refuses.
type problem struct {
	Title    string         `json:"title"`
	Status   int            `json:"status"`
	Detail   string         `json:"detail"`
	Problems []errs.Problem `json:"problems"`
}

func (r *reply) problem(t testing.TB) problem {
	t.Helper()
	var p problem
	if err := json.Unmarshal(r.body, &p); err != nil {
		t.Fatalf("no problem: %s", r.body)
	}
	return p
}

// request sends one request and reads the whole answer. header holds pairs of name and value.
func (w *world) request(ctx context.Context, token, method, path, body string, header ...string) (*reply, error) {
	r, err := http.NewRequestWithContext(ctx, method, w.server.URL+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	client := &http.Client{Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	reply := &reply{status: answer.StatusCode, header: answer.Header, body: bytes.TrimSpace(data)}
	_ = json.Unmarshal(data, &reply.decoded)
	return reply, err
}

// ask is request for tests that go no further without an answer.
func (w *world) ask(t testing.TB, token, method, path, body string, header ...string) *reply {
	t.Helper()
	r, err := w.request(t.Context(), token, method, path, body, header...)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return r
}
