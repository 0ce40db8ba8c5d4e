package main

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store/storetest"
	"github.com/guomen/guomen/port"
)

// given asks for a token over HTTP, and gives its id and its text.
func (w *world) given(t *testing.T, admin, body string) (id, token string) {
	t.Helper()
	r := w.ask(t, admin, "POST", "/v1/tokens", body)
	var answer struct{ ID, Token string }
	if err := json.Unmarshal(r.body, &answer); err != nil || r.status != http.StatusAccepted || answer.ID == "" || answer.Token == "" {
		t.Fatalf("a token is answered with %d %s", r.status, r.body)
	}
	return answer.ID, answer.Token
}

// listed are the ids of an organisation's tokens.
func (w *world) listed(t *testing.T, admin, organisation string) (ids string) {
	t.Helper()
	r := w.ask(t, admin, "GET", "/v1/tokens?organisation="+organisation, "")
	var list struct{ Items []tokenItem }
	if err := json.Unmarshal(r.body, &list); err != nil || r.status != http.StatusOK || strings.Contains(string(r.body), "gm_") {
		t.Fatalf("tokens are listed as %d %s", r.status, r.body)
	}
	for _, one := range list.Items {
		if one.Organisation != organisation {
			t.Errorf("%s is listed among the tokens of %s", one.Organisation, organisation)
		}
		ids += one.ID.String() + " "
	}
	return ids
}

// TestTokenTakenBack: an administrator takes a token back as a fact that says who did; it is good no more at once, in
// headers, sessions, streams that are open and pages that stay open, and after a restart. The others go on.
func TestTokenTakenBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		t.Setenv("GUOMEN_MASTER_KEY", base64.StdEncoding.EncodeToString(make([]byte, 32)))
		w := newWorld(t, d.URL, identity.Principal{})
		admin := w.token(identity.Administrator, "")
		id, token := w.given(t, admin, `{"organisation":"lost","role":"customs","person":"he","port":"`+string(here)+`"}`)
		kept, other := w.given(t, admin, `{"organisation":"lost","role":"trader"}`)
		if got, want := w.listed(t, admin, "lost"), min(id, kept)+" "+max(id, kept)+" "; got != want { // in order of id
			t.Errorf("listed %q, want %q", got, want)
		}
		good := func(token string) bool {
			return w.ask(t, token, "GET", "/v1/ports", "").status == http.StatusOK && w.ask(t, "", "GET", "/v1/ports", "", "Cookie", "guomen_session="+token).status == http.StatusOK
		}
		if !good(token) || !good(other) {
			t.Fatal("a token is not good from the start")
		}
		principal, _ := w.platform.directory.Find(token)
		live, err := http.NewRequestWithContext(identity.With(t.Context(), principal), "GET", "/live/map", nil)
		if err != nil {
			t.Fatal(err)
		}
		if viewer, err := (door{w.site}).Viewer(live); viewer == nil || err != nil {
			t.Errorf("before, a live page is watched by %v %v", viewer, err)
		}
		s := newStory(t, w, here)
		s.announce(s.coal("1"))
		facts, err := w.platform.engine.Facts(t.Context(), ledgerOf(here), 0, ledger.MaxFacts, 0)
		if err != nil || len(facts) == 0 {
			t.Fatal(len(facts), err)
		}
		read, ended := make(chan uint64, ledger.MaxFacts), make(chan error)
		go func() {
			ended <- w.follow(t.Context(), token, "/v1/facts?wait=60s&ledger=port:"+string(here), func(l line) bool { read <- l.Seq; return true })
		}()
		for <-read < facts[len(facts)-1].Seq {
		}

		for _, c := range []struct {
			name, path string
			want       int
		}{{"no id", "none", 404}, {"an id of nothing", port.NewID(1, 1, 1).String(), 404}} {
			if r := w.ask(t, admin, "DELETE", "/v1/tokens/"+c.path, ""); r.status != c.want {
				t.Errorf("%s: %d %s", c.name, r.status, r.body)
			}
		}
		own, _ := w.platform.directory.Find(admin)
		if r := w.ask(t, admin, "DELETE", "/v1/tokens/"+own.Token.String(), ""); r.status != http.StatusConflict || !good(admin) {
			t.Errorf("the token that asks: %d %s", r.status, r.body)
		}

		r := w.ask(t, admin, "DELETE", "/v1/tokens/"+id, "")
		if r.status != http.StatusAccepted || r.decoded["subject"] != id || r.decoded["outcome"] != ledger.Accepted {
			t.Fatalf("taken back: %d %s", r.status, r.body)
		}
		if good(token) {
			t.Error("the token is good after the answer")
		}
		if !good(other) || !good(admin) {
			t.Error("another token is good no more")
		}
		if got, want := w.listed(t, admin, "lost"), kept+" "; got != want {
			t.Errorf("listed %q, want %q", got, want)
		}
		if viewer, err := (door{w.site}).Viewer(live); viewer != nil || err != nil {
			t.Errorf("a live page is still watched by %v %v", viewer, err)
		}
		s.announce(s.coal("2")) // wakes the stream, which has nobody to tell
		select {
		case err := <-ended:
			if err != nil || len(read) > 0 {
				t.Errorf("the stream ended with %v and gave %d facts more", err, len(read))
			}
		case <-time.After(10 * time.Second):
			t.Error("the stream goes on")
		}
		if r := w.ask(t, admin, "DELETE", "/v1/tokens/"+id, ""); r.status != http.StatusNotFound {
			t.Errorf("taken back twice: %d %s", r.status, r.body)
		}
		region := strings.Split(string(w.ask(t, admin, "GET", "/v1/facts?ledger=region", "").body), "\n")
		last := region[len(region)-1]
		for _, word := range []string{`token.revoked.v1`, id, own.Organisation, own.Person, string(identity.Administrator)} {
			if !strings.Contains(last, word) {
				t.Errorf("the fact does not say %s: %s", word, last)
			}
		}
		if issued := region[len(region)-3]; !strings.Contains(issued, "token.issued.v1") || !strings.Contains(issued, own.Person) {
			t.Errorf("the fact does not say who gave the token: %s", issued)
		}

		if d.Durable() {
			w.close(t)
			w = newWorld(t, d.URL, identity.Principal{})
			if good(token) || !good(other) {
				t.Errorf("after a restart the token is good: %v, the other: %v", good(token), good(other))
			}
		}
	})
}

// TestTokenInEveryProcess: what one process gives or takes back counts in the other soon.
func TestTokenInEveryProcess(t *testing.T) {
	t.Setenv("GUOMEN_MASTER_KEY", base64.StdEncoding.EncodeToString(make([]byte, 32)))
	d := storetest.Postgres(t)
	one, two := newWorld(t, d.URL, identity.Principal{}), newWorld(t, d.URL, identity.Principal{})
	admin := one.token(identity.Administrator, "")
	id, token := one.given(t, admin, `{"organisation":"lost","role":"trader"}`)
	until := func(what string, status int) {
		t.Helper()
		began := time.Now()
		for two.ask(t, token, "GET", "/v1/ports", "").status != status {
			if time.Since(began) > 5*time.Second {
				t.Fatal("in the other process after five seconds: ", what)
			}
			time.Sleep(5 * time.Millisecond)
		}
		t.Logf("%s after %s", what, time.Since(began).Round(time.Millisecond))
	}
	until("given", http.StatusOK)
	if r := one.ask(t, admin, "DELETE", "/v1/tokens/"+id, ""); r.status != http.StatusAccepted {
		t.Fatalf("taken back: %d %s", r.status, r.body)
	}
	until("taken back", http.StatusUnauthorized)
}
