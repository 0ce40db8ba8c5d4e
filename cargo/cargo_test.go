package cargo

import (
	"testing"

	"github.com/guomen/guomen/port"
)

// TestGone: goods are gone when every vehicle that was named has left and no part of the waybill is still to be put on
// one; a declaration is not closed while half of it stands across the line.
func TestGone(t *testing.T) {
	const all = 80 * port.Tonne
	for _, c := range []struct {
		name string
		c    Consignment
		want bool
	}{
		{"declared only", Consignment{}, false},
		{"announced", Consignment{GrossMass: all, Announced: all}, false},
		{"in", Consignment{GrossMass: all, Announced: all, In: all}, false},
		{"left", Consignment{GrossMass: all, Announced: all, In: all, Out: all}, true},
		{"half of it left, half to be announced", Consignment{GrossMass: all, Announced: all / 2, In: all / 2, Out: all / 2}, false},
		{"one of two left", Consignment{GrossMass: all, Announced: all, In: all, Out: all / 2}, false},
		{"left, with a little more than was said", Consignment{GrossMass: all, Announced: all + 1, In: all + 1, Out: all + 1}, true},
		{"all of it in lots", Consignment{Lots: 2}, true},
	} {
		if got := c.c.Gone(); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
