package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/guomen/guomen/internal/bench"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// lives is how many crossings the engine decides to find what one takes on disk, and shareOfFacts the share of the facts
// asked for that they are at most.
const (
	lives        = 2_000
	shareOfFacts = 4
)

// size takes trucks over the line, looks what they leave on disk, fills the database with more of them, and measures
// judged_1 again in it.
func (b *bed) size(ctx context.Context) (err error) {
	room, err := b.database.Room(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, room.Drop(context.WithoutCancel(ctx))) }()
	life, err := b.press(ctx, func(c *course) error { _, err := c.cross(ctx, originalPaper); return err })
	if err != nil {
		return err
	}
	each := uint64(life.Facts())
	talk("a crossing is %d facts and %d commands", each, life.Commands())
	done, err := b.crossings(ctx, room, min(lives, max(1, b.facts/each/shareOfFacts)))
	if err != nil {
		return err
	}
	for _, facts := range []uint64{min(smallFacts, b.facts), b.facts} {
		if copies := facts / each; copies > done {
			if err := b.fill(ctx, room, life, done, copies-done); err != nil {
				return err
			}
			done = copies
		} else if facts > smallFacts {
			break
		}
		if err := b.judgedAt(ctx, room, facts); err != nil {
			return err
		}
		if facts == b.facts {
			break
		}
	}
	return b.rebuildMixed(ctx, room)
}

// rebuildMixed folds the room on one core: crossings are made of many kinds of facts, most of them small.
func (b *bed) rebuildMixed(ctx context.Context, room *bench.Room) (err error) {
	s, e, err := openLedgers(ctx, room.URL)
	if err != nil {
		return err
	}
	defer func() {
		e.Close()
		err = errors.Join(err, s.Close())
	}()
	rate, err := onCores(1, func() (uint64, error) { facts, _, err := e.Fold(ctx); return facts, err })
	return errors.Join(err, b.print(bench.NewLine("size_rebuild_1_core", rate, bench.FactsRate)))
}

// maxSpan is longer than anything that ends by itself is waited for.
const maxSpan = time.Hour

// crossings lets the engine decide whole crossings, and prints how many a second and what they take.
func (b *bed) crossings(ctx context.Context, room *bench.Room, count uint64) (uint64, error) {
	p, err := b.open(ctx, room.URL)
	if err == nil {
		err = p.close()
	}
	if err != nil {
		return 0, err
	}
	before, err := room.Bytes(ctx)
	if err != nil {
		return 0, err
	}
	if p, err = b.open(ctx, room.URL); err != nil {
		return 0, err
	}
	c := b.course(p, p.engine)
	var given, facts atomic.Uint64
	load := bench.Load{Clients: b.clients, For: maxSpan, Most: count, Do: func(ctx context.Context, _ int) error {
		n, err := c.cross(ctx, given.Add(1)-1)
		facts.Add(uint64(n))
		return err
	}}
	found, err := load.Run(ctx)
	if err := errors.Join(err, p.close()); err != nil {
		return 0, err
	}
	after, err := room.Bytes(ctx)
	if err != nil {
		return 0, err
	}
	grown := float64(after - before)
	err = b.print(bench.NewLine("size_crossings", found.Rate(), bench.PerSecond).Of(found.Latency, b.clients))
	err = errors.Join(err, b.print(bench.NewLine("size_bytes_per_fact", grown/float64(facts.Load()), bench.Bytes)))
	return count, errors.Join(err, b.print(bench.NewLine("size_bytes_per_crossing", grown/float64(count), bench.Bytes)))
}

// judgedAt is judged_1 in a database that holds so many facts. Its raw limit is measured in that database too.
func (b *bed) judgedAt(ctx context.Context, room *bench.Room, facts uint64) error {
	p, err := b.open(ctx, room.URL)
	if err != nil {
		return err
	}
	j, err := b.judge(ctx, p, trial{load: b.load(), from: runNumbers + facts, ports: []port.PortID{benchPort}})
	if err := errors.Join(err, p.close()); err != nil {
		return err
	}
	name := fmt.Sprintf("size_judged_at_%d", facts)
	j.tell(name)
	raw, err := b.rawIn(ctx, room, bench.Raw{
		Press: b.lodged, From: rawNumbers + facts, Groups: [][]ledger.Name{{"port:mandula-road"}}, Batch: j.perBatch(), For: b.span() / 2,
	})
	if err != nil {
		return err
	}
	return b.print(bench.NewLine(name, j.Rate(), bench.PerSecond).Beside(raw).Of(j.Latency, b.clients))
}
