package main

import (
	"context"
	"errors"
	"time"

	"github.com/guomen/guomen/internal/bench"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store"
	"github.com/guomen/guomen/port"
)

// harbour is a port with many live passes, which the figures about gates and about HTTP share.
type harbour struct {
	room     *bench.Room
	platform *platform
	course   *course
	passes   uint64
	used     uint64 // of them, by readings
	server   *benchServer
}

// openHarbour makes the harbour the first time that it is asked for.
func (b *bed) openHarbour(ctx context.Context) (*harbour, error) {
	if b.harbour != nil {
		return b.harbour, nil
	}
	room, err := b.database.Room(ctx)
	if err != nil {
		return nil, err
	}
	h := &harbour{room: room, passes: b.passes}
	b.harbour = h
	announced, err := b.press(ctx, func(c *course) error { return (&benchTruck{course: c, n: originalPaper}).announce(ctx) })
	if err != nil {
		return nil, err
	}
	talk("%d trucks are announced and cleared for the entry gate", b.passes)
	if err := b.fill(ctx, room, announced, 0, b.passes); err != nil {
		return nil, err
	}
	if err := b.skipViews(ctx, room); err != nil {
		return nil, err
	}
	if h.platform, err = b.open(ctx, room.URL); err != nil {
		return nil, err
	}
	h.course = b.course(h.platform, h.platform.engine)
	return h, nil
}

// skipViews moves the views behind what is there without applying it. Those of a platform in use have caught up long ago;
// building them would take longer than everything that is measured.
func (b *bed) skipViews(ctx context.Context, room *bench.Room) (err error) {
	p, err := b.open(ctx, room.URL)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	var idle []*ledger.View
	for _, view := range b.home.kinds.views() {
		skips := *view
		skips.Apply = func(ledger.ViewTx, []ledger.Fact) error { return nil }
		idle = append(idle, &skips)
	}
	if p.views, err = ledger.NewViews(ctx, p.engine, p.viewStore, idle); err != nil {
		return err
	}
	p.run(ctx)
	_, err = caughtUp(ctx, p.views)
	return err
}

// caughtUp waits until views have seen everything, and says how far the furthest was behind.
func caughtUp(ctx context.Context, views *ledger.Views) (behind uint64, err error) {
	behind = furthest(views)
	for furthest(views) > 0 {
		select {
		case <-ctx.Done():
			return behind, ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
	return behind, nil
}

// furthest is how many facts the view that is furthest behind has yet to apply.
func furthest(views *ledger.Views) uint64 {
	most := uint64(0)
	for _, behind := range views.Lag() {
		most = max(most, behind)
	}
	return most
}

func (h *harbour) close(ctx context.Context) error {
	var err error
	if h.server != nil {
		err = h.server.stop()
	}
	if h.platform != nil {
		err = errors.Join(err, h.platform.close())
	}
	return errors.Join(err, h.room.Drop(ctx))
}

// fill presses copies into the port's ledger of a room whose platform has made its tables and ports.
func (b *bed) fill(ctx context.Context, room *bench.Room, press *bench.Press, from, copies uint64) (err error) {
	p, err := b.open(ctx, room.URL)
	if err != nil {
		return err
	}
	if err := p.close(); err != nil {
		return err
	}
	s, err := store.Open(ctx, room.URL)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	began := time.Now()
	if err := bench.Fill(ctx, s, press, ledgerOf(benchPort), from, copies); err != nil {
		return err
	}
	facts, took := copies*uint64(press.Facts()), time.Since(began)
	talk("filled %d facts in %.1f s (%.0f/s)", facts, took.Seconds(), float64(facts)/took.Seconds())
	return nil
}

// passNumber is the truck of the i-th reading: trucks do not come in the order in which they were announced.
func passNumber(i, passes uint64) uint64 {
	stride := uint64(7919) // a prime; another where it divides the number of passes
	if passes%stride == 0 {
		stride = 7907
	}
	return i * stride % passes
}

// gate decides one reading after the other, each recorded and flushed before the next.
func (b *bed) gate(ctx context.Context) error {
	h, err := b.openHarbour(ctx)
	if err != nil {
		return err
	}
	var pure bench.Latency
	lanes := h.course.lanes(port.DueEntryGate)
	load := bench.Load{Clients: 1, Warm: b.warm(), For: b.span(), Most: h.passes / 2}
	load.Do = func(ctx context.Context, _ int) error {
		i := h.used
		h.used++
		var took time.Duration
		_, err := h.course.pass(ctx, timedDecision{h.course.decision(lanes[i%uint64(len(lanes))], passNumber(i, h.passes)), &took})
		pure.Add(took)
		return err
	}
	found, err := load.Run(ctx)
	if err != nil {
		return err
	}
	if found.Latency.Count() == 0 {
		return errs.New(errs.Invalid, "", "%d passes are used up before anything is measured", h.passes)
	}
	read, err := b.press(ctx, func(c *course) error {
		t := &benchTruck{course: c, n: originalPaper}
		return errors.Join(t.announce(ctx), t.enter(ctx))
	})
	if err != nil {
		return err
	}
	raw, err := b.raw(ctx, read.Last(), [][]ledger.Name{{ledgerOf(benchPort)}}, 1, 1)
	if err != nil {
		return err
	}
	err = b.print(bench.NewLine("gate_pure", 1/pure.Mean().Seconds(), bench.PerSecond).Of(&pure, 1))
	return errors.Join(err, b.print(bench.NewLine("gate_recorded", found.Rate(), bench.PerSecond).Beside(raw).Of(found.Latency, 1)))
}
