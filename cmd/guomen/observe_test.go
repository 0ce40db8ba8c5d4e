package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/port"
)

// logged keeps what is logged, line by line.
type logged struct {
	mu    sync.Mutex
	lines []map[string]any
}

func (l *logged) Write(data []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	line := map[string]any{}
	if err := json.Unmarshal(data, &line); err != nil {
		return 0, fmt.Errorf("%w: %s", err, data)
	}
	l.lines = append(l.lines, line)
	return len(data), nil
}

// said takes the lines with a message out of the log, waiting for want of them: a line is written after the answer.
func (l *logged) said(t *testing.T, message string, want int) (found []map[string]any) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		l.mu.Lock()
		l.lines = slices.DeleteFunc(l.lines, func(line map[string]any) bool {
			if line["msg"] == message {
				found = append(found, line)
			}
			return line["msg"] == message
		})
		l.mu.Unlock()
		if len(found) >= want || time.Now().After(deadline) {
			if len(found) != want {
				t.Errorf("%d lines of %q, want %d: %v", len(found), message, want, found)
			}
			return found
		}
	}
}

// TestOneEventPerRequest: every request leaves one line, with who asked for what, what was answered and how long it took,
// and nothing of persons or of what was searched for.
func TestOneEventPerRequest(t *testing.T) {
	log := &logged{}
	w := newWorldLogging(t, "memory:", identity.Principal{}, log)
	trader, officer := w.token(identity.Trader, ""), w.token(identity.Customs, here)
	for _, c := range []struct {
		token, method, path, body, route, role string
		status                                 int
	}{
		{trader, "GET", "/v1/ports", "", "GET /v1/ports", "trader", 200},
		{trader, "GET", "/v1/movements?plate=0001SECRET", "", "GET /v1/movements", "trader", 200},
		{"", "GET", "/v1/ports", "", "GET /v1/ports", "public", 401},
		{"gm_none", "GET", "/v1/ports", "", "GET /v1/ports", "public", 401},
		{trader, "GET", "/v1/passes?port=" + string(here), "", "GET /v1/passes", "trader", 403},
		{officer, "GET", "/v1/nothing/here", "", "/v1/", "customs", 404},
		{trader, "POST", "/v1/declarations?port=" + string(here), "{}", "POST /v1/declarations", "trader", 422},
		{officer, "DELETE", "/ports/" + string(here), "", "/", "customs", 404},
		{"", "GET", "/", "", "GET /{$}", "public", 303},
		{officer, "GET", "/", "", "GET /{$}", "customs", 200},
		{"", "GET", "/healthz", "", "GET /healthz", "public", 200},
	} {
		w.ask(t, c.token, c.method, c.path, c.body)
		path, _, _ := strings.Cut(c.path, "?")
		for _, line := range log.said(t, "request", 1) {
			want := map[string]any{"method": c.method, "path": path, "route": c.route, "role": c.role, "status": float64(c.status)}
			for key, value := range want {
				if line[key] != value {
					t.Errorf("%s %s: %s is %v, want %v", c.method, c.path, key, line[key], value)
				}
			}
			if (line["organisation"] == "") != (c.role == "public") || line["took"].(float64) <= 0 || line["bytes"].(float64) <= 0 || line["level"] != "INFO" {
				t.Errorf("%s %s: %v", c.method, c.path, line)
			}
			if text := fmt.Sprint(line); strings.Contains(text, "SECRET") || strings.Contains(text, "test customs") || strings.Contains(text, "gm_") {
				t.Errorf("the log says too much: %s", text)
			}
		}
	}
}

