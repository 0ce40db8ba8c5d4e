package store_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store"
	"github.com/guomen/guomen/internal/store/storetest"
)

// counting counts facts by name: a view that is wrong as soon as a fact is applied twice.
func counting(broken *atomic.Bool) *ledger.View {
	return &ledger.View{
		Name: "counting", Version: 1, Ledgers: "port:",
		Tables: []string{"CREATE TABLE IF NOT EXISTS {v}count (name TEXT PRIMARY KEY, n BIGINT NOT NULL)"},
		Apply: func(tx ledger.ViewTx, facts []ledger.Fact) error {
			for _, f := range facts {
				if broken.Load() {
					panic("applying")
				}
				if err := tx.Exec("INSERT INTO {v}count (name, n) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET n = {v}count.n + 1", f.Name); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// TestViews feeds a view from two processes that hold its lease in turn, while two write: every fact counts once.
func TestViews(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		y := newYard(t, 1, nil)
		var broken atomic.Bool
		type process struct {
			*world
			views *ledger.Views
			kill  func()
		}
		run := func(w *world, v *ledger.Views) *process {
			ctx, cancel := context.WithCancel(t.Context())
			var running sync.WaitGroup
			running.Go(func() {
				if err := v.Run(ctx); err != nil {
					t.Error(err)
				}
			})
			return &process{w, v, func() { cancel(); running.Wait() }}
		}
		open := func() (*world, *ledger.Views) {
			w := start(t, d, y, ledger.Options{})
			s, err := store.OpenViews(t.Context(), w.store)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { s.Close() })
			v, err := ledger.NewViews(t.Context(), w.Engine, s, []*ledger.View{counting(&broken)})
			if err != nil {
				t.Fatal(err)
			}
			return w, v
		}
		w, v := open()
		names := []ledger.Name{"port:a", "port:b"}
		for _, name := range names {
			w.create(name)
		}
		one := run(w, v)
		processes := []*process{one}
		if d.Kind == "postgres" { // the others have views of one process only
			w, v := open()
			processes = append(processes, run(w, v))
		}
		for i := range 60 {
			p := processes[i%len(processes)]
			p.must(p.command(names[i%2], openBox{number: fmt.Sprint(i)}))
			switch i {
			case 20: // the one that holds the lease goes; the other was started long ago
				one.kill()
				processes[0] = run(one.world, one.views)
			case 40:
				broken.Store(true)
				time.Sleep(10 * time.Millisecond)
			case 45:
				broken.Store(false)
			}
		}
		for _, p := range processes {
			for _, name := range names {
				if err := p.views.Wait(t.Context(), "counting", name, 30); err != nil {
					t.Fatal(err)
				}
			}
			var n int64
			err := p.views.Read(t.Context(), "counting", func(tx ledger.ViewTx) error {
				return tx.Query("SELECT n FROM {v}count WHERE name = $1", []any{"box.opened.v1"}, func(scan func(...any) error) error { return scan(&n) })
			})
			if err != nil || n != 60 {
				t.Errorf("%d boxes are counted, %v", n, err)
			}
		}
		for _, p := range processes {
			p.kill()
		}
	})
}

// TestViewsWithoutLease lets two processes feed one view at the same time, as after the server's session was lost.
func TestViewsWithoutLease(t *testing.T) {
	t.Parallel()
	d := storetest.Postgres(t)
	y := newYard(t, 1, nil)
	var broken atomic.Bool
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var running sync.WaitGroup
	defer running.Wait()
	var worlds []*world
	var views []*ledger.Views
	for range 2 {
		w := startOn(t, unleased{d.Open(t)}, y, ledger.Options{})
		worlds = append(worlds, w)
		w.create("port:a")
		s, err := store.OpenViews(t.Context(), w.store.(unleased).Store)
		if err != nil {
			t.Fatal(err)
		}
		v, err := ledger.NewViews(t.Context(), w.Engine, s, []*ledger.View{counting(&broken)})
		if err != nil {
			t.Fatal(err)
		}
		views = append(views, v)
		running.Go(func() { _ = v.Run(ctx) })
	}
	for i := range 200 {
		worlds[i%2].must(worlds[i%2].command("port:a", openBox{number: fmt.Sprint(i)}))
	}
	for _, v := range views {
		if err := v.Wait(t.Context(), "counting", "port:a", 200); err != nil {
			t.Fatal(err)
		}
	}
	var n int64
	err := views[0].Read(t.Context(), "counting", func(tx ledger.ViewTx) error {
		return tx.Query("SELECT n FROM {v}count", nil, func(scan func(...any) error) error { return scan(&n) })
	})
	if err != nil || n != 200 {
		t.Errorf("%d boxes are counted, %v", n, err)
	}
	cancel()
}

// unleased gives its leases to everybody.
type unleased struct{ ledger.Store }

func (unleased) Lease(context.Context, string) (func(), error) { return func() {}, nil }
