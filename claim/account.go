package claim

import (
	"slices"

	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// ByKey is the kind of look-up from a key to its open account, in the hold ledger of the key.
const ByKey = "claim"

// Expiry is the kind of deadline at which a reservation falls due.
const Expiry = "claim_expiry"

// Terms are how much of a thing there is, and how it is used.
type Terms struct {
	Limit   int64 `json:"limit"`             // in the unit of the thing; 1 for an identifier
	Shared  bool  `json:"shared,omitempty"`  // all claimants of one port use it together, as the vehicles of one batch do
	Counted bool  `json:"counted,omitempty"` // what is used for good is gone, as a permit is after its trip; never of what is shared
}

// Use is one claimant's part of an account, or its place in the line.
type Use struct {
	Claimant
	Grant  port.ID   `json:"grant,omitzero"`
	Amount int64     `json:"amount"`
	Until  port.Time `json:"until,omitempty"`
	Kept   bool      `json:"kept,omitempty"` // confirmed: it does not run out
}

// Account is the record of one thing: who uses it, how much is drawn for good, and who waits.
type Account struct {
	Key     Key   `json:"key"`
	Terms   Terms `json:"terms"`
	Drawn   int64 `json:"drawn,omitempty"`
	Uses    []Use `json:"uses,omitempty"`
	Waiting []Use `json:"waiting,omitempty"`
}

// MaxWaiting bounds the line for one thing. More subjects than that cannot need one container or one permit in good
// faith; who is refused beyond it is told so, and is not called.
const MaxWaiting = 128

// Taken is what is drawn and reserved. Of what is shared the largest use of each port counts for all of that port.
func (a *Account) Taken() int64 {
	total := a.Drawn
	for i := range a.Uses {
		if !a.Terms.Shared {
			total += a.Uses[i].Amount
		} else if slices.IndexFunc(a.Uses, func(u Use) bool { return u.Ledger == a.Uses[i].Ledger }) == i {
			total += a.largest(a.Uses[i].Ledger)
		}
	}
	return total
}

func (a *Account) largest(name ledger.Name) (most int64) {
	for i := range a.Uses {
		if a.Uses[i].Ledger == name {
			most = max(most, a.Uses[i].Amount)
		}
	}
	return most
}

// fits tells whether a claimant may have an amount now: as much is left, with what its port has already for it, by
// sharing or because it was passed on to the port without a name.
func (a *Account) fits(c Claimant, amount int64) bool {
	own := int64(0)
	if i := find(a.Uses, Claimant{Ledger: c.Ledger}); a.Terms.Shared {
		own = a.largest(c.Ledger)
	} else if i >= 0 {
		own = a.Uses[i].Amount
	}
	return amount <= a.Terms.Limit-a.Taken()+own
}

// holder is the ledger of who keeps a claimant from having it; empty where it is used up.
func (a *Account) holder() ledger.Name {
	if len(a.Uses) == 0 {
		return ""
	}
	return a.Uses[0].Ledger
}

func find(list []Use, c Claimant) int {
	return slices.IndexFunc(list, func(u Use) bool { return u.Is(c) })
}

func without(list []Use, c Claimant) []Use {
	return slices.DeleteFunc(slices.Clone(list), func(u Use) bool { return u.Is(c) })
}

// drop takes a claimant out of the account, wherever it stands, and gives the use that it had.
func (a Account) drop(x *ledger.Effects, c Claimant) (Account, Use) {
	var was Use
	if i := find(a.Uses, c); i >= 0 {
		was = a.Uses[i]
		if was.Until != 0 && !was.Kept {
			x.Undeadline(was.Until, was.Grant)
		}
	}
	a.Uses, a.Waiting = without(a.Uses, c), without(a.Waiting, c)
	return a, was
}

// give adds a use. What the claimant's port was given without a name is the claimant's now.
func (a Account) give(x *ledger.Effects, id port.ID, u Use) Account {
	a.Waiting = without(a.Waiting, u.Claimant)
	if i := find(a.Uses, Claimant{Ledger: u.Ledger}); i >= 0 && u.Subject.IsZero() && !a.Terms.Shared {
		u.Amount += a.Uses[i].Amount
	}
	a.Uses = append(without(a.Uses, Claimant{Ledger: u.Ledger}), u)
	if u.Until != 0 && !u.Kept {
		x.Deadline(u.Until, u.Grant, Expiry, id)
	}
	return a
}

// open makes the account known under its key with the first fact of it.
func (a Account) open(x *ledger.Effects, id port.ID, key Key, terms Terms) Account {
	if a.Key == "" {
		a.Key, a.Terms = key, terms
		x.Index(ByKey, string(key), id)
	}
	return a
}

// close takes an account out of the look-up when it is as if it had never been.
func (a Account) close(x *ledger.Effects) Account {
	if len(a.Uses) == 0 && len(a.Waiting) == 0 && a.Drawn == 0 {
		x.Unindex(ByKey, string(a.Key))
	}
	return a
}

// Accounts is the kind of record.
func Accounts() *ledger.Kind[Account] {
	k := ledger.NewKind[Account]("account", 1)
	ledger.On(k, func(b Granted) port.ID { return b.Account }, func(x *ledger.Effects, a Account, _ *ledger.Fact, b Granted) Account {
		return a.open(x, b.Account, b.Key, b.Terms).give(x, b.Account, Use{Claimant: b.To, Grant: b.Grant, Amount: b.Amount, Until: b.Until})
	})
	ledger.On(k, func(b Refused) port.ID { return b.Account }, func(x *ledger.Effects, a Account, _ *ledger.Fact, b Refused) Account {
		a = a.open(x, b.Account, b.Key, b.Terms)
		if len(a.Waiting) < MaxWaiting {
			a.Waiting = append(slices.Clone(a.Waiting), Use{Claimant: b.To, Amount: b.Amount, Until: b.Until})
		}
		return a
	})
	ledger.On(k, func(b Confirmed) port.ID { return b.Account }, func(x *ledger.Effects, a Account, _ *ledger.Fact, b Confirmed) Account {
		a, was := a.drop(x, b.By)
		if a.Terms.Counted {
			a.Drawn += was.Amount
			return a
		}
		was.Kept = true
		return a.give(x, b.Account, was)
	})
	ledger.On(k, func(b Released) port.ID { return b.Account }, func(x *ledger.Effects, a Account, _ *ledger.Fact, b Released) Account {
		a, _ = a.drop(x, b.By)
		return a.close(x)
	})
	ledger.On(k, func(b Expired) port.ID { return b.Account }, func(x *ledger.Effects, a Account, _ *ledger.Fact, b Expired) Account {
		a, _ = a.drop(x, b.By)
		return a.close(x)
	})
	ledger.On(k, func(b Transferred) port.ID { return b.Account }, func(x *ledger.Effects, a Account, _ *ledger.Fact, b Transferred) Account {
		a, was := a.drop(x, b.From)
		return a.give(x, b.Account, Use{Claimant: b.To, Grant: b.Grant, Amount: was.Amount})
	})
	return k
}
