package main

import (
	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/claim"
	"github.com/guomen/guomen/claim/follow"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/gate"
	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/movement/board"
	"github.com/guomen/guomen/registry"
	"github.com/guomen/guomen/rulebook"
)

// module is one capability as the program knows it: the facts it records, the records it keeps, what it does because of
// others' facts, and what it shows. This list is the table of contents of the platform; a capability is switched on by
// one entry here, and its routes by a line in newSite.
type module struct {
	name      string
	facts     []ledger.Body
	kinds     []ledger.AnyKind
	reactions map[string][]ledger.Reaction
	views     []*ledger.View
}

// kinds are the records by which the platform decides.
type kinds struct {
	gate.Kinds
	between follow.Kinds // what followers read
	rules   *ledger.Kind[rulebook.Record]
}

func newKinds() kinds {
	k := kinds{Kinds: gate.NewKinds(), rules: rulebook.Records()}
	k.between = follow.Kinds{
		Accounts: claim.Accounts(), Subjects: claim.Subjects(), Movements: k.Movements, Checklists: k.Checklists, Consignments: k.Consignments,
		Declarations: k.Declarations, Mirrors: declaration.Mirrors(),
	}
	return k
}

// modules are the capabilities. compare is what the law makes of figures that differ; nil where nothing is decided.
func (k kinds) modules(compare movement.Compare) []module {
	return []module{
		{name: "registry", facts: registryFacts()},
		{name: "identity", facts: identity.Facts()},
		{name: "rulebook", facts: rulebook.Facts(), kinds: []ledger.AnyKind{k.rules}},
		{name: "manifest", facts: manifest.Facts(), kinds: []ledger.AnyKind{k.Filings}},
		{name: "declaration", facts: declaration.Facts(), kinds: []ledger.AnyKind{k.Declarations, k.between.Mirrors}},
		{name: "cargo", facts: cargo.Facts(), kinds: []ledger.AnyKind{k.Consignments}},
		{name: "claim", facts: claim.Facts(), kinds: []ledger.AnyKind{k.between.Accounts, k.between.Subjects}, reactions: k.between.Reactions()},
		{name: "movement", facts: movement.Facts(), kinds: []ledger.AnyKind{k.Movements, k.Checklists, k.Units}, reactions: movement.Comparing(k.Checklists, compare), views: []*ledger.View{board.View()}},
		{name: "gate", facts: gate.Facts(), kinds: []ledger.AnyKind{k.Passes}, reactions: k.Reactions()},
	}
}

func registryFacts() []ledger.Body {
	var list []ledger.Body
	for _, f := range registry.Facts() {
		list = append(list, f)
	}
	return list
}

// schema gathers the modules' facts, records and reactions.
func (k kinds) schema(compare movement.Compare) (*ledger.Schema, error) {
	var facts []ledger.Body
	var records []ledger.AnyKind
	reactions := map[string][]ledger.Reaction{}
	for _, m := range k.modules(compare) {
		facts = append(facts, m.facts...)
		records = append(records, m.kinds...)
		for name, list := range m.reactions {
			reactions[name] = append(reactions[name], list...)
		}
	}
	return ledger.NewSchema(facts, records, reactions)
}

func (k kinds) views() []*ledger.View {
	var list []*ledger.View
	for _, m := range k.modules(nil) {
		list = append(list, m.views...)
	}
	return list
}
