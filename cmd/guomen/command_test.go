package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guomen/guomen/internal/identity"
)

// ran runs the program and expects its exit status; it gives what was written to standard output, line by line, and the
// talk.
func ran(t *testing.T, want int, args ...string) (lines []string, talk string) {
	t.Helper()
	var out, said bytes.Buffer
	if status := run(t.Context(), args, &out, &said); status != want {
		t.Errorf("guomen %s: exit %d, want %d\n%s%s", strings.Join(args, " "), status, want, out.String(), said.String())
	}
	for line := range strings.Lines(out.String()) {
		lines = append(lines, strings.TrimSuffix(line, "\n"))
	}
	return lines, said.String()
}

// samples are the project's own files.
func samples(names ...string) (files []string) {
	for _, name := range names {
		files = append(files, filepath.Join("..", "..", "exchange", "testdata", name))
	}
	return files
}

// write makes a file of the test's own.
func write(t *testing.T, name, data string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCalls(t *testing.T) {
	if _, talk := ran(t, 0, "help"); !strings.Contains(talk, "demo") || !strings.Contains(talk, "verify") {
		t.Errorf("help says %s", talk)
	}
	ran(t, 2)
	ran(t, 2, "dance")
	for _, c := range commands() {
		ran(t, 0, c.name, "-h")
		ran(t, 2, c.name, "--no-such-flag")
	}
	ran(t, 2, "check")
	ran(t, 2, "check", "no such file.xml")
	ran(t, 2, "check", t.TempDir())
	ran(t, 2, "submit", "--key", "k", "a", "b")
	ran(t, 2, "backup", "--database", "sqlite:x.db")
	ran(t, 2, "restore", "--database", "sqlite:x.db")
	ran(t, 2, "verify", "left over")
	ran(t, 2, "serve", "--config", "no such file.yaml")
	ran(t, 1, "serve", "--config", write(t, "c.yaml", "colour: red\n"))
	ran(t, 1, "serve", "--config", write(t, "c.yaml", "hash: md5\n"))
	ran(t, 2, "serve", "--config", write(t, "c.yaml", "log_level: shout\n"))
	for _, name := range []string{"verify", "rebuild", "backup", "doctor"} { // an operation makes no empty database
		args := []string{name, "--database", "sqlite:" + filepath.Join(t.TempDir(), "none.db")}
		if name == "backup" {
			args = append(args, "--to", filepath.Join(t.TempDir(), "to.db"))
		}
		ran(t, 3, args...)
	}
}

// checked is a line of check and submit, by name.
type checked map[string]any

// lineShape holds lines to the published shape: every name there, and no other.
func lineShape(t *testing.T, lines []string) (all []checked) {
	t.Helper()
	keys := func(m map[string]any) []string {
		var list []string
		for key := range m {
			list = append(list, key)
		}
		slices.Sort(list)
		return list
	}
	for _, line := range lines {
		var one checked
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if diff := cmp.Diff([]string{"file", "format", "kind", "outcome", "problems", "read", "receipt"}, keys(one)); diff != "" {
			t.Errorf("a line's names:\n%s", diff)
		}
		if receipt, ok := one["receipt"].(map[string]any); ok {
			if diff := cmp.Diff([]string{"command", "first", "last", "ledger", "outcome"}, keys(receipt)); diff != "" {
				t.Errorf("a receipt's names:\n%s", diff)
			}
		} else if one["receipt"] != nil {
			t.Errorf("a receipt that is %v", one["receipt"])
		}
		problems, ok := one["problems"].([]any)
		if !ok {
			t.Errorf("problems are %v", one["problems"])
		}
		for _, p := range problems {
			if diff := cmp.Diff([]string{"citation", "line", "message", "path", "rule", "severity"}, keys(p.(map[string]any))); diff != "" {
				t.Errorf("a problem's names:\n%s", diff)
			}
			if text := p.(map[string]any)["message"].(string); text == "" || strings.HasPrefix(text, "problem.") {
				t.Errorf("a problem without words: %v", p)
			}
		}
		if outcome := one["outcome"]; !slices.Contains([]any{"accepted", "rejected", "unreadable", "unsupported"}, outcome) || (outcome == "accepted" || outcome == "rejected") != one["read"].(bool) {
			t.Errorf("read %v and %v", one["read"], outcome)
		}
		all = append(all, one)
	}
	return all
}

func rulesOf(one checked) (rules []string) {
	for _, p := range one["problems"].([]any) {
		if p.(map[string]any)["severity"] == "error" {
			rules = append(rules, p.(map[string]any)["rule"].(string))
		}
	}
	return rules
}

func TestCheckCommand(t *testing.T) {
	at := []string{"check", "--port", string(here)}
	lines, _ := ran(t, 0, append(at, samples("declaration_coal.xml", "declaration_coal.json", "manifest_coal.json", "answer_released.xml")...)...)
	for i, one := range lineShape(t, lines) {
		kind := []string{"declaration", "declaration", "manifest", "response"}[i]
		if one["outcome"] != "accepted" || one["kind"] != kind || one["receipt"] != nil {
			t.Errorf("%v", one)
		}
	}
	cut, err := os.ReadFile(samples("declaration_coal.xml")[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, data, outcome, rule string }{
		{"cut.xml", string(cut[:bytes.Index(cut, []byte("</Declaration>"))]), "unreadable", "xml.unclosed"},
		{"empty.xml", "", "unreadable", "exchange.empty"},
		{"other.xml", "<CEB621Message/>", "unsupported", "exchange.root"},
		{"other.json", `{"a": 1}`, "unsupported", "json.kind"},
		{"words.txt", "words", "unsupported", "exchange.unknown_format"},
		{"field.json", `{"vehicle": {"wheels": 18}}`, "unreadable", "json.unknown"},
		{"bad.json", `{"waybills": [], "direction": "import", "batch": "1"}`, "rejected", "customs.batch_number"},
	} {
		lines, _ := ran(t, 1, append(at, write(t, c.name, c.data))...)
		all := lineShape(t, lines)
		if len(all) != 1 || all[0]["outcome"] != c.outcome || !slices.Contains(rulesOf(all[0]), c.rule) {
			t.Errorf("%s: %v, want %s for %s", c.name, all, c.outcome, c.rule)
		}
	}
	// Without a port the customs office says it; an answer names none.
	lines, _ = ran(t, 1, append([]string{"check"}, samples("answer_released.xml")...)...)
	if rules := rulesOf(lineShape(t, lines)[0]); !slices.Equal(rules, []string{"port.unknown"}) {
		t.Errorf("an answer without a port: %v", rules)
	}
	lines, _ = ran(t, 1, append([]string{"check", "--port", "atlantis-road"}, samples("manifest_coal.json")...)...)
	if rules := rulesOf(lineShape(t, lines)[0]); !slices.Equal(rules, []string{"port.unknown"}) {
		t.Errorf("a port that is not there: %v", rules)
	}
	lines, _ = ran(t, 1, append([]string{"check", "--format", "fax"}, samples("manifest_coal.json")...)...)
	if one := lineShape(t, lines)[0]; one["outcome"] != "unsupported" || rulesOf(one)[0] != "exchange.format" {
		t.Errorf("a format that is not there: %v", one)
	}
	lines, _ = ran(t, 1, "check", "--language", "en", write(t, "en.json", `{"waybills": []}`))
	if !strings.Contains(lines[0], "is required") {
		t.Errorf("in English: %s", lines[0])
	}
}

// TestCheckForeign checks the real messages of another country's customs, all of them: none may stop the program, what
// is read is judged, and the reasons are told.
func TestCheckForeign(t *testing.T) {
	root := os.Getenv("GUOMEN_MATERIAL")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "material")
	}
	root = filepath.Join(root, "wco_dms_hmrc")
	if _, err := os.Stat(root); err != nil {
		t.Skipf("no real messages here (GUOMEN_MATERIAL or ../shared/material): %v", err)
	}
	var files []string
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.EqualFold(filepath.Ext(name), ".xml") {
			files = append(files, name)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	lines, _ := ran(t, 1, append([]string{"check", "--port", string(here)}, files...)...)
	outcomes, reasons := map[string]int{}, map[string]int{}
	for _, one := range lineShape(t, lines) {
		outcome := one["outcome"].(string)
		outcomes[outcome]++
		rules := rulesOf(one)
		slices.Sort(rules)
		for _, rule := range slices.Compact(rules) {
			reasons[outcome+" "+rule]++
		}
		if outcome != "accepted" && len(rules) == 0 {
			t.Errorf("%v is %s for no reason", one["file"], outcome)
		}
	}
	t.Logf("%d files: %v", len(files), outcomes)
	for _, reason := range slices.Sorted(mapKeys(reasons)) {
		t.Logf("%s: %d", reason, reasons[reason])
	}
	if len(lines) != len(files) || outcomes["accepted"]+outcomes["rejected"] < len(files)/2 {
		t.Errorf("of %d files %d were read", len(files), outcomes["accepted"]+outcomes["rejected"])
	}
}

func mapKeys(m map[string]int) func(func(string) bool) {
	return func(yield func(string) bool) {
		for key := range m {
			if !yield(key) {
				return
			}
		}
	}
}

func TestSubmitCommand(t *testing.T) {
	w := newWorld(t, "memory:", identity.Principal{})
	to := func(role identity.Role, more ...string) []string {
		return append([]string{"submit", "--server", w.server.URL, "--token", w.token(role, here), "--port", string(here)}, more...)
	}
	receipt := func(one checked) string {
		data, _ := json.Marshal(one["receipt"])
		return string(data)
	}
	lines, _ := ran(t, 0, to(identity.Trader, samples("manifest_coal.json", "declaration_coal.xml")...)...)
	first := lineShape(t, lines)
	for _, one := range first {
		if one["outcome"] != "accepted" || one["receipt"] == nil {
			t.Errorf("%v", one)
		}
	}
	lines, _ = ran(t, 0, to(identity.Trader, samples("declaration_coal.xml")...)...) // the same file: the same receipt
	if again := lineShape(t, lines)[0]; receipt(again) != receipt(first[1]) {
		t.Errorf("sent again it has receipt %s, first %s", receipt(again), receipt(first[1]))
	}
	lines, _ = ran(t, 1, to(identity.Trader, samples("declaration_coal.json")...)...) // the same transaction in another file
	if one := lineShape(t, lines)[0]; one["outcome"] != "rejected" || !slices.Equal(rulesOf(one), []string{"declaration.reference_open"}) || one["receipt"] != nil {
		t.Errorf("%v", one)
	}
	other := write(t, "m.json", `{"direction":"import","batch":"2026112200777","carrier":"c","vehicle":{"plate":"0777УБА"}}`)
	ran(t, 0, to(identity.Carrier, "--key", "mine", other)...)
	lines, _ = ran(t, 1, to(identity.Carrier, append([]string{"--key", "mine"}, samples("manifest_coal.json")...)...)...)
	if one := lineShape(t, lines)[0]; !slices.Equal(rulesOf(one), []string{"command.key_reused"}) {
		t.Errorf("a key that is taken: %v", one)
	}
	lines, _ = ran(t, 1, to(identity.Trader, samples("answer_released.xml")...)...) // not his to say
	if one := lineShape(t, lines)[0]; one["outcome"] != "rejected" || len(rulesOf(one)) == 0 {
		t.Errorf("an answer by a trader: %v", one)
	}
	for data, want := range map[string]string{"<MetaData><b></MetaData>": "unreadable", "<a/>": "unsupported", "a letter": "unsupported", "": "unreadable"} {
		for _, call := range [][]string{to(identity.Trader), {"check", "--port", string(here)}} { // both say the same
			lines, _ = ran(t, 1, append(call, write(t, "x.xml", data))...)
			if one := lineShape(t, lines)[0]; one["outcome"] != want || one["read"] != false {
				t.Errorf("%q is %s for %s, got %v", data, want, call[0], one)
			}
		}
	}
	lines, _ = ran(t, 1, to(identity.Trader, append([]string{"--language", "en"}, write(t, "x.json", `{"vehicle":{},"waybills":[]}`))...)...)
	if one := lineShape(t, lines)[0]; !strings.Contains(lines[0], "is required") || one["outcome"] != "rejected" {
		t.Errorf("in English: %v", one)
	}

	// A server that does not know the token makes the call wrong; one that cannot be reached, or is none, is exit 3. In
	// neither case is anything said of a file.
	file := samples("manifest_coal.json")[0]
	if lines, _ = ran(t, 2, "submit", "--server", w.server.URL, "--token", "gm_none", file); len(lines) > 0 {
		t.Errorf("said of a file that was not taken: %v", lines)
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	if lines, _ = ran(t, 3, "submit", "--server", gone.URL, "--token", "x", file); len(lines) > 0 {
		t.Errorf("said of a file that was sent to a stranger: %v", lines)
	}
	gone.Close()
	if lines, _ = ran(t, 3, "submit", "--server", gone.URL, "--token", "x", file, file); len(lines) > 0 {
		t.Errorf("said of a file that was not sent: %v", lines)
	}
	t.Setenv("GUOMEN_SERVER", w.server.URL)
	t.Setenv("GUOMEN_TOKEN", w.token(identity.Trader, ""))
	ran(t, 0, "submit", "--port", string(here), samples("declaration_coal.xml")[0])
}

// TestOperations runs a day's stories on a SQLite database and then everything that an operator does with one.
func TestOperations(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "guomen.db")
	w := newWorld(t, "sqlite:"+file, identity.Principal{})
	for _, c := range crossings[:6] {
		s := newStory(t, w, c.at)
		c.tell(s)
		s.end()
	}
	w.carried(t)
	backup := filepath.Join(dir, "backup.db")
	lines, _ := ran(t, 0, "backup", "--database", "sqlite:"+file, "--to", backup) // while it is in use
	var carried struct{ Ledgers, Facts, Receipts, Records int }
	if err := json.Unmarshal([]byte(lines[0]), &carried); err != nil || carried.Facts < 100 {
		t.Errorf("backed up: %s", lines)
	}
	ran(t, 1, "backup", "--database", "sqlite:"+file, "--to", backup) // not over another
	w.close(t)

	type report struct {
		Ledgers, Facts, Records, Receipts int
		Seconds                           float64
		OK                                bool
		FirstDifference                   *string `json:"first_difference"`
	}
	verify := func(want int, path string) (r report) {
		t.Helper()
		lines, _ := ran(t, want, "verify", "--database", "sqlite:"+path)
		if len(lines) == 0 {
			t.Fatal("verify says nothing")
		}
		if err := json.Unmarshal([]byte(lines[len(lines)-1]), &r); err != nil || r.FirstDifference == nil || r.OK != (want == 0) {
			t.Errorf("verify: %v %s", err, lines)
		}
		return r
	}
	whole := verify(0, file)
	if whole.Facts != carried.Facts || whole.Ledgers != carried.Ledgers || whole.Receipts != carried.Receipts {
		t.Errorf("verified %+v, backed up %+v", whole, carried)
	}

	restored := filepath.Join(dir, "restored.db")
	ran(t, 0, "restore", "--database", "sqlite:"+restored, "--from", backup)
	if again := verify(0, restored); again.Facts != whole.Facts || again.Records != whole.Records {
		t.Errorf("restored %+v of %+v", again, whole)
	}
	ran(t, 1, "restore", "--database", "sqlite:"+restored, "--from", backup) // not over another
	ran(t, 3, "restore", "--database", "sqlite:"+filepath.Join(dir, "new.db"), "--from", filepath.Join(dir, "none.db"))

	lines, _ = ran(t, 0, "doctor", "--database", "sqlite:"+file)
	for _, check := range []string{"configuration", "database", "ledgers", "records", "rules", "disk"} {
		if !slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, `"check":"`+check+`","ok":true`) }) {
			t.Errorf("the doctor says of %s: %s", check, lines)
		}
	}
	ran(t, 1, "doctor", "--database", "sqlite:"+file, "--config", write(t, "c.yaml", "colour: red\n"))

	// A record that was tampered with is found, and a rebuild mends it; a fact that was tampered with is found, and
	// nothing mends it.
	tamper := func(statement string) {
		t.Helper()
		db, err := sql.Open("sqlite", file)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		result, err := db.Exec(statement)
		if err != nil {
			t.Fatal(err)
		}
		if n, _ := result.RowsAffected(); n != 1 {
			t.Fatalf("%s: %d rows", statement, n)
		}
	}
	tamper(`UPDATE record SET data = replace(CAST(data AS TEXT), '"left"', '"gone"') WHERE kind = 'movement' AND CAST(data AS TEXT) LIKE '%"state":"left"%' AND id = (SELECT min(id) FROM record WHERE kind = 'movement' AND CAST(data AS TEXT) LIKE '%"state":"left"%')`)
	if r := verify(1, file); !strings.Contains(*r.FirstDifference, "record movement") {
		t.Errorf("a changed record is told as %s", *r.FirstDifference)
	}
	lines, _ = ran(t, 0, "rebuild", "--database", "sqlite:"+file)
	if !strings.Contains(lines[0], `"facts":`) {
		t.Errorf("rebuild says %s", lines)
	}
	verify(0, file)
	tamper(`UPDATE fact SET data = replace(CAST(data AS TEXT), 'manifest.lodged', 'manifest.lodgee') WHERE CAST(data AS TEXT) LIKE '%manifest.lodged%' AND place = (SELECT min(place) FROM fact WHERE CAST(data AS TEXT) LIKE '%manifest.lodged%')`)
	if r := verify(1, file); !strings.Contains(*r.FirstDifference, "port:ganqimaodu-road: fact 1 ") {
		t.Errorf("a flipped byte is told as %s", *r.FirstDifference)
	}
}

