package ledger

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/guomen/guomen/internal/errs"
)

// View is a read model: tables of its own, fed with facts in the order of each ledger. Views are disposable. There are
// no migrations: a changed view has another version, is built beside the old one from the first fact, and is read from
// the moment it has caught up.
type View struct {
	Name    string
	Version int
	Ledgers string // prefix of the names of the ledgers it reads
	// Tables are the statements that make its tables, in SQL that both databases speak. "{v}" stands for the prefix of
	// this version's table names, in all of the view's SQL.
	Tables []string
	// Apply adds facts. It runs in the transaction that moves the view's cursors.
	Apply func(tx ViewTx, facts []Fact) error
}

func (v *View) prefix() string { return fmt.Sprintf("%s_v%d_", v.Name, v.Version) }

// ViewTx is what a view writes and reads through. Placeholders are $1, $2… in order of appearance.
type ViewTx interface {
	Exec(query string, args ...any) error
	// Query calls row for every row found, with a function that scans it.
	Query(query string, args []any, row func(scan func(...any) error) error) error
}

// ViewStore is a database for views. It need not be durable to the last moment, only consistent.
type ViewStore interface {
	// In runs do in one transaction.
	In(ctx context.Context, do func(ViewTx) error) error
	// Read runs do on a consistent snapshot, without writing.
	Read(ctx context.Context, do func(ViewTx) error) error
	Close() error
}

// viewPage is how many facts one transaction of a view takes at most, and pageEach how many of one ledger.
const (
	viewPage = 4096
	pageEach = 1024
)

// Views runs views and answers reads of them.
type Views struct {
	engine *Engine
	store  ViewStore
	list   []*View

	mu      sync.Mutex
	pulse   chan struct{}              // closed and replaced when a view has moved
	cursors map[string]map[Name]uint64 // by view
	built   map[string]bool            // views that have caught up since this process started
	feeding map[string]bool            // views whose lease this process holds
}

