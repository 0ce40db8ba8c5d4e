package movementweb

import (
	"context"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/internal/api"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/movement/board"
	"github.com/guomen/guomen/port"
)

// handling adds the routes of what is done to a conveyance and its goods between the gates.
func (d *Desk) handling(a *api.API) {
	api.Post(a, "/v1/movements/{id}/orders", "Ask for something beyond the law's demands 布控", d.order)
	api.Post(a, "/v1/requirements/{id}/deferral", "Let go on conditions 附条件提离", d.deferral)
	api.Post(a, "/v1/movements/{id}/detachments", "Take something off a conveyance 卸货、甩挂", d.detach)
	api.Post(a, "/v1/movements/{id}/attachments", "Put equipment on a conveyance 挂接", d.attach)
	api.Post(a, "/v1/consignments/{id}/stocktaking", "Say what lies in custody 盘点", d.stocktaking)
}

// place finds the ledger of something that an officer may act on; to others it does not exist.
func (d *Desk) place(ctx context.Context, id port.ID, unknown error) (ledger.Name, identity.Principal, error) {
	by := identity.From(ctx)
	name, err := d.ledgerOf(ctx, id)
	if err != nil {
		return "", by, err
	}
	if board.PortOf(name) == "" || !by.ActsAt(board.PortOf(name)) {
		return "", by, unknown
	}
	return name, by, nil
}

// handle gives an officer's command about a movement or a consignment that the path names.
func (d *Desk) handle(ctx context.Context, text, key, unknown string, body any, do func(id port.ID, by identity.Principal, at port.PortID) ledger.Decision) (ledger.Receipt, error) {
	missing := errs.New(errs.Missing, unknown, "%q", text)
	id, err := port.ParseID(text)
	if err != nil {
		return ledger.Receipt{}, missing
	}
	name, by, err := d.place(ctx, id, missing)
	if err != nil {
		return ledger.Receipt{}, err
	}
	return d.submit(ctx, name, key, by, 0, []any{text, body}, do(id, by, board.PortOf(name)))
}

// Handled is the path and key of a command about one thing.
type Handled struct {
	ID  string `path:"id"`
	Key string `header:"Idempotency-Key" maxLength:"200"`
}

// OrderInput asks for something of a movement, or of something that it carries.
type OrderInput struct {
	Handled
	Body OrderBody
}

// OrderBody is what is asked for. The owner is the function of who asks, at this port.
type OrderBody struct {
	Subject port.ID              `json:"subject,omitzero" doc:"of the goods, equipment or person aboard; empty: the movement itself"`
	Kind    port.RequirementKind `json:"kind" required:"true" maxLength:"64"`
	Due     port.DuePoint        `json:"due" required:"true" enum:"entry_gate,inspection,exit_gate,custody_exit"`
	Reason  string               `json:"reason" required:"true" maxLength:"200"`
	Note    string               `json:"note,omitempty" maxLength:"2000"`
}

func (d *Desk) order(ctx context.Context, in *OrderInput) (ledger.Receipt, error) {
	b := in.Body
	return d.handle(ctx, in.ID, in.Key, "movement.unknown", b, func(id port.ID, by identity.Principal, at port.PortID) ledger.Decision {
		demand := port.Demand{Kind: b.Kind, Due: b.Due, Source: port.Here, Rules: []string{"guomen.ordered"}}
		if functions := by.Role.Functions(); len(functions) > 0 {
			demand.Owner = port.Owner{Function: functions[0], Organisation: by.Organisation}
		}
		subject := b.Subject
		if subject.IsZero() {
			subject = id
		}
		return movement.Order{Movements: d.Kinds.Movements, Movement: id, Subject: subject, Demand: demand, Reason: b.Reason, Note: b.Note}
	})
}

// DeferralInput lets a requirement's subject go on before it is settled.
type DeferralInput struct {
	Handled
	Body DeferralBody
}

// DeferralBody says until when, on what conditions, and by which law.
type DeferralBody struct {
	Until      port.Time `json:"until" required:"true"`
	Conditions string    `json:"conditions" required:"true" maxLength:"200"`
	Law        string    `json:"law" required:"true" maxLength:"500"`
}

func (d *Desk) deferral(ctx context.Context, in *DeferralInput) (ledger.Receipt, error) {
	subject, kind, err := movement.ParseRequirementID(in.ID)
	if err != nil {
		return ledger.Receipt{}, err
	}
	name, by, err := d.place(ctx, subject, errs.New(errs.Missing, "requirement.unknown", "requirement %q", in.ID))
	if err != nil {
		return ledger.Receipt{}, err
	}
	return d.submit(ctx, name, in.Key, by, 0, []any{in.ID, in.Body}, movement.Defer{
		Checklists: d.Kinds.Checklists, Subject: subject, Kind: kind, Until: in.Body.Until, Conditions: in.Body.Conditions, Law: in.Body.Law,
		Functions: by.Role.Functions(),
	})
}

// DetachInput takes something off a conveyance.
type DetachInput struct {
	Handled
	Body DetachBody
}

// DetachBody says what comes off.
type DetachBody struct {
	Subject port.ID        `json:"subject" required:"true" doc:"of equipment, goods or a person aboard; the movement's own id: all its goods"`
	Mass    port.Kilograms `json:"mass,omitempty" doc:"of goods, in kilograms; left out: all of them"`
	Reason  string         `json:"reason" required:"true" maxLength:"200"`
}

func (d *Desk) detach(ctx context.Context, in *DetachInput) (ledger.Receipt, error) {
	return d.handle(ctx, in.ID, in.Key, "movement.unknown", in.Body, func(id port.ID, _ identity.Principal, _ port.PortID) ledger.Decision {
		return movement.Detach{Movements: d.Kinds.Movements, Movement: id, Subject: in.Body.Subject, Mass: in.Body.Mass, Reason: in.Body.Reason}
	})
}

// AttachInput puts equipment that stands in custody on a conveyance.
type AttachInput struct {
	Handled
	Body AttachBody
}

// AttachBody names the equipment.
type AttachBody struct {
	Unit port.ID `json:"unit" required:"true"`
}

func (d *Desk) attach(ctx context.Context, in *AttachInput) (ledger.Receipt, error) {
	return d.handle(ctx, in.ID, in.Key, "movement.unknown", in.Body, func(id port.ID, _ identity.Principal, _ port.PortID) ledger.Decision {
		return movement.Attach{Movements: d.Kinds.Movements, Units: d.Kinds.Units, Consignments: d.Kinds.Consignments, Movement: id, Unit: in.Body.Unit}
	})
}

// StocktakingInput says what lies in custody of a consignment.
type StocktakingInput struct {
	Handled
	Body StocktakingBody
}

// StocktakingBody is what was found, and why it differs from the account.
type StocktakingBody struct {
	Found  port.Kilograms `json:"found" required:"true" doc:"in kilograms"`
	Reason string         `json:"reason" required:"true" maxLength:"200"`
}

func (d *Desk) stocktaking(ctx context.Context, in *StocktakingInput) (ledger.Receipt, error) {
	return d.handle(ctx, in.ID, in.Key, "cargo.unknown", in.Body, func(id port.ID, _ identity.Principal, _ port.PortID) ledger.Decision {
		return cargo.Adjust{Consignments: d.Kinds.Consignments, Consignment: id, Found: in.Body.Found, Reason: in.Body.Reason}
	})
}
