package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/guomen/guomen/claim"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store"
	"github.com/guomen/guomen/internal/text"
	"github.com/guomen/guomen/movement/board"
	"github.com/guomen/guomen/port"
	"github.com/guomen/guomen/registry"
	"github.com/guomen/guomen/rulebook"
)

// regionLedger is what every port reads: registry, tokens, rules, later the fee list and the plan.
const regionLedger ledger.Name = "region"

// platform is everything that runs, opened in this order and closed in the other.
type platform struct {
	log       *slog.Logger
	store     ledger.Store
	engine    *ledger.Engine
	vault     *ledger.Vault
	prover    *ledger.Prover
	viewStore ledger.ViewStore
	views     *ledger.Views
	board     *board.Board
	kinds     kinds
	followers []ledger.Follows
	catalogue *text.Catalogue
	law       *law
	directory *identity.Directory
	metrics   *metrics

	region     atomic.Pointer[registry.State]
	regionSeq  atomic.Uint64
	reading    sync.Mutex // held while the region's facts are taken in
	background sync.WaitGroup
	cancel     context.CancelFunc
}

// openPlatform opens a database and everything on it.
func openPlatform(ctx context.Context, url string, c config, log *slog.Logger) (_ *platform, err error) {
	p := &platform{log: log, kinds: newKinds(), directory: identity.NewDirectory(), metrics: newMetrics()}
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	if p.catalogue, err = text.Load(); err != nil {
		return nil, err
	}
	if p.law, err = newLaw(p); err != nil {
		return nil, err
	}
	if err := rulebook.AddTexts(p.catalogue, p.law.state.Load().Book()); err != nil {
		return nil, err
	}
	schema, err := p.kinds.schema(p.law.compare)
	if err != nil {
		return nil, err
	}
	if p.store, err = store.Open(ctx, url); err != nil {
		return nil, err
	}
	if p.engine, err = ledger.Open(ctx, schema, p.store, ledger.Options{Log: log, Metrics: p.metrics}); err != nil {
		return nil, err
	}
	if err := p.openVault(ctx, url, c); err != nil {
		return nil, err
	}
	p.kinds.between.Known = func(name ledger.Name) bool { _, ok := p.engine.Number(name); return ok }
	p.followers = p.kinds.between.Followers(port.Duration(c.ReserveClaimDays) * port.Day)
	p.prover = ledger.NewProver(p.store)
	if err := p.found(ctx, c.Hash); err != nil {
		return nil, err
	}
	if p.viewStore, err = store.OpenViews(ctx, p.store); err != nil {
		return nil, err
	}
	if p.views, err = ledger.NewViews(ctx, p.engine, p.viewStore, p.kinds.views()); err != nil {
		return nil, err
	}
	p.board = &board.Board{Views: p.views}
	p.metrics.watch(p)
	return p, nil
}

// openVault finds the key that personal data is sealed under.
func (p *platform) openVault(ctx context.Context, url string, c config) (err error) {
	var master ledger.Master
	if text := os.Getenv("GUOMEN_MASTER_KEY"); text != "" {
		master, err = ledger.ParseMaster(text)
	} else {
		path := c.MasterKeyFile
		if path == "" {
			path = "guomen.key"
			if file, ok := sqlitePath(url); ok {
				path = filepath.Join(filepath.Dir(file), "guomen.key")
			}
		}
		if url == "memory:" {
			_, _ = rand.Read(master[:]) // what memory holds ends with the process
		} else {
			master, err = ledger.MasterFile(path)
		}
	}
	if err != nil {
		return err
	}
	p.vault, err = ledger.OpenVault(ctx, p.store, master, c.Cipher, p.engine.Now)
	return err
}

// expireEvery is how often sealed data whose time is over is destroyed.
const expireEvery = time.Hour

// expire destroys the keys of personal data whose time is over.
func (p *platform) expire(ctx context.Context) {
	for ctx.Err() == nil {
		if n, err := p.vault.Expire(ctx); err != nil {
			p.log.Error("expired personal data could not be destroyed", "error", err)
		} else if n > 0 {
			p.log.Info("expired personal data was destroyed", "pieces", n)
		}
		select {
		case <-time.After(expireEvery):
		case <-ctx.Done():
		}
	}
}

// found makes the ledgers that are missing, loads the plan's ports as facts the first time, and reads the region.
func (p *platform) found(ctx context.Context, algorithm ledger.Algorithm) error {
	if _, err := p.engine.Create(ctx, regionLedger, algorithm); err != nil {
		return err
	}
	for n := range claim.Ledgers {
		if _, err := p.engine.Create(ctx, claim.LedgerName(n), algorithm); err != nil {
			return err
		}
	}
	p.region.Store(&registry.State{})
	if err := p.readRegion(ctx, 0); err != nil {
		return err
	}
	if len(p.region.Load().Ports()) == 0 {
		if err := p.seedRegistry(ctx); err != nil {
			return err
		}
		if err := p.readRegion(ctx, 0); err != nil {
			return err
		}
	}
	if err := p.installBook(ctx); err != nil {
		return err
	}
	for _, one := range p.region.Load().Ports() {
		if _, err := p.engine.Create(ctx, ledger.Name("port:"+one.ID), algorithm); err != nil {
			return err
		}
	}
	return nil
}

