package cargo

import (
	"slices"

	"github.com/guomen/guomen/internal/ledger"
)

// Custody says where a consignment stands, as its account has it.
type Custody string

// The kinds of custody.
const (
	CustodyAwaited Custody = "awaited" // announced, nothing of it under control yet
	CustodyHere    Custody = "here"    // some of it lies in custody
	CustodyOut     Custody = "out"     // what came in has left; more is to come
	CustodyGone    Custody = "gone"    // all of it has left
)

// Custody is where the consignment stands.
func (c *Consignment) Custody() Custody {
	switch {
	case c.Gone():
		return CustodyGone
	case c.OnHand() > 0:
		return CustodyHere
	case c.Out > 0:
		return CustodyOut
	}
	return CustodyAwaited
}

// Transitions are where a consignment stands and what takes it from there. What is counted more or less than announced
// may move it too.
func Transitions() []ledger.Transition {
	awaited, here, out, gone := string(CustodyAwaited), string(CustodyHere), string(CustodyOut), string(CustodyGone)
	return slices.Concat(
		ledger.Transitions(Consigned{}.FactName(), []string{""}, []string{awaited}),
		ledger.Transitions(Consigned{}.FactName(), []string{gone}, []string{out, here}), // a further vehicle is named for it
		ledger.Transitions(Split{}.FactName(), []string{""}, []string{here}),
		ledger.Transitions(Split{}.FactName(), []string{here}, []string{out, gone, awaited}), // the last part became a lot of its own
		ledger.Transitions(Entered{}.FactName(), []string{awaited, out}, []string{here}),
		ledger.Transitions(TakenOut{}.FactName(), []string{here}, []string{out, gone}),
		ledger.Transitions(Returned{}.FactName(), []string{here}, []string{awaited, out, gone}),
		ledger.Transitions(Returned{}.FactName(), []string{out}, []string{gone}),
		ledger.Transitions(Removed{}.FactName(), []string{out}, []string{gone}),
		ledger.Transitions(Received{}.FactName(), []string{""}, []string{awaited}),
		ledger.Transitions(Forwarded{}.FactName(), []string{out}, []string{gone}), // the rest of it comes elsewhere
		ledger.Transitions(Adjusted{}.FactName(), []string{here}, []string{out, gone}),
	)
}