// TestVersion: everything that is linked in has its licence named, and nothing is named that is not.
func TestVersion(t *testing.T) {
	lines, _ := ran(t, 0, "version")
	for _, line := range lines {
		var one map[string]string
		if err := json.Unmarshal([]byte(line), &one); err != nil || one["kind"] == "" || one["name"] == "" || one["version"] == "" || one["licence"] == "" {
			t.Errorf("%v: %s", err, line)
		}
	}
	if len(lines) < 2 || !strings.Contains(lines[0], `"guomen"`) {
		t.Errorf("version says %v", lines)
	}
	list, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}{{end}}{{end}}", ".").Output()
	if err != nil {
		t.Skipf("go list: %v", err)
	}
	for _, module := range strings.Fields(string(list)) {
		if licenceOf(module) == "unknown" {
			t.Errorf("%s has no licence", module)
		}
	}
	required, err := os.ReadFile("../../go.mod") // other systems link a little more than this one
	if err != nil {
		t.Fatal(err)
	}
	for prefix := range licences {
		if !bytes.Contains(required, []byte("\t"+prefix)) {
			t.Errorf("%s has a licence and is not required", prefix)
		}
	}
}

// talking runs a command that goes on until it is told to stop, with what it says on standard error.
func talking(t *testing.T, args ...string) (said func(*regexp.Regexp) []string, stop func() int) {
	t.Helper()
	kept := os.Stderr
	r, piped, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	os.Stderr = piped
	lines := make(chan string, 1000)
	go func() {
		data := make([]byte, 64<<10)
		for {
			n, err := r.Read(data)
			if n > 0 {
				lines <- string(data[:n])
			}
			if err != nil {
				close(lines)
				return
			}
		}
	}()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan int, 1)
	go func() { done <- run(ctx, args, io.Discard, piped) }()
	all := ""
	said = func(pattern *regexp.Regexp) []string {
		t.Helper()
		over := time.After(20 * time.Second)
		for {
			if found := pattern.FindStringSubmatch(all); found != nil {
				return found
			}
			select {
			case text, ok := <-lines:
				if !ok {
					return nil
				}
				all += text
			case <-over:
				t.Fatalf("guomen %s has not said %s: %s", args[0], pattern, all)
			}
		}
	}
	stop = func() int {
		t.Helper()
		cancel()
		defer func() { os.Stderr = kept; _ = piped.Close() }()
		select {
		case status := <-done:
			return status
		case <-time.After(20 * time.Second):
			t.Fatalf("guomen %s does not stop: %s", args[0], all)
			return -1
		}
	}
	return said, stop
}

