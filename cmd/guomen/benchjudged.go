package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/pprof"
	"sync/atomic"

	"github.com/guomen/guomen/internal/bench"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store"
	"github.com/guomen/guomen/port"
)

// Numbers of documents. Runs that may meet in one database take them from ranges of their own, which are wider than any
// run; pressed copies begin at zero.
const (
	runNumbers  uint64 = 1 << 40 // of declarations that a load gives
	nextProcess uint64 = 1 << 42 // from one process to the next
	rawNumbers  uint64 = 1 << 45 // of rows that are written raw
)

// trial is what a load of declarations is given to.
type trial struct {
	load   bench.Load
	from   uint64        // number of the first
	ports  []port.PortID // in turn
	shared bool          // another process writes too
}

// judge gives the declarations of a trial, and counts the receipts afterwards: every command that was acknowledged has
// one.
func (b *benchRun) judge(ctx context.Context, p *platform, t trial) (judging, error) {
	c := b.course(p, p.engine)
	var given atomic.Uint64
	t.load.Do = func(ctx context.Context, _ int) error {
		n := given.Add(1)
		return c.lodge(ctx, t.ports[n%uint64(len(t.ports))], t.from+n)
	}
	before, err := receipts(ctx, p.engine)
	if err != nil {
		return judging{}, err
	}
	seen := p.metrics.batches()
	result, err := t.load.Run(ctx)
	if err == nil && !t.shared {
		err = receipted(ctx, p.engine, before+result.Acknowledged)
	}
	return judging{result, p.metrics.batches().since(seen)}, err
}

// headed is an engine or a store.
type headed interface {
	Heads(ctx context.Context) ([]ledger.Head, error)
}

// receipts counts what has been acknowledged, in all ledgers.
func receipts(ctx context.Context, in headed) (uint64, error) {
	heads, err := in.Heads(ctx)
	total := uint64(0)
	for _, h := range heads {
		total += h.Receipts
	}
	return total, err
}

// receipted fails unless there are so many receipts.
func receipted(ctx context.Context, in headed, want uint64) error {
	got, err := receipts(ctx, in)
	if err == nil && got != want {
		err = errs.New(errs.Broken, "", "%d receipts are there, %d commands were acknowledged", got, want)
	}
	return err
}

func (b *bed) load() bench.Load {
	return bench.Load{Clients: b.clients, Warm: b.warm(), For: b.span()}
}

// judgedOne fills the main database through one ledger.
func (b *bed) judgedOne(ctx context.Context) error {
	stop, err := b.startProfile("")
	if err != nil {
		return err
	}
	j, err := b.fillMain(ctx)
	if err := errors.Join(err, stop()); err != nil {
		return err
	}
	return b.printJudged(ctx, "judged_1", j, [][]ledger.Name{{ledgerOf(benchPort)}}, 1)
}

func (b *bed) fillMain(ctx context.Context) (judging, error) {
	p, err := b.open(ctx, b.main.URL)
	if err != nil {
		return judging{}, err
	}
	from, err := receipts(ctx, p.engine) // a database that bench has filled before goes on behind that
	if err != nil {
		return judging{}, errors.Join(err, p.close())
	}
	j, err := b.judge(ctx, p, trial{load: b.load(), from: runNumbers + from, ports: []port.PortID{benchPort}})
	b.filled = err == nil
	return j, errors.Join(err, p.close())
}

