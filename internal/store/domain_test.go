package store_test

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store/storetest"
	"github.com/guomen/guomen/port"
)

// The domain of these tests is a yard of boxes: a box is opened under a number, moved from place to place, due back at
// an instant, and closed. Places count their boxes by a reaction, whose record no command names beforehand.

type boxOpened struct {
	ID     port.ID   `json:"id"`
	Number string    `json:"number"`
	Due    port.Time `json:"due,omitzero"`
	Note   string    `json:"note,omitempty"`
}

type boxMoved struct {
	ID port.ID `json:"id"`
	To string  `json:"to"`
}

type boxClosed struct {
	ID     port.ID   `json:"id"`
	Number string    `json:"number"`
	Due    port.Time `json:"due,omitzero"`
}

type boxLate struct {
	ID port.ID `json:"id"`
}

type placeCounted struct {
	ID port.ID `json:"id"`
	N  int     `json:"n"`
}

func (boxOpened) FactName() string    { return "box.opened.v1" }
func (boxMoved) FactName() string     { return "box.moved.v1" }
func (boxClosed) FactName() string    { return "box.closed.v1" }
func (boxLate) FactName() string      { return "box.late.v1" }
func (placeCounted) FactName() string { return "place.counted.v1" }

type box struct {
	Number string    `json:"number"`
	Place  string    `json:"place,omitempty"`
	Moves  int       `json:"moves"`
	Due    port.Time `json:"due,omitzero"`
	Late   bool      `json:"late,omitempty"`
	Closed bool      `json:"closed,omitempty"`
	Note   string    `json:"note,omitempty"`
}

type place struct {
	N int `json:"n"`
}

// placeID names a place.
func placeID(name string) port.ID {
	h := fnv.New64a()
	h.Write([]byte(name))
	return port.NewID(1, 0, h.Sum64())
}

// yard is the domain's schema and kinds.
type yard struct {
	schema *ledger.Schema
	boxes  *ledger.Kind[box]
	places *ledger.Kind[place]
}

// newYard builds the domain; version is that of the boxes' fold. Extra reactions may be given by fact name.
func newYard(t testing.TB, version int, extra map[string]ledger.Reaction) *yard {
	t.Helper()
	y := &yard{boxes: ledger.NewKind[box]("box", version), places: ledger.NewKind[place]("place", 1)}
	ledger.On(y.boxes, func(b boxOpened) port.ID { return b.ID }, func(x *ledger.Effects, s box, f *ledger.Fact, b boxOpened) box {
		x.Index("number", b.Number, b.ID)
		if b.Due != 0 {
			x.Deadline(b.Due, b.ID, "back", b.ID)
		}
		return box{Number: b.Number, Due: b.Due, Note: b.Note}
	})
	ledger.On(y.boxes, func(b boxMoved) port.ID { return b.ID }, func(x *ledger.Effects, s box, f *ledger.Fact, b boxMoved) box {
		s.Place = b.To
		s.Moves += version // another version folds otherwise
		return s
	})
	ledger.On(y.boxes, func(b boxLate) port.ID { return b.ID }, func(x *ledger.Effects, s box, f *ledger.Fact, b boxLate) box {
		s.Late = true
		return s
	})
	ledger.On(y.boxes, func(b boxClosed) port.ID { return b.ID }, func(x *ledger.Effects, s box, f *ledger.Fact, b boxClosed) box {
		x.Unindex("number", b.Number)
		if b.Due != 0 {
			x.Undeadline(b.Due, b.ID)
		}
		s.Closed = true
		return s
	})
	ledger.On(y.places, func(b placeCounted) port.ID { return b.ID }, func(x *ledger.Effects, s place, f *ledger.Fact, b placeCounted) place {
		return place{b.N}
	})
	reactions := map[string][]ledger.Reaction{
		"box.moved.v1": {func(tx *ledger.Tx, f ledger.Fact) error {
			id := placeID(f.Body.(boxMoved).To)
			s, _, err := y.places.Get(tx, id)
			if err != nil {
				return err
			}
			n := 1
			if s != nil {
				n += s.N
			}
			return tx.Record(placeCounted{id, n})
		}},
		"deadline.passed.v1": {func(tx *ledger.Tx, f ledger.Fact) error {
			return tx.Record(boxLate{f.Body.(ledger.DeadlinePassed).Subject})
		}},
	}
	for name, reaction := range extra {
		reactions[name] = append(reactions[name], reaction)
	}
	var err error
	y.schema, err = ledger.NewSchema([]ledger.Body{boxOpened{}, boxMoved{}, boxClosed{}, boxLate{}, placeCounted{}}, []ledger.AnyKind{y.boxes, y.places}, reactions)
	if err != nil {
		t.Fatal(err)
	}
	return y
}

// decide is a Decision written where it is used.
type decide func(*ledger.Tx) error

func (d decide) Decide(tx *ledger.Tx) error { return d(tx) }

// openBox opens a box under a number that is not open.
type openBox struct {
	number string
	due    port.Time
	note   string
}

func (d openBox) Prefetch(want *ledger.Wants) { want.Lookup("number", d.number) }

func (d openBox) Decide(tx *ledger.Tx) error {
	there, err := tx.Lookup("number", d.number)
	if err != nil {
		return err
	}
	if !there.IsZero() {
		return errs.New(errs.Invalid, "box.open", "box %s is open", d.number)
	}
	id := tx.NewID()
	tx.Subject(id)
	return tx.Record(boxOpened{id, d.number, d.due, d.note})
}

// moveBox moves an open box; it names nothing beforehand.
func (y *yard) moveBox(number, to string) decide {
	return func(tx *ledger.Tx) error {
		id, err := tx.Lookup("number", number)
		if err != nil {
			return err
		}
		if id.IsZero() {
			return errs.New(errs.Missing, "box.unknown", "no box %s", number)
		}
		tx.Subject(id)
		return tx.Record(boxMoved{id, to})
	}
}

