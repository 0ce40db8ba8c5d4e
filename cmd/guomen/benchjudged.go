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
	nextProcess uint64 = 1 << 42 // of the same in another process
	rawNumbers  uint64 = 1 << 45 // of rows that are written raw
)

// judging is one load of declarations that are judged, and what its transactions were like.
type judging struct {
	bench.Result
	batches
}

// perBatch is how many commands a transaction had on average.
func (j *judging) perBatch() float64 { return j.commands / max(1, j.count) }

// judge gives declarations to ports' ledgers in turn, and counts the receipts afterwards: every command that was
// acknowledged has one.
func (b *benchRun) judge(ctx context.Context, p *platform, load bench.Load, from uint64, ports []port.PortID) (judging, error) {
	c := b.course(p, p.engine)
	var given atomic.Uint64
	load.Do = func(ctx context.Context, client int) error {
		n := given.Add(1)
		return c.lodge(ctx, ports[n%uint64(len(ports))], from+n)
	}
	before, err := receipts(ctx, p.engine)
	if err != nil {
		return judging{}, err
	}
	seen := p.metrics.batches()
	result, err := load.Run(ctx)
	if err != nil {
		return judging{}, err
	}
	after, err := receipts(ctx, p.engine)
	if err != nil {
		return judging{}, err
	}
	if load.Clients == b.clients && after-before != result.Acknowledged {
		return judging{}, errs.New(errs.Broken, "", "%d commands were acknowledged, there are %d new receipts", result.Acknowledged, after-before)
	}
	return judging{result, p.metrics.batches().since(seen)}, nil
}

func receipts(ctx context.Context, e *ledger.Engine) (uint64, error) {
	heads, err := e.Heads(ctx)
	total := uint64(0)
	for _, h := range heads {
		total += h.Receipts
	}
	return total, err
}

// batches is what the engine has told of its transactions.
type batches struct{ count, commands, decide, commit float64 }

func (b batches) since(earlier batches) batches {
	return batches{b.count - earlier.count, b.commands - earlier.commands, b.decide - earlier.decide, b.commit - earlier.commit}
}

// batches reads the metrics that operators read.
func (m *metrics) batches() (b batches) {
	families, _ := m.registry.Gather() // what cannot be gathered is not there
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			h := metric.GetHistogram()
			switch family.GetName() {
			case "guomen_batch_commands":
				b.count, b.commands = float64(h.GetSampleCount()), h.GetSampleSum()
			case "guomen_decide_seconds":
				b.decide = h.GetSampleSum()
			case "guomen_commit_seconds":
				b.commit = h.GetSampleSum()
			}
		}
	}
	return b
}

// tell says what a transaction was like.
func (j *judging) tell(name string) {
	n := max(1, j.count)
	talk("%s: %.0f commands a transaction, decided in %.2f ms, written and flushed in %.2f ms", name, j.perBatch(), 1000*j.decide/n, 1000*j.commit/n)
}

func (b *bed) load() bench.Load {
	return bench.Load{Clients: b.clients, Warm: b.warm(), For: b.span()}
}

// judgedOne fills the main database through one ledger.
func (b *bed) judgedOne(ctx context.Context) error {
	stop, err := b.startProfile()
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
	p, err := openPlatform(ctx, b.main.URL, config{Hash: ledger.SHA256, Cipher: ledger.AES256GCM}, benchLog())
	if err != nil {
		return judging{}, err
	}
	from, err := receipts(ctx, p.engine) // a database that bench has filled before goes on behind that
	if err != nil {
		return judging{}, errors.Join(err, p.close())
	}
	j, err := b.judge(ctx, p, b.load(), runNumbers+from, []port.PortID{benchPort})
	b.filled = err == nil
	return j, errors.Join(err, p.close())
}

// startProfile profiles this process until the returned function is called.
func (b *bed) startProfile() (stop func() error, err error) {
	if b.profile == "" {
		return func() error { return nil }, nil
	}
	path := b.profile
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
	p, err := openPlatform(ctx, room.URL, config{Hash: ledger.SHA256, Cipher: ledger.AES256GCM}, benchLog())
	if err != nil {
		return err
	}
	var ports []port.PortID
	for _, one := range p.registry().Ports() {
		ports = append(ports, one.ID)
	}
	loops := p.store.Loops()
	j, err := b.judge(ctx, p, b.load(), runNumbers, ports)
	if err := errors.Join(err, p.close()); err != nil {
		return err
	}
	groups := make([][]ledger.Name, loops)
	for i, id := range ports {
		groups[i%loops] = append(groups[i%loops], ledgerOf(id))
	}
	return b.printJudged(ctx, fmt.Sprintf("judged_%d", len(ports)), j, groups, 1)
}

// judgedProcesses lets two processes of the program write to one ledger. SQLite has one writing process.
func (b *bed) judgedProcesses(ctx context.Context) (err error) {
	if b.database.Kind != bench.Postgres {
		return nil
	}
	room, err := b.database.Room(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, room.Drop(context.WithoutCancel(ctx))) }()
	p, err := openPlatform(ctx, room.URL, config{Hash: ledger.SHA256, Cipher: ledger.AES256GCM}, benchLog()) // makes the tables and the ports
	if err != nil {
		return err
	}
	if err := p.close(); err != nil {
		return err
	}
	const processes = 2
	load := b.load()
	load.Clients = max(1, b.clients/processes)
	var children [processes]*bench.Child
	for i := range children {
		task := benchErrand{Judge: &judgeErrand{Database: room.URL, From: runNumbers + uint64(i)*nextProcess, Clients: load.Clients, Warm: load.Warm, For: load.For}}
		if children[i], err = bench.Spawn(ctx, b.program, task); err != nil {
			return err
		}
	}
	for _, child := range children {
		err = errors.Join(err, child.Go())
	}
	var all judging
	for i, child := range children {
		var found judgeFound
		err = errors.Join(err, child.Wait(&found))
		switch {
		case err != nil:
		case i == 0:
			all = found.judging()
		default:
			all.Join(found.Result)
			all.count, all.commands = all.count+found.Batches, all.commands+found.Commands
			all.decide, all.commit = all.decide+found.Decide, all.commit+found.Commit
		}
	}
	if err != nil {
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
