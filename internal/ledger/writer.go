package ledger

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/port"
)

// maxRounds bounds how often one decision may hold up its batch for records it did not name: each round is a query, and
// no honest decision walks further than a few steps from what it knew.
const maxRounds = 16

// storeTimeout bounds one transaction: longer than this the database counts as gone.
const storeTimeout = 30 * time.Second

// writer is one loop's scratch: everything it needs to run a batch, kept from one batch to the next.
type writer struct {
	engine   *Engine
	lines    []*line
	commands []*pending

	wants  *Wants
	loaded loaded
	batch  Batch
	opens  []*open
	dirty  map[RecordKey]any
	looks  map[LookupKey]port.ID
	dues   map[dueKey]DeadlineRow
	keys   map[boundKey]int // accepted in this batch → index in batch.Receipts
	spare  []*Tx
	rows   []byte // arena for the encoded facts of this batch
	ended  []ended
}

// dueKey is a deadline's key: a batch writes only the last word on each.
type dueKey struct {
	ledger Number
	due    port.Time
	id     port.ID
}

// boundKey is an idempotency key of one ledger: a batch spans several, and a key counts in each by itself.
type boundKey struct {
	ledger Number
	hash   uint64
}

// ended is a command whose answer waits for the commit.
type ended struct {
	p *pending
	r result
}

func newWriter(e *Engine) *writer {
	return &writer{
		engine: e, wants: newWants(),
		loaded: loaded{records: map[RecordKey]any{}, lookups: map[LookupKey]port.ID{}},
		dirty:  map[RecordKey]any{}, looks: map[LookupKey]port.ID{}, dues: map[dueKey]DeadlineRow{}, keys: map[boundKey]int{},
	}
}

// run decides a batch and commits it. A batch that the database refuses is run again one command at a time, so that
// one poisoned command cannot take others with it.
func (w *writer) run(lines []*line, commands []*pending) {
	err := w.attempt(lines, commands)
	if err == nil {
		return
	}
	for _, l := range lines {
		l.cache.clear()
	}
	if errs.KindOf(err) == errs.Unavailable || len(commands) == 1 {
		err = errs.Wrap(errs.Broken, err, "write a batch") // where it has no kind
		w.engine.log.Error("a batch failed", "commands", len(commands), "error", err)
		for _, p := range commands {
			w.answer(p, result{err: err})
		}
		return
	}
	w.engine.log.Warn("a batch is run one by one", "commands", len(commands), "error", err)
	for i, p := range commands {
		err := w.attempt([]*line{p.line}, []*pending{p})
		if err == nil {
			continue
		}
		p.line.cache.clear()
		if errs.KindOf(err) == errs.Unavailable { // no use in trying the others, each for as long
			for _, p := range commands[i:] {
				w.answer(p, result{err: err})
			}
			return
		}
		w.engine.log.Error("a command failed", "ledger", p.command.Ledger, "command", p.command.ID, "decision", fmt.Sprintf("%T", p.command.Do), "error", err)
		w.answer(p, result{err: errs.Wrap(errs.Broken, err, "write a command")})
	}
}

func (w *writer) answer(p *pending, r result) {
	if w.engine.watch != nil {
		outcome := Accepted
		switch {
		case r.err != nil:
			outcome = errs.KindOf(r.err).String()
		case r.receipt.Repeated:
			outcome = "repeated"
		}
		w.engine.watch.Outcome(p.command.Priority, outcome)
	}
	p.done <- r
}

