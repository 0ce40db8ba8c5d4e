package edifact

import (
	"strings"
	"time"

	"github.com/guomen/guomen/passenger"
)

// list is a PAXLST while it is read.
type list struct {
	document passenger.Document
	change   string // what the list does to an earlier one, where BGM says it instead of a number
}

// listTable and those after it are PAXLST in the shapes of D.02B and later, as lists for border control use it.
var listTable = &table[list]{
	segments: []entry[list]{
		{"BGM", "", []datum[list]{
			text(1, 1, "type", func(l *list) *string { return &l.document.Type }),
			text(2, 1, "function", func(l *list) *string { return &l.change }),
			text(3, 1, "function", func(l *list) *string { return &l.document.Function }),
		}},
		{"RFF", "TN", []datum[list]{text(1, 2, "reference", func(l *list) *string { return &l.document.Reference })}},
		{"CNT", "41 42", []datum[list]{{1, 2, "stated", func(r *reader, l *list) { // crew and passengers are stated apart
			if n, ok := r.count(r.seg.take(1, 2)); ok {
				l.document.Stated += min(n, 1<<40)
			}
		}}}},
	},
	groups: []group[list]{
		one("NAD", "MS", "reporter", func(l *list) *passenger.Contact { return &l.document.Reporter }, []datum[passenger.Contact]{
			text(2, 1, "id", func(c *passenger.Contact) *string { return &c.ID }),
			lines(4, 1, 5, "name", func(c *passenger.Contact) *string { return &c.Name }),
		}, contactTable),
		within("TDT", "", []datum[list]{
			counted[list](1, 1), // all stages of a journey that is listed cross together
			text(2, 1, "conveyance/number", func(l *list) *string { return &l.document.Conveyance.Number }),
			text(3, 1, "conveyance/mode", func(l *list) *string { return &l.document.Conveyance.Mode }),
			text(5, 1, "conveyance/carrier", func(l *list) *string { return &l.document.Conveyance.Carrier }),
			text(8, 1, "conveyance/id", func(l *list) *string { return &l.document.Conveyance.ID }),
		}, &table[list]{
			segments: []entry[list]{
				{"DTM", "189 133", []datum[list]{local("departure/time", func(l *list) *passenger.Local { return &l.document.Departure.Time }, false)}},
				{"DTM", "232 132", []datum[list]{local("arrival/time", func(l *list) *passenger.Local { return &l.document.Arrival.Time }, false)}},
			},
			groups: []group[list]{
				within("LOC", "125", []datum[list]{text(2, 1, "departure/place", func(l *list) *string { return &l.document.Departure.Place })}, &table[list]{}),
				within("LOC", "87", []datum[list]{text(2, 1, "arrival/place", func(l *list) *string { return &l.document.Arrival.Place })}, &table[list]{}),
				many("LOC", "92 130", "onward", func(l *list) *[]passenger.Call { return &l.document.Onward }, []datum[passenger.Call]{
					text(2, 1, "place", func(c *passenger.Call) *string { return &c.Place }),
				}, &table[passenger.Call]{segments: []entry[passenger.Call]{
					{"DTM", "189 232 132 133", []datum[passenger.Call]{local("time", func(c *passenger.Call) *passenger.Local { return &c.Time }, false)}},
				}}, nil),
			},
			skipped: "LOC DTM",
		}),
		persons("FL", passenger.Passenger, true), persons("FM", passenger.Crew, true),
		persons("VW", passenger.Driver, true),                                             // so in lists for trucks at a land border
		persons("DDU", passenger.Passenger, false), persons("DDT", passenger.Crew, false), // in transit, which is not modelled
		ignored[list]("NAD", "ATT DTM MEA GEI FTX LOC COM EMP NAT RFF DOC CPI QTY"),
	},
	skipped: "RFF DTM MEA GEI GIS FTX LOC COM QTY CNT AUT",
}

var contactTable = &table[passenger.Contact]{segments: []entry[passenger.Contact]{{"COM", "", []datum[passenger.Contact]{
	{1, 1, "telephone", func(r *reader, c *passenger.Contact) {
		for element := 1; element <= 3; element++ {
			to := map[string]*string{"TE": &c.Telephone, "FX": &c.Fax, "EM": &c.Mail}[r.seg.get(element, 2)]
			if to == nil || *to != "" {
				continue // told as what it is: not modelled
			}
			*to = strings.Clone(r.seg.take(element, 1))
			r.seg.take(element, 2)
		}
	}},
}}}}

// persons are those of one function, UN/EDIFACT 3035; the list of the model has them all. whole says that the role is all
// that the function says.
func persons(function string, role passenger.Role, whole bool) group[list] {
	return many("NAD", function, "persons", func(l *list) *[]passenger.Person { return &l.document.Persons }, append([]datum[passenger.Person]{
		{1, 1, "role", func(r *reader, p *passenger.Person) {
			if p.Role = role; whole {
				r.seg.take(1, 1)
			}
		}},
	}, personData...), personTable, nil)
}

