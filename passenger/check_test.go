package passenger

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCheck(t *testing.T) {
	good := func() *Document {
		return &Document{
			Type: TypePassengers, Conveyance: Conveyance{Number: "DEMO1"}, Departure: Call{"UBN", "2026-11-22T08:00"}, Stated: 1,
			Persons: []Person{{
				Role: Passenger, Surname: "DEMO", Given: "ONE", Sex: "F", Born: "1990-02-28", Nationality: "MNG",
				Documents: []Paper{{Type: "P", Number: "E0000001", Expires: "2030-01-01", Issuer: "MNG"}},
			}},
		}
	}
	for _, test := range []struct {
		name   string
		change func(*Document)
		want   []string
	}{
		{"good", func(*Document) {}, nil},
		{"one name", func(d *Document) { d.Persons[0].Surname = "" }, nil},
		{"no conveyance", func(d *Document) { d.Conveyance = Conveyance{} }, []string{"conveyance.number document.required"}},
		{"another count", func(d *Document) { d.Stated = 2 }, []string{"stated passenger.count"}},
		{"no name", func(d *Document) { d.Persons[0].Surname, d.Persons[0].Given = "", "" }, []string{"persons[0].surname document.required"}},
		{"no such day", func(d *Document) { d.Persons[0].Born = "1990-02-30" }, []string{"persons[0].born passenger.date"}},
		{"no such time", func(d *Document) { d.Departure.Time = "8:00" }, []string{"departure.time passenger.date"}},
		{"a day for a time", func(d *Document) { d.Departure.Time = "2026-11-22" }, nil},
		{"sex", func(d *Document) { d.Persons[0].Sex = "f" }, []string{"persons[0].sex document.choice"}},
		{"role", func(d *Document) { d.Persons[0].Role = "pilot" }, []string{"persons[0].role document.choice"}},
		{"Germany", func(d *Document) { d.Persons[0].Nationality = "D" }, nil},
		{"state", func(d *Document) { d.Persons[0].Nationality = "MNGX" }, []string{"persons[0].nationality passenger.state"}},
		{"paper", func(d *Document) { d.Persons[0].Documents[0] = Paper{Expires: "x"} }, []string{
			"persons[0].documents[0].number document.required", "persons[0].documents[0].expires passenger.date",
		}},
		{"papers", func(d *Document) { d.Persons[0].Documents = make([]Paper, MaxPapers+1) }, []string{"persons[0].documents document.too_many"}},
		{"persons", func(d *Document) { d.Stated, d.Persons = 0, make([]Person, MaxPersons+1) }, []string{"persons document.too_many"}},
		{"onward", func(d *Document) { d.Onward = []Call{{Place: strings.Repeat("x", 36)}} }, []string{"onward[0].place document.too_long"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := good()
			test.change(d)
			var got []string
			for _, p := range Check(d) {
				got = append(got, p.Path+" "+p.Rule)
				for _, arg := range p.Args {
					if strings.Contains(arg, "1990") {
						t.Errorf("%s repeats a birth date", p.Rule)
					}
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