// NewViews makes the tables that are missing and reads the cursors.
func NewViews(ctx context.Context, e *Engine, store ViewStore, list []*View) (*Views, error) {
	v := &Views{engine: e, store: store, list: list, pulse: make(chan struct{}), cursors: map[string]map[Name]uint64{}, built: map[string]bool{}, feeding: map[string]bool{}}
	release, err := e.lease(ctx, "views") // two processes that make the same table at once get in each other's way
	if err != nil {
		return nil, err
	}
	defer release()
	err = store.In(ctx, func(tx ViewTx) error {
		if err := tx.Exec("CREATE TABLE IF NOT EXISTS view_cursor (view TEXT NOT NULL, ledger TEXT NOT NULL, seq BIGINT NOT NULL, PRIMARY KEY (view, ledger))"); err != nil {
			return err
		}
		for _, view := range list {
			p := prefixed{tx, view.prefix()}
			for _, statement := range view.Tables {
				if err := p.Exec(statement); err != nil {
					return err
				}
			}
			cursors := map[Name]uint64{}
			v.cursors[view.Name] = cursors
			err := tx.Query("SELECT ledger, seq FROM view_cursor WHERE view = $1", []any{view.prefix()}, func(scan func(...any) error) error {
				var name string
				var seq int64
				err := scan(&name, &seq)
				cursors[Name(name)] = uint64(seq)
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return v, err
}

// prefixed puts a view's prefix into its SQL.
type prefixed struct {
	ViewTx
	prefix string
}

func (p prefixed) Exec(query string, args ...any) error {
	return p.ViewTx.Exec(strings.ReplaceAll(query, "{v}", p.prefix), args...)
}

func (p prefixed) Query(query string, args []any, row func(scan func(...any) error) error) error {
	return p.ViewTx.Query(strings.ReplaceAll(query, "{v}", p.prefix), args, row)
}

// Run feeds every view until the context ends.
func (v *Views) Run(ctx context.Context) error {
	var running sync.WaitGroup
	for _, view := range v.list {
		running.Go(func() { v.runOne(ctx, view) })
		running.Go(func() { v.watch(ctx, view) })
	}
	running.Wait()
	return nil
}

// watch learns how far a view has come while another process feeds it, so that this one knows when it is built, and
// wakes those who wait.
func (v *Views) watch(ctx context.Context, view *View) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(repoll):
		}
		v.mu.Lock()
		fed := v.feeding[view.Name]
		v.mu.Unlock()
		if fed || v.refresh(ctx, view.Name) != nil {
			continue // this process feeds it, or the database cannot be reached, which others will say
		}
		behind := v.Lag()[view.Name]
		v.mu.Lock()
		if behind <= viewPage {
			v.built[view.Name] = true
		}
		close(v.pulse)
		v.pulse = make(chan struct{})
		v.mu.Unlock()
	}
}

func (v *Views) runOne(ctx context.Context, view *View) {
	release, err := v.engine.lease(ctx, "view "+view.prefix())
	if err != nil {
		return
	}
	defer release()
	v.mu.Lock()
	v.feeding[view.Name] = true
	v.mu.Unlock()
	for ctx.Err() == nil {
		pulse := v.engine.changed()
		n, err := v.step(ctx, view)
		if err != nil && ctx.Err() == nil {
			v.engine.log.Error("a view waits", "view", view.prefix(), "error", err)
			select {
			case <-time.After(retryEvery):
			case <-ctx.Done():
			}
			continue
		}
		if n > 0 {
			continue
		}
		v.mu.Lock()
		v.built[view.Name] = true
		v.mu.Unlock()
		select {
		case <-pulse:
		case <-time.After(repoll):
		case <-ctx.Done():
		}
	}
}

// step applies what waits in all ledgers, at most a page, in one transaction. It says how many facts that were.
func (v *Views) step(ctx context.Context, view *View) (int, error) {
	var facts []Fact
	from, moved := map[Name]uint64{}, map[Name]uint64{}
	for _, name := range v.engine.Ledgers() {
		if !strings.HasPrefix(string(name), view.Ledgers) || len(facts) >= viewPage {
			continue
		}
		after := v.Cursor(view.Name, name)
		if known := v.engine.known(name); known != 0 && known <= after {
			continue
		}
		more, err := v.engine.Facts(ctx, name, after, pageEach, 0)
		if err != nil {
			return 0, err
		}
		if len(more) > 0 {
			facts = append(facts, more...)
			from[name], moved[name] = after, more[len(more)-1].Seq
		}
	}
	if len(facts) == 0 {
		return 0, nil
	}
	names := slices.Sorted(maps.Keys(moved)) // in one order, so that two processes never wait for each other in a ring
	err := v.store.In(ctx, func(tx ViewTx) error {
		for _, name := range names {
			if err := holdCursor(tx, view, name, from[name]); err != nil {
				return err
			}
		}
		if err := view.apply(prefixed{tx, view.prefix()}, facts); err != nil {
			return err
		}
		for _, name := range names {
			if err := tx.Exec("UPDATE view_cursor SET seq = $1 WHERE view = $2 AND ledger = $3", int64(moved[name]), view.prefix(), string(name)); err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, errMoved) {
		v.mu.Lock()
		clear(v.cursors[view.Name])
		v.mu.Unlock()
		return len(facts), v.refresh(ctx, view.Name)
	}
	if err != nil {
		return 0, errs.Wrap(errs.Broken, err, "apply %d facts to view %s", len(facts), view.prefix())
	}
	v.mu.Lock()
	for name, seq := range moved {
		v.cursors[view.Name][name] = seq
	}
	close(v.pulse)
	v.pulse = make(chan struct{})
	v.mu.Unlock()
	return len(facts), nil
}

// errMoved says that a view's cursor is not where this process believes it: another one fed the view before this one had
// the lease, or since the lease was lost with the database's session; or a commit was answered by an error and took place.
var errMoved = errors.New("the view's cursor has moved")

// holdCursor locks a view's cursor for the transaction and makes sure that it stands where the facts begin, so that no
// fact is applied twice.
func holdCursor(tx ViewTx, view *View, name Name, at uint64) error {
	err := tx.Exec("INSERT INTO view_cursor (view, ledger, seq) VALUES ($1, $2, 0) ON CONFLICT (view, ledger) DO UPDATE SET seq = view_cursor.seq", view.prefix(), string(name))
	if err != nil {
		return err
	}
	return tx.Query("SELECT seq FROM view_cursor WHERE view = $1 AND ledger = $2", []any{view.prefix(), string(name)}, func(scan func(...any) error) error {
		var seq int64
		if err := scan(&seq); err != nil {
			return err
		}
		if uint64(seq) != at {
			return errMoved
		}
		return nil
	})
}

// apply lets the view add facts; one that panics waits, as one whose SQL fails does.
func (v *View) apply(tx ViewTx, facts []Fact) (err error) {
	defer func() {
		if caught := recover(); caught != nil {
			err = broken("view %s panicked: %v\n%s", v.Name, caught, debug.Stack())
		}
	}()
	return v.Apply(tx, facts)
}

// Cursor is how far a view has come in a ledger.
func (v *Views) Cursor(view string, name Name) uint64 {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.cursors[view][name]
}

// Built tells whether every view has caught up since this process started. Until then another process, with the version
// before, is the one to ask: both stand beside each other, and traffic is switched when this one says that it is ready.
func (v *Views) Built() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.built) == len(v.list)
}

// Lag is how many facts each view is behind, over all ledgers, for metrics.
func (v *Views) Lag() map[string]uint64 {
	lag := map[string]uint64{}
	for _, view := range v.list {
		behind := uint64(0)
		for _, name := range v.engine.Ledgers() {
			if strings.HasPrefix(string(name), view.Ledgers) {
				if known, at := v.engine.known(name), v.Cursor(view.Name, name); known > at {
					behind += known - at
				}
			}
		}
		lag[view.Name] = behind
	}
	return lag
}

// Wait returns when a view has applied a ledger up to a sequence.
func (v *Views) Wait(ctx context.Context, view string, name Name, seq uint64) error {
	for {
		v.mu.Lock()
		at, pulse := v.cursors[view][name], v.pulse
		v.mu.Unlock()
		if at >= seq {
			return nil
		}
		select {
		case <-pulse:
		case <-time.After(repoll):
			if err := v.refresh(ctx, view); err != nil { // another process may feed it
				return err
			}
		case <-ctx.Done():
			return errs.New(errs.Unavailable, "view.behind", "view %s has reached %s %d of %d", view, name, at, seq)
		}
	}
}

// refresh reads a view's cursors, which another process may have moved.
func (v *Views) refresh(ctx context.Context, name string) error {
	i := slices.IndexFunc(v.list, func(view *View) bool { return view.Name == name })
	if i < 0 {
		return errs.New(errs.Broken, "", "no view %q", name)
	}
	return v.store.Read(ctx, func(tx ViewTx) error {
		return tx.Query("SELECT ledger, seq FROM view_cursor WHERE view = $1", []any{v.list[i].prefix()}, func(scan func(...any) error) error {
			var ledger string
			var seq int64
			if err := scan(&ledger, &seq); err != nil {
				return err
			}
			v.mu.Lock()
			v.cursors[name][Name(ledger)] = max(v.cursors[name][Name(ledger)], uint64(seq))
			v.mu.Unlock()
			return nil
		})
	})
}

// Read runs a query of one view on a snapshot.
func (v *Views) Read(ctx context.Context, name string, do func(ViewTx) error) error {
	for _, view := range v.list {
		if view.Name == name {
			return v.store.Read(ctx, func(tx ViewTx) error { return do(prefixed{tx, view.prefix()}) })
		}
	}
	return errs.New(errs.Broken, "", "no view %q", name)
}

// known is the last sequence of a ledger that this process has heard of.
func (e *Engine) known(name Name) uint64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	if l := e.lines[name]; l != nil {
		return l.known
	}
	return 0
}

// changed is closed when any ledger of this process gets facts.
func (e *Engine) changed() <-chan struct{} {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.pulse
}

// Pause waits until a view has moved or the time is over.
func (v *Views) Pause(ctx context.Context, most time.Duration) {
	v.mu.Lock()
	pulse := v.pulse
	v.mu.Unlock()
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-pulse:
	case <-timer.C:
	case <-ctx.Done():
	}
}
