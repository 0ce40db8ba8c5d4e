package bench

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/guomen/guomen/internal/ledger"
)

// Raw writes pressed rows straight to a store: the limit that a judged figure stands beside.
type Raw struct {
	Press   *Press
	From    uint64          // number of the first copy
	Groups  [][]ledger.Name // the ledgers that one transaction takes, for each writer loop that the judged run had
	Writers int             // processes that write to the same group; 0: one
	Batch   float64         // commands in one transaction
	For     time.Duration   // of writing
}

// Rounds are stamped first and written then, so that only writing is timed. roundBytes bounds what waits in memory;
// warmBatches are written before anything is timed, which also prepares the statements.
const (
	roundBytes  = 48 << 20
	warmBatches = 8
)

// Run says how many commands a second were written.
func (r Raw) Run(ctx context.Context, store ledger.Store) (float64, error) {
	groups := make([]*rawGroup, len(r.Groups))
	for i, names := range r.Groups {
		g := &rawGroup{press: r.Press, copies: max(1, int(r.Batch/float64(r.Press.Commands())+0.5))}
		for _, name := range names {
			head, err := store.Create(ctx, name, ledger.SHA256)
			if err != nil {
				return 0, err
			}
			g.heads = append(g.heads, head)
			g.numbers = append(g.numbers, head.Number)
		}
		groups[i] = g
	}
	commands, elapsed, next := 0, time.Duration(0), r.From
	for round := 0; elapsed < r.For && ctx.Err() == nil; round++ {
		for _, g := range groups {
			next = g.stamp(next, roundBytes/len(groups), round == 0)
		}
		runtime.GC() // what stamping left is not the store's to collect
		written, took, err := writeGroups(ctx, store, groups, max(1, r.Writers), r.For-elapsed)
		if err != nil {
			return 0, err
		}
		for _, g := range groups {
			g.settle()
		}
		if round > 0 {
			elapsed += took
			commands += written
		}
	}
	if elapsed == 0 {
		return 0, ctx.Err()
	}
	return float64(commands) / elapsed.Seconds(), ctx.Err()
}

// rawGroup is the ledgers of one transaction with the batches that wait to be written to them, in the order of the chain.
type rawGroup struct {
	press   *Press
	heads   []ledger.Head
	numbers []ledger.Number
	began   []ledger.Head // before the round
	copies  int           // in one batch
	batches []*ledger.Batch
	taken   atomic.Int64
	written atomic.Int64 // commands of this round
}

// stamp prepares a round of batches and says which number comes next.
func (g *rawGroup) stamp(n uint64, most int, warm bool) uint64 {
	g.batches, g.began = g.batches[:0], slices.Clone(g.heads)
	g.taken.Store(0)
	g.written.Store(0)
	for size := 0; size < most && !(warm && len(g.batches) == warmBatches); {
		b := &ledger.Batch{}
		for i := range g.copies {
			g.press.Stamp(b, &g.heads[i*len(g.heads)/g.copies], n) // ledger after ledger, as the engine takes them
			n++
		}
		arrange(b)
		b.Heads = append(b.Heads, g.heads...)
		size += bytesOf(b)
		g.batches = append(g.batches, b)
	}
	return n
}

// settle takes back what the round had no time to write: the chain goes on from what was.
func (g *rawGroup) settle() {
	if taken := min(int(g.taken.Load()), len(g.batches)); taken > 0 {
		g.heads = slices.Clone(g.batches[taken-1].Heads)
	} else {
		g.heads = g.began
	}
}

// bytesOf is the size of what is large in a batch.
func bytesOf(b *ledger.Batch) (size int) {
	for i := range b.Facts {
		size += len(b.Facts[i].Data)
	}
	for i := range b.Submissions {
		size += len(b.Submissions[i].Data)
	}
	return size
}

// write writes batches until none is left or the time is over.
func (g *rawGroup) write(ctx context.Context, store ledger.Store, until time.Time) error {
	for int(g.taken.Load()) < len(g.batches) && time.Now().Before(until) {
		tx, err := store.Begin(ctx, g.numbers)
		if err != nil {
			return err
		}
		// Whoever holds the heads takes the next batch, so that two writers keep the order of the chain.
		next := int(g.taken.Add(1)) - 1
		if next >= len(g.batches) {
			tx.Rollback()
			return nil
		}
		if err := commit(tx, g.batches[next]); err != nil {
			return err
		}
		g.written.Add(int64(len(g.batches[next].Receipts)))
	}
	return nil
}

func commit(tx ledger.Transaction, b *ledger.Batch) error {
	if err := tx.Write(b); err != nil {
		tx.Rollback()
		return err
	}
	return tx.Commit()
}

// writeGroups says how many commands were written, and in what time.
func writeGroups(ctx context.Context, store ledger.Store, groups []*rawGroup, writers int, most time.Duration) (int, time.Duration, error) {
	began := time.Now()
	failed := make(chan error, len(groups)*writers)
	var running sync.WaitGroup
	for _, g := range groups {
		for range writers {
			running.Go(func() { failed <- g.write(ctx, store, began.Add(most)) })
		}
	}
	running.Wait()
	took, written := time.Since(began), 0
	for _, g := range groups {
		written += int(g.written.Load())
	}
	close(failed)
	for err := range failed {
		if err != nil {
			return 0, 0, err
		}
	}
	return written, took, nil
}

// fillCommands is how many commands one transaction writes when a database is filled; larger ones gain little.
const fillCommands = 512

// Fill stamps copies into a ledger as fast as they are written.
func Fill(ctx context.Context, store ledger.Store, press *Press, name ledger.Name, from, copies uint64) error {
	head, err := store.Create(ctx, name, ledger.SHA256)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	batches := make(chan *ledger.Batch, 1) // one is stamped while another is written
	go func() {
		defer close(batches)
		for n := from; n < from+copies; {
			b := &ledger.Batch{}
			for range max(1, fillCommands/press.Commands()) {
				if n < from+copies {
					press.Stamp(b, &head, n)
					n++
				}
			}
			arrange(b)
			b.Heads = []ledger.Head{head}
			select {
			case batches <- b:
			case <-ctx.Done():
				return
			}
		}
	}()
	for b := range batches {
		tx, err := store.Begin(ctx, []ledger.Number{head.Number})
		if err != nil {
			return err
		}
		if err := commit(tx, b); err != nil {
			return err
		}
	}
	return ctx.Err()
}
