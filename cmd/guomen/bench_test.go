package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/guomen/guomen/internal/bench"
	"github.com/guomen/guomen/internal/ledger"
)

// benchAsChild tells this test binary that it is the second process of a bench under test.
const benchAsChild = "GUOMEN_TEST_BENCH_CHILD"

// TestBenchChild is no test: it is the second process.
func TestBenchChild(t *testing.T) {
	if os.Getenv(benchAsChild) == "" {
		t.Skip("only for TestBench")
	}
	if err := serveBench(t.Context(), os.Stdin, os.Stdout); err != nil {
		t.Fatal(err)
	}
	os.Exit(0) // the testing package would add a line
}

// TestBench measures everything for moments, and verifies the database that is left.
func TestBench(t *testing.T) {
	url := "sqlite:" + filepath.Join(t.TempDir(), "bench.db")
	got := measured(t, url)
	want := []string{
		"judged_1", "rebuild_1_core", "verify_1_core", "chain_1_core", "rebuild_2_cores", "verify_2_cores", "chain_2_cores", "judged_20",
		"gate_pure", "gate_recorded", "http_64", "http_64_gate", "http_64_view_lag", "http_256", "http_256_gate", "http_256_view_lag",
		"size_crossings", "size_bytes_per_fact", "size_bytes_per_crossing", "size_judged_at_2000", "size_rebuild_1_core",
	}
	for _, name := range want {
		line, ok := got[name]
		if !ok {
			t.Errorf("no figure %s", name)
			continue
		}
		if line.Database != bench.SQLite || line.Unit == "" || line.Value <= 0 && !strings.HasSuffix(name, "view_lag") {
			t.Errorf("%s: %+v", name, line)
		}
		judged := strings.HasPrefix(name, "judged") || strings.Contains(name, "_judged_") || name == "http_64" || name == "http_256" || name == "gate_recorded"
		if judged && (line.RawLimit == nil || line.Ratio == nil || math.Abs(*line.Ratio - line.Value / *line.RawLimit) > 0.01) {
			t.Errorf("%s stands beside no raw limit, or beside a wrong one: %+v", name, line)
		}
		if (judged || strings.HasPrefix(name, "gate")) && (line.P50 == nil || line.P99 == nil || *line.P50 <= 0 || *line.P99 < *line.P50 || line.Clients == nil) {
			t.Errorf("%s: %+v", name, line)
		}
	}
	var out bytes.Buffer
	if err := runVerify(t.Context(), []string{"--database", url}, &out); err != nil {
		t.Fatalf("verify: %v; %s", err, &out)
	}
	if again := measured(t, url, "judged_1"); len(again) != 1 {
		t.Errorf("a second call on the same database: %v", again)
	}
}

// measured runs bench with next to nothing to do and reads its lines.
func measured(t *testing.T, url string, only ...string) map[string]bench.Line {
	t.Helper()
	t.Setenv(benchAsChild, "1")
	var out bytes.Buffer
	b := &benchRun{
		benchOptions: benchOptions{databases: []string{url}, only: only, seconds: 0.5, clients: 16, facts: 2000, passes: 400},
		out:          &out, program: []string{os.Args[0], "-test.run=^TestBenchChild$"},
	}
	if err := b.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	lines := map[string]bench.Line{}
	for text := range strings.Lines(out.String()) {
		var members map[string]any
		var line bench.Line
		if err := errors.Join(json.Unmarshal([]byte(text), &members), json.Unmarshal([]byte(text), &line)); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		for _, name := range []string{"name", "database", "value", "unit", "raw_limit", "ratio", "p50_ms", "p99_ms", "clients"} {
			if _, ok := members[name]; !ok || len(members) != 9 {
				t.Fatalf("%s: not the members of a figure", text)
			}
		}
		if _, twice := lines[line.Name]; twice {
			t.Errorf("%s twice", line.Name)
		}
		lines[line.Name] = line
	}
	return lines
}

