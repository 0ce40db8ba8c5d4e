package passenger

import (
	"strconv"
	"time"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/review"
)

// Limits on one list. MaxPersons: the largest cruise ships carry some 7,000 passengers, trains and aircraft a tenth of
// that. MaxPapers: a person travels with one or two documents and some visas. MaxOnward: no line met calls at more.
const (
	MaxPersons = 9999
	MaxPapers  = 20
	MaxOnward  = 99
)

// Check makes the checks that need no law: that the list says which conveyance it is about, that every person has a name
// and his dates are days, and that there are as many persons as the sender says.
func Check(d *Document) []errs.Problem {
	r := &review.Review{}
	r.Text("reference", d.Reference, review.ID)
	r.Text("type", d.Type, review.Code)
	r.Text("function", d.Function, review.Code)
	contact(r, d.Reporter)
	r.In("conveyance")
	r.Require("number", d.Conveyance.Number != "" || d.Conveyance.ID != "" || d.Conveyance.Carrier != "")
	r.Text("number", d.Conveyance.Number, review.Reference)
	r.Text("carrier", d.Conveyance.Carrier, review.ID)
	r.Text("mode", d.Conveyance.Mode, review.Code)
	r.Text("id", d.Conveyance.ID, review.ID)
	r.Out()
	call(r, "departure", d.Departure)
	call(r, "arrival", d.Arrival)
	if r.AtMost("onward", len(d.Onward), MaxOnward) {
		for i := range d.Onward {
			r.At("onward", i)
			call(r, "", d.Onward[i])
			r.Out()
		}
	}
	review.NotNegative(r, "stated", d.Stated)
	if d.Stated > 0 && d.Stated != int64(len(d.Persons)) {
		r.Fail("stated", "passenger.count", strconv.FormatInt(d.Stated, 10), strconv.Itoa(len(d.Persons)))
	}
	if r.AtMost("persons", len(d.Persons), MaxPersons) {
		for i := range d.Persons {
			r.At("persons", i)
			person(r, &d.Persons[i])
			r.Out()
		}
	}
	return r.Problems()
}

func contact(r *review.Review, c Contact) {
	r.In("reporter")
	r.Text("id", c.ID, review.ID)
	r.Text("name", c.Name, review.Name)
	r.Text("telephone", c.Telephone, review.Text)
	r.Text("fax", c.Fax, review.Text)
	r.Text("mail", c.Mail, review.Text)
	r.Out()
}

func call(r *review.Review, name string, c Call) {
	r.In(name)
	r.Text("place", c.Place, review.Code)
	local(r, "time", c.Time)
	r.Out()
}

func person(r *review.Review, p *Person) {
	r.Choice("role", string(p.Role), string(Passenger), string(Crew), string(Driver))
	r.Text("id", p.ID, review.ID)
	r.Require("surname", p.Surname != "" || p.Given != "") // some people have one name
	r.Text("surname", p.Surname, review.Name)
	r.Text("given", p.Given, review.Name)
	r.Choice("sex", string(p.Sex), "M", "F", "X")
	day(r, "born", p.Born)
	state(r, "nationality", p.Nationality)
	r.In("address")
	r.Text("street", p.Address.Street, review.Name)
	r.Text("city", p.Address.City, review.Name)
	r.Text("subdivision", p.Address.Subdivision, review.Name)
	r.Text("postcode", p.Address.Postcode, review.Code)
	state(r, "country", p.Address.Country)
	r.Out()
	r.Text("embarked", p.Embarked, review.Code)
	r.Text("leaves", p.Leaves, review.Code)
	r.Text("booking", p.Booking, review.ID)
	r.Text("reference", p.Reference, review.ID)
	r.Text("ticket", p.Ticket, review.ID)
	if !r.AtMost("documents", len(p.Documents), MaxPapers) {
		return
	}
	for i := range p.Documents {
		d := &p.Documents[i]
		r.At("documents", i)
		r.Require("number", d.Number != "")
		r.Text("type", d.Type, review.Code)
		r.Text("number", d.Number, review.ID)
		day(r, "expires", d.Expires)
		state(r, "issuer", d.Issuer)
		r.Text("subdivision", d.Subdivision, review.Code)
		r.Out()
	}
}

// state reports a code that is not one to three capital letters: D is Germany in ICAO 9303.
func state(r *review.Review, name string, s State) {
	for i := range len(s) {
		if s[i] < 'A' || s[i] > 'Z' || i > 2 {
			r.Fail(name, "passenger.state")
			return
		}
	}
}

// day reports what is no day of the calendar. Its text is personal data, so that the problem does not repeat it.
func day(r *review.Review, name string, l Local) {
	if l == "" {
		return
	}
	if _, err := time.Parse(time.DateOnly, string(l)); err != nil {
		r.Fail(name, "passenger.date")
	}
}

func local(r *review.Review, name string, l Local) {
	if _, err := time.Parse("2006-01-02T15:04", string(l)); err != nil && l != "" {
		day(r, name, l)
	}
}
