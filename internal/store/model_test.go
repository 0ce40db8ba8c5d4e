package store_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store/storetest"
	"github.com/guomen/guomen/port"
)

// model is the yard as somebody would keep it on paper: what is open, what places count, and which keys are used up.
type model struct {
	open   map[string]*box
	counts map[string]int
	bound  map[string]ledger.Receipt // by key
	bodies map[string]ledger.Hash
	seq    uint64
	kept   int // receipts
}

func (m *model) lay(number string, due port.Time) (errs.Kind, int) {
	if m.open[number] != nil {
		return errs.Invalid, 0
	}
	m.open[number] = &box{Number: number, Due: due}
	return 0, 1
}

func (m *model) move(number, to string) (errs.Kind, int) {
	b := m.open[number]
	if b == nil {
		return errs.Missing, 0
	}
	b.Place, b.Moves = to, b.Moves+1
	m.counts[to]++
	return 0, 2
}

func (m *model) close(number string) (errs.Kind, int) {
	if m.open[number] == nil {
		return errs.Missing, 0
	}
	delete(m.open, number)
	return 0, 1
}

// TestModel gives random commands, repeats, conflicts, restarts, rebuilds and the passing of time to a ledger and to the
// model, and compares what they answer and what is there.
func TestModel(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		now := time.Unix(1_790_000_000, 0)
		y := newYard(t, 1, nil)
		options := ledger.Options{Clock: func() time.Time { return now }}
		w := start(t, d, y, options)
		round := 0
		rapid.Check(t, func(t *rapid.T) {
			round++
			name := ledger.Name(fmt.Sprint("model:", round))
			algorithm := rapid.SampledFrom([]ledger.Algorithm{ledger.SHA256, ledger.SM3}).Draw(t, "algorithm")
			if _, err := w.Create(context.Background(), name, algorithm); err != nil {
				t.Fatal(err)
			}
			m := &model{open: map[string]*box{}, counts: map[string]int{}, bound: map[string]ledger.Receipt{}, bodies: map[string]ledger.Hash{}}
			number := rapid.SampledFrom([]string{"1", "2", "3", "口"})
			place := rapid.SampledFrom([]string{"x", "y"})
			key := rapid.SampledFrom([]string{"k1", "k2", "k3", "k4", "k5", "k6"})
			rawDigest := ledger.Hash(sha256.Sum256([]byte("raw")))
			give := func(t *rapid.T, do ledger.Decision, decide func() (errs.Kind, int)) {
				c := w.command(name, do)
				if rapid.Bool().Draw(t, "keyed") {
					c.Key = key.Draw(t, "key")
				}
				c.Body = ledger.Hash{byte(rapid.IntRange(0, 1).Draw(t, "body"))}
				submitted := rapid.IntRange(0, 3).Draw(t, "submitted") == 0
				if submitted {
					c.Submission = []byte("raw")
				}
				r, err := w.Submit(context.Background(), c)
				if c.Key == "" {
					c.Key = c.ID.String()
				}
				if submitted {
					c.Body = rawDigest
				}
				if first, bound := m.bound[c.Key]; bound {
					if m.bodies[c.Key] != c.Body {
						if errs.KindOf(err) != errs.Conflict {
							t.Fatalf("another body: %+v %v", r, err)
						}
					} else if err != nil || !r.Repeated || r.First != first.First || r.Last != first.Last || r.Command != first.Command {
						t.Fatalf("repeated: %+v %v, first %+v", r, err, first)
					}
					return
				}
				kind, facts := decide()
				if errs.KindOf(err) != kind || err == nil && (r.Repeated || r.First != m.seq+1 || r.Last != m.seq+uint64(facts)) {
					t.Fatalf("%+v %v, want kind %s and %d facts after %d", r, err, kind, facts, m.seq)
				}
				m.seq += uint64(facts)
				if err == nil {
					m.bound[c.Key], m.bodies[c.Key] = r, c.Body
				}
				if err == nil || submitted {
					m.kept++
				}
			}
			t.Repeat(map[string]func(*rapid.T){
				"open": func(t *rapid.T) {
					n, due := number.Draw(t, "number"), port.Time(0)
					if rapid.Bool().Draw(t, "due") {
						due = port.TimeOf(now).Add(port.Duration(rapid.IntRange(1, 20).Draw(t, "in")) * port.Second)
					}
					give(t, openBox{number: n, due: due}, func() (errs.Kind, int) { return m.lay(n, due) })
				},
				"move": func(t *rapid.T) {
					n, to := number.Draw(t, "number"), place.Draw(t, "place")
					give(t, y.moveBox(n, to), func() (errs.Kind, int) { return m.move(n, to) })
				},
				"close": func(t *rapid.T) {
					n := number.Draw(t, "number")
					give(t, y.closeBox(n), func() (errs.Kind, int) { return m.close(n) })
				},
				"wait": func(t *rapid.T) {
					now = now.Add(time.Duration(rapid.IntRange(-2, 9).Draw(t, "seconds")) * time.Second)
					if err := w.TickOnce(context.Background()); err != nil {
						t.Fatal(err)
					}
					for _, b := range m.open {
						if b.Due != 0 && b.Due <= port.TimeOf(now) && !b.Late {
							b.Late = true
							m.seq += 2
							m.kept++
						}
					}
				},
				"restart": func(t *rapid.T) {
					w.stop()
					w = startOn(w.t, w.store, y, options)
				},
				"rebuild": func(t *rapid.T) {
					if rapid.IntRange(0, 3).Draw(t, "rarely") > 0 {
						t.Skip()
					}
					if _, err := w.Rebuild(context.Background()); err != nil {
						t.Fatal(err)
					}
				},
				"": func(t *rapid.T) {
					numbers := []string{}
					for _, n := range []string{"1", "2", "3", "口"} {
						if b, ok := w.boxOf(name, n); ok {
							numbers = append(numbers, n)
							if diff := cmp.Diff(m.open[n], b); diff != "" {
								t.Fatal(diff)
							}
						}
					}
					if want := slices.Sorted(maps.Keys(m.open)); !slices.Equal(want, numbers) {
						t.Fatalf("open are %v, want %v", numbers, want)
					}
					for to, want := range m.counts {
						s, ok, err := ledger.ReadIn(context.Background(), w.Engine, name, y.places, placeID(to))
						if err != nil || !ok || s.N != want {
							t.Fatalf("place %s counts %+v %v, want %d", to, s, err, want)
						}
					}
				},
			})
			heads, err := w.Heads(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			head := heads[slices.IndexFunc(heads, func(h ledger.Head) bool { return h.Name == name })]
			if head.Seq != m.seq || head.Receipts != uint64(m.kept) {
				t.Fatalf("%+v, want %d facts and %d receipts", head, m.seq, m.kept)
			}
		})
		w.verified()
	})
}
