package port

// Result is what a rule or an officer finds on one requirement.
type Result string

// The results. Undecided is what a rule says that lacks a fact: it keeps the requirement open and never means that
// nothing is required. Documents: papers must be shown 单证审核; inspect: the goods must be examined 查验.
const (
	ResultMet       Result = "met"
	ResultUndecided Result = "undecided"
	ResultDocuments Result = "documents"
	ResultInspect   Result = "inspect"
	ResultHeld      Result = "held"
	ResultRefused   Result = "refused"
	ResultWaived    Result = "waived"
)

// Results lists the results, the mildest first; waived, which is an act and no finding, is last.
func Results() []Result {
	return []Result{ResultMet, ResultUndecided, ResultDocuments, ResultInspect, ResultHeld, ResultRefused, ResultWaived}
}

// Valid tells a known result.
func (r Result) Valid() bool {
	switch r {
	case ResultMet, ResultUndecided, ResultDocuments, ResultInspect, ResultHeld, ResultRefused, ResultWaived:
		return true
	}
	return false
}

// severity orders the results. An unknown one ranks as undecided: whoever says what nobody understands has decided
// nothing.
func (r Result) severity() int {
	switch r {
	case ResultMet:
		return 0
	case ResultWaived:
		return 1
	case ResultDocuments:
		return 3
	case ResultInspect:
		return 4
	case ResultHeld:
		return 5
	case ResultRefused:
		return 6
	}
	return 2
}

// Join is the graver of two results: met < undecided < documents < inspect < held < refused. It is commutative,
// associative and idempotent, so rules may run in any order and twice. A waiver is one officer's act on one requirement
// and stands outside that order; where it meets findings all the same it counts as settled and stays visible (met and
// waived give waived), and it never hides a finding that is worse than met. An unknown result joins as undecided.
func Join(a, b Result) Result {
	if a.severity() < b.severity() {
		a = b
	}
	if !a.Valid() {
		return ResultUndecided
	}
	return a
}

// Worst joins results. It asks for at least one, because nothing found is not the same as met.
func Worst(first Result, rest ...Result) Result {
	worst := Join(first, first)
	for _, r := range rest {
		worst = Join(worst, r)
	}
	return worst
}

// State is the state that a result puts its requirement in. Undecided, documents and inspect leave it open, as does
// anything unknown.
func (r Result) State() RequirementState {
	switch r {
	case ResultMet:
		return StateMet
	case ResultHeld:
		return StateHeld
	case ResultRefused:
		return StateRefused
	case ResultWaived:
		return StateWaived
	}
	return StateOpen
}

// TextKey names the result's label in the catalogue.
func (r Result) TextKey() string { return "enum.result." + string(r) }