// attempt is one transaction over the lines, which are sorted by number so that two processes cannot deadlock. A panic
// of domain code outside its decision (what it prefetches, how it encodes) ends the batch like a refusal of the database.
func (w *writer) attempt(lines []*line, commands []*pending) (err error) {
	defer func() {
		if caught := recover(); caught != nil {
			err = errs.New(errs.Broken, "", "a batch panicked: %v\n%s", caught, debug.Stack())
		}
	}()
	began := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	slices.SortFunc(lines, func(a, b *line) int { return int(a.head.Number) - int(b.head.Number) })
	numbers := make([]Number, len(lines))
	for i, l := range lines {
		numbers[i] = l.head.Number
	}
	stored, err := w.engine.store.Begin(ctx, numbers)
	if err != nil {
		return err
	}
	defer stored.Rollback()
	w.reset()
	now := w.engine.Now()
	heads := stored.Heads()
	for i, l := range lines {
		if rebuilt := w.engine.rebuilt.Load(); heads[i].Seq != l.head.Seq || heads[i].Hash != l.head.Hash || rebuilt != l.rebuilt {
			l.cache.clear()
			l.rebuilt = rebuilt
		}
		for heads[i].Receipts > l.keys.through {
			rows, err := stored.Tail(l.head.Number, l.keys.through)
			if err != nil {
				return err
			}
			if len(rows) == 0 {
				return errs.New(errs.Broken, "", "%s: receipts end at %d, the head says %d", l.head.Name, l.keys.through, heads[i].Receipts)
			}
			l.keys.catchUp(w.engine.seed, rows)
		}
		chain, err := newChain(heads[i].Algorithm)
		if err != nil {
			return err
		}
		w.opens = append(w.opens, &open{line: l, head: heads[i], chain: chain, now: max(now, heads[i].Recorded)})
	}
	if err := w.decideAll(stored, commands); err != nil {
		return err
	}
	if err := w.encodeRecords(); err != nil {
		return err
	}
	for _, o := range w.opens {
		w.batch.Heads = append(w.batch.Heads, o.head)
	}
	decided := time.Since(began)
	if len(w.batch.Facts) > 0 || len(w.batch.Receipts) > 0 {
		if err := stored.Write(&w.batch); err != nil {
			return err
		}
		if err := stored.Commit(); err != nil {
			return err
		}
	}
	w.settle()
	if w.engine.watch != nil {
		w.engine.watch.Batch(len(commands), len(w.batch.Facts), decided, time.Since(began)-decided)
	}
	for _, e := range w.ended {
		w.answer(e.p, e.r)
	}
	return nil
}

// open is one ledger within a transaction.
type open struct {
	line    *line
	head    Head
	chain   chain
	now     port.Time
	blocked bool // a command of this round waits for a load; those behind it wait for it
}

func (w *writer) reset() {
	clear(w.loaded.records)
	clear(w.loaded.lookups)
	clear(w.wants.records) // a decision that was given up has asked for what nobody needs any more
	clear(w.wants.lookups)
	clear(w.dirty)
	clear(w.looks)
	clear(w.dues)
	clear(w.keys)
	w.opens = w.opens[:0]
	w.ended = w.ended[:0]
	w.rows = nil
	b := &w.batch
	b.Heads, b.Facts, b.Records, b.Lookups, b.Deadlines = b.Heads[:0], b.Facts[:0], b.Records[:0], b.Lookups[:0], b.Deadlines[:0]
	b.Receipts, b.Submissions, b.Sealed, b.Cursors = b.Receipts[:0], b.Submissions[:0], b.Sealed[:0], b.Cursors[:0]
}