func get(t *testing.T, url, token string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, answer.Body)
	_ = answer.Body.Close()
	return answer.StatusCode
}

func TestServeCommand(t *testing.T) {
	dir := t.TempDir()
	args := []string{"serve", "--database", filepath.Join(dir, "guomen.db"), "--listen", "127.0.0.1:0"}
	url, once := regexp.MustCompile(`"msg":"ready","url":"([^"]+)"`), regexp.MustCompile(`(gm_[A-Za-z0-9_-]+)`)
	said, stop := talking(t, args...)
	address := said(url)[1]
	token := said(once)[1]
	for deadline := time.Now().Add(10 * time.Second); get(t, address+"/readyz", "") != http.StatusOK; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it is not ready after ten seconds")
		}
	}
	for path, want := range map[string]int{"/healthz": 200, "/v1/ports": 401, "/": 200} { // a page sends to sign in
		if got := get(t, address+path, ""); got != want {
			t.Errorf("%s answers %d, want %d", path, got, want)
		}
	}
	if got := get(t, address+"/v1/ports", token); got != http.StatusOK {
		t.Errorf("the administrator gets %d", got)
	}
	if status := stop(); status != 0 {
		t.Errorf("stopped, it exits %d", status)
	}
	said, stop = talking(t, args...)
	address = said(url)[1]
	if found := regexp.MustCompile(`(?s)gm_.*"msg":"ready"`).FindString(strings.Join(said(regexp.MustCompile(`(?s)^.*$`)), "")); found != "" {
		t.Errorf("the second start shows a token: %s", found)
	}
	if got := get(t, address+"/v1/ports", token); got != http.StatusOK {
		t.Errorf("after a restart the administrator gets %d", got)
	}
	// A second process finds the address taken.
	if status := run(t.Context(), []string{"serve", "--database", "memory:", "--listen", strings.TrimPrefix(address, "http://")}, io.Discard, io.Discard); status != 3 {
		t.Errorf("an address that is taken: exit %d", status)
	}
	if status := stop(); status != 0 {
		t.Errorf("stopped again, it exits %d", status)
	}
}

