package main

import (
	"context"
	"fmt"
	"time"

	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/exchange/exchangeweb"
	"github.com/guomen/guomen/internal/bench"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/rules"
	"github.com/guomen/guomen/internal/store"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
	"github.com/guomen/guomen/rulebook"
)

// benchPort is where one ledger's traffic is.
const benchPort = demoPort

// papers are documents as senders write them, with holes where the numbers are.
type papers struct {
	declaration, manifest *bench.Stencil
	vehicle               port.Kilograms // what the loaded vehicle weighs
}

// originalPaper is the number of the document that the stencils and presses are cut from.
const originalPaper = 1<<48 - 1

// benchNumbers are what is its own in the n-th document. Those that a trader or carrier chooses arrive at random; a batch
// number grows with time.
func benchNumbers(n uint64) []string {
	scattered := bench.Scatter(n)
	return []string{
		fmt.Sprintf("BENCH-%012X", scattered), fmt.Sprintf("WB-%012X", scattered), fmt.Sprintf("26%011d", n%1e11), string(benchPlate(n)),
	}
}

// benchPlate is one of 2.3 million Chinese plates.
func benchPlate(n uint64) port.Plate {
	const letters = "ABCDEFGHJKLMNPQRSTUVWXY"
	return port.Plate(fmt.Sprintf("蒙%c%05d", letters[n/100_000%uint64(len(letters))], n%100_000))
}

func newPapers() (*papers, error) {
	words := benchNumbers(originalPaper)
	d := *rulebook.BenchDeclaration()
	d.Reference, d.Waybill, d.Batch, d.Border = words[0], words[1], port.BatchNumber(words[2]), declaration.Means{ID: words[3], Mode: "3", Nationality: port.China}
	m := manifest.Document{
		Direction: port.Import, Function: "9", Batch: d.Batch, Carrier: "91350100M000100Y43", Loaded: manifest.Laden, Crew: 1,
		Vehicle: manifest.Vehicle{Plate: port.Plate(words[3]), Nationality: port.China, Permit: "C-2026-000001", Tare: 18 * port.Tonne},
		Waybills: []manifest.Waybill{{
			Number: words[1], Goods: "炼焦煤", HS: "2701121000", GrossMass: d.GrossMass, OnVehicle: 60 * port.Tonne, Consignor: "bench", Consignee: "bench",
		}},
	}
	declared, err := encodeJSON(&d)
	if err != nil {
		return nil, err
	}
	announced, err := encodeJSON(&m)
	if err != nil {
		return nil, err
	}
	return &papers{
		declaration: bench.Cut(declared, words), manifest: bench.Cut(announced, words), vehicle: m.Vehicle.Tare + m.Waybills[0].OnVehicle,
	}, nil
}

// traders is how many organisations lodge: a queue is fair between them, and a reference is one's own.
const traders = 16

// benchTrader is one of them.
func benchTrader(client int) identity.Principal {
	return identity.Principal{Organisation: fmt.Sprintf("bench-trader-%02d", client%traders), Role: identity.Trader}
}

// benchLaw judges declarations by the made-up book and everything else by the law.
type benchLaw struct {
	*law
	book *rules.Book
}

// Declaration judges a declaration at a port.
func (l benchLaw) Declaration(at port.PortID, d *declaration.Document, now port.Time) ([]errs.Problem, port.Judged) {
	judgement := rulebook.JudgeDeclaration(l.book, rulebook.Scope(at, rulebook.NormalRegime, now), d)
	return judgement.Problems, l.fill(l.state.Load(), at, now, rulebook.Judged(l.book, port.ConsignmentSubject, -1, judgement))
}

// course takes documents and trucks through ports, as senders, officers and lanes would.
type course struct {
	platform *platform // whose registry, records and law it goes by
	engine   *ledger.Engine
	made     *exchangeweb.Intake // by the made-up book
	lawful   *exchangeweb.Intake
	papers   *papers
}

func (b *benchRun) course(p *platform, engine *ledger.Engine) *course {
	intake := exchangeweb.Intake{Engine: engine, Law: p.law, Registry: p.registry, Formats: formats(), Kinds: p.kinds.Kinds}
	made := intake
	made.Law = benchLaw{p.law, b.book}
	return &course{platform: p, engine: engine, made: &made, lawful: &intake, papers: b.papers}
}

// lodge sends the n-th declaration to a port, to be judged by the made-up book.
func (c *course) lodge(ctx context.Context, at port.PortID, n uint64) error {
	_, err := c.send(ctx, c.made, exchange.KindDeclaration, c.papers.declaration, at, n)
	return err
}

func (c *course) send(ctx context.Context, to *exchangeweb.Intake, kind exchange.Kind, paper *bench.Stencil, at port.PortID, n uint64) (ledger.Receipt, error) {
	r, err := to.Submit(ctx, exchangeweb.Sent{
		Data: paper.Fill(benchNumbers(n)), Media: "application/json", Port: at, Kind: kind, Hint: exchange.Hint{Format: "json", Kind: kind}, By: benchTrader(int(n)),
	})
	if err == nil && r.Receipt.Repeated {
		err = errs.New(errs.Broken, "", "document %d was sent twice", n)
	}
	return r.Receipt, err
}

// press makes a press of what a course of events leaves in an empty ledger in memory. The clock stands still for it, so
// that time never goes back from one copy to the next.
func (b *benchRun) press(ctx context.Context, do func(*course) error) (*bench.Press, error) {
	s := store.NewMemory()
	now := time.Now()
	engine, err := ledger.Open(ctx, b.home.engine.Schema(), s, ledger.Options{Log: benchLog(), Clock: func() time.Time { return now }})
	if err != nil {
		return nil, err
	}
	defer engine.Close()
	number, err := engine.Create(ctx, ledgerOf(benchPort), ledger.SHA256)
	if err != nil {
		return nil, err
	}
	if err := do(b.course(b.home, engine)); err != nil {
		return nil, err
	}
	k := b.home.kinds
	kinds := []string{k.Movements.Name(), k.Checklists.Name(), k.Consignments.Name(), k.Passes.Name(), k.Declarations.Name(), k.between.Subjects.Name()}
	return bench.Take(ctx, s, number, kinds, bench.Names{Words: benchNumbers(originalPaper), Vary: benchNumbers})
}
