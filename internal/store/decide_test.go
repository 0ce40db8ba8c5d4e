package store_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store/storetest"
	"github.com/guomen/guomen/port"
)

// TestRounds lets decisions discover late what they need: a chain of boxes, each noting the number of the next.
func TestRounds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		y := newYard(t, 1, nil)
		w := start(t, d, y, ledger.Options{})
		w.create("a")
		for i := range 30 {
			w.must(w.command("a", openBox{number: fmt.Sprint(i), note: fmt.Sprint(i + 1)}))
		}
		walk := func(from, steps int, careless bool) decide {
			return func(tx *ledger.Tx) error {
				number := fmt.Sprint(from)
				for range steps {
					id, err := tx.Lookup("number", number)
					if err != nil && !careless {
						return err
					}
					s, ok, err := y.boxes.Get(tx, id)
					if err != nil && !careless {
						return err
					}
					if !ok && careless {
						return nil // nothing to do, it believes
					}
					number = s.Note // a careless decision that has got here without a state panics
				}
				return openBox{number: "end of " + number}.Decide(tx)
			}
		}
		w.stop()
		w = start(t, d, y, ledger.Options{}) // nothing is remembered
		if r := w.must(w.command("a", walk(0, 7, false))); r.Last != 31 {
			t.Errorf("%+v", r)
		}
		// A decision that overlooks that something is not loaded is asked again all the same.
		if r := w.must(w.command("a", walk(10, 6, true))); r.Last != 32 {
			t.Errorf("%+v", r)
		}
		// One that walks without end is stopped; so is one that waits for nothing.
		w.stop()
		w = start(t, d, y, ledger.Options{})
		w.refused(w.command("a", walk(0, 29, false)), errs.Broken)
		w.refused(w.command("a", decide(func(*ledger.Tx) error { return ledger.ErrUnloaded })), errs.Broken)
		w.must(w.command("a", walk(0, 1, false)))
		w.verified()
	})
}

// TestOverlay lets commands of one batch see each other, and nothing of those that fail.
func TestOverlay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		w := start(t, d, newYard(t, 1, nil), ledger.Options{})
		w.create("a")
		then := func(first ledger.Decision, second func(*ledger.Tx) error) decide {
			return func(tx *ledger.Tx) error {
				if err := first.Decide(tx); err != nil {
					return err
				}
				return second(tx)
			}
		}
		refuse := func(*ledger.Tx) error { return errs.New(errs.Denied, "no", "") }
		answers := w.together(
			w.command("a", openBox{number: "1", due: 7}),
			w.command("a", w.moveBox("1", "x")),
			w.command("a", then(openBox{number: "2", due: 8}, refuse)),           // leaves nothing
			w.command("a", w.moveBox("2", "x")),                                  // so there is no such box
			w.command("a", then(w.moveBox("1", "x"), refuse)),                    // does not count
			w.command("a", then(w.closeBox("1"), refuse)),                        // it stays open
			w.command("a", openBox{number: "1"}),                                 // so it cannot be opened
			w.command("a", w.moveBox("1", "x")),                                  // but moved
			w.command("a", openBox{number: "3", due: 9}),                         // opened
			w.command("a", w.closeBox("3")),                                      // and closed
			w.command("a", openBox{number: "3"}),                                 // and opened again, all in one batch
			w.command("a", then(openBox{number: "4", due: 10}, w.closeBox("4"))), // in one command
		)
		var kinds []errs.Kind
		for _, a := range answers {
			kinds = append(kinds, errs.KindOf(a.err))
		}
		if diff := cmp.Diff([]errs.Kind{0, 0, errs.Denied, errs.Missing, errs.Denied, errs.Denied, errs.Invalid, 0, 0, 0, 0, 0}, kinds); diff != "" {
			t.Fatal(diff)
		}
		var names []string
		for _, f := range w.all("a") {
			names = append(names, f.Name)
		}
		want := []string{"box.opened.v1", "box.moved.v1", "place.counted.v1", "box.moved.v1", "place.counted.v1", "box.opened.v1", "box.closed.v1", "box.opened.v1", "box.opened.v1", "box.closed.v1"}
		if diff := cmp.Diff(want, names); diff != "" {
			t.Error(diff)
		}
		if s, ok := w.boxOf("a", "1"); !ok || s.Moves != 2 || s.Closed {
			t.Errorf("%+v", s)
		}
		number, _ := w.Number("a")
		if s, ok, err := ledger.ReadIn(t.Context(), w.Engine, "a", w.places, placeID("x")); !ok || err != nil || s.N != 2 {
			t.Error(s, ok, err)
		}
		due, err := w.store.Deadlines(t.Context(), number, 100, 100)
		if err != nil || len(due) != 1 || due[0].Due != 7 || due[0].Subject != answers[0].receipt.Subject {
			t.Errorf("deadlines %v %v", due, err)
		}
		lookups, err := w.store.Lookups(t.Context(), number, ledger.LookupKey{Kind: "number"}, 100)
		if err != nil || len(lookups) != 2 || lookups[0].Key != "1" || lookups[1].ID != answers[10].receipt.Subject {
			t.Errorf("look-ups %v %v", lookups, err)
		}
		w.verified()
	})
}

