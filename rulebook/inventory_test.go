package rulebook

import (
	"slices"
	"testing"
)

// TestInventory holds the inventory to the book: it names clauses that there are, every clause stands in it, and a rule
// without a clause says why.
func TestInventory(t *testing.T) {
	named := map[string]bool{}
	for _, found := range Inventory() {
		if found.Section == "" || found.Rule == "" || len(found.Clauses) == 0 && found.Rest == "" {
			t.Errorf("%s %q: neither a clause nor a reason", found.Section, found.Rule)
		}
		for _, name := range found.Clauses {
			named[name] = true
		}
	}
	var known []string
	for _, clause := range mustLoad(t).Clauses() {
		known = append(known, clause.Name)
		if !named[clause.Name] {
			t.Errorf("no rule of the procedures leads to %s", clause.Name)
		}
	}
	for name := range named {
		if !slices.Contains(known, name) {
			t.Errorf("the inventory names %s, which is no clause", name)
		}
	}
}
