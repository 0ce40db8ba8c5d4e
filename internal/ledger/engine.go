package ledger

import (
	"context"
	"hash/maphash"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/port"
)

// DefaultBatch is how many commands one transaction takes at most. It bounds how long a gate waits behind lodgements:
// at 15,000 commands a second a batch of 256 takes 17 ms.
const DefaultBatch = 256

// Options are what an engine may be given; the zero value works.
type Options struct {
	Log     *slog.Logger
	Clock   func() time.Time
	Batch   int      // commands in one transaction; 0: DefaultBatch
	Metrics Observer // told of every batch; nil: nobody
}

// Observer is told what operators watch.
type Observer interface {
	// Batch reports one transaction: its commands, facts, and how long deciding and committing took.
	Batch(commands, facts int, decide, commit time.Duration)
	// Outcome reports one command's end: accepted, repeated, or the kind of its error.
	Outcome(priority Priority, outcome string)
}

// Engine decides commands and keeps ledgers. It is safe for concurrent use.
type Engine struct {
	schema *Schema
	store  Store
	log    *slog.Logger
	clock  func() time.Time
	batch  int
	watch  Observer
	seed   maphash.Seed

	mu      sync.Mutex
	work    sync.Cond
	lines   map[Name]*line
	numbers map[Number]*line
	order   []*line
	turn    int
	pulse   chan struct{} // closed and replaced when any ledger gets facts
	closing bool
	foreign bool // another build has folded the records otherwise: this one must not write any more
	loops   sync.WaitGroup
	cancel  context.CancelFunc

	rebuilt atomic.Uint64 // rises with every rebuild of records, which leaves heads as they are
}

// line is one ledger in this process. Everything but the queue and pulse belongs to the loop that holds it.
type line struct {
	head  Head
	queue queue
	busy  bool
	pulse chan struct{} // closed and replaced when facts are committed
	known uint64        // last sequence this process knows of

	keys    keyIndex
	cache   cache
	rebuilt uint64 // Engine.rebuilt when the cache was last good
}

// Open starts an engine over a store: it reads the ledgers, rebuilds records that an older build folded differently,
// and starts the writer loops.
func Open(ctx context.Context, schema *Schema, store Store, options Options) (*Engine, error) {
	e := &Engine{
		schema: schema, store: store, log: options.Log, clock: options.Clock, batch: options.Batch, watch: options.Metrics,
		seed: maphash.MakeSeed(), lines: map[Name]*line{}, numbers: map[Number]*line{}, pulse: make(chan struct{}),
	}
	e.work.L = &e.mu
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	if e.clock == nil {
		e.clock = time.Now
	}
	if e.batch == 0 {
		e.batch = DefaultBatch
	}
	heads, err := store.Heads(ctx)
	if err != nil {
		return nil, err
	}
	for _, head := range heads {
		if err := e.adopt(ctx, head); err != nil {
			return nil, err
		}
	}
	if err := e.upgrade(ctx); err != nil {
		return nil, err
	}
	ctx, e.cancel = context.WithCancel(context.WithoutCancel(ctx))
	notices, err := store.Notices(ctx)
	if err != nil {
		e.cancel()
		return nil, err
	}
	for range store.Loops() {
		e.loops.Go(e.loop)
	}
	e.loops.Go(func() { e.hear(ctx, notices) })
	return e, nil
}

// hear learns what other processes have written: from their notices, and, since those may be lost, by looking at the
// heads now and then. It learns of new ledgers that way too, and of a build that has made the records otherwise: what
// this one would write among them would be wrong, so it refuses from then on.
func (e *Engine) hear(ctx context.Context, notices <-chan Notice) {
	look := time.NewTicker(repoll)
	defer look.Stop()
	for {
		select {
		case notice, ok := <-notices:
			if !ok {
				return
			}
			e.learn(notice)
		case <-look.C:
			if made, err := e.store.Setting(ctx, foldsSetting); err == nil {
				e.mu.Lock()
				if foreign := made != e.schema.Versions(); foreign != e.foreign {
					e.foreign = foreign
					e.log.Error("the records are those of another build", "theirs", made, "ours", e.schema.Versions(), "refusing", foreign)
				}
				e.mu.Unlock()
			}
			heads, err := e.store.Heads(ctx)
			if err != nil {
				continue // whoever needs the database will say that it is gone
			}
			for _, head := range heads {
				if !e.learn(Notice{head.Number, head.Seq}) {
					if err := e.adopt(ctx, head); err != nil {
						e.log.Error("a new ledger is not read", "ledger", head.Name, "error", err)
					}
				}
			}
		}
	}
}

// learn notes how far a ledger has come and wakes those who wait for it; false where the ledger is new.
func (e *Engine) learn(n Notice) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	l := e.numbers[n.Number]
	if l != nil && n.Seq > l.known {
		l.known = n.Seq
		e.notify(l)
	}
	return l != nil
}

