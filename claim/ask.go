package claim

import (
	"slices"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// Ask is a claimant's question to hold. Terms count where it is the first one about the thing.
type Ask struct {
	Accounts *ledger.Kind[Account]
	Key      Key
	By       Claimant
	Amount   int64
	Until    port.Time
	Terms    Terms
}

// Prefetch asks for the account.
func (a Ask) Prefetch(want *ledger.Wants) { want.Lookup(ByKey, string(a.Key)) }

// Decide records claim.granted.v1 or claim.refused.v1. Who has it already, or is in line, is told nothing new.
func (a Ask) Decide(tx *ledger.Tx) error {
	if a.Amount < 1 || a.Terms.Limit < 1 || a.Terms.Shared && a.Terms.Counted || a.By.Subject.IsZero() {
		return errs.New(errs.Broken, "", "%s asks for %d of %d of %s", a.By.Ledger, a.Amount, a.Terms.Limit, a.Key)
	}
	id, account, err := load(tx, a.Accounts, a.Key)
	if err != nil {
		return err
	}
	if account == nil {
		id, account = tx.NewID(), &Account{Key: a.Key, Terms: a.Terms}
	}
	tx.Subject(id)
	switch {
	case find(account.Uses, a.By) >= 0 || find(account.Waiting, a.By) >= 0:
		return nil
	case account.fits(a.By, a.Amount):
		return tx.Record(Granted{Account: id, Key: a.Key, Grant: tx.NewID(), To: a.By, Amount: a.Amount, Until: a.Until, Terms: account.Terms})
	}
	refused := Refused{Account: id, Key: a.Key, To: a.By, Amount: a.Amount, Until: a.Until, Holder: account.holder(), Reason: ReasonElsewhere, Terms: account.Terms}
	if refused.Holder == "" || account.Terms.Limit > 1 {
		refused.Reason = ReasonExhausted
	}
	return tx.Record(refused)
}

// load finds an open account by its key; nil where there is none.
func load(tx *ledger.Tx, kind *ledger.Kind[Account], key Key) (port.ID, *Account, error) {
	id, err := tx.Lookup(ByKey, string(key))
	if err != nil || id.IsZero() {
		return id, nil, err
	}
	account, ok, err := kind.Get(tx, id)
	if err != nil || !ok {
		return id, nil, err
	}
	return id, account, nil
}

// Settlement is how a claimant is done with a thing.
type Settlement string

// The settlements. Expire is judged by hold: what was confirmed meanwhile, or has no end, does not expire.
const (
	Release  Settlement = "release"
	Confirm  Settlement = "confirm"
	Transfer Settlement = "transfer"
	Expire   Settlement = "expire"
)

// Settle says that a claimant is done with a thing. What becomes free goes to who waits, in the order of asking.
type Settle struct {
	Accounts *ledger.Kind[Account]
	Key      Key
	By       Claimant
	How      Settlement
	To       ledger.Name // of a transfer
	Reason   EndReason
}

// Prefetch asks for the account.
func (s Settle) Prefetch(want *ledger.Wants) { want.Lookup(ByKey, string(s.Key)) }

// Decide records what becomes of the claim, and claim.granted.v1 for each who waited and can have it now. A claimant that
// holds nothing and waits for nothing changes nothing.
func (s Settle) Decide(tx *ledger.Tx) error {
	id, account, err := load(tx, s.Accounts, s.Key)
	if err != nil || account == nil {
		return err
	}
	tx.Subject(id)
	use := find(account.Uses, s.By)
	switch {
	case use < 0 && find(account.Waiting, s.By) < 0:
		return nil
	case use < 0 && s.How == Expire:
		return nil
	case use < 0: // it went without, by an officer's order: nothing was drawn
		return tx.Record(Released{Account: id, Key: s.Key, By: s.By, Reason: string(s.Reason)})
	}
	switch had := &account.Uses[use]; s.How {
	case Confirm:
		if had.Kept {
			return nil
		}
		return tx.Record(Confirmed{Account: id, Key: s.Key, By: s.By})
	case Expire:
		if had.Kept || had.Until == 0 {
			return nil
		}
		err = tx.Record(Expired{Account: id, Key: s.Key, By: s.By, Until: had.Until})
	case Transfer:
		if s.alone(account) {
			err = tx.Record(Transferred{Account: id, Key: s.Key, Grant: tx.NewID(), From: s.By, To: s.heir(account)})
			break
		}
		fallthrough
	default:
		err = tx.Record(Released{Account: id, Key: s.Key, By: s.By, Reason: string(s.Reason)})
	}
	if err != nil {
		return err
	}
	return s.admit(tx, id)
}

// alone tells whether no other claimant of the same port uses it: what a port shares goes on with the last of them.
func (s Settle) alone(a *Account) bool {
	return !a.Terms.Shared || !slices.ContainsFunc(a.Uses, func(u Use) bool { return u.Ledger == s.By.Ledger && !u.Is(s.By) })
}

// heir is who gets what is transferred: the first of the other port in line, else the port.
func (s Settle) heir(a *Account) Claimant {
	for i := range a.Waiting {
		if a.Waiting[i].Ledger == s.To {
			return a.Waiting[i].Claimant
		}
	}
	return Claimant{Ledger: s.To}
}

// admit grants to those in line what has become free.
func (s Settle) admit(tx *ledger.Tx, id port.ID) error {
	account, ok, err := s.Accounts.Get(tx, id)
	for i := 0; err == nil && ok && i < len(account.Waiting); {
		next := account.Waiting[i]
		if !account.fits(next.Claimant, next.Amount) {
			i++
			continue
		}
		if err = tx.Record(Granted{Account: id, Key: s.Key, Grant: tx.NewID(), To: next.Claimant, Amount: next.Amount, Until: next.Until, Terms: account.Terms}); err == nil {
			account, ok, err = s.Accounts.Get(tx, id) // without the one that was granted, so i is the next
		}
	}
	return err
}

// Reactions are what hold does of itself: a reservation whose time is over asks its port whether it was used.
//
// An expiry is judged only once the follower that carries confirmations has passed the time of the expiry. Nobody asks
// for a cursor: the question goes to the port's ledger ([FellDue]) and is recorded there ([Lapsed]) behind everything the
// port did until then, and the answer comes back through that very follower, in order. Whatever was confirmed before is
// therefore carried before, however late the follower is.
func Reactions(accounts *ledger.Kind[Account]) map[string][]ledger.Reaction {
	return map[string][]ledger.Reaction{ledger.DeadlinePassed{}.FactName(): {func(tx *ledger.Tx, f ledger.Fact) error {
		passed := f.Body.(ledger.DeadlinePassed)
		if passed.Kind != Expiry {
			return nil
		}
		account, ok, err := accounts.Get(tx, passed.Subject)
		if err != nil || !ok {
			return err
		}
		for i := range account.Uses {
			if u := &account.Uses[i]; u.Grant == passed.Deadline {
				return tx.Record(FellDue{Account: passed.Subject, Key: account.Key, By: u.Claimant, Until: u.Until})
			}
		}
		return nil
	}}}
}
