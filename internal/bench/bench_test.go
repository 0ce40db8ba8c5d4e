package bench

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestLatency(t *testing.T) {
	var l Latency
	for n := range 1000 {
		l.Add(time.Duration(n+1) * time.Millisecond)
	}
	for q, want := range map[float64]time.Duration{0: time.Millisecond, 0.5: 500 * time.Millisecond, 0.99: 990 * time.Millisecond, 1: time.Second} {
		if got := l.Quantile(q); near(got, want) {
			t.Errorf("quantile %g is %v, want about %v", q, got, want)
		}
	}
	if near(l.Mean(), 500500*time.Microsecond) {
		t.Errorf("the mean is %v", l.Mean())
	}
	data, err := json.Marshal(&l)
	if err != nil {
		t.Fatal(err)
	}
	var other Latency
	if err := json.Unmarshal(data, &other); err != nil || other.Count() != 1000 || other.Quantile(0.9) != l.Quantile(0.9) {
		t.Errorf("read again: %d durations, p90 %v, %v", other.Count(), other.Quantile(0.9), err)
	}
	other.Merge(&l)
	if other.Count() != 2000 {
		t.Errorf("merged: %d", other.Count())
	}
	var none Latency
	if none.Quantile(0.5) != 0 || none.Mean() != 0 {
		t.Error("nothing took time")
	}
}

func near(got, want time.Duration) bool {
	return float64(got) < 0.98*float64(want) || float64(got) > 1.02*float64(want)
}

// TestBuckets walks the range: a bucket's middle lies in it, and durations do not fall back.
func TestBuckets(t *testing.T) {
	last := 0
	for d := time.Duration(0); d < time.Hour; d += d/100 + 1 {
		b := bucketOf(d)
		if b < last || b >= buckets {
			t.Fatalf("%v falls into bucket %d after %d of %d", d, b, last, buckets)
		}
		if b < buckets-1 && bucketOf(middle(b)) != b {
			t.Fatalf("the middle %v of bucket %d falls into %d", middle(b), b, bucketOf(middle(b)))
		}
		last = b
	}
	if bucketOf(-1) != 0 {
		t.Error("a clock that goes back")
	}
}

func TestLoad(t *testing.T) {
	var given atomic.Uint64
	r, err := Load{Clients: 4, Warm: 20 * time.Millisecond, For: 100 * time.Millisecond, Part: 50 * time.Millisecond, Do: func(context.Context, int) error {
		given.Add(1)
		time.Sleep(time.Millisecond)
		return nil
	}}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	counted := r.Latency.Count()
	if r.Acknowledged != given.Load() || counted == 0 || counted >= r.Acknowledged {
		t.Errorf("%d given, %d acknowledged, %d counted", given.Load(), r.Acknowledged, counted)
	}
	if len(r.Parts) != 2 || r.Parts[0].Count()+r.Parts[1].Count() != counted {
		t.Errorf("%d parts", len(r.Parts))
	}
	other := r
	other.Latency = &Latency{}
	other.Latency.Add(time.Second)
	before := r.Rate()
	if r.Join(other); r.Latency.Count() != counted+1 || r.Rate() <= before {
		t.Errorf("joined: %d", r.Latency.Count())
	}
}

func TestLoadEnds(t *testing.T) {
	broken := errors.New("broken")
	_, err := Load{Clients: 3, For: time.Hour, Do: func(context.Context, int) error { return broken }}.Run(t.Context())
	if !errors.Is(err, broken) {
		t.Errorf("a command that fails: %v", err)
	}
	r, err := Load{Clients: 3, For: time.Hour, Most: 10, Do: func(context.Context, int) error { return nil }}.Run(t.Context())
	if err != nil || r.Acknowledged != 10 || r.Seconds > 60 {
		t.Errorf("ten commands: %d in %g s, %v", r.Acknowledged, r.Seconds, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (Load{Clients: 1, For: time.Hour, Do: func(context.Context, int) error { return nil }}).Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that is over: %v", err)
	}
}

func TestStencil(t *testing.T) {
	words := []string{"AB", "ABC", ""}
	s := Cut([]byte("x ABC y AB zABAB"), words)
	if got := string(s.Fill(words)); got != "x ABC y AB zABAB" {
		t.Errorf("with its own words: %q", got)
	}
	if got := string(s.Fill([]string{"1", "2", "3"})); got != "x 2 y 1 z11" {
		t.Errorf("with others: %q", got)
	}
	if got := string(Cut(nil, words).Fill(words)); got != "" {
		t.Errorf("of nothing: %q", got)
	}
}

func TestScatter(t *testing.T) {
	seen := map[uint64]bool{}
	high := 0
	for n := range uint64(100_000) {
		s := Scatter(n)
		if s >= 1<<48 || seen[s] {
			t.Fatalf("Scatter(%d) = %d, twice or out of range", n, s)
		}
		seen[s] = true
		high += int(s >> 47)
	}
	if high < 40_000 || high > 60_000 {
		t.Errorf("%d of 100,000 lie in the upper half", high)
	}
}

func TestLine(t *testing.T) {
	var l Latency
	l.Add(12345 * time.Microsecond)
	data, err := json.Marshal([]Line{
		NewLine("a", 12345.678, PerSecond).Beside(20000).Of(&l, 3),
		NewLine("b", 0.0123456, Bytes).Beside(0),
	})
	want := `[{"name":"a","database":"","value":12346,"unit":"1/s","raw_limit":20000,"ratio":0.6173,"p50_ms":12.39,"p99_ms":12.39,"clients":3},` +
		`{"name":"b","database":"","value":0.01235,"unit":"bytes","raw_limit":null,"ratio":null,"p50_ms":null,"p99_ms":null,"clients":null}]`
	if err != nil || string(data) != want {
		t.Errorf("%v\n got %s\nwant %s", err, data, want)
	}
}

func TestNamed(t *testing.T) {
	for _, url := range []string{"memory:", "mysql://x", "", "sqlite:/no/such/folder/x.db"} {
		if d, err := Named(url); err == nil {
			t.Errorf("%q is %+v", url, d)
		}
	}
	d, err := Named("sqlite:" + t.TempDir() + "/x.db")
	if err != nil {
		t.Fatal(err)
	}
	main, err := d.Main(t.Context())
	if err != nil || !strings.HasSuffix(main.URL, "/x.db") {
		t.Errorf("the main room is %+v, %v", main, err)
	}
	one, err := d.Room(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if two, err := d.Room(t.Context()); err != nil || one.URL == two.URL {
		t.Errorf("two rooms at %s, %v", one.URL, err)
	}
	if err := errors.Join(one.Drop(t.Context()), d.Close()); err != nil {
		t.Error(err)
	}
}

func TestServe(t *testing.T) {
	var out strings.Builder
	var errand struct{ N int }
	work := func() (func() (any, error), error) {
		return func() (any, error) { return errand.N + 1, nil }, nil
	}
	if err := Serve(strings.NewReader("{\"N\":41}\ngo\n"), &out, &errand, work); err != nil || out.String() != "ready\n42\n" {
		t.Errorf("%v, %q", err, &out)
	}
	for _, in := range []string{"", "{", "{}\n", "{}\nstop\n"} {
		if err := Serve(strings.NewReader(in), &out, &errand, work); err == nil {
			t.Errorf("%q is served", in)
		}
	}
}
