package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/guomen/guomen/internal/cluster"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store"
	"github.com/guomen/guomen/port"
)

// TestOutage stops and kills the PostgreSQL server while clients write, a follower carries and a reader follows: whatever
// cannot be written is refused as unavailable, everything goes on by itself once the server is back, nothing that was
// acknowledged is lost and nothing is done twice.
func TestOutage(t *testing.T) {
	t.Parallel()
	c, err := cluster.Start(t.Context(), "")
	if err != nil {
		var failed *errs.Failed
		if errors.As(err, &failed) && failed.Rule == "postgres.missing" && os.Getenv("CI") != "true" {
			t.Skip(err)
		}
		t.Fatal(err)
	}
	defer func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	}()
	if err := c.CreateDatabase(t.Context(), "guomen"); err != nil {
		t.Fatal(err)
	}
	s, err := store.OpenPostgres(t.Context(), c.URL("guomen"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	y := newYard(t, 1, nil)
	w := startOn(t, s, y, ledger.Options{})
	defer func() { w.stop() }()
	for _, name := range []ledger.Name{"port:a", "port:b", "hold:0", "region"} {
		w.create(name)
	}

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var background, clients sync.WaitGroup
	background.Go(func() {
		if err := w.Follow(ctx, copies(y)); err != nil {
			t.Error(err)
		}
	})
	var read atomic.Uint64
	background.Go(func() { // a reader that keeps its cursor over the outages
		for ctx.Err() == nil {
			facts, err := w.Facts(ctx, "port:a", read.Load(), 100, 10*time.Second)
			if err != nil {
				if errs.KindOf(err) != errs.Unavailable {
					t.Error(err)
				}
				time.Sleep(10 * time.Millisecond)
			}
			for _, f := range facts {
				if f.Seq != read.Load()+1 {
					t.Errorf("fact %d after %d", f.Seq, read.Load())
				}
				read.Store(f.Seq)
			}
		}
	})

	var stop atomic.Bool
	var accepted, refused, repeated atomic.Int64
	var acknowledged sync.Map
	for client := range 12 {
		clients.Go(func() {
			name := ledger.Name([]string{"port:a", "port:b"}[client%2])
			for i := 0; !stop.Load(); i++ {
				number := fmt.Sprint(client, "-", i)
				command := w.command(name, openBox{number: number})
				for { // until it is answered, as an agent's outbox does
					r, err := w.Submit(t.Context(), command)
					if err == nil {
						accepted.Add(1)
						if r.Repeated {
							repeated.Add(1)
						}
						acknowledged.Store(command.ID, r)
						time.Sleep(10 * time.Millisecond) // the follower carries one command at a time
						break
					}
					if errs.KindOf(err) != errs.Unavailable {
						t.Errorf("refused with %v", err)
						return
					}
					refused.Add(1)
					time.Sleep(5 * time.Millisecond)
				}
			}
		})
	}
	longest := time.Duration(0)
	for round := range 4 {
		time.Sleep(100 * time.Millisecond)
		end := c.Pause
		if round%2 == 1 {
			end = c.Kill
		}
		if err := end(); err != nil {
			t.Fatal(err)
		}
		before := refused.Load()
		began := time.Now()
		if r, err := w.Submit(t.Context(), w.command("region", openBox{number: fmt.Sprint("while away ", round)})); errs.KindOf(err) != errs.Unavailable {
			t.Errorf("while the server is away: %+v %v", r, err)
		}
		longest = max(longest, time.Since(began))
		if _, _, err := ledger.Read(t.Context(), w.Engine, y.boxes, port.NewID(0, 1, 1)); errs.KindOf(err) != errs.Unavailable {
			t.Errorf("reading while the server is away: %v", err)
		}
		time.Sleep(50 * time.Millisecond)
		if refused.Load() == before {
			t.Error("nobody was refused")
		}
		if err := c.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
		was := accepted.Load()
		eventually(t, "writing goes on", func() bool { return accepted.Load() > was+50 })
	}
	stop.Store(true)
	clients.Wait()

	n := 0
	acknowledged.Range(func(id, receipt any) bool {
		n++
		want := receipt.(ledger.Receipt)
		r, _, err := w.ReceiptOf(t.Context(), id.(port.ID))
		if err != nil || r.First != want.First || r.Last != want.Last {
			t.Errorf("acknowledged %+v, found %+v %v", want, r, err)
		}
		return true
	})
	facts := 0
	for _, name := range []ledger.Name{"port:a", "port:b"} {
		facts += len(w.all(name))
	}
	if n != facts || int64(n) != accepted.Load() {
		t.Errorf("%d acknowledged, %d facts", n, facts)
	}
	eventually(t, "the follower catches up", func() bool { return len(w.all("hold:0")) == facts })
	eventually(t, "the reader catches up", func() bool { return read.Load() == uint64(len(w.all("port:a"))) })
	cancel()
	background.Wait()
	w = w.again()
	w.verified()
	t.Logf("%d accepted, %d tries refused over 4 outages, %d had been written without an answer; a refusal took %s at most", n, refused.Load(), repeated.Load(), longest.Round(time.Millisecond))
}