// decideAll lets every command decide, loading what they ask for between rounds. Within a ledger they decide in the
// order of the queue, whatever happens to be in memory, so that the same commands give the same facts. Those behind one
// that waits for a load are only asked what they will need.
func (w *writer) decideAll(stored Transaction, commands []*pending) error {
	remaining := make([]*pending, 0, len(commands))
	for _, p := range commands {
		if p.ctx.Err() != nil { // nobody waits any more, and nothing has been promised
			w.ended = append(w.ended, ended{p, result{err: errs.Wrap(errs.Unavailable, p.ctx.Err(), "waiting for %s", p.command.Ledger)}})
			continue
		}
		if prefetcher, ok := p.command.Do.(Prefetcher); ok {
			w.wants.ledger, w.wants.command = p.line.head.Number, p.command
			prefetcher.Prefetch(w.wants)
		}
		p.rounds = 0
		remaining = append(remaining, p)
	}
	for len(remaining) > 0 {
		if err := w.load(stored); err != nil {
			return err
		}
		for _, o := range w.opens {
			o.blocked = false
		}
		again := remaining[:0]
		for _, p := range remaining {
			o := w.open(p.line.head.Number)
			if o.blocked {
				tx := w.newTx(o, p.command)
				_ = protect(p.command.Do, tx)
				w.freeTx(tx)
				again = append(again, p)
				continue
			}
			wanted := w.wants.count()
			finished, err := w.decide(stored, o, p)
			if err != nil {
				return err
			}
			if finished {
				continue
			}
			if p.rounds++; p.rounds > maxRounds || w.wants.count() == wanted {
				w.ended = append(w.ended, ended{p, result{err: errs.New(errs.Broken, "", "a decision (%T) asks for nothing, or is not done after %d rounds", p.command.Do, p.rounds)}})
				continue
			}
			o.blocked = true
			again = append(again, p)
		}
		remaining = again
	}
	return nil
}

// load reads what is wanted and not in memory.
func (w *writer) load(stored Transaction) error {
	if len(w.wants.lookups) > 0 {
		keys := make([]LookupKey, 0, len(w.wants.lookups))
		for key := range w.wants.lookups {
			if _, ok := w.loaded.lookups[key]; !ok {
				keys = append(keys, key)
				w.loaded.lookups[key] = port.ID{}
			}
		}
		rows, err := stored.Lookups(keys)
		if err != nil {
			return err
		}
		for _, row := range rows {
			w.loaded.lookups[row.LookupKey] = row.ID
		}
		clear(w.wants.lookups)
	}
	if len(w.wants.records) > 0 {
		keys := make([]RecordKey, 0, len(w.wants.records))
		for key := range w.wants.records {
			if _, ok := w.loaded.records[key]; ok {
				continue
			}
			if state, ok := w.open(key.Ledger).line.cache.get(key); ok {
				w.loaded.records[key] = state
				continue
			}
			keys = append(keys, key)
			w.loaded.records[key] = nil
		}
		if len(keys) > 0 {
			rows, err := stored.Records(keys)
			if err != nil {
				return err
			}
			for i := range rows {
				state, err := w.engine.schema.decodeRecord(&rows[i])
				if err != nil {
					return err
				}
				w.loaded.records[RecordKey{rows[i].Ledger, rows[i].Kind, rows[i].ID}] = state
			}
		}
		clear(w.wants.records)
	}
	return nil
}

func (s *Schema) decodeRecord(row *RecordRow) (any, error) {
	for _, k := range s.kinds {
		if k.name == row.Kind {
			if row.Fold != k.version { // another build writes too; see hear
				return nil, errs.New(errs.Unavailable, "server.outdated", "record %s %s was made by fold %d, this build has fold %d", row.Kind, row.ID, row.Fold, k.version)
			}
			state, err := k.decode(row.Data)
			return state, errs.Wrap(errs.Broken, err, "decode record %s %s", row.Kind, row.ID)
		}
	}
	return nil, errs.New(errs.Broken, "", "record of unknown kind %q", row.Kind)
}