// TestBenchPress proves that what a press stamps is what the engine would have recorded: it folds to the same records,
// and the engine goes on from there.
func TestBenchPress(t *testing.T) {
	ctx := t.Context()
	b := &benchRun{}
	if err := b.prepare(ctx, t.TempDir()); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = b.home.close() }()
	life, err := b.press(ctx, func(c *course) error { _, err := c.cross(ctx, originalPaper); return err })
	if err != nil {
		t.Fatal(err)
	}
	announced, err := b.press(ctx, func(c *course) error { return (&benchTruck{course: c, n: originalPaper}).announce(ctx) })
	if err != nil {
		t.Fatal(err)
	}
	if life.Facts() < 15 || announced.Facts() >= life.Facts() {
		t.Errorf("a crossing has %d facts, an announced truck %d", life.Facts(), announced.Facts())
	}
	url := "sqlite:" + filepath.Join(t.TempDir(), "pressed.db")
	p, err := b.open(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.close() }()
	for i, press := range []*bench.Press{life, announced} {
		if err := bench.Fill(ctx, p.store, press, ledgerOf(benchPort), uint64(1000*i), 300); err != nil {
			t.Fatal(err)
		}
	}
	raw := bench.Raw{Press: b.lodged, From: rawNumbers, Groups: [][]ledger.Name{{ledgerOf(here), ledgerOf(there)}}, Writers: 2, Batch: 10, For: 50 * time.Millisecond}
	if rate, err := raw.Run(ctx, p.store); err != nil || rate <= 0 {
		t.Fatalf("raw: %v, %v", rate, err)
	}
	c := b.course(p, p.engine)
	for n := range uint64(300) {
		lane := c.lanes("entry_gate")[0]
		if _, err := c.pass(ctx, c.decision(lane, 1000+passNumber(n, 300))); err != nil {
			t.Fatal(err)
		}
	}
	if report, err := p.engine.Verify(ctx); err != nil || !report.OK {
		t.Errorf("verify: %+v, %v", report, err)
	}
}

// TestBenchClaim keeps bench away from anybody's facts.
func TestBenchClaim(t *testing.T) {
	url := "sqlite:" + filepath.Join(t.TempDir(), "mine.db")
	b := &benchRun{key: filepath.Join(t.TempDir(), "key")}
	p, err := b.open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.close(); err != nil {
		t.Fatal(err)
	}
	if err := own(t.Context(), url); !errors.Is(err, errUsage) {
		t.Errorf("a database with ports: %v", err)
	}
	fresh := "sqlite:" + filepath.Join(t.TempDir(), "fresh.db")
	for range 2 {
		if err := own(t.Context(), fresh); err != nil {
			t.Errorf("an empty database: %v", err)
		}
	}
}

func TestBenchFlags(t *testing.T) {
	for _, args := range [][]string{{"--only", "nothing"}, {"--only", "gate,"}, {"--seconds", "0"}, {"--clients", "0"}, {"--clients", "1000000"}, {"file"}} {
		if _, err := benchFlags(args); !errors.Is(err, errUsage) {
			t.Errorf("%v: %v", args, err)
		}
	}
	o, err := benchFlags([]string{"--database", "a.db", "--database", "postgres://x/y", "--only", "judged,gate"})
	if err != nil || !slices.Equal(o.databases, []string{"sqlite:a.db", "postgres://x/y"}) || !slices.Equal(o.only, []string{"judged", "gate"}) {
		t.Errorf("%+v, %v", o, err)
	}
	b := &benchRun{benchOptions: o}
	for name, want := range map[string]bool{"judged_20": true, "gate": true, "size": false} {
		if b.asked(name) != want {
			t.Errorf("%s is asked for: %t", name, !want)
		}
	}
	if code := run(context.Background(), []string{"bench", "--only", "nothing"}, &bytes.Buffer{}, &bytes.Buffer{}); code != 2 {
		t.Errorf("a wrong call exits with %d", code)
	}
}
