package claim

import (
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// The facts of hold ledgers.
type (
	// Granted: the thing is the claimant's to use. The first one opens the account, with its limit. Grant names this use.
	Granted struct {
		Account port.ID   `json:"account"`
		Key     Key       `json:"key"`
		Grant   port.ID   `json:"grant"`
		To      Claimant  `json:"to"`
		Amount  int64     `json:"amount"`
		Until   port.Time `json:"until,omitempty"` // reserved until then, unless it is used before; absent: until given back
		Terms   Terms     `json:"terms"`
	}

	// Refused: somebody else has it, or not enough of it is left. The claimant is in line from now on. Holder is the
	// ledger of who has it; absent where it is used up.
	Refused struct {
		Account port.ID     `json:"account"`
		Key     Key         `json:"key"`
		To      Claimant    `json:"to"`
		Amount  int64       `json:"amount"`
		Until   port.Time   `json:"until,omitempty"`
		Holder  ledger.Name `json:"holder,omitempty"`
		Reason  string      `json:"reason"` // claimed_elsewhere or claim_exhausted
		Terms   Terms       `json:"terms"`
	}

	// Confirmed: the claimant has used it for good. Of what is counted the amount is drawn; an identifier stays the
	// claimant's until it is given back, and no reservation runs out any more.
	Confirmed struct {
		Account port.ID  `json:"account"`
		Key     Key      `json:"key"`
		By      Claimant `json:"by"`
	}

	// Released: the claimant has given it back, or has left the line.
	Released struct {
		Account port.ID  `json:"account"`
		Key     Key      `json:"key"`
		By      Claimant `json:"by"`
		Reason  string   `json:"reason"` // an [EndReason]
	}

	// Expired: the reservation ran out and its port had not used it up to then.
	Expired struct {
		Account port.ID   `json:"account"`
		Key     Key       `json:"key"`
		By      Claimant  `json:"by"`
		Until   port.Time `json:"until"`
	}

	// Transferred: the claimant was sent to another port, and the thing goes there with it: to who waits for it there, or
	// to the first of that port who will ask.
	Transferred struct {
		Account port.ID  `json:"account"`
		Key     Key      `json:"key"`
		Grant   port.ID  `json:"grant"`
		From    Claimant `json:"from"`
		To      Claimant `json:"to"`
	}

	// FellDue: the time of a reservation is over. Whether it expires is judged when its port has been heard up to now.
	FellDue struct {
		Account port.ID   `json:"account"`
		Key     Key       `json:"key"`
		By      Claimant  `json:"by"`
		Until   port.Time `json:"until"`
	}
)

// FactName is claim.granted.v1.
func (Granted) FactName() string { return "claim.granted.v1" }

// FactName is claim.refused.v1.
func (Refused) FactName() string { return "claim.refused.v1" }

// FactName is claim.confirmed.v1.
func (Confirmed) FactName() string { return "claim.confirmed.v1" }

// FactName is claim.released.v1.
func (Released) FactName() string { return "claim.released.v1" }

// FactName is claim.expired.v1.
func (Expired) FactName() string { return "claim.expired.v1" }

// FactName is claim.transferred.v1.
func (Transferred) FactName() string { return "claim.transferred.v1" }

// FactName is claim.fell_due.v1.
func (FellDue) FactName() string { return "claim.fell_due.v1" }

// The reasons of an answer that holds, with texts "reason.<code>".
const (
	ReasonElsewhere = "claimed_elsewhere" // another port has it, or another vehicle of this one
	ReasonExhausted = "claim_exhausted"   // less is left than is asked for
	ReasonExpired   = "claim_expired"     // it was reserved and not used in time
)

// EndReason is why a claimant needs a thing no longer.
type EndReason string

// The reasons.
const (
	EndLeft       EndReason = "left"
	EndTurnedBack EndReason = "turned_back"
	EndDiverted   EndReason = "diverted"
	EndWithdrawn  EndReason = "withdrawn"
	EndClosed     EndReason = "closed"
	EndChanged    EndReason = "changed"  // a manifest that names it no longer
	EndDeleted    EndReason = "deleted"  // a manifest that was taken back
	EndDetached   EndReason = "detached" // a container that came off
)

// The facts of port ledgers.
type (
	// Answered: hold has said whether a subject of this port may use a thing. Result is the word on this thing, State that
	// on the requirement: met once everything that the subject claims under it is granted, held as long as one is not.
	Answered struct {
		Subject     port.ID              `json:"subject"`
		For         port.ID              `json:"for"`
		SubjectKind port.SubjectKind     `json:"subject_kind"`
		Requirement port.RequirementKind `json:"requirement"`
		Key         Key                  `json:"key"`
		Result      port.Result          `json:"result"`
		State       port.Result          `json:"state"`
		Reason      string               `json:"reason,omitempty"`
		Holder      port.PortID          `json:"holder,omitempty"` // the port that has it
		Hold        ledger.Name          `json:"hold"`
		Seq         uint64               `json:"seq"` // of the fact in hold
	}

	// Ended: a subject needs some of what it claimed no longer, or all of it. To is the port's ledger that a diverted
	// vehicle goes to.
	Ended struct {
		Subject port.ID     `json:"subject"`
		Claims  []Named     `json:"claims"`
		Reason  EndReason   `json:"reason"`
		To      ledger.Name `json:"to,omitempty"`
	}

	// Named is one claim of a subject.
	Named struct {
		Requirement port.RequirementKind `json:"requirement"`
		Key         Key                  `json:"key"`
	}

	// Restated: a subject claims something else under a requirement than it did. State is what the answers on what it
	// claims now say together: met where it claims nothing any more, undecided where hold has still to answer.
	Restated struct {
		Subject     port.ID              `json:"subject"`
		SubjectKind port.SubjectKind     `json:"subject_kind"`
		Requirement port.RequirementKind `json:"requirement"`
		State       port.Result          `json:"state"`
	}

	// Used: a reservation's time is over, and the subject had come before.
	Used struct {
		Subject port.ID `json:"subject"`
		Named
	}

	// Lapsed: a reservation's time is over, and up to this fact the subject has not come. Whoever reads this ledger in
	// order has read everything that the port did before it.
	Lapsed struct {
		Subject port.ID `json:"subject"`
		Named
	}
)

// FactName is claim.answered.v1.
func (Answered) FactName() string { return "claim.answered.v1" }

// FactName is claim.ended.v1.
func (Ended) FactName() string { return "claim.ended.v1" }

// FactName is claim.restated.v1.
func (Restated) FactName() string { return "claim.restated.v1" }

// FactName is claim.used.v1.
func (Used) FactName() string { return "claim.used.v1" }

// FactName is claim.lapsed.v1.
func (Lapsed) FactName() string { return "claim.lapsed.v1" }
