package rulebook

import (
	"slices"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/internal/rules"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
)

// MovementRecorded is what a clause sees of a movement that is on its way.
func MovementRecorded(m *movement.Movement) Movement {
	from, to := port.Ends(m.Direction, m.From, m.To)
	recorded := Movement{
		Port: m.Port, Direction: m.Direction, Kind: string(m.Kind), Inland: from.Kind != port.AtLine && to.Kind != port.AtLine, Plate: m.Plate,
		Nationality: m.Nationality, Automated: m.Automated, Crew: m.Crew, Carrier: m.Carrier, Announced: m.Batch != "" || m.By != "",
	}
	if recorded.Kind == "" {
		recorded.Kind = string(port.Truck)
	}
	return recorded
}

// CrosscheckOf puts what the parties say of a consignment beside each other, as a clause sees it.
func CrosscheckOf(at port.PortID, f *movement.Figures, arrived port.Time) Crosscheck {
	c := Crosscheck{Port: at, Direction: f.Direction, Waybill: f.Waybill, Early: f.Early, Declared: f.Declared, Arrived: arrived}
	for _, one := range []struct {
		to   *Said
		from *cargo.Said
	}{{&c.Manifest, f.Manifest}, {&c.Declaration, f.Declaration}, {&c.Arrival, f.Arrival}, {&c.Tally, f.Tally}} {
		if one.from != nil {
			*one.to = *one.from
			one.to.Containers = slices.Clone(one.from.Containers)
			for i, number := range one.from.Containers {
				one.to.Containers[i] = Canonical(port.ContainerNumber(number))
			}
		}
	}
	return c
}

// Contradictions are the clauses that found that what two say cannot both be true, the gravest of what they ask for, and
// the citation of that one.
func Contradictions(j *rules.Judgement) (worst port.Result, names []string, citation string) {
	for _, r := range j.Risks {
		if r.Undecided {
			continue
		}
		names = once(names, r.Rule)
		if level := port.Result(r.Level); worst == "" || port.Join(worst, level) != worst {
			worst, citation = level, r.Citation
		}
	}
	return worst, names, citation
}
