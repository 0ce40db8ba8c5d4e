package main

import (
	"github.com/guomen/guomen/cargo"
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
	declarations *ledger.Kind[declaration.Record]
	rules        *ledger.Kind[rulebook.Record]
}

func newKinds() kinds {
	return kinds{
		Kinds: gate.Kinds{
			Movements: movement.Movements(), Checklists: movement.Checklists(), Consignments: cargo.Consignments(), Passes: gate.PassKind(),
		},
		declarations: declaration.Declarations(),
		rules:        rulebook.Records(),
	}
}

func (k kinds) modules() []module {
	return []module{
		{name: "registry", facts: registryFacts()},
		{name: "identity", facts: identity.Facts()},
		{name: "rulebook", facts: rulebook.Facts(), kinds: []ledger.AnyKind{k.rules}},
		{name: "manifest", facts: manifest.Facts()},
		{name: "declaration", facts: declaration.Facts(), kinds: []ledger.AnyKind{k.declarations}},
		{name: "cargo", facts: cargo.Facts(), kinds: []ledger.AnyKind{k.Consignments}},
		{name: "movement", facts: movement.Facts(), kinds: []ledger.AnyKind{k.Movements, k.Checklists}, views: []*ledger.View{board.View()}},
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
func (k kinds) schema() (*ledger.Schema, error) {
	var facts []ledger.Body
	var records []ledger.AnyKind
	reactions := map[string][]ledger.Reaction{}
	for _, m := range k.modules() {
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
	for _, m := range k.modules() {
		list = append(list, m.views...)
	}
	return list
}
