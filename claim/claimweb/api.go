// Package claimweb is what officers ask about things that only one port may use at a time: who has a batch number, a
// container or a permit, and who waits for it.
package claimweb

import (
	"context"

	"github.com/guomen/guomen/claim"
	"github.com/guomen/guomen/internal/api"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// Desk answers from the hold ledgers.
type Desk struct {
	Engine   *ledger.Engine
	Accounts *ledger.Kind[claim.Account]
}

// Routes adds the routes of claims.
func (d *Desk) Routes(a *api.API) {
	api.Get(a, "/v1/claims", "Who uses what only one may 占用", d.one)
}

// Query names a thing.
type Query struct {
	Key string `query:"key" maxLength:"512" doc:"KIND|NUMBER: batch|1500000000001, container|CSQU3054383, declaration|…, permit|NUMBER|DIRECTION"`
}

// Claim is a thing as hold has it now. Nobody uses what has no uses, and is free for whoever asks.
type Claim struct {
	Key     claim.Key   `json:"key"`
	Ledger  ledger.Name `json:"ledger"`
	Limit   int64       `json:"limit,omitempty"`
	Drawn   int64       `json:"drawn,omitempty"` // used for good
	Uses    []Use       `json:"uses"`
	Waiting []Use       `json:"waiting"` // in the order of asking
}

// Use is one claimant. Its subject is named to those who see all that happens at its port.
type Use struct {
	Port      port.PortID `json:"port"`
	Subject   port.ID     `json:"subject,omitzero"` // movement or declaration; absent where its port has it for the first who asks
	Amount    int64       `json:"amount"`
	Until     port.Time   `json:"until,omitempty"` // reserved until
	Confirmed bool        `json:"confirmed,omitempty"`
}

func (d *Desk) one(ctx context.Context, q *Query) (Claim, error) {
	key := claim.Key(q.Key)
	if key.Kind() == "" || string(key) == key.Kind() {
		return Claim{}, errs.Bad([]errs.Problem{errs.At("key", "claim.key_missing")})
	}
	found := Claim{Key: key, Ledger: key.Ledger(), Uses: []Use{}, Waiting: []Use{}}
	id, err := d.Engine.Find(ctx, found.Ledger, claim.ByKey, q.Key)
	if err != nil || id.IsZero() {
		return found, err
	}
	account, ok, err := ledger.ReadIn(ctx, d.Engine, found.Ledger, d.Accounts, id)
	if err != nil || !ok {
		return found, err
	}
	by := identity.From(ctx)
	found.Limit, found.Drawn = account.Terms.Limit, account.Drawn
	found.Uses, found.Waiting = shown(by, account.Uses), shown(by, account.Waiting)
	return found, nil
}

func shown(by identity.Principal, list []claim.Use) []Use {
	uses := make([]Use, len(list))
	for i, u := range list {
		uses[i] = Use{Port: u.Port(), Amount: u.Amount, Until: u.Until, Confirmed: u.Kept}
		if by.SeesAll(u.Port()) {
			uses[i].Subject = u.Subject
		}
	}
	return uses
}
