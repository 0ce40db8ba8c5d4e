package movementweb

import (
	"context"
	"crypto/rand"
	"encoding/json"

	"github.com/guomen/guomen/internal/api"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/movement/board"
	"github.com/guomen/guomen/port"
)

// Crew takes in and shows who is on a vehicle. Names and documents are sealed; only border inspection at the port opens
// them, and each time is a fact.
type Crew struct {
	Desk  *Desk
	Vault *ledger.Vault
	// Keep is how long the sealed data can be opened. How long the law lets a port keep it was not found, so it is
	// configuration.
	Keep port.Duration
	// Persons is what the law asks of each passenger by himself; nil: nothing.
	Persons func(m *movement.Movement, now port.Time) port.Judged
}

// crewPurpose is what the data is sealed for.
const crewPurpose = "border_inspection"

// maxCrew bounds the persons of one vehicle: a coach.
const maxCrew = 80

// Routes adds the routes of crews.
func (c *Crew) Routes(a *api.API) {
	api.Post(a, "/v1/movements/{id}/crew", "Name the crew; sealed for border inspection 司乘人员", c.name)
	api.Get(a, "/v1/movements/{id}/crew", "Open the crew's data; recorded", c.open)
}

// Person is one member of a crew in the clear.
type Person struct {
	Name        string       `json:"name" required:"true" minLength:"1" maxLength:"200"`
	Document    string       `json:"document" required:"true" minLength:"1" maxLength:"50" doc:"kind of document: passport, id_card"`
	Number      string       `json:"number" required:"true" minLength:"1" maxLength:"50"`
	Nationality port.Country `json:"nationality,omitempty" maxLength:"2"`
	Role        string       `json:"role,omitempty" enum:"driver,passenger"`
}

// CrewInput names a crew.
type CrewInput struct {
	ID   string `path:"id"`
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body struct {
		Crew []Person `json:"crew" required:"true" minItems:"1"`
	}
}

func (c *Crew) name(ctx context.Context, in *CrewInput) (ledger.Receipt, error) {
	id, err := port.ParseID(in.ID)
	name, ok := c.Desk.Engine.NameOf(id)
	by := identity.From(ctx)
	if err != nil || !ok || len(name) < 6 || !by.ActsAt(board.PortOf(name)) {
		return ledger.Receipt{}, errs.New(errs.Missing, "movement.unknown", "movement %q", in.ID)
	}
	if len(in.Body.Crew) > maxCrew {
		return ledger.Receipt{}, errs.Bad([]errs.Problem{errs.At("crew", "crew.too_many", "80")})
	}
	digest, err := ledger.DigestOf([]any{in.ID, in.Body})
	if err != nil {
		return ledger.Receipt{}, err
	}
	number, _ := c.Desk.Engine.Number(name)
	command := ledger.Command{ID: c.Desk.Engine.NewID(number), Ledger: name, Actor: by.Actor(), Priority: ledger.Lodgement, Key: in.Key, Body: digest}
	do := movement.NameCrew{Movements: c.Desk.Kinds.Movements, Movement: id}
	asked, err := c.asked(ctx, id)
	if err != nil {
		return ledger.Receipt{}, err
	}
	for _, person := range in.Body.Crew {
		plain, err := json.Marshal(person)
		if err != nil {
			return ledger.Receipt{}, errs.Wrap(errs.Broken, err, "encode a person")
		}
		who := c.Vault.Person(person.Document, person.Number)
		row, commitment, err := c.Vault.Seal(who, crewPurpose, plain, c.Desk.Engine.Now().Add(c.Keep), rand.Reader)
		if err != nil {
			return ledger.Receipt{}, err
		}
		command.Sealed = append(command.Sealed, row)
		do.Crew = append(do.Crew, movement.Member{Person: who, Role: person.Role, Nationality: person.Nationality, Sealed: commitment})
		if person.Role == rolePassenger {
			do.Judged = append(do.Judged, asked)
		} else {
			do.Judged = append(do.Judged, port.Judged{}) // the crew is cleared with its vehicle
		}
	}
	command.Do = do
	return c.Desk.Engine.Submit(ctx, command)
}

// rolePassenger is who is on a conveyance and is none of its crew.
const rolePassenger = "passenger"

// asked is what the law asks of each passenger of a movement.
func (c *Crew) asked(ctx context.Context, id port.ID) (port.Judged, error) {
	if c.Persons == nil {
		return port.Judged{}, nil
	}
	m, ok, err := ledger.Read(ctx, c.Desk.Engine, c.Desk.Kinds.Movements, id)
	if err != nil || !ok {
		return port.Judged{}, err
	}
	return c.Persons(m, c.Desk.Engine.Now()), nil
}

// CrewList is a crew in the clear.
type CrewList struct {
	Items   []Person   `json:"items"`
	Expired int        `json:"expired"` // persons whose data can no longer be opened
	Next    api.Cursor `json:"next"`
}

// open shows the crew that was named last, after recording who looks.
func (c *Crew) open(ctx context.Context, in *ByID) (CrewList, error) {
	list := CrewList{Items: []Person{}}
	full, err := c.Desk.Movement(ctx, in.ID)
	if err != nil {
		return list, err
	}
	do := movement.ViewCrew{Movements: c.Desk.Kinds.Movements, Movement: full.ID, Purpose: crewPurpose}
	receipt, err := c.Desk.submit(ctx, full.Ledger, "", identity.From(ctx), 0, do.Purpose, do)
	if err != nil {
		return list, err
	}
	// The board is behind the ledger; what was named before the looking is shown.
	if err := c.Desk.Board.Wait(ctx, receipt.Ledger, receipt.Last); err != nil {
		return list, err
	}
	if full, err = c.Desk.Movement(ctx, in.ID); err != nil {
		return list, err
	}
	var named movement.CrewNamed
	for _, e := range full.Timeline {
		if e.Name == named.FactName() {
			named = movement.CrewNamed{}
			if err := json.Unmarshal(e.Body, &named); err != nil {
				return list, errs.Wrap(errs.Broken, err, "decode %s %d", e.Ledger, e.Seq)
			}
		}
	}
	for _, member := range named.Crew {
		plain, err := c.Vault.Open(ctx, member.Sealed)
		if errs.KindOf(err) == errs.Missing {
			list.Expired++
			continue
		}
		var person Person
		if err == nil {
			err = json.Unmarshal(plain, &person)
		}
		if err != nil {
			return list, err
		}
		list.Items = append(list.Items, person)
	}
	return list, nil
}

// ByID names one thing.
type ByID struct {
	ID string `path:"id"`
}