// decide asks one command; false means that it waits for a load.
func (w *writer) decide(stored Transaction, o *open, p *pending) (bool, error) {
	c := p.command
	if repeated, err := w.repeated(stored, o, p); repeated || err != nil {
		return true, err
	}
	tx := w.newTx(o, c)
	defer w.freeTx(tx)
	err := protect(c.Do, tx)
	if tx.unloaded || errors.Is(err, ErrUnloaded) {
		return false, nil
	}
	if err == nil && len(tx.facts) == 0 && c.Submission != nil {
		err = errs.New(errs.Broken, "", "%T recorded nothing and did not refuse", c.Do)
	}
	first := o.head.Seq + 1
	if err == nil {
		err = w.encodeFacts(o, tx)
	}
	if err != nil {
		if errs.KindOf(err) == errs.Broken || errs.KindOf(err) == 0 {
			w.engine.log.Error("a decision broke", "ledger", o.head.Name, "command", c.ID, "decision", fmt.Sprintf("%T", c.Do), "error", err)
		}
		if c.Submission != nil {
			w.receipt(o, c, Refused, 0, 0, tx)
		}
		w.ended = append(w.ended, ended{p, result{err: err}})
		return true, nil
	}
	last := o.head.Seq
	if len(tx.facts) == 0 {
		first = last
	}
	for key, state := range tx.records {
		w.loaded.records[key] = state
		w.dirty[key] = state
	}
	for key, id := range tx.lookups {
		w.loaded.lookups[key] = id
		w.looks[key] = id
	}
	for _, row := range tx.deadlines {
		w.dues[dueKey{row.Ledger, row.Due, row.ID}] = row
	}
	w.batch.Sealed = append(w.batch.Sealed, c.Sealed...)
	row := w.receipt(o, c, Accepted, first, last, tx)
	r := row.receipt(o.head.Name)
	r.Facts = slices.Clone(tx.facts)
	w.keys[boundKey{row.Ledger, p.hash}] = len(w.batch.Receipts) - 1
	w.ended = append(w.ended, ended{p, result{receipt: r}})
	return true, nil
}

// protect turns a panic of domain code into a broken command with its evidence, so that one bug stops one command.
func protect(do Decision, tx *Tx) (err error) {
	defer func() {
		if caught := recover(); caught != nil {
			err = errs.New(errs.Broken, "", "%T panicked: %v\n%s", do, caught, debug.Stack())
		}
	}()
	return do.Decide(tx)
}

// repeated answers a command whose key has been acknowledged before: with the same receipt, or with a conflict when
// the key came with another body.
func (w *writer) repeated(stored Transaction, o *open, p *pending) (bool, error) {
	c := p.command
	var row ReceiptRow
	if i, ok := w.keys[boundKey{o.head.Number, p.hash}]; ok {
		row = w.batch.Receipts[i]
	} else if no, ok := o.line.keys.numbers[p.hash]; ok {
		var err error
		if row, err = stored.Receipt(o.head.Number, no); err != nil {
			return true, err
		}
	}
	if row.No == 0 || row.Organisation != c.Actor.Organisation || row.Key != c.Key {
		return false, nil
	}
	if row.Digest != c.Body {
		err := errs.New(errs.Conflict, "command.key_reused", "key %q of %s came with another body", c.Key, c.Actor.Organisation)
		w.ended = append(w.ended, ended{p, result{err: err}})
		return true, nil
	}
	r := row.receipt(o.head.Name)
	r.Repeated = true
	w.ended = append(w.ended, ended{p, result{receipt: r}})
	return true, nil
}

func (w *writer) newTx(o *open, c *Command) *Tx {
	var tx *Tx
	if n := len(w.spare); n > 0 {
		tx, w.spare = w.spare[n-1], w.spare[:n-1]
	} else {
		tx = &Tx{schema: w.engine.schema, base: &w.loaded, wants: w.wants, records: map[RecordKey]any{}, lookups: map[LookupKey]port.ID{}}
	}
	tx.cache = &o.line.cache
	tx.command, tx.ledger, tx.number, tx.now, tx.seq = c, o.head.Name, o.head.Number, o.now, o.head.Seq
	return tx
}

func (w *writer) freeTx(tx *Tx) {
	clear(tx.facts)
	tx.facts, tx.deadlines, tx.subject, tx.derived, tx.unloaded = tx.facts[:0], tx.deadlines[:0], port.ID{}, 0, false
	clear(tx.records)
	clear(tx.lookups)
	w.spare = append(w.spare, tx)
}

