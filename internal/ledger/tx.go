package ledger

import (
	"errors"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/port"
)

// ErrUnloaded is what a read returns when the record is not in memory yet. A decision returns it unchanged and is asked
// again once the record is there.
var ErrUnloaded = errors.New("not loaded yet")

// MaxFacts bounds the facts of one command, reactions included: larger fan-out (a whole train, a regime change) is a
// follower's work, so that no single command can stall a port.
const MaxFacts = 512

// MaxIndexed bounds a look-up's key in bytes: what people write on papers, plates and containers is far shorter, and an
// index entry of PostgreSQL cannot hold more than 2,704.
const MaxIndexed = 512

// indexable tells whether a key can stand for an open thing. One that cannot is never found, and never recorded.
func indexable(key string) bool { return key != "" && len(key) <= MaxIndexed && storable(key) }

// Wants collects what is to be loaded.
type Wants struct {
	ledger  Number
	command *Command
	records map[RecordKey]struct{}
	lookups map[LookupKey]struct{}
}

func newWants() *Wants {
	return &Wants{records: map[RecordKey]struct{}{}, lookups: map[LookupKey]struct{}{}}
}

func (w *Wants) count() int { return len(w.records) + len(w.lookups) }

// Command is the command that is to be decided.
func (w *Wants) Command() *Command { return w.command }

// Record asks for a record.
func (w *Wants) Record(k AnyKind, id port.ID) {
	w.records[RecordKey{w.ledger, k.base().name, id}] = struct{}{}
}

// Lookup asks for a look-up.
func (w *Wants) Lookup(kind, key string) {
	if indexable(key) {
		w.lookups[LookupKey{w.ledger, kind, key}] = struct{}{}
	}
}

// loaded is what a batch has in memory. A present key with a nil state or zero id is known not to exist.
type loaded struct {
	records map[RecordKey]any
	lookups map[LookupKey]port.ID
}

// Tx is the overlay that one command decides on: it reads what the batch has loaded and what the command itself has
// changed, and gathers the facts it records.
type Tx struct {
	schema  *Schema
	base    *loaded
	cache   *cache
	wants   *Wants
	command *Command
	ledger  Name
	number  Number
	now     port.Time // recorded time of everything in this batch
	seq     uint64    // last sequence before this command

	facts     []Fact
	records   map[RecordKey]any
	lookups   map[LookupKey]port.ID
	deadlines []DeadlineRow
	subject   port.ID
	derived   uint16
	unloaded  bool // something was asked for that is not there yet: whatever is decided does not count
}

// Ledger is the ledger being decided on.
func (tx *Tx) Ledger() Name { return tx.ledger }

// Command is the command being decided.
func (tx *Tx) Command() *Command { return tx.command }

// Now is the recorded time of this batch: the only clock a decision has.
func (tx *Tx) Now() port.Time { return tx.now }

// At is when the command says it happened, or else Now.
func (tx *Tx) At() port.Time {
	if tx.command.At != 0 {
		return tx.command.At
	}
	return tx.now
}

// NewID names a new thing: the command's own id first, then ids derived from it, so that deciding again gives the same.
func (tx *Tx) NewID() port.ID {
	id := tx.command.ID.Derive(tx.derived)
	tx.derived++
	return id
}

// Subject says what the receipt is about; the first call counts.
func (tx *Tx) Subject(id port.ID) {
	if tx.subject.IsZero() {
		tx.subject = id
	}
}

// Lookup finds an open thing by a number that people write; the zero id where there is none.
func (tx *Tx) Lookup(kind, key string) (port.ID, error) {
	if !indexable(key) {
		return port.ID{}, nil
	}
	k := LookupKey{tx.number, kind, key}
	if id, ok := tx.lookups[k]; ok {
		return id, nil
	}
	if id, ok := tx.base.lookups[k]; ok {
		return id, nil
	}
	tx.wants.lookups[k] = struct{}{}
	tx.unloaded = true
	return port.ID{}, ErrUnloaded
}

// Get reads a record; false where it does not exist. The state is the caller's to read and to copy, not to change.
func (k *Kind[S]) Get(tx *Tx, id port.ID) (*S, bool, error) {
	state, err := tx.state(RecordKey{tx.number, k.kind.name, id})
	if err != nil || state == nil {
		return nil, false, err
	}
	return state.(*S), true, nil
}

// state reads a record's state; nil where it does not exist.
func (tx *Tx) state(key RecordKey) (any, error) {
	if key.ID.IsZero() {
		return nil, nil
	}
	if state, ok := tx.records[key]; ok {
		return state, nil
	}
	if state, ok := tx.base.records[key]; ok {
		return state, nil
	}
	if state, ok := tx.cache.get(key); ok {
		return state, nil
	}
	if tx.named(key.ID) {
		return nil, nil // nobody else can have given it this name: there is nothing to load
	}
	tx.wants.records[key] = struct{}{}
	tx.unloaded = true
	return nil, ErrUnloaded
}

// named tells an id that this command has given.
func (tx *Tx) named(id port.ID) bool {
	if id.Milliseconds() != tx.command.ID.Milliseconds() {
		return false
	}
	for n := range tx.derived {
		if tx.command.ID.Derive(n) == id {
			return true
		}
	}
	return false
}

// Record appends a fact, folds it into the records it touches and lets the reactions to it follow. When a record that it
// touches is not in memory the fact is only noted, and the decision is asked again once everything it touches is there:
// one that records hundreds of new things asks for all of them at once.
func (tx *Tx) Record(body Body) error {
	name := body.FactName()
	t := tx.schema.facts[name]
	if t == nil {
		return errs.New(errs.Broken, "", "fact %q belongs to no module", name)
	}
	if len(tx.facts) == MaxFacts {
		return errs.New(errs.Invalid, "command.too_large", "more than %d facts in one command", MaxFacts)
	}
	f := Fact{
		Ledger: tx.ledger, Number: tx.number, Seq: tx.seq + uint64(len(tx.facts)) + 1, Name: name,
		At: tx.At(), Recorded: tx.now, Command: tx.command.ID, Actor: tx.command.Actor, Body: body,
	}
	// Ask for everything the fact touches before folding any of it: one round instead of several.
	unloaded := false
	for i := range t.folds {
		if id := t.folds[i].subject(body); !id.IsZero() {
			if _, err := tx.state(RecordKey{tx.number, t.folds[i].kind.name, id}); err != nil {
				unloaded = true
			}
		}
	}
	tx.facts = append(tx.facts, f)
	if unloaded {
		return nil
	}
	x := Effects{ledger: tx.number}
	t.fold(&x, &f, func(key RecordKey) any { state, _ := tx.state(key); return state }, func(key RecordKey, state any) { tx.records[key] = state })
	for _, row := range x.lookups {
		if !indexable(row.Key) {
			return errs.New(errs.Invalid, "text.unstorable", "the %s %.100q", row.Kind, row.Key)
		}
		tx.lookups[row.LookupKey] = row.ID
	}
	tx.deadlines = append(tx.deadlines, x.deadlines...)
	for _, react := range t.reactions {
		if err := react(tx, f); err != nil {
			return err
		}
	}
	return nil
}
