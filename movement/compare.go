package movement

import (
	"slices"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// FiguresAgree is the requirement that papers and findings about the same goods say the same (单证相符, 单货相符). It exists
// once they differ.
const FiguresAgree port.RequirementKind = "figures_agree"

// Figures are what the parties say of one consignment beside each other, and which clauses found that it differs.
type Figures struct {
	Waybill     string         `json:"waybill,omitempty"`
	Direction   port.Direction `json:"direction,omitempty"`
	Manifest    *cargo.Said    `json:"manifest,omitempty"`
	Declaration *cargo.Said    `json:"declaration,omitempty"`
	Arrival     *cargo.Said    `json:"arrival,omitempty"`
	Tally       *cargo.Said    `json:"tally,omitempty"`
	Early       bool           `json:"early,omitempty"` // 提前申报
	Declared    port.Time      `json:"declared,omitempty"`
	Rules       []string       `json:"rules,omitempty"` // that spoke last
}

// comparable tells whether there are two that can differ.
func (f *Figures) comparable() bool {
	said := 0
	for _, one := range []*cargo.Said{f.Manifest, f.Declaration, f.Arrival, f.Tally} {
		if one != nil {
			said++
		}
	}
	return said > 1
}

// Difference is what the law makes of figures that differ: how grave it is, which clauses say so, and whose it is to look
// into it. The zero value: they agree.
type Difference struct {
	Result port.Result
	Rules  []string
	Demand port.Demand
}

// Compare says what the law makes of figures, as of an instant. It is pure: the book that it stands on is the caller's.
type Compare func(at port.PortID, figures *Figures, arrived, now port.Time) Difference

// Compared: what the parties say of a consignment differs, or agrees again. Rules are the clauses that found it.
type Compared struct {
	Consignment port.ID     `json:"consignment"`
	Result      port.Result `json:"result"` // met: they agree
	Rules       []string    `json:"rules,omitempty"`
	Demand      port.Demand `json:"demand,omitzero"`
}

// FactName is consignment.compared.v1.
func (Compared) FactName() string { return "consignment.compared.v1" }

// manifestSays is what a manifest says of a consignment.
func manifestSays(b *cargo.Consigned) *cargo.Said {
	said := b.Said
	said.GrossMass, said.Packages, said.HS = b.GrossMass, b.Packages, cargo.Listed(string(b.HS))
	return &said
}

// declarationSays is what a declaration says of its consignment.
func declarationSays(d *declaration.Document) *cargo.Said {
	said := &cargo.Said{
		Batch: string(d.Batch), GrossMass: d.GrossMass, Packages: d.Packages,
		Consignees: cargo.Listed(d.Consignee.ID, d.Consignee.Name, d.Importer.ID, d.Importer.Name),
		Consignors: cargo.Listed(d.Consignor.ID, d.Consignor.Name, d.Exporter.ID, d.Exporter.Name),
	}
	for i := range d.Equipment {
		said.Containers = append(said.Containers, d.Equipment[i].ID)
		said.Seals = append(said.Seals, d.Equipment[i].Seals...)
	}
	for i := range d.Items {
		said.HS = append(said.HS, string(d.Items[i].HS))
	}
	said.HS = cargo.Listed(said.HS...)
	return said
}

// says gives the checklist with what one party says of its goods.
func (c Checklist) says(change func(f *Figures)) Checklist {
	figures := Figures{}
	if c.Figures != nil {
		figures = *c.Figures
	}
	change(&figures)
	c.Figures = &figures
	return c
}

// declares gives the checklist with what its declaration says. With several declarations of parts none speaks of all, and
// one that merges waybills (归并) speaks of more than these goods.
func (c Checklist) declares(f *ledger.Fact, d *declaration.Document) Checklist {
	return c.says(func(figures *Figures) {
		figures.Declaration, figures.Early, figures.Declared = declarationSays(d), d.Early, f.Recorded
		if len(c.Declarations) > 1 || len(d.Merged()) > 0 {
			figures.Declaration = nil
		}
	})
}

// compared gives the checklist after its figures were compared.
func (c Checklist) compared(f *ledger.Fact, b *Compared) Checklist {
	c = c.says(func(figures *Figures) { figures.Rules = b.Rules })
	if b.Result == port.ResultMet {
		return c.decided(f, FiguresAgree, port.ResultMet, "figures_agree", "", "")
	}
	return c.with(f, port.ConsignmentSubject, []port.Demand{b.Demand}).decided(f, FiguresAgree, b.Result, "figures_differ", "", "")
}

// Comparing is what follows when somebody has said something of goods: what all say is compared, and a fact tells when
// other clauses find a difference than did before.
func Comparing(checklists *ledger.Kind[Checklist], compare Compare) map[string][]ledger.Reaction {
	if compare == nil {
		return nil
	}
	reactions := map[string][]ledger.Reaction{}
	on := func(body ledger.Body, consignment func(ledger.Body) port.ID) {
		reactions[body.FactName()] = []ledger.Reaction{func(tx *ledger.Tx, f ledger.Fact) error {
			return comparing(tx, checklists, compare, consignment(f.Body))
		}}
	}
	on(cargo.Consigned{}, func(b ledger.Body) port.ID { return b.(cargo.Consigned).Consignment })
	on(cargo.Reported{}, func(b ledger.Body) port.ID { return b.(cargo.Reported).Consignment })
	on(declaration.Lodged{}, func(b ledger.Body) port.ID { return b.(declaration.Lodged).Consignment })
	on(declaration.Amended{}, func(b ledger.Body) port.ID { return b.(declaration.Amended).Consignment })
	on(declaration.Withdrawn{}, func(b ledger.Body) port.ID { return b.(declaration.Withdrawn).Consignment })
	return reactions
}

func comparing(tx *ledger.Tx, checklists *ledger.Kind[Checklist], compare Compare, consignment port.ID) error {
	c, ok, err := checklists.Get(tx, consignment)
	if err != nil || !ok || c.Figures == nil {
		return err
	}
	found := Difference{}
	if c.Figures.comparable() {
		found = compare(portOf(tx.Ledger()), c.Figures, c.Arrived, tx.Now())
	}
	slices.Sort(found.Rules)
	if slices.Equal(found.Rules, c.Figures.Rules) {
		return nil
	}
	compared := Compared{Consignment: consignment, Result: port.ResultMet, Rules: found.Rules, Demand: found.Demand}
	if len(found.Rules) > 0 {
		compared.Result = found.Result
	}
	return tx.Record(compared)
}

// portOf is the port of a ledger "port:…".
func portOf(name ledger.Name) port.PortID {
	const prefix = "port:"
	if len(name) > len(prefix) && name[:len(prefix)] == prefix {
		return port.PortID(name[len(prefix):])
	}
	return ""
}
