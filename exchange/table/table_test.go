package table

import (
	"strings"
	"testing"

	"github.com/guomen/guomen/exchange"
)

type thing struct {
	name  string
	count int64
	parts []string
}

var thingClass = Class[thing]{
	Text("Name", "name", func(t *thing) *string { return &t.name }),
	Number("Count", "count", func(t *thing) *int64 { return &t.count }),
	Many("Part", "parts", func(t *thing) *[]string { return &t.parts }, Class[string]{Text("ID", "", Self[string])}),
}

func readThing(t *testing.T, body string, lenient bool) (*Reader, thing) {
	t.Helper()
	r, err := NewReader("<Thing>"+body+"</Thing>", func(space string) bool { return space == "" })
	if err != nil {
		t.Fatal(err)
	}
	r.Lenient = lenient
	if _, err := r.XML.Next(); err != nil {
		t.Fatal(err)
	}
	r.Enter()
	var out thing
	if err := thingClass.Read(r, &out); err != nil {
		t.Fatal(err)
	}
	return r, out
}

// TestLenient: an unknown element that is empty is passed over in silence, one that says something is warned of.
func TestLenient(t *testing.T) {
	for body, want := range map[string]int{
		"<Other/>": 0, "<Other> <a/> <b></b></Other>": 0, "<Other><a><b>1</b></a></Other><Name>n</Name>": 1, "<Other x='1'/>": 1, "<Other>1<a><b/></a></Other>": 1,
	} {
		r, out := readThing(t, body+"<Count>3</Count>", true)
		if len(r.Problems) != want || out.count != 3 {
			t.Errorf("%s: got %v and %+v, want %d warnings", body, r.Problems, out, want)
		}
	}
	if r, _ := readThing(t, "<Other/>", false); len(r.Problems) != 1 {
		t.Errorf("got %v, want a warning", r.Problems)
	}
}

// TestManyProblems: a file that is wrong everywhere is read to its end in time linear to its size, and tells no more than
// anybody mends.
func TestManyProblems(t *testing.T) {
	r, _ := readThing(t, strings.Repeat("<Count>x</Count>\n", 300_000), false)
	if last := r.Problems[len(r.Problems)-1]; !r.Failed || len(r.Problems) != exchange.MaxProblems || last.Rule != "exchange.more" {
		t.Errorf("%d problems, the last %+v", len(r.Problems), last)
	}
}
