package port

import "testing"

// The order is the design's: met < undecided < documents < inspect < held < refused.
func TestJoin(t *testing.T) {
	order := []Result{ResultMet, ResultUndecided, ResultDocuments, ResultInspect, ResultHeld, ResultRefused}
	for i, a := range order {
		for j, b := range order {
			if got, want := Join(a, b), order[max(i, j)]; got != want {
				t.Errorf("%s, %s: got %s, want %s", a, b, got, want)
			}
		}
	}
	tests := []struct{ a, b, want Result }{
		{ResultWaived, ResultMet, ResultWaived},
		{ResultWaived, ResultWaived, ResultWaived},
		{ResultWaived, ResultUndecided, ResultUndecided}, // a waiver hides nothing
		{ResultWaived, ResultRefused, ResultRefused},
		{"", ResultMet, ResultUndecided},
		{"released", ResultWaived, ResultUndecided},
		{"released", ResultHeld, ResultHeld},
		{"", "", ResultUndecided},
	}
	for _, test := range tests {
		if got := Join(test.a, test.b); got != test.want {
			t.Errorf("%q, %q: got %s, want %s", test.a, test.b, got, test.want)
		}
	}
}

func TestJoinIsASemilattice(t *testing.T) {
	all := append(Results(), "", "nonsense")
	for _, a := range all {
		for _, b := range all {
			if Join(a, b) != Join(b, a) {
				t.Errorf("%q, %q: the order matters", a, b)
			}
			if ab := Join(a, b); Join(ab, b) != ab || !ab.Valid() {
				t.Errorf("%q, %q: joining twice matters", a, b)
			}
			for _, c := range all {
				left, right := Join(Join(a, b), c), Join(a, Join(b, c))
				if left != right || Worst(a, b, c) != left {
					t.Errorf("%q, %q, %q: got %s, %s and %s", a, b, c, left, right, Worst(a, b, c))
				}
			}
		}
	}
	if got := Worst(""); got != ResultUndecided {
		t.Errorf("got %s, want undecided", got)
	}
}

func TestResultState(t *testing.T) {
	for result, want := range map[Result]RequirementState{
		ResultMet: StateMet, ResultUndecided: StateOpen, ResultDocuments: StateOpen, ResultInspect: StateOpen,
		ResultHeld: StateHeld, ResultRefused: StateRefused, ResultWaived: StateWaived, "": StateOpen, "x": StateOpen,
	} {
		if got := result.State(); got != want {
			t.Errorf("%q: got %s, want %s", result, got, want)
		}
	}
	for state, want := range map[RequirementState]bool{
		StateOpen: false, StateMet: true, StateWaived: true, StateHeld: false, StateRefused: false, "": false,
	} {
		if got := state.Settled(); got != want {
			t.Errorf("%q: got %v, want %v", state, got, want)
		}
	}
}