// startProfile profiles this process until the returned function is called. suffix tells the files of several figures
// apart.
func (b *bed) startProfile(suffix string) (stop func() error, err error) {
	if b.profile == "" {
		return func() error { return nil }, nil
	}
	path := b.profile + suffix
	if len(b.databases) != 1 {
		path += "." + b.database.Kind
	}
	file, err := os.Create(path)
	if err != nil {
		return nil, errs.Wrap(errs.Unavailable, err, "write the profile")
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return func() error {
		pprof.StopCPUProfile()
		return errs.Wrap(errs.Unavailable, file.Close(), "write the profile")
	}, nil
}

// judgedTwenty takes the ledgers of all ports, of which the region has twenty.
func (b *bed) judgedTwenty(ctx context.Context) (err error) {
	room, err := b.database.Room(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, room.Drop(context.WithoutCancel(ctx))) }()
	p, err := b.open(ctx, room.URL)
	if err != nil {
		return err
	}
	var ports []port.PortID
	for _, one := range p.registry().Ports() {
		ports = append(ports, one.ID)
	}
	loops := p.store.Loops()
	j, err := b.judge(ctx, p, trial{load: b.load(), from: runNumbers, ports: ports})
	if err := errors.Join(err, p.close()); err != nil {
		return err
	}
	groups := make([][]ledger.Name, loops)
	for i, id := range ports {
		groups[i%loops] = append(groups[i%loops], ledgerOf(id))
	}
	return b.printJudged(ctx, fmt.Sprintf("judged_%d", len(ports)), j, groups, 1)
}

// processes is how many processes judgedProcesses starts.
const processes = 2

// judgedProcesses lets two processes of the program write to one ledger. SQLite has one writing process.
func (b *bed) judgedProcesses(ctx context.Context) (err error) {
	if b.database.Kind != bench.Postgres {
		talk("judged_processes: only one process may write to a file")
		return nil
	}
	room, err := b.database.Room(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, room.Drop(context.WithoutCancel(ctx))) }()
	p, err := b.open(ctx, room.URL) // makes the tables and the ports
	if err != nil {
		return err
	}
	before, err := receipts(ctx, p.engine)
	if err := errors.Join(err, p.close()); err != nil {
		return err
	}
	load := b.load()
	load.Clients = max(1, b.clients/processes)
	var children [processes]*bench.Child
	for i := range children {
		task := judgeErrand{Database: room.URL, Key: b.key, From: runNumbers + uint64(i)*nextProcess, Clients: load.Clients, Warm: load.Warm, For: load.For}
		if children[i], err = bench.Spawn(ctx, b.program, benchErrand{Judge: &task}); err != nil {
			return err
		}
	}
	for _, child := range children {
		err = errors.Join(err, child.Go())
	}
	var found [processes]judging
	for i, child := range children {
		err = errors.Join(err, child.Wait(&found[i]))
	}
	if err != nil {
		return err
	}
	all := found[0]
	all.Join(found[1].Result)
	all.Batches = all.Batches.and(found[1].Batches)
	s, err := store.Open(ctx, room.URL)
	if err != nil {
		return err
	}
	if err := errors.Join(receipted(ctx, s, before+all.Acknowledged), s.Close()); err != nil {
		return err
	}
	return b.printJudged(ctx, "judged_processes", all, [][]ledger.Name{{ledgerOf(benchPort)}}, processes)
}

// printJudged measures the raw limit of a run in an empty room and prints both.
func (b *bed) printJudged(ctx context.Context, name string, j judging, groups [][]ledger.Name, writers int) error {
	j.tell(name)
	raw, err := b.raw(ctx, b.lodged, groups, writers, j.perBatch())
	if err != nil {
		return err
	}
	return b.print(bench.NewLine(name, j.Rate(), bench.PerSecond).Beside(raw).Of(j.Latency, b.clients))
}

// raw is the raw limit of a press's commands in an empty room.
func (b *bed) raw(ctx context.Context, press *bench.Press, groups [][]ledger.Name, writers int, batch float64) (_ float64, err error) {
	room, err := b.database.Room(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, room.Drop(context.WithoutCancel(ctx))) }()
	return b.rawIn(ctx, room, bench.Raw{Press: press, From: rawNumbers, Groups: groups, Writers: writers, Batch: batch, For: b.span() / 2})
}

func (b *bed) rawIn(ctx context.Context, room *bench.Room, raw bench.Raw) (_ float64, err error) {
	s, err := store.Open(ctx, room.URL)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return raw.Run(ctx, s)
}