// adopt makes a ledger known to this process, with its recent keys.
func (e *Engine) adopt(ctx context.Context, head Head) error {
	l := &line{head: head, pulse: make(chan struct{}), known: head.Seq}
	if head.Receipts > keyWindow {
		l.keys.through = head.Receipts - keyWindow
	}
	for {
		rows, err := e.store.Receipts(ctx, head.Number, l.keys.through, pageRows)
		if err != nil {
			return err
		}
		l.keys.catchUp(e.seed, rows)
		if len(rows) < pageRows {
			break
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.lines[head.Name] == nil {
		e.lines[head.Name] = l
		e.numbers[head.Number] = l
		e.order = append(e.order, l)
	}
	return nil
}

// pageRows is how many rows are read at once when a whole ledger is walked.
const pageRows = 4096

// Create adds a ledger, or finds the one that has the name.
func (e *Engine) Create(ctx context.Context, name Name, algorithm Algorithm) (Number, error) {
	if algorithm.New() == nil {
		return 0, errs.New(errs.Invalid, "ledger.algorithm", "unknown hash algorithm %q", string(algorithm))
	}
	if number, ok := e.Number(name); ok {
		return number, nil
	}
	if name == "" || !storable(string(name)) {
		return 0, errs.New(errs.Invalid, "text.unstorable", "the ledger name %q", string(name))
	}
	head, err := e.store.Create(ctx, name, algorithm)
	if err != nil {
		return 0, err
	}
	return head.Number, e.adopt(ctx, head)
}

// Ledgers lists the names of the ledgers in order of number.
func (e *Engine) Ledgers() []Name {
	e.mu.Lock()
	defer e.mu.Unlock()
	names := make([]Name, len(e.order))
	for i, l := range e.order {
		names[i] = l.head.Name
	}
	return names
}

// Number finds a ledger's number.
func (e *Engine) Number(name Name) (Number, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	l := e.lines[name]
	if l == nil {
		return 0, false
	}
	return l.head.Number, true
}

// NameOf finds the ledger that an id was born in.
func (e *Engine) NameOf(id port.ID) (Name, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	l := e.numbers[Number(id.Ledger())]
	if l == nil {
		return "", false
	}
	return l.head.Name, true
}

// Now is the engine's clock.
func (e *Engine) Now() port.Time { return port.TimeOf(e.clock()) }

// NewID names a command that comes from outside, by the engine's clock. Decisions are pure: what they need to be named
// by is given here, before them.
func (e *Engine) NewID(number Number) port.ID {
	return port.NewID(e.clock().UnixMilli(), uint16(number), rand.Uint64())
}

// Schema is what the engine's facts are.
func (e *Engine) Schema() *Schema { return e.schema }

// Submit queues a command and waits until it is durable or refused. When the context ends first the command may still
// be decided; asking again with the same key tells.
func (e *Engine) Submit(ctx context.Context, command Command) (Receipt, error) {
	if err := command.check(); err != nil {
		return Receipt{}, err
	}
	p := &pending{
		ctx: ctx, command: &command, done: make(chan result, 1),
		hash: hashKey(e.seed, command.Actor.Organisation, command.Key),
	}
	e.mu.Lock()
	l := e.lines[command.Ledger]
	var err error
	switch {
	case e.closing:
		err = errs.New(errs.Unavailable, "server.closing", "the server is stopping")
	case e.foreign:
		err = errs.New(errs.Unavailable, "server.outdated", "another build has upgraded the records: stop this one")
	case l == nil:
		err = errs.New(errs.Missing, "ledger.unknown", "no ledger %q", string(command.Ledger))
	default:
		p.line = l
		err = l.queue.push(p)
	}
	e.mu.Unlock()
	if err != nil {
		return Receipt{}, err
	}
	e.work.Signal()
	select {
	case r := <-p.done:
		return r.receipt, r.err
	case <-ctx.Done():
		return Receipt{}, errs.Wrap(errs.Unavailable, ctx.Err(), "waiting for %s", command.Ledger)
	}
}

// Waiting is how many commands queue for each ledger, for metrics.
func (e *Engine) Waiting() map[Name]int {
	e.mu.Lock()
	defer e.mu.Unlock()
	waiting := make(map[Name]int, len(e.order))
	for _, l := range e.order {
		waiting[l.head.Name] = l.queue.waiting
	}
	return waiting
}

// Close lets what is queued finish, then stops the loops. It does not close the store.
func (e *Engine) Close() {
	e.mu.Lock()
	e.closing = true
	e.mu.Unlock()
	e.work.Broadcast()
	e.cancel()
	e.loops.Wait()
}

// loop takes what waits and runs it, until the engine closes and nothing waits.
func (e *Engine) loop() {
	w := newWriter(e)
	for {
		lines, commands := e.take(w)
		if len(commands) == 0 {
			return
		}
		w.run(lines, commands)
		e.mu.Lock()
		for _, l := range lines {
			l.busy = false
		}
		e.mu.Unlock()
		if e.store.Loops() > 1 {
			e.work.Broadcast()
		}
	}
}

// take waits for work and claims it: several ledgers, each busy until run, at most a batch of commands. With more than
// one loop a single loop leaves ledgers for the others.
func (e *Engine) take(w *writer) ([]*line, []*pending) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for {
		active := 0
		for _, l := range e.order {
			if l.queue.waiting > 0 {
				active++
			}
		}
		w.lines, w.commands = w.lines[:0], w.commands[:0]
		if active > 0 {
			loops := e.store.Loops()
			most := (active + loops - 1) / loops
			each := max(1, e.batch/most)
			for range e.order {
				e.turn = (e.turn + 1) % len(e.order)
				l := e.order[e.turn]
				if l.busy || l.queue.waiting == 0 {
					continue
				}
				w.commands = l.queue.pop(w.commands, each)
				l.busy = true
				w.lines = append(w.lines, l)
				if len(w.lines) == most {
					break
				}
			}
		}
		if len(w.lines) > 0 {
			return w.lines, w.commands
		}
		if e.closing && active == 0 {
			return nil, nil
		}
		e.work.Wait()
	}
}

// notify wakes those who wait for a ledger's facts. The engine's lock is held.
func (e *Engine) notify(l *line) {
	close(l.pulse)
	l.pulse = make(chan struct{})
	close(e.pulse)
	e.pulse = make(chan struct{})
}
