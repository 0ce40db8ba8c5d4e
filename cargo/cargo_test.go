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
		{"announced", Consignment{GrossMass: all, Announced: all, Movements: 1}, false},
		{"left", Consignment{GrossMass: all, Announced: all, Movements: 1, Left: 1}, true},
		{"half of it left, half to be announced", Consignment{GrossMass: all, Announced: all / 2, Movements: 1, Left: 1}, false},
		{"one of two left", Consignment{GrossMass: all, Announced: all, Movements: 2, Left: 1}, false},
		{"both left, with a little more than was said", Consignment{GrossMass: all, Announced: all + 1, Movements: 2, Left: 2}, true},
	} {
		if got := c.c.Gone(); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