// TestReactions follows facts with facts, and all of a command's facts fail together.
func TestReactions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		refuse := map[string]ledger.Reaction{"place.counted.v1": func(tx *ledger.Tx, f ledger.Fact) error {
			if f.Body.(placeCounted).N > 2 {
				return errs.New(errs.Invalid, "place.full", "")
			}
			return nil
		}}
		w := start(t, d, newYard(t, 1, refuse), ledger.Options{})
		w.create("a")
		w.must(w.command("a", openBox{number: "1"}))
		for i := range 2 {
			r := w.must(w.command("a", w.moveBox("1", "x")))
			if r.Last != r.First+1 || len(r.Facts) != 2 || r.Facts[1].Body.(placeCounted).N != i+1 {
				t.Errorf("%+v", r)
			}
		}
		w.refused(w.command("a", w.moveBox("1", "x")), errs.Invalid)
		if s, _ := w.boxOf("a", "1"); s.Moves != 2 {
			t.Errorf("%+v", s)
		}
		w.verified()
	})
}

// TestMaxFacts refuses a command that records too much, and takes one that records all it may.
func TestMaxFacts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		w := start(t, d, newYard(t, 1, nil), ledger.Options{})
		w.create("a")
		many := func(n int) decide {
			return func(tx *ledger.Tx) error {
				for i := range n {
					if err := tx.Record(boxOpened{ID: tx.NewID(), Number: fmt.Sprint(n, "/", i)}); err != nil {
						return err
					}
				}
				return nil
			}
		}
		answers := w.together(w.command("a", many(ledger.MaxFacts+1)), w.command("a", many(ledger.MaxFacts)))
		if errs.KindOf(answers[0].err) != errs.Invalid || answers[1].err != nil {
			t.Fatal(answers)
		}
		if report := w.verified(); report.Facts != ledger.MaxFacts || report.Records != ledger.MaxFacts {
			t.Errorf("%+v", report)
		}
	})
}

// spoilt is a fact and a state that break where they are told to.
type spoilt struct {
	ID    port.ID `json:"id"`
	Where string  `json:"where"`
}

func (spoilt) FactName() string { return "thing.spoilt.v1" }

// poison is a value that breaks when it is encoded.
type poison string

func (p poison) MarshalJSON() ([]byte, error) {
	switch p {
	case "panic":
		panic("encoding")
	case "error":
		return nil, fmt.Errorf("encoding fails")
	}
	return json.Marshal(string(p))
}

type spoiltState struct {
	Poison poison `json:"poison"`
}

type spoiltBody struct {
	ID     port.ID `json:"id"`
	Poison poison  `json:"poison"`
}

func (spoiltBody) FactName() string { return "body.spoilt.v1" }

type prefetching struct{ decide }

func (prefetching) Prefetch(*ledger.Wants) { panic("prefetching") }

// TestBugsStayAlone breaks domain code in every place where it runs: the command breaks, the others of its batch do not.
func TestBugsStayAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		kind := ledger.NewKind[spoiltState]("spoilt", 1)
		ledger.On(kind, func(b spoilt) port.ID {
			if b.Where == "subject" {
				panic(b.Where)
			}
			return b.ID
		}, func(x *ledger.Effects, s spoiltState, f *ledger.Fact, b spoilt) spoiltState {
			switch b.Where {
			case "fold":
				panic(b.Where)
			case "state panics":
				return spoiltState{"panic"}
			case "state fails":
				return spoiltState{"error"}
			}
			return spoiltState{poison(b.Where)}
		})
		schema, err := ledger.NewSchema([]ledger.Body{spoilt{}, spoiltBody{}, boxOpened{}}, []ledger.AnyKind{kind}, map[string][]ledger.Reaction{
			"thing.spoilt.v1": {func(tx *ledger.Tx, f ledger.Fact) error {
				if f.Body.(spoilt).Where == "reaction" {
					panic("reaction")
				}
				return nil
			}},
		})
		if err != nil {
			t.Fatal(err)
		}
		w := start(t, d, &yard{schema: schema}, ledger.Options{})
		w.create("a")
		record := func(body func(id port.ID) ledger.Body) decide {
			return func(tx *ledger.Tx) error { return tx.Record(body(tx.NewID())) }
		}
		thing := func(where string) decide {
			return record(func(id port.ID) ledger.Body { return spoilt{id, where} })
		}
		var commands []ledger.Command
		bad := []ledger.Decision{
			nil, decide(func(*ledger.Tx) error { panic("decision") }), thing("subject"), thing("fold"), thing("reaction"), thing("state panics"), thing("state fails"),
			record(func(id port.ID) ledger.Body { return spoiltBody{id, "panic"} }), record(func(id port.ID) ledger.Body { return spoiltBody{id, "error"} }),
			record(func(id port.ID) ledger.Body { return strange{} }), record(func(id port.ID) ledger.Body { return nil }),
			prefetching{}, decide(func(*ledger.Tx) error { return fmt.Errorf("an error of no kind") }),
		}
		for i, do := range bad {
			commands = append(commands, w.command("a", thing(fmt.Sprint("good ", i))), w.command("a", do))
		}
		for _, list := range [][]ledger.Command{commands[:10], commands} { // the second time the first ten are repeated, or break again
			for i, a := range w.together(list...) {
				kind := errs.KindOf(a.err)
				switch {
				case i%2 == 0 && a.err != nil:
					t.Errorf("%d: a good command fails with a bad one: %v", i, a.err)
				case i%2 == 1 && a.err == nil:
					t.Errorf("%d: %T is accepted", i/2, list[i].Do)
				case i%2 == 1 && kind != errs.Broken && kind != 0:
					t.Errorf("%d: %v", i/2, a.err)
				}
			}
		}
		if report := w.verified(); report.Facts != uint64(len(bad)) || report.Records != len(bad) {
			t.Errorf("%+v", report)
		}
	})
}