// TestPanickingRequest is answered as broken and leaves its line and its evidence; where the answer has begun the
// connection is cut, so that nobody takes half of it for the whole.
func TestPanickingRequest(t *testing.T) {
	log := &logged{}
	w := newWorldLogging(t, "memory:", identity.Principal{}, log)
	server := httptest.NewServer(w.site.observe(w.site.mux, http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/late" {
			fmt.Fprint(out, "half of")
			_ = http.NewResponseController(out).Flush()
		}
		panic("the inside of the thing")
	})))
	defer server.Close()
	for _, path := range []string{"/early", "/late"} {
		answer, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if late := path == "/late"; (err != nil) != late || !late && (answer.StatusCode != 500 || answer.Header.Get("Content-Type") != "application/problem+json") || bytes.Contains(body, []byte("inside")) {
			t.Errorf("%s: %d %q %v", path, answer.StatusCode, body, err)
		}
		if line := log.said(t, "request", 1); len(line) == 1 && (line[0]["status"] != float64(500) || line[0]["level"] != "ERROR") {
			t.Errorf("%s: %v", path, line)
		}
		if line := log.said(t, "a request panicked", 1); len(line) == 1 && (line[0]["panic"] != "the inside of the thing" || !strings.Contains(line[0]["stack"].(string), "observe_test.go")) {
			t.Errorf("%s: %v", path, line)
		}
	}
}

// scraped reads /metrics: every sample by its name and labels, as they are written.
func (w *world) scraped(t *testing.T) map[string]float64 {
	t.Helper()
	samples := map[string]float64{}
	for line := range strings.Lines(string(w.ask(t, "", "GET", "/metrics", "").body)) {
		at := strings.LastIndexByte(line, ' ')
		if at < 0 || strings.HasPrefix(line, "#") {
			continue
		}
		value, err := strconv.ParseFloat(strings.TrimSpace(line[at+1:]), 64)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		samples[line[:at]] = value
	}
	return samples
}

