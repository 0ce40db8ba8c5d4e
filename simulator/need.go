package simulator

import (
	"slices"

	"github.com/guomen/guomen/port"
)

// need is one requirement.
type need struct {
	subject     port.ID
	subjectKind port.SubjectKind
	kind        port.RequirementKind
	owner       port.Owner
	due         port.DuePoint
	source      port.Source
	state       port.RequirementState
	result      port.Result
	round       int         // how often something was said of it; an officer's intention is for one round
	taken       int         // the round for which an officer has formed an intention
	meant       port.Result // the verdict that an officer here has sent, until it is heard
	theirs      bool        // somebody else has decided, whose word it is to take back
}

// kindInspection is the requirement that an order to examine opens. 查验
const kindInspection port.RequirementKind = "inspection"

// keepsShut tells whether the requirement keeps a gate shut: it is due there or before, and neither met nor waived. What
// leaves custody leaves it with the vehicle on the road; what is due later than the crossing keeps no gate shut.
func (n *need) keepsShut(at port.DuePoint) bool {
	due := n.due
	if due == port.DueCustodyExit {
		due = port.DueExitGate
	}
	points := port.DuePoints()
	return due != port.DueLater && slices.Index(points, due) <= slices.Index(points, at) && !n.state.Settled()
}

func find(needs []*need, kind port.RequirementKind) *need {
	for _, n := range needs {
		if n.kind == kind {
			return n
		}
	}
	return nil
}

// demand adds what is required and not there yet.
func demand(needs []*need, subject port.ID, kind port.SubjectKind, demands []port.Demand) []*need {
	for i := range demands {
		x := &demands[i]
		if x.Subject == kind && find(needs, x.Kind) == nil {
			needs = append(needs, &need{
				subject: subject, subjectKind: kind, kind: x.Kind, owner: x.Owner, due: x.Due, source: x.Source, state: port.StateOpen, round: 1,
			})
		}
	}
	return needs
}

func say(n *need, result port.Result) {
	if n != nil {
		n.state, n.result, n.round = result.State(), result, n.round+1
	}
}

func reopen(n *need) {
	if n != nil && (n.state != port.StateOpen || n.result != "") {
		n.state, n.result, n.round, n.theirs = port.StateOpen, "", n.round+1, false
	}
}
