package rulebook

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/gate"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/rules"
	"github.com/guomen/guomen/internal/text"
	"github.com/guomen/guomen/movement"
)

var update = flag.Bool("update", false, "write the generated documents anew")

// TestDocs keeps docs/rulebook.md and docs/states.md what the clauses, the inventory and the tables of states make them.
func TestDocs(t *testing.T) {
	for name, want := range map[string]string{"rulebook.md": clausesDocument(mustLoad(t)), "states.md": statesDocument()} {
		file := filepath.Join("..", "docs", name)
		if *update {
			if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(string(got), "\n")); diff != "" {
			t.Errorf("docs/%s is stale; run go test ./rulebook -run Docs -update (-want +got):\n%s", name, diff)
		}
	}
}

// generated is what a generated document says of itself.
const generated = "\nThis page is made from the code and the data by `go test ./rulebook -run Docs -update`; a test keeps it true.\n"

// row is a line of a table.
func row(cells ...string) string {
	for i, cell := range cells {
		cells[i] = strings.ReplaceAll(strings.Join(strings.Fields(cell), " "), "|", `\|`)
	}
	return "| " + strings.Join(cells, " | ") + " |\n"
}

func head(cells ...string) string {
	return "\n" + row(cells...) + strings.Repeat("|---", len(cells)) + "|\n"
}

// clausesDocument lists what became of every rule of the procedures, and every clause.
func clausesDocument(book *rules.Book) string {
	clauses, dry := book.Clauses(), 0
	modes := map[string]string{}
	authorities := map[string][]*rules.Clause{}
	var names []string
	for _, c := range clauses {
		modes[c.Name] = ""
		if c.DryRun {
			dry++
			modes[c.Name] = " (dry run)"
		}
		authority, _, _ := strings.Cut(c.Name, ".")
		if authorities[authority] == nil {
			names = append(names, authority)
		}
		authorities[authority] = append(authorities[authority], c)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# The rulebook 规则\n%s\n%d clauses: %d active, %d in dry run, which judge and change nothing. Package rulebook says how a clause is read.\n",
		generated, len(clauses), len(clauses)-dry, dry)
	inventory := Inventory()
	with := 0
	for _, found := range inventory {
		if len(found.Clauses) > 0 {
			with++
		}
	}
	fmt.Fprintf(&b, "\n## What became of the procedures' rules\n\nOf %d clocks, cross-checks and rules about sites, %d are expressed by clauses. Sections are those of the project's domain facts.\n",
		len(inventory), with)
	b.WriteString(head("section", "rule", "clauses", "the rest, or why there is none"))
	for _, found := range inventory {
		var list []string
		for _, name := range found.Clauses {
			list = append(list, "`"+name+"`"+modes[name])
		}
		b.WriteString(row(found.Section, found.Rule, strings.Join(list, ", "), found.Rest))
	}
	for _, authority := range names {
		fmt.Fprintf(&b, "\n## %s\n", authority)
		b.WriteString(head("clause", "title", "mode", "about", "where", "demands", "citation", "known from", "in force"))
		for _, c := range authorities[authority] {
			mode := "active"
			if c.DryRun {
				mode = "dry run"
			}
			about := c.Subject
			if c.Each != "" {
				about += ", each of " + c.Each
			}
			b.WriteString(row("`"+c.Name+"`", c.Title[string(text.Chinese)]+" · "+c.Title[string(text.English)], mode, about, where(&c.Scope), demandOf(c),
				c.Citation, strings.Join(c.Source.Tags, ", "), days(c)))
		}
	}
	return b.String()
}

func where(s *rules.ClauseScope) string {
	var parts []string
	for _, part := range []struct {
		of    string
		words []string
	}{{"", s.Directions}, {"by ", s.Modes}, {"at ", s.Ports}, {"under ", s.Regimes}, {"goods ", s.Goods}} {
		if len(part.words) > 0 {
			parts = append(parts, part.of+strings.Join(part.words, ", "))
		}
	}
	if len(parts) == 0 {
		return "everywhere"
	}
	return strings.Join(parts, "; ")
}

func demandOf(c *rules.Clause) string {
	switch {
	case c.Requirement != nil:
		return fmt.Sprintf("requirement `%s` of the %s, %s, by %s", c.Requirement.Kind, c.Requirement.Subject, c.Requirement.Owner, c.Requirement.Due)
	case c.Risk != nil:
		return "risk: " + c.Risk.Level
	case c.Deadline != nil:
		span := string(c.Deadline.After)
		switch {
		case c.Deadline.Months > 0:
			span = fmt.Sprintf("%d months", c.Deadline.Months)
		case c.Deadline.Within != "":
			span = "as the port sets it"
		}
		said := fmt.Sprintf("clock `%s`: %s from %s", c.Deadline.Kind, span, c.Deadline.From)
		for _, warn := range c.Deadline.Warn {
			said += ", reminder at " + string(warn)
		}
		return said
	}
	return fmt.Sprintf("problem (%s) at `%s`", c.Problem.Severity, c.Problem.Path)
}

func days(c *rules.Clause) string {
	switch {
	case c.From != "" && c.To != "":
		return c.From + " to " + c.To
	case c.From != "":
		return "from " + c.From
	case c.To != "":
		return "to " + c.To
	}
	return ""
}

// statesDocument lists the states of things and what takes them from one to another.
func statesDocument() string {
	var b strings.Builder
	b.WriteString("# States and transitions 状态\n" + generated + `
A fact takes a thing from one state to another. "–" is what the fact makes, or ends without a trace; facts that leave a state
as it is are not listed. Package gate holds the tables to what happens: nothing else is seen when a port gets whatever comes
in whatever order, and every row is what the folds do with some facts.
`)
	for _, machine := range []struct {
		title, about string
		rows         []ledger.Transition
	}{
		{"Movement 通行", "package movement", movement.Transitions()},
		{"Requirement 事项", "package movement", movement.RequirementTransitions()},
		{"Declaration 报关单", "package declaration; released or not is its requirement's matter", declaration.Transitions()},
		{"Consignment 货物", "package cargo: where it stands in custody", cargo.Transitions()},
		{"Pass 通行证", "package gate: the pass for one gate", gate.PassTransitions()},
	} {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n%s", machine.title, machine.about, head("from", "fact", "to"))
		for _, merged := range together(machine.rows) {
			b.WriteString(row(merged[0], "`"+merged[1]+"`", merged[2]))
		}
	}
	return b.String()
}

// together joins rows of one fact: first those that come from the same state, then those that go to the same states.
func together(transitions []ledger.Transition) [][3]string {
	join := func(rows [][3]string, key func([3]string) [2]string, column int) (joined [][3]string) {
		for _, r := range rows {
			i := slices.IndexFunc(joined, func(known [3]string) bool { return key(known) == key(r) })
			switch {
			case i < 0:
				joined = append(joined, r)
			case !slices.Contains(strings.Split(joined[i][column], ", "), r[column]):
				joined[i][column] += ", " + r[column]
			}
		}
		return joined
	}
	var rows [][3]string
	name := func(state string) string {
		if state == "" {
			return "–"
		}
		return state
	}
	for _, t := range transitions {
		rows = append(rows, [3]string{name(t.From), t.Fact, name(t.To)})
	}
	rows = join(rows, func(r [3]string) [2]string { return [2]string{r[0], r[1]} }, 2)
	return join(rows, func(r [3]string) [2]string { return [2]string{r[1], r[2]} }, 0)
}