// TestMetrics: what an operator alarms on counts what has happened, and the names are those of docs/operate.md.
func TestMetrics(t *testing.T) {
	w := newWorld(t, "memory:", identity.Principal{})
	before := w.scraped(t)
	s := newStory(t, w, here)
	k := s.coal("1")
	id, _ := s.announce(k)
	s.declare(k)
	s.settle(id, port.CustomsRelease)
	s.read(k, port.DueEntryGate, port.DecisionOpen)
	s.read(k, port.DueExitGate, port.DecisionHold, "customs_release")
	s.do(identity.Trader, "POST", "/v1/declarations", "{}", http.StatusUnprocessableEntity)
	s.noted()
	facts := 0.0
	heads, err := w.platform.engine.Heads(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range heads {
		facts += float64(h.Seq)
		for _, view := range w.platform.kinds.views() {
			if h.Name != ledgerOf(here) {
				continue
			}
			if err := w.platform.views.Wait(t.Context(), view.Name, h.Name, h.Seq); err != nil {
				t.Fatal(err)
			}
		}
	}
	after := w.scraped(t)
	grown := func(sample string, least, most float64) {
		t.Helper()
		if n := after[sample] - before[sample]; n < least || n > most {
			t.Errorf("%s has grown by %v, want %v to %v", sample, n, least, most)
		}
	}
	grown(`guomen_gate_decisions_total{decision="open"}`, 1, 1)
	grown(`guomen_gate_decisions_total{decision="hold"}`, 1, 1)
	commands := 0.0
	for sample, n := range after {
		if strings.HasPrefix(sample, "guomen_commands_total{") {
			commands += n
		}
	}
	grown(`guomen_commands_total{outcome="accepted",priority="gate"}`, 3, 30) // two readings and the officers
	grown(`guomen_commands_total{outcome="accepted",priority="lodgement"}`, 2, 2)
	if after["guomen_facts_total"] != facts || facts == 0 {
		t.Errorf("guomen_facts_total is %v, the ledgers have %v", after["guomen_facts_total"], facts)
	}
	if after["guomen_batch_commands_sum"] != commands || commands == 0 {
		t.Errorf("batches had %v commands, %v were answered", after["guomen_batch_commands_sum"], commands)
	}
	for _, name := range []string{"guomen_commit_seconds", "guomen_decide_seconds"} {
		if after[name+"_count"] != after["guomen_batch_commands_count"] || after[name+"_sum"] <= 0 {
			t.Errorf("%s: %v of %v batches, %v s", name, after[name+"_count"], after["guomen_batch_commands_count"], after[name+"_sum"])
		}
	}
	grown(`guomen_request_seconds_count{route="POST /v1/lanes/{lane}/readings",status="200"}`, 2, 2)
	if n, ok := after[fmt.Sprintf("guomen_waiting_commands{ledger=%q}", "port:"+here)]; n != 0 || !ok {
		t.Errorf("%v commands wait, told: %v", n, ok)
	}
	for _, view := range w.platform.kinds.views() {
		if n, ok := after[fmt.Sprintf("guomen_view_lag_facts{view=%q}", view.Name)]; n != 0 || !ok {
			t.Errorf("view %s is %v facts behind, told: %v", view.Name, n, ok)
		}
	}

	text, err := os.ReadFile("../../docs/operate.md")
	if err != nil {
		t.Fatal(err)
	}
	named, told := map[string]bool{}, map[string]bool{}
	for _, name := range regexp.MustCompile(`guomen_[a-z_]+`).FindAllString(string(text), -1) {
		named[name] = true
	}
	for sample := range after {
		name, _, _ := strings.Cut(sample, "{")
		for _, end := range []string{"_bucket", "_sum", "_count"} {
			name = strings.TrimSuffix(name, end)
		}
		if strings.HasPrefix(name, "guomen_") {
			told[name] = true
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(named)), slices.Sorted(maps.Keys(told))); diff != "" {
		t.Errorf("named in docs/operate.md (-) and told (+):\n%s", diff)
	}
}

// TestGracefulStop: a platform that is told to stop takes nobody new, answers what is on its way, ends its streams, and
// has in the ledger what it answered.
func TestGracefulStop(t *testing.T) {
	w := newWorld(t, "memory:", identity.Principal{})
	s := newStory(t, w, here)
	s.announce(s.coal("1"))
	s.noted()
	document, err := os.ReadFile("../../exchange/testdata/manifest_coal.json")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	address, stopped := make(chan string, 1), make(chan error, 1)
	go func() { stopped <- w.site.listen(ctx, "127.0.0.1:0", func(url string) { address <- url }) }()
	url := <-address
	open := func(path, token string, body io.Reader) (*http.Response, error) {
		method := "GET"
		if body != nil {
			method = "POST"
		}
		r, err := http.NewRequestWithContext(t.Context(), method, url+path, body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", "application/json")
		return http.DefaultClient.Do(r)
	}
	ended := make(chan error, 2)
	for _, path := range []string{"/v1/facts?wait=60s&ledger=port:" + string(here), "/live/map"} {
		stream, err := open(path, w.token(identity.Region, ""), nil)
		if err != nil || stream.StatusCode != http.StatusOK {
			t.Fatal(path, err)
		}
		if _, err := stream.Body.Read(make([]byte, 1)); err != nil {
			t.Fatal(path, err)
		}
		go func() {
			_, err := io.Copy(io.Discard, stream.Body)
			_ = stream.Body.Close()
			ended <- err
		}()
	}
	slow, rest := io.Pipe()
	answered := make(chan *reply, 1)
	go func() {
		answer, err := open("/v1/manifests?port="+string(here), w.token(identity.Carrier, ""), slow)
		if err != nil {
			t.Error(err)
			close(answered)
			return
		}
		defer answer.Body.Close()
		r := &reply{status: answer.StatusCode}
		r.body, _ = io.ReadAll(answer.Body)
		_ = json.Unmarshal(r.body, &r.decoded)
		answered <- r
	}()
	if _, err := rest.Write(document[:len(document)/2]); err != nil {
		t.Fatal(err)
	}
	time.Sleep(20 * time.Millisecond) // it is being read
	began := time.Now()
	stop()
	for refused := false; !refused; time.Sleep(time.Millisecond) {
		conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if refused = err != nil; !refused {
			_ = conn.Close()
		}
		if time.Since(began) > 5*time.Second {
			t.Fatal("somebody new is let in")
		}
	}
	if _, err := rest.Write(document[len(document)/2:]); err != nil {
		t.Fatal(err)
	}
	_ = rest.Close()
	r := <-answered
	if r == nil || r.status != http.StatusAccepted {
		t.Fatalf("what was on its way is answered with %+v", r)
	}
	for range 2 {
		if err := <-ended; err != nil {
			t.Errorf("a stream is cut: %v", err)
		}
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > shutdownTimeout {
		t.Errorf("stopping took %s", took)
	}
	command, err := port.ParseID(fmt.Sprint(r.decoded["command"]))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.platform.engine.ReceiptOf(t.Context(), command); err != nil {
		t.Errorf("what was acknowledged is not there: %v", err)
	}
}
