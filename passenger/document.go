// Package passenger is lists of persons who cross on one conveyance (旅客名单, 机组名单): what a carrier tells before a
// flight, a train or a coach arrives, whatever format it came in. A list is read and checked here; nothing of it is
// recorded yet, because no capability takes persons in, and because names, birth dates and document numbers are personal
// data: they may stand in what is sealed for one authority and never in a fact.
//
// Times are those of the clocks at the place they are about, as such lists carry them, and not instants: an airport's
// offset from UTC stands in no message.
package passenger

// Document is one list.
type Document struct {
	Reference  string     `json:"reference,omitempty"` // of the transmission
	Type       string     `json:"type"`                // TypePassengers, TypeCrew, or another code as written
	Function   string     `json:"function,omitempty"`  // UN/EDIFACT 1225: 9 original; or how the list changes an earlier one, as written
	Reporter   Contact    `json:"reporter,omitzero"`
	Conveyance Conveyance `json:"conveyance"`
	Departure  Call       `json:"departure,omitzero"` // the last place before the border
	Arrival    Call       `json:"arrival,omitzero"`   // the first place behind it
	Onward     []Call     `json:"onward,omitempty"`   // further places, in order
	Stated     int64      `json:"stated,omitzero"`    // how many persons the sender says there are
	Persons    []Person   `json:"persons"`
}

// The types of list, UN/EDIFACT 1001.
const (
	TypePassengers = "745"
	TypeCrew       = "250"
)

// Contact is who sends the list and how he is reached.
type Contact struct {
	ID        string `json:"id,omitempty"`
	Name      string `json:"name,omitempty"`
	Telephone string `json:"telephone,omitempty"`
	Fax       string `json:"fax,omitempty"`
	Mail      string `json:"mail,omitempty"`
}

// Conveyance is what the persons travel by.
type Conveyance struct {
	Number  string `json:"number,omitempty"` // of the flight, voyage, train or line 航班号, 车次
	Carrier string `json:"carrier,omitempty"`
	Mode    string `json:"mode,omitempty"` // UN/ECE Recommendation 19: 2 rail, 3 road, 4 air
	ID      string `json:"id,omitempty"`   // registration or plate
}

// Call is a place and when the conveyance is there.
type Call struct {
	Place string `json:"place,omitempty"` // IATA code or UN/LOCODE, as written
	Time  Local  `json:"time,omitempty"`
}

// Local is a time on the clocks of the place it belongs to, 2006-01-02T15:04, or a day, 2006-01-02.
type Local string

// State is a nationality or an issuing state: three letters of ICAO 9303 part 3, or two of ISO 3166, as written.
type State string

// Role is what a person does on the conveyance.
type Role string

// The roles.
const (
	Passenger Role = "passenger"
	Crew      Role = "crew"
	Driver    Role = "driver"
)

// Sex is a person's sex as his document has it: M, F, or X where it states none.
type Sex string

// Person is one of those on the list. All of it is personal data.
type Person struct {
	Role        Role    `json:"role"`
	ID          string  `json:"id,omitempty"`
	Surname     string  `json:"surname"`
	Given       string  `json:"given,omitempty"`
	Sex         Sex     `json:"sex,omitempty"`
	Born        Local   `json:"born,omitempty"`
	Nationality State   `json:"nationality,omitempty"`
	Address     Address `json:"address,omitzero"`
	Embarked    string  `json:"embarked,omitempty"` // where he boards
	Leaves      string  `json:"leaves,omitempty"`   // where he gets off
	Booking     string  `json:"booking,omitempty"`  // the carrier's reference, PNR locator
	Reference   string  `json:"reference,omitempty"`
	Ticket      string  `json:"ticket,omitempty"`
	Documents   []Paper `json:"documents,omitempty"`
}

// Address is where a person lives or stays.
type Address struct {
	Street      string `json:"street,omitempty"`
	City        string `json:"city,omitempty"`
	Subdivision string `json:"subdivision,omitempty"`
	Postcode    string `json:"postcode,omitempty"`
	Country     State  `json:"country,omitempty"`
}

// Paper is a travel document 出入境证件: passport, visa, licence.
type Paper struct {
	Type        string `json:"type"` // P passport, V visa, …, as written
	Number      string `json:"number"`
	Expires     Local  `json:"expires,omitempty"`
	Issuer      State  `json:"issuer,omitempty"`
	Subdivision string `json:"subdivision,omitempty"` // of the issuer, where it is not the state itself
}
