package movement

import (
	"slices"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// Member is one person on a vehicle, as facts name him: an id that tells the same person again and nothing else, what he
// does there, and the commitment to what is sealed about him.
type Member struct {
	Person      port.ID           `json:"person"`
	Role        string            `json:"role"` // driver, passenger
	Nationality port.Country      `json:"nationality,omitempty"`
	Sealed      ledger.Commitment `json:"sealed"`
}

// CrewNamed: the carrier has told who is on the vehicle (司乘人员). The names and document numbers are sealed beside the
// fact, for border inspection.
type CrewNamed struct {
	Movement port.ID  `json:"movement"`
	Crew     []Member `json:"crew"`
}

// FactName is movement.crew_named.v1.
func (CrewNamed) FactName() string { return "movement.crew_named.v1" }

// CrewViewed: somebody has looked at the sealed data. Who, is the fact's actor.
type CrewViewed struct {
	Movement port.ID `json:"movement"`
	Purpose  string  `json:"purpose"`
}

// FactName is movement.crew_viewed.v1.
func (CrewViewed) FactName() string { return "movement.crew_viewed.v1" }

// NameCrew tells who is on the conveyance. What it replaces stays in the ledger until it expires. Judged stands beside
// Crew: what the law asks of each by himself, such as of a coach's passengers; it may be left out.
type NameCrew struct {
	Movements *ledger.Kind[Movement]
	Movement  port.ID
	Crew      []Member
	Judged    []port.Judged
}

// Decide records movement.crew_named.v1, and person.listed.v1 for those of whom the law asks something, for the organisation that announced the movement.
func (n NameCrew) Decide(tx *ledger.Tx) error {
	m, ok, err := n.Movements.Get(tx, n.Movement)
	if err != nil {
		return err
	}
	if !ok || m.By != tx.Command().Actor.Organisation {
		return errs.New(errs.Missing, "movement.unknown", "movement %s", n.Movement)
	}
	if !m.Open() {
		return errs.Bad([]errs.Problem{errs.At("", "override.closed", string(m.State))})
	}
	tx.Subject(n.Movement)
	if err := tx.Record(CrewNamed{Movement: n.Movement, Crew: n.Crew}); err != nil {
		return err
	}
	for i := range n.Judged {
		if len(n.Judged[i].Demands) == 0 || slices.ContainsFunc(m.Persons, func(p Aboard) bool { return p.Who == n.Crew[i].Person }) {
			continue
		}
		listed := Listed{Movement: n.Movement, Person: tx.NewID(), Who: n.Crew[i].Person, Role: n.Crew[i].Role, Judged: n.Judged[i]}
		if err := tx.Record(listed); err != nil {
			return err
		}
	}
	return nil
}

// ViewCrew notes that the sealed data of a movement is looked at, before it is shown.
type ViewCrew struct {
	Movements *ledger.Kind[Movement]
	Movement  port.ID
	Purpose   string
}

// Decide records movement.crew_viewed.v1.
func (v ViewCrew) Decide(tx *ledger.Tx) error {
	if _, ok, err := v.Movements.Get(tx, v.Movement); err != nil {
		return err
	} else if !ok {
		return errs.New(errs.Missing, "movement.unknown", "movement %s", v.Movement)
	}
	tx.Subject(v.Movement)
	return tx.Record(CrewViewed{Movement: v.Movement, Purpose: v.Purpose})
}