// encodeFacts writes a command's facts behind the head. The head moves only when all of them are encoded.
func (w *writer) encodeFacts(o *open, tx *Tx) error {
	if len(tx.facts) == 0 {
		return nil
	}
	actor, err := encode(tx.command.Actor)
	if err != nil {
		return err
	}
	digest := ""
	if tx.command.Submission != nil {
		digest = tx.command.Body.String()
	}
	before, head := len(w.batch.Facts), o.head
	for i := range tx.facts {
		f := &tx.facts[i]
		f.Digest = digest
		start := len(w.rows)
		rows, err := appendFact(w.rows, f, actor)
		if err != nil {
			w.batch.Facts = w.batch.Facts[:before]
			return err
		}
		w.rows = rows
		data := rows[start:len(rows):len(rows)]
		head.Seq, head.Hash = f.Seq, o.chain.next(head.Hash, data)
		w.batch.Facts = append(w.batch.Facts, FactRow{Ledger: head.Number, Seq: f.Seq, Data: data, Hash: head.Hash})
	}
	o.head = head
	return nil
}

// receipt appends a command's receipt, and its submission under the same number.
func (w *writer) receipt(o *open, c *Command, outcome string, first, last uint64, tx *Tx) ReceiptRow {
	o.head.Receipts++
	o.head.Recorded = o.now
	row := ReceiptRow{
		Ledger: o.head.Number, No: o.head.Receipts, Command: c.ID, Organisation: c.Actor.Organisation, Key: c.Key,
		Digest: c.Body, First: first, Last: last, Outcome: outcome, Subject: tx.subject, Recorded: o.now,
	}
	w.batch.Receipts = append(w.batch.Receipts, row)
	if c.Submission != nil {
		w.batch.Submissions = append(w.batch.Submissions, SubmissionRow{Ledger: row.Ledger, No: row.No, Media: c.Media, Digest: c.Body, Data: c.Submission})
	}
	return row
}

// encodeRecords gathers the last state of everything that the batch changed, once each, in order of key: neighbours
// lie on one page.
func (w *writer) encodeRecords() error {
	for key, state := range w.dirty {
		data, err := encode(state)
		if err != nil {
			return errs.Wrap(errs.Broken, err, "encode record %s %s", key.Kind, key.ID)
		}
		w.batch.Records = append(w.batch.Records, RecordRow{Ledger: key.Ledger, Kind: key.Kind, ID: key.ID, Fold: w.engine.schema.version(key.Kind), Data: data})
	}
	for key, id := range w.looks {
		w.batch.Lookups = append(w.batch.Lookups, LookupRow{key, id})
	}
	for _, row := range w.dues {
		w.batch.Deadlines = append(w.batch.Deadlines, row)
	}
	slices.SortFunc(w.batch.Records, func(a, b RecordRow) int {
		return cmp.Or(cmp.Compare(a.Ledger, b.Ledger), cmp.Compare(a.Kind, b.Kind), bytes.Compare(a.ID[:], b.ID[:]))
	})
	slices.SortFunc(w.batch.Lookups, func(a, b LookupRow) int {
		return cmp.Or(cmp.Compare(a.Ledger, b.Ledger), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Key, b.Key))
	})
	return nil
}

// open finds one of this batch's ledgers; there are few.
func (w *writer) open(number Number) *open {
	for _, o := range w.opens {
		if o.head.Number == number {
			return o
		}
	}
	return nil
}

// settle makes what was committed what this process knows.
func (w *writer) settle() {
	e := w.engine
	for key, i := range w.keys {
		w.open(key.ledger).line.keys.add(key.hash, w.batch.Receipts[i].No)
	}
	for key, state := range w.dirty {
		w.open(key.Ledger).line.cache.put(key, state)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, o := range w.opens {
		moved := o.head.Seq != o.line.head.Seq
		o.line.head = o.head
		o.line.keys.through = o.head.Receipts
		if moved {
			o.line.known = max(o.line.known, o.head.Seq)
			e.notify(o.line)
		}
	}
}
