// Package claim is what several ports would use at once and only one may: a batch number that names one crossing of the
// whole region (货物运输批次号), a container that is on its way, a declaration's number, a permit that is good for one
// round trip, and any quantity with a limit that ports draw down together (额度).
//
// No transaction spans two ledgers. Whoever may use such a thing is decided in the ledger of the thing, one of sixteen
// hold ledgers by the hash of its key, so the order in which ports ask there is the only order there is. A port's
// document asks (a follower carries the question), hold answers (another carries the answer back), and in between the
// requirement that the rulebook made of it stays open on the port's own checklist. Nothing here opens a gate before hold
// has spoken, and a gate needs no answer from hold at the moment when a vehicle stands before it.
//
// Always: what is drawn and reserved of an account never exceeds its limit; who was told no is in line, and gets it when
// it becomes free, in the order of asking; the same command again changes nothing. Identifiers are accounts with a limit
// of one, not a mechanism of their own. An account that nobody uses leaves the look-up: history is in the facts.
package claim

import (
	"fmt"
	"hash/fnv"
	"strings"

	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// Ledgers is how many hold ledgers there are. The hash of a key chooses one, so the number can never change.
const Ledgers = 16

// LedgerName is the n-th hold ledger.
func LedgerName(n int) ledger.Name { return ledger.Name(fmt.Sprintf("hold:%02d", n)) }

// Key names a thing that is claimed: its kind, a bar, and its number, such as batch|1500000000001.
type Key string

// NewKey names a thing of a kind.
func NewKey(kind, number string) Key { return Key(kind + "|" + number) }

// Kind is the part of a key before the bar.
func (k Key) Kind() string {
	kind, _, _ := strings.Cut(string(k), "|")
	return kind
}

// Ledger is the hold ledger that decides about the thing.
func (k Key) Ledger() ledger.Name {
	h := fnv.New32a()
	h.Write([]byte(k))
	return LedgerName(int(h.Sum32() % Ledgers))
}

// Claimant is who would use a thing: a movement or a declaration in the ledger of its port. For is the subject of the
// requirement that waits for the answer. A claimant without a subject is a port that the thing was passed on to and where
// nobody has asked for it yet.
type Claimant struct {
	Ledger      ledger.Name          `json:"ledger"`
	Subject     port.ID              `json:"subject,omitzero"`
	Requirement port.RequirementKind `json:"requirement,omitempty"`
}

// Is tells the same claimant.
func (c Claimant) Is(other Claimant) bool {
	return c.Ledger == other.Ledger && c.Subject == other.Subject
}

// Port is the claimant's port; empty where its ledger is not one of a port.
func (c Claimant) Port() port.PortID {
	id, ok := strings.CutPrefix(string(c.Ledger), "port:")
	if !ok {
		return ""
	}
	return port.PortID(id)
}

// Facts are one zero value of each fact of this package.
func Facts() []ledger.Body {
	return []ledger.Body{Granted{}, Refused{}, Confirmed{}, Released{}, Expired{}, Transferred{}, FellDue{}, Answered{}, Ended{}, Restated{}, Used{}, Lapsed{}}
}