func TestDemoCommand(t *testing.T) {
	dir := t.TempDir()
	said, stop := talking(t, "demo", "--data", dir, "--listen", "127.0.0.1:0", "--speed", "0")
	address := said(regexp.MustCompile(`demo: (http://\S+)`))[1]
	data, err := os.ReadFile(filepath.Join(dir, "tokens.json"))
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(dir, "tokens.json")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("tokens that others can read: %v %v", info, err)
	}
	var tokens map[string]string
	if err := json.Unmarshal(data, &tokens); err != nil {
		t.Fatal(err)
	}
	for _, role := range identity.Roles() {
		if got := get(t, address+"/v1/ports/"+string(demoPort), tokens[string(role)]); got != http.StatusOK {
			t.Errorf("the token of %s gets %d", role, got)
		}
	}
	if len(tokens) != len(identity.Roles()) {
		t.Errorf("%d tokens for %d roles", len(tokens), len(identity.Roles()))
	}
	for path, want := range map[string]int{"/": 200, "/ports/" + string(demoPort): 200, "/v1/ports": 401, "/login": 200} {
		if got := get(t, address+path, ""); got != want {
			t.Errorf("a visitor gets %d at %s, want %d", got, path, want)
		}
	}
	if status := stop(); status != 0 {
		t.Errorf("stopped, it exits %d", status)
	}
	if _, err := os.Stat(filepath.Join(dir, "guomen.db")); err != nil {
		t.Errorf("the database: %v", err)
	}
	ran(t, 0, "verify", "--database", "sqlite:"+filepath.Join(dir, "guomen.db"))
}