// closeBox closes an open box.
func (y *yard) closeBox(number string) decide {
	return func(tx *ledger.Tx) error {
		id, err := tx.Lookup("number", number)
		if err != nil {
			return err
		}
		if id.IsZero() {
			return errs.New(errs.Missing, "box.unknown", "no box %s", number)
		}
		s, _, err := y.boxes.Get(tx, id)
		if err != nil {
			return err
		}
		tx.Subject(id)
		return tx.Record(boxClosed{id, number, s.Due})
	}
}

// world is one process: an engine over a store.
type world struct {
	*ledger.Engine
	*yard
	t     testing.TB
	store ledger.Store
	stop  func()
}

// start runs an engine over a database; it ends with the test, or with stop.
func start(t testing.TB, d *storetest.Database, y *yard, options ledger.Options) *world {
	t.Helper()
	return startOn(t, d.Open(t), y, options)
}

func startOn(t testing.TB, s ledger.Store, y *yard, options ledger.Options) *world {
	t.Helper()
	if options.Log == nil && testing.Verbose() {
		options.Log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	}
	e, err := ledger.Open(t.Context(), y.schema, s, options)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{Engine: e, yard: y, t: t, store: s, stop: sync.OnceFunc(e.Close)}
	t.Cleanup(w.stop)
	return w
}

// create makes a ledger.
func (w *world) create(name ledger.Name) ledger.Number {
	w.t.Helper()
	number, err := w.Create(w.t.Context(), name, ledger.SHA256)
	if err != nil {
		w.t.Fatal(err)
	}
	return number
}

// newID makes a command's id, unlike any other.
func (w *world) newID(name ledger.Name) port.ID {
	number, ok := w.Number(name)
	if !ok {
		w.t.Fatalf("no ledger %s", name)
	}
	var b [8]byte
	rand.Read(b[:])
	return port.NewID(time.Now().UnixMilli(), uint16(number), binary.BigEndian.Uint64(b[:]))
}

// command is a lodgement of organisation "o".
func (w *world) command(name ledger.Name, do ledger.Decision) ledger.Command {
	return ledger.Command{ID: w.newID(name), Ledger: name, Actor: ledger.Actor{Organisation: "o", Role: "r", Person: "人"}, Priority: ledger.Lodgement, Do: do}
}

// must gives a command that is accepted.
func (w *world) must(c ledger.Command) ledger.Receipt {
	w.t.Helper()
	r, err := w.Submit(context.Background(), c)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// refused gives a command that is refused with a kind of error.
func (w *world) refused(c ledger.Command, kind errs.Kind) error {
	w.t.Helper()
	r, err := w.Submit(context.Background(), c)
	if errs.KindOf(err) != kind {
		w.t.Fatalf("got %+v, %v, want an error of kind %s", r, err, kind)
	}
	return err
}

type answer struct {
	receipt ledger.Receipt
	err     error
}

// together lets commands queue in their order while every writer loop is busy, so that they are taken together, and
// gives their answers in that order.
func (w *world) together(commands ...ledger.Command) []answer {
	w.t.Helper()
	release, entered := make(chan struct{}), make(chan struct{}, 8)
	var waiting sync.WaitGroup
	for i := range w.store.Loops() {
		name := ledger.Name(fmt.Sprint("block:", i))
		w.create(name)
		c := w.command(name, decide(func(*ledger.Tx) error { entered <- struct{}{}; <-release; return nil }))
		waiting.Go(func() {
			if _, err := w.Submit(context.Background(), c); err != nil {
				w.t.Error(err)
			}
		})
	}
	for range w.store.Loops() {
		<-entered
	}
	answers := make([]answer, len(commands))
	before := w.waiting()
	for i, c := range commands {
		done := make(chan struct{})
		waiting.Go(func() {
			answers[i].receipt, answers[i].err = w.Submit(context.Background(), c)
			close(done)
		})
		for ended := false; !ended && w.waiting() == before; {
			select {
			case <-done: // refused before it could queue
				ended = true
			case <-time.After(50 * time.Microsecond):
			}
		}
		before = w.waiting()
	}
	close(release)
	waiting.Wait()
	return answers
}

func (w *world) waiting() (n int) {
	for _, waiting := range w.Waiting() {
		n += waiting
	}
	return n
}

// all reads every fact of a ledger.
func (w *world) all(name ledger.Name) (facts []ledger.Fact) {
	w.t.Helper()
	for {
		page, err := w.Facts(context.Background(), name, uint64(len(facts)), 1000, 0)
		if err != nil {
			w.t.Fatal(err)
		}
		if len(page) == 0 {
			return facts
		}
		facts = append(facts, page...)
	}
}

// again is a restart. It lets what was queued by somebody who has gone finish, so the ledgers are at rest.
func (w *world) again() *world {
	w.t.Helper()
	w.stop()
	return startOn(w.t, w.store, w.yard, ledger.Options{})
}

// verified folds everything again; the ledgers are at rest.
func (w *world) verified() ledger.Report {
	w.t.Helper()
	report, err := w.Verify(context.Background())
	if err != nil || !report.OK {
		w.t.Fatalf("%+v %v", report, err)
	}
	return report
}

// boxOf reads an open box.
func (w *world) boxOf(name ledger.Name, number string) (*box, bool) {
	w.t.Helper()
	id, err := w.Find(context.Background(), name, "number", number)
	if err != nil {
		w.t.Fatal(err)
	}
	s, ok, err := ledger.ReadIn(context.Background(), w.Engine, name, w.boxes, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return s, ok
}