// strange is a fact that no module records.
type strange struct{}

func (strange) FactName() string { return "strange.seen.v1" }

// TestUnstorableText is refused alike everywhere, before or while it is decided, and takes nobody with it.
func TestUnstorableText(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		w := start(t, d, newYard(t, 1, nil), ledger.Options{})
		w.create("a")
		long := strings.Repeat("长", ledger.MaxIndexed/3+1)
		most := strings.Repeat("x", ledger.MaxIndexed)
		var commands []ledger.Command
		for i, text := range []string{"nul\x00", "\x00", "not \xff utf-8", "\xed\xa0\x80", long} {
			commands = append(commands, w.command("a", openBox{number: text}))                                 // a look-up's key
			commands = append(commands, w.command("a", openBox{number: fmt.Sprint("fine ", i), note: "\x00"})) // stored as bytes
			if text != long {
				c := w.command("a", openBox{number: fmt.Sprint("key ", i)})
				c.Key = text
				commands = append(commands, c)
				c = w.command("a", openBox{number: fmt.Sprint("organisation ", i)})
				c.Actor.Organisation = text
				commands = append(commands, c)
				c = w.command("a", openBox{number: fmt.Sprint("person ", i)})
				c.Actor.Person = text
				commands = append(commands, c)
				c = w.command("a", openBox{number: fmt.Sprint("media ", i)})
				c.Media, c.Submission = text, []byte("x")
				commands = append(commands, c)
				if _, err := w.Create(t.Context(), ledger.Name(text), ledger.SHA256); errs.KindOf(err) != errs.Invalid {
					t.Errorf("a ledger named %q: %v", text, err)
				}
			}
		}
		for _, note := range []string{"\xff", `\ufffd` + "\xff"} {
			commands = append(commands, w.command("a", openBox{number: "note " + note[:1], note: note}))
		}
		for i, a := range w.together(commands...) {
			do := commands[i].Do.(openBox)
			want := errs.Invalid
			if strings.HasPrefix(do.number, "fine") {
				want = 0
			}
			if errs.KindOf(a.err) != want {
				t.Errorf("%q %q %+v: %v", do.number, commands[i].Key, commands[i].Actor, a.err)
			}
		}
		for _, key := range []string{"nul\x00", "\xff", long} {
			if id, err := w.Find(t.Context(), "a", "number", key); err != nil || !id.IsZero() {
				t.Errorf("%q is found: %s %v", key, id, err)
			}
		}
		w.must(w.command("a", openBox{number: most, note: "�\\ufffd \x01口岸"}))
		if s, ok := w.boxOf("a", most); !ok || s.Note != "�\\ufffd \x01口岸" {
			t.Errorf("%+v", s)
		}
		if s, ok := w.boxOf("a", "fine 0"); !ok || s.Note != "\x00" {
			t.Errorf("%+v", s)
		}
		// What could not be read back is not written: instants outside the years that have four digits.
		for _, at := range []port.Time{1 << 62, -1 << 62} {
			c := w.command("a", openBox{number: "when"})
			c.At = at
			w.refused(c, errs.Invalid)
		}
		// A document that is refused for its text is kept all the same.
		c := w.command("a", openBox{number: "kept", note: "\xff"})
		c.Submission = []byte("\xff")
		w.refused(c, errs.Invalid)
		if r, s, err := w.ReceiptOf(t.Context(), c.ID); err != nil || r.Outcome != ledger.Refused || string(s.Data) != "\xff" {
			t.Error(r, s, err)
		}
		w.verified()
	})
}
