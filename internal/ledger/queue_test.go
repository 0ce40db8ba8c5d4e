package ledger

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/guomen/guomen/internal/errs"
)

// queued makes a waiting command; its key says which.
func queued(priority Priority, organisation string, n int) *pending {
	return &pending{command: &Command{Priority: priority, Actor: Actor{Organisation: organisation}, Key: fmt.Sprint(priority, organisation, n)}}
}

func mustPush(t *testing.T, q *queue, list ...*pending) {
	t.Helper()
	for _, p := range list {
		if err := q.push(p); err != nil {
			t.Fatal(err)
		}
	}
}

func keysOf(list []*pending) string {
	keys := make([]string, len(list))
	for i, p := range list {
		keys[i] = p.command.Key
	}
	return strings.Join(keys, " ")
}

func TestQueueOrder(t *testing.T) {
	const g, l, f = Gate, Lodgement, Follower
	for _, c := range []struct {
		name  string
		push  []*pending
		limit int
		want  []string // one text a batch
	}{
		{"nothing", nil, 5, []string{""}},
		{"one organisation in its order", []*pending{queued(l, "a", 1), queued(l, "a", 2), queued(l, "a", 3)}, 2, []string{"1a1 1a2", "1a3"}},
		{"gates first, followers last", []*pending{queued(f, "f", 1), queued(l, "a", 1), queued(g, "a", 1)}, 16, []string{"0a1 1a1 2f1"}},
		{"organisations take turns", []*pending{queued(l, "a", 1), queued(l, "a", 2), queued(l, "a", 3), queued(l, "b", 1), queued(l, "c", 1), queued(l, "c", 2)}, 4,
			[]string{"1a1 1b1 1c1 1a2", "1c2 1a3"}},
		{"turns go on from batch to batch", []*pending{queued(l, "a", 1), queued(l, "a", 2), queued(l, "b", 1), queued(l, "b", 2), queued(l, "c", 1), queued(l, "c", 2)}, 1,
			[]string{"1a1", "1b1", "1c1", "1a2", "1b2", "1c2"}},
		{"followers have their share of a large batch", slices.Concat(many(g, "a", 20), many(f, "f", 20)), 16,
			[]string{"0a1 0a2 0a3 0a4 0a5 0a6 0a7 0a8 0a9 0a10 0a11 0a12 0a13 0a14 2f1 2f2", "0a15 0a16 0a17 0a18 0a19 0a20 2f3 2f4 2f5 2f6 2f7 2f8 2f9 2f10 2f11 2f12", "2f13 2f14 2f15 2f16 2f17 2f18 2f19 2f20"}},
		{"a batch of one is for gates, seven times of eight", slices.Concat(many(g, "a", 9), many(f, "f", 2)), 1,
			[]string{"0a1", "0a2", "0a3", "0a4", "0a5", "0a6", "0a7", "2f1", "0a8", "0a9", "2f2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := &queue{}
			mustPush(t, q, c.push...)
			var got []string
			for range c.want {
				got = append(got, keysOf(q.pop(nil, c.limit)))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if rest := q.pop(nil, 100); len(rest) != 0 || q.waiting != 0 {
				t.Errorf("left over: %s, %d waiting", keysOf(rest), q.waiting)
			}
		})
	}
}

func many(priority Priority, organisation string, n int) (list []*pending) {
	for i := range n {
		list = append(list, queued(priority, organisation, i+1))
	}
	return list
}

func TestQueueLimits(t *testing.T) {
	q := &queue{}
	busy := func(p *pending) {
		t.Helper()
		if err := q.push(p); errs.KindOf(err) != errs.Busy {
			t.Errorf("got %v", err)
		}
	}
	// One organisation has a part of the queue, all together have all of it.
	mustPush(t, q, many(Lodgement, "a", MaxWaitingEach)...)
	busy(queued(Lodgement, "a", 0))
	mustPush(t, q, many(Lodgement, "b", MaxWaitingEach)...)
	mustPush(t, q, many(Follower, "c", MaxWaiting-2*MaxWaitingEach)...)
	busy(queued(Lodgement, "d", 0))
	busy(queued(Follower, "d", 0))
	// However full it is, gates are not turned away, until they fill it by themselves.
	mustPush(t, q, many(Gate, "d", MaxWaitingEach)...)
	busy(queued(Gate, "d", 0))
	mustPush(t, q, many(Gate, "e", MaxWaitingEach)...)
	mustPush(t, q, many(Gate, "f", MaxWaiting-2*MaxWaitingEach)...)
	busy(queued(Gate, "g", 0))
	if got := len(q.pop(nil, 1)); got != 1 || q.waiting != 2*MaxWaiting-1 {
		t.Errorf("popped %d, %d are waiting", got, q.waiting)
	}
	mustPush(t, q, queued(Gate, "g", 0))
	busy(queued(Lodgement, "g", 0))
	for q.waiting > 0 {
		q.pop(nil, 1000)
	}
	mustPush(t, q, queued(Lodgement, "a", 0))
}

// TestQueueDoesNotGrow keeps an organisation waiting all the time: its lane stays as long as what waits.
func TestQueueDoesNotGrow(t *testing.T) {
	q := &queue{}
	mustPush(t, q, many(Lodgement, "a", 10)...)
	for i := range 10_000 {
		mustPush(t, q, queued(Lodgement, "a", i))
		q.pop(nil, 1)
	}
	if lane := q.classes[Lodgement].ring[0]; cap(lane.commands) > 100 {
		t.Errorf("a lane of %d for %d commands", cap(lane.commands), q.waiting)
	}
}

// TestQueueModel pushes and pops at random: nothing is lost or comes twice, an organisation's commands of one priority
// stay in order, and no organisation waits while another has two turns.
func TestQueueModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := &queue{}
		waiting := map[string][]string{} // by priority and organisation
		n := 0
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			for range rapid.IntRange(0, 12).Draw(t, "pushes") {
				n++
				p := queued(Priority(rapid.IntRange(0, 2).Draw(t, "priority")), rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "organisation"), n)
				if err := q.push(p); err != nil {
					t.Fatal(err)
				}
				lane := fmt.Sprint(p.command.Priority, p.command.Actor.Organisation)
				waiting[lane] = append(waiting[lane], p.command.Key)
			}
			limit := rapid.IntRange(1, 24).Draw(t, "limit")
			had, total := map[string]int{}, 0
			for lane, list := range waiting {
				had[lane] = len(list)
				total += len(list)
			}
			popped := q.pop(nil, limit)
			if len(popped) != min(limit, total) || q.waiting != total-len(popped) {
				t.Fatalf("popped %d of %d with limit %d, %d are left", len(popped), total, limit, q.waiting)
			}
			turns, last := map[string]int{}, Priority(0)
			for _, p := range popped {
				if p.command.Priority < last {
					t.Fatalf("%s comes after a lower priority", p.command.Key)
				}
				last = p.command.Priority
				lane := fmt.Sprint(p.command.Priority, p.command.Actor.Organisation)
				if waiting[lane][0] != p.command.Key {
					t.Fatalf("%s comes before %s", p.command.Key, waiting[lane][0])
				}
				waiting[lane] = waiting[lane][1:]
				turns[lane]++
			}
			for lane, some := range turns {
				for other, have := range had {
					if lane[0] == other[0] && turns[other] < min(some-1, have) {
						t.Fatalf("%s had %d turns, %s %d of %d", lane, some, other, turns[other], have)
					}
				}
			}
		}
	})
}
