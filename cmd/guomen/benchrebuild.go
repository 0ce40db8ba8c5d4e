package main

import (
	"context"
	"errors"
	"runtime"
	"time"

	"github.com/guomen/guomen/internal/bench"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
)

// rebuild reads the main database again, in the ways that an operator does: folding it as a rebuild does, verifying it,
// and checking the chain only. The limit beside them is reading the rows and doing nothing.
func (b *bed) rebuild(ctx context.Context) (err error) {
	if !b.filled {
		talk("rebuild: filling a database first")
		if _, err := b.fillMain(ctx); err != nil {
			return err
		}
	}
	s, e, err := openLedgers(ctx, b.main.URL)
	if err != nil {
		return err
	}
	defer func() {
		e.Close()
		err = errors.Join(err, s.Close())
	}()
	if _, err := scanFacts(ctx, s); err != nil { // the first reader fills the caches for all that follow
		return err
	}
	for _, cores := range []int{1, 2} {
		if cores > runtime.NumCPU() {
			continue
		}
		suffix := [...]string{1: "_1_core", 2: "_2_cores"}[cores]
		raw, err := onCores(cores, func() (uint64, error) { return scanFacts(ctx, s) })
		if err != nil {
			return err
		}
		for _, one := range []struct {
			name string
			do   func() (uint64, error)
		}{
			{"rebuild", func() (uint64, error) { facts, _, err := e.Fold(ctx); return facts, err }},
			{"verify", func() (uint64, error) { return verifyAll(ctx, e) }},
			{"chain", func() (uint64, error) { return e.VerifyChain(ctx) }},
		} {
			rate, err := onCores(cores, one.do)
			if err != nil {
				return err
			}
			if err := b.print(bench.NewLine(one.name+suffix, rate, bench.FactsRate).Beside(raw)); err != nil {
				return err
			}
		}
	}
	return nil
}

func verifyAll(ctx context.Context, e *ledger.Engine) (uint64, error) {
	report, err := e.Verify(ctx)
	if err == nil && !report.OK {
		err = errs.New(errs.Broken, "", "%s", report.FirstDifference)
	}
	return report.Facts, err
}

// onCores says how many facts a second something goes through on so many cores of this process. PostgreSQL's own
// processes run where they like.
func onCores(cores int, do func() (uint64, error)) (float64, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
	runtime.GC()
	began := time.Now()
	facts, err := do()
	return float64(facts) / time.Since(began).Seconds(), err
}

// scanFacts reads every fact's row and does nothing with it.
func scanFacts(ctx context.Context, s ledger.Store) (uint64, error) {
	const page = 4096 // as the engine does
	heads, err := s.Heads(ctx)
	total := uint64(0)
	for _, h := range heads {
		for after := uint64(0); after < h.Seq && err == nil; {
			var rows []ledger.FactRow
			if rows, err = s.Facts(ctx, h.Number, after, page); len(rows) == 0 {
				break
			}
			after = rows[len(rows)-1].Seq
			total += uint64(len(rows))
		}
	}
	return total, err
}