var personData = []datum[passenger.Person]{
	text(2, 1, "id", func(p *passenger.Person) *string { return &p.ID }),
	text(4, 1, "surname", func(p *passenger.Person) *string { return &p.Surname }),
	lines(4, 2, 5, "given", func(p *passenger.Person) *string { return &p.Given }),
	counted[passenger.Person](4, 6), // the form of the name: its parts are told apart
	lines(5, 1, 4, "address/street", func(p *passenger.Person) *string { return &p.Address.Street }),
	text(6, 1, "address/city", func(p *passenger.Person) *string { return &p.Address.City }),
	text(7, 1, "address/subdivision", func(p *passenger.Person) *string { return &p.Address.Subdivision }),
	text(8, 1, "address/postcode", func(p *passenger.Person) *string { return &p.Address.Postcode }),
	text(9, 1, "address/country", func(p *passenger.Person) *passenger.State { return &p.Address.Country }),
}

var personTable = &table[passenger.Person]{
	segments: []entry[passenger.Person]{
		{"ATT", "2", []datum[passenger.Person]{text(3, 1, "sex", func(p *passenger.Person) *passenger.Sex { return &p.Sex })}},
		{"DTM", "329", []datum[passenger.Person]{local("born", func(p *passenger.Person) *passenger.Local { return &p.Born }, true)}},
		{"NAT", "", []datum[passenger.Person]{counted[passenger.Person](1, 1), text(2, 1, "nationality", func(p *passenger.Person) *passenger.State { return &p.Nationality })}},
		{"LOC", "178", []datum[passenger.Person]{text(2, 1, "embarked", func(p *passenger.Person) *string { return &p.Embarked })}},
		{"LOC", "179", []datum[passenger.Person]{text(2, 1, "leaves", func(p *passenger.Person) *string { return &p.Leaves })}},
		{"RFF", "AVF", []datum[passenger.Person]{text(1, 2, "booking", func(p *passenger.Person) *string { return &p.Booking })}},
		{"RFF", "ABO", []datum[passenger.Person]{text(1, 2, "reference", func(p *passenger.Person) *string { return &p.Reference })}},
		{"RFF", "YZY", []datum[passenger.Person]{text(1, 2, "ticket", func(p *passenger.Person) *string { return &p.Ticket })}},
	},
	groups: []group[passenger.Person]{many("DOC", "", "documents", func(p *passenger.Person) *[]passenger.Paper { return &p.Documents }, []datum[passenger.Paper]{
		text(1, 1, "type", func(d *passenger.Paper) *string { return &d.Type }),
		text(2, 1, "number", func(d *passenger.Paper) *string { return &d.Number }),
	}, paperOfPerson, nil)},
	skipped: "ATT DTM MEA GEI FTX LOC COM EMP NAT RFF CPI QTY",
}

// subdivisions is the code list, UN/EDIFACT 1131, of parts of a country.
const subdivisions = "163"

var paperOfPerson = &table[passenger.Paper]{
	segments: []entry[passenger.Paper]{
		{"DTM", "36", []datum[passenger.Paper]{local("expires", func(d *passenger.Paper) *passenger.Local { return &d.Expires }, false)}},
		{"LOC", "91", []datum[passenger.Paper]{{2, 1, "issuer", func(r *reader, d *passenger.Paper) {
			issuer := strings.Clone(r.seg.take(2, 1))
			if r.seg.take(2, 2) == subdivisions {
				put(r, &d.Subdivision, issuer)
			} else {
				put(r, &d.Issuer, passenger.State(issuer))
			}
		}}}},
	},
	skipped: "DTM GIS",
}

// local is a day or a time on the clocks of a place. What cannot be read is not repeated: it may be a birth date.
func local[T any](field string, at func(*T) *passenger.Local, past bool) datum[T] {
	return datum[T]{1, 2, field, func(r *reader, t *T) {
		text, format := r.seg.take(1, 2), r.seg.take(1, 3)
		value, form, ok := r.clock(text, format, time.UTC, past)
		switch {
		case !ok:
			r.fail("edifact.date")
		case len(layouts[form]) <= len("20060102"):
			put(r, at(t), passenger.Local(value.Format(time.DateOnly)))
		default:
			put(r, at(t), passenger.Local(value.Format("2006-01-02T15:04")))
		}
	}}
}

// readList reads a PAXLST.
func readList(r *reader) any {
	var l list
	listTable.read(r, &l, nil)
	d := &l.document
	r.interchange.messages[len(r.interchange.messages)-1].number = d.Reference
	switch { // the document number of BGM is, in the lists of airlines, what the list is for: CP is changed data of passengers
	case d.Reference == "" && len(l.change) > len("CP"):
		d.Reference = l.change
		r.interchange.messages[len(r.interchange.messages)-1].number = l.change
	case d.Function == "":
		d.Function = l.change
	case l.change != "" && l.change != d.Function:
		r.warn("edifact.number_lost")
	}
	return d
}
