package movementweb

import (
	"context"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/movement/board"
	"github.com/guomen/guomen/port"
)

// DiversionInput sends a movement that has not come to another port.
type DiversionInput struct {
	ID   string `path:"id"`
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body DiversionBody
}

// DiversionBody is where to, and why.
type DiversionBody struct {
	To     port.PortID `json:"to" maxLength:"100"`
	Reason string      `json:"reason" maxLength:"1000"`
}

// divert sends a movement to another port, as an officer of its port or as the carrier who announced it.
func (d *Desk) divert(ctx context.Context, in *DiversionInput) (ledger.Receipt, error) {
	id, err := port.ParseID(in.ID)
	name, ok := d.Engine.NameOf(id)
	by := identity.From(ctx)
	if err != nil || !ok || board.OfPort(name) == "" || !by.ActsAt(board.OfPort(name)) {
		return ledger.Receipt{}, errs.New(errs.Missing, "movement.unknown", "movement %q", in.ID)
	}
	if _, ok := d.Registry().Port(in.Body.To); !ok {
		return ledger.Receipt{}, errs.Bad([]errs.Problem{errs.At("to", "port.unknown", string(in.Body.To))})
	}
	return d.submit(ctx, name, in.Key, by, 0, []any{in.ID, in.Body}, movement.Divert{
		Movements: d.Kinds.Movements, Movement: id, To: in.Body.To, Reason: in.Body.Reason, Officer: by.SeesAll(board.OfPort(name)),
	})
}

// ledgerOf is the ledger in which a principal acts on a subject: his own port's where the subject has come there from
// another under its id, else the one that it was born in; empty where there is none.
func (d *Desk) ledgerOf(ctx context.Context, subject port.ID) (ledger.Name, error) {
	name, _ := d.Engine.NameOf(subject)
	by := identity.From(ctx)
	if own := ledger.Name("port:" + string(by.Port)); by.Port != "" && own != name {
		_, ok, err := ledger.ReadIn(ctx, d.Engine, own, d.Kinds.Checklists, subject)
		if err != nil {
			return "", err
		}
		if ok {
			return own, nil
		}
	}
	return name, nil
}
