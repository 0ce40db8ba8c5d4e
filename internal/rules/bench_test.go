package rules

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
)

// benchConditions are of the size that the law's clauses have.
var benchConditions = []struct{ name, text string }{
	{"simple", `has(doc.owner.id) && doc.owner.id != "x" && doc.gross >= 0.5`},
	{"text", `!prefix(doc.name, "91") || doc.name.matches("^[0-9A-Z]{18}$")`},
	{"loop5", `doc.parts.all(p, p.net <= p.mass)`},
}

func benchDocument() *sample {
	return &sample{Name: "91150000MA0000000X", Gross: 2_000_000, Owner: paper{ID: "abc"}, Parts: []part{
		{Net: 1, Mass: 2}, {Net: 1, Mass: 2}, {Net: 1, Mass: 2}, {Net: 1, Mass: 2}, {Net: 1, Mass: 2},
	}}
}

// BenchmarkClause compares one condition as closures with the same one in cel-go, plain and optimised.
func BenchmarkClause(b *testing.B) {
	for _, condition := range benchConditions {
		b.Run("closures/"+condition.name, func(b *testing.B) {
			book := mustCompile(b, map[string][]byte{"a/x.yaml": clauseFile("a.x",
				fmt.Sprintf("mode: active\nsubject: doc\nwhen: |\n  %s\ndemands: {risk: {level: inspect}}\n", condition.text))})
			c, f, doc := book.clauses[0], book.newFrame(), benchDocument()
			f.slots[rootSlot] = slot{reflect.ValueOf(doc).UnsafePointer(), book.subjects["doc"].root}
			b.ReportAllocs()
			for b.Loop() {
				f.steps = 0
				if holds, told := c.when(f); !holds || !told {
					b.Fatal("the condition holds")
				}
			}
		})
	}
	schema := testSchema()
	for _, options := range []struct {
		name    string
		options []cel.ProgramOption
	}{{"cel", nil}, {"cel-optimised", []cel.ProgramOption{cel.EvalOptions(cel.OptOptimize)}}} {
		for _, condition := range benchConditions {
			b.Run(options.name+"/"+condition.name, func(b *testing.B) {
				oracle := newOracle(b, schema, map[string]*typ{"doc": schema.subjects["doc"].root, "now": timeCell})
				checked, issues := oracle.env.Compile(condition.text)
				if issues.Err() != nil {
					b.Fatal(issues.Err())
				}
				program, err := oracle.env.Program(checked, options.options...)
				if err != nil {
					b.Fatal(err)
				}
				v := reflect.ValueOf(benchDocument()).Elem()
				input := map[string]any{"doc": object{v, schema.subjects["doc"].root}, "now": types.Timestamp{Time: time.Now()}}
				b.ReportAllocs()
				for b.Loop() {
					if value, _, err := program.Eval(input); err != nil || value != types.True {
						b.Fatal("the condition holds")
					}
				}
			})
		}
	}
}

// TestNoAllocation keeps the common path of a judgement, where no clause finds anything, free of garbage.
func TestNoAllocation(t *testing.T) {
	files := map[string][]byte{}
	for i, condition := range benchConditions {
		name := fmt.Sprintf("x%d", i)
		files["a/"+name+".yaml"] = clauseFile("a."+name,
			fmt.Sprintf("mode: active\nsubject: doc\nwhen: |\n  !(%s)\ndemands: {risk: {level: inspect}}\n", condition.text))
	}
	book, doc := mustCompile(t, files), benchDocument()
	scope := Scope{Port: "p", Mode: "road", Direction: "import", At: time.Now()}
	allocations := testing.AllocsPerRun(100, func() {
		if got := book.Judge("doc", scope, doc); got.Ran != len(files) || len(got.Risks) != 0 {
			t.Fatalf("%+v", got)
		}
	})
	if allocations > 0 {
		t.Errorf("%v allocations in a judgement that finds nothing", allocations)
	}
}
