package review

import "testing"

func TestPaths(t *testing.T) {
	r := &Review{}
	r.Fail("", "a.b")
	r.Fail("x", "a.b")
	r.At("list", 2)
	r.Fail("", "a.b")
	r.In("inner")
	r.Fail("x", "a.b")
	r.Out()
	r.At("more", 0)
	r.Fail("", "a.b")
	r.Out()
	r.Out()
	r.Fail("y", "a.b")
	want := []string{"", "x", "list[2]", "list[2].inner.x", "list[2].more[0]", "y"}
	for i, p := range r.Problems() {
		if p.Path != want[i] {
			t.Errorf("got %q, want %q", p.Path, want[i])
		}
	}
}

func TestLimits(t *testing.T) {
	r := &Review{}
	for range MaxProblems + 10 {
		r.Fail("x", "a.b")
	}
	if got := r.Problems(); len(got) != MaxProblems || got[MaxProblems-1].Rule != "exchange.more" {
		t.Errorf("got %d problems, the last %v", len(got), got[len(got)-1])
	}
}