// loadFacts is the decision that records what a file said.
type loadFacts struct{ facts []registry.Fact }

func (l loadFacts) Decide(tx *ledger.Tx) error {
	for _, f := range l.facts {
		if err := tx.Record(f); err != nil {
			return err
		}
	}
	return nil
}

// seedRegistry records the plan's ports. The keys are fixed, so that two processes that start at once do it once.
func (p *platform) seedRegistry(ctx context.Context) error {
	facts, err := registry.Seed()
	if err != nil {
		return err
	}
	number, _ := p.engine.Number(regionLedger)
	for n := 0; len(facts) > 0; n++ {
		some := facts[:min(len(facts), ledger.MaxFacts/2)]
		facts = facts[len(some):]
		_, err := p.engine.Submit(ctx, ledger.Command{
			ID: newID(number), Ledger: regionLedger, Actor: setup, Priority: ledger.Lodgement,
			Key: fmt.Sprintf("registry seed %d", n), Do: loadFacts{some},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// readRegion takes in the region's facts after what is known, waiting at most wait for the first. Several may read at
// the same time; each fact is taken in once, in order.
func (p *platform) readRegion(ctx context.Context, wait time.Duration) error {
	for {
		facts, err := p.engine.Facts(ctx, regionLedger, p.regionSeq.Load(), 4096, wait)
		if err != nil || len(facts) == 0 {
			p.layTexts() // a version that was decided on before may have taken effect
			return err
		}
		if err := p.takeIn(facts); err != nil {
			return err
		}
		wait = 0
	}
}

// takeIn folds facts of the region that are not known yet into the registry and the directory.
func (p *platform) takeIn(facts []ledger.Fact) error {
	p.reading.Lock()
	defer p.reading.Unlock()
	known := p.regionSeq.Load()
	facts = slices.DeleteFunc(facts, func(f ledger.Fact) bool { return f.Seq <= known }) // another reader was faster
	if len(facts) == 0 {
		return nil
	}
	var changes []registry.Fact
	for i := range facts {
		if change, ok := facts[i].Body.(registry.Fact); ok && registryFact(change) {
			changes = append(changes, change)
		}
	}
	if len(changes) > 0 {
		next, err := p.region.Load().With(changes...)
		if err != nil {
			return errs.Wrap(errs.Broken, err, "fold the registry")
		}
		p.region.Store(next)
	}
	p.directory.Apply(facts)
	p.followLaw(facts)
	p.regionSeq.Store(facts[len(facts)-1].Seq)
	return nil
}

func registryFact(f registry.Fact) bool {
	for _, known := range registry.Facts() {
		if known.FactName() == f.FactName() {
			return true
		}
	}
	return false
}

// run starts what goes on in the background: the region's reader, the views, the followers, the ticker.
func (p *platform) run(ctx context.Context) {
	ctx, p.cancel = context.WithCancel(ctx)
	p.background.Go(func() {
		for ctx.Err() == nil {
			if err := p.readRegion(ctx, time.Minute); err != nil && ctx.Err() == nil {
				p.log.Error("the region cannot be read", "error", err)
				select {
				case <-time.After(time.Second):
				case <-ctx.Done():
				}
			}
		}
	})
	p.background.Go(func() { _ = p.views.Run(ctx) })
	for _, f := range p.followers {
		p.background.Go(func() { _ = p.engine.Follow(ctx, f) })
	}
	p.background.Go(func() { _ = p.engine.Tick(ctx) })
	p.background.Go(func() { p.expire(ctx) })
}

// registry is the registry as of now.
func (p *platform) registry() *registry.State { return p.region.Load() }

// issueTokens records tokens that somebody gives and waits until this process knows them.
func (p *platform) issueTokens(ctx context.Context, by ledger.Actor, tokens []identity.TokenIssued) error {
	number, _ := p.engine.Number(regionLedger)
	for len(tokens) > 0 {
		some := tokens[:min(len(tokens), ledger.MaxFacts/2)]
		tokens = tokens[len(some):]
		if _, err := p.engine.Submit(ctx, ledger.Command{
			ID: newID(number), Ledger: regionLedger, Actor: by, Do: identity.Issue{Tokens: some},
		}); err != nil {
			return err
		}
	}
	return p.readRegion(ctx, 0)
}

// close stops everything in the order that loses nothing: background readers, then the engine once its queues are
// empty, then the databases.
func (p *platform) close() error {
	if p.cancel != nil {
		p.cancel()
		p.background.Wait()
	}
	if p.engine != nil {
		p.engine.Close()
	}
	var err error
	if p.viewStore != nil {
		err = p.viewStore.Close()
	}
	if p.store != nil {
		err = errors.Join(err, p.store.Close())
	}
	return err
}
