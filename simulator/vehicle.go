package simulator

import (
	"fmt"
	"strconv"
	"time"

	"github.com/guomen/guomen/port"
)

// Plates are given out in an order that visits every number of a series before it repeats one: the day and the number
// within it go in, a step that shares no factor with the series' length scatters them. After fleetDays a vehicle comes
// again, when it has long been home: fleets are real, and a plate has a history at the port. A day has plateDay vehicles
// at most.
const (
	plateSeries = 240_000 // ten thousand numbers and 24 letters
	plateStep   = 103_843
	plateDay    = 4096
	fleetDays   = 5
)

// register gives the truck its plates, its carrier and its permit.
func (p *planner) register(t *Truck, midnight time.Time, foreign bool, d dice) {
	day := int(midnight.Unix()/int64(24*time.Hour/time.Second)) % fleetDays
	start := newDice(p.seed, "plates", string(p.id)).IntN(plateSeries)
	n := (start + (day*plateDay+t.Number%plateDay)*plateStep) % plateSeries
	t.Crew = 1 + d.Int64N(2)
	t.Nationality = port.China
	if foreign {
		t.Nationality = p.port.Neighbour.Country
		t.Permit = fmt.Sprintf("C-%s-%06d", midnight.Format("2006"), d.IntN(1_000_000))
	}
	t.Carrier = p.profile.carrierOf(t.Nationality, n)
	switch {
	case t.Automated:
		t.Crew = 0 // its plate follows, in the order of arrival
	case !foreign:
		t.Plate = chinesePlate(p.port.Plates.Local, n)
		if t.Kind.Road() && t.Kind != port.Coach && t.Kind != port.Car && !t.OneWay {
			t.Trailer = port.Plate(fmt.Sprintf("%s%04d挂", p.port.Plates.Trailer, n%10_000))
		}
	case t.Nationality == port.Russia:
		t.Plate = russianPlate(p.port.Plates.Abroad[0], n)
	default:
		t.Plate = mongolianPlate(p.port.Plates.Abroad, n)
	}
}

// carrierOf is the firm that a vehicle of a country belongs to, by its number: a vehicle stays with its firm.
func (p *Profile) carrierOf(country port.Country, n int) string {
	var firms []*Carrier
	for i := range p.Carriers {
		if p.Carriers[i].Country == country {
			firms = append(firms, &p.Carriers[i])
		}
	}
	return firms[n%len(firms)].Code
}

// roleOf is the role of a carrier with a code; that of carriers in general where the profile has none.
func (p *Profile) roleOf(code string) string {
	for i := range p.Carriers {
		if p.Carriers[i].Code == code {
			return p.Carriers[i].Role()
		}
	}
	return roleCarrier
}

// roleCarrier is the role of a carrier of whom nothing else is known.
const roleCarrier = "carrier"

// The letters of plates: the Chinese leave out I and O, the Russian ones are those with a Latin look-alike. Which
// letters a Mongolian plate ends in has not been checked (K).
var (
	chineseLetters   = []rune("ABCDEFGHJKLMNPQRSTUVWXYZ")
	mongolianLetters = []rune("АБВГДЕЗИКЛМН")
	russianLetters   = []rune("АВЕКМНОРСТУХ")
)

func chinesePlate(office string, n int) port.Plate {
	return port.Plate(fmt.Sprintf("%s%04d%c", office, n%10_000, chineseLetters[n/10_000%len(chineseLetters)]))
}

func mongolianPlate(regions []string, n int) port.Plate {
	letter := n / 10_000
	return port.Plate(fmt.Sprintf("%04d%s%c", n%10_000, regions[letter%len(regions)], mongolianLetters[letter/2%len(mongolianLetters)]))
}

func russianPlate(region string, n int) port.Plate {
	letters := n / 999
	letter := func() rune {
		r := russianLetters[letters%len(russianLetters)]
		letters /= len(russianLetters)
		return r
	}
	return port.Plate(fmt.Sprintf("%c%03d%c%c%s", letter(), 1+n%999, letter(), letter(), region))
}

// demoBox is a container of an owner that does not exist, with the right check digit.
func demoBox(d dice) Box {
	stem := fmt.Sprintf("DMOU%06d", d.IntN(1_000_000))
	box := Box{Seal: fmt.Sprintf("DM%06d", d.IntN(1_000_000)), Tare: tonnes(2.3)}
	for digit := range 10 {
		box.Number = port.ContainerNumber(stem + strconv.Itoa(digit))
		if box.Number.Check() == nil {
			break
		}
	}
	return box
}

// demoFirms is how many traders the demonstration has.
const demoFirms = 40

// demoFirm is one of the traders of the demonstration.
func demoFirm(d dice) Firm { return firm(1 + d.IntN(demoFirms)) }

func firm(n int) Firm {
	return Firm{Code: demoCode(100_000 + n), Name: fmt.Sprintf("演示贸易有限公司（%02d）", n)}
}

// firmNamed finds a trader by his name; the first where none has it.
func firmNamed(name string) Firm {
	for n := 1; n <= demoFirms; n++ {
		if f := firm(n); f.Name == name {
			return f
		}
	}
	return firm(1)
}

// demoCode is a unified social credit code with the right check character and a body that no firm has.
func demoCode(n int) string {
	stem := fmt.Sprintf("91150000DEM%06d", n)
	for _, c := range "0123456789ABCDEFGHJKLMNPQRTUWXY" {
		if code := port.SocialCreditCode(stem + string(c)); code.Check() == nil {
			return string(code)
		}
	}
	return stem
}

// demoWagon is a wagon of a country's railway with the right check digit: of the 1520 mm gauge, or of the standard one.
func demoWagon(country port.Country, n int) string {
	stem, good := fmt.Sprintf("6%06d", n%1_000_000), func(s string) bool { return port.BroadWagon(s).Check() == nil }
	if country == port.China {
		stem, good = fmt.Sprintf("31331234%03d", n%1000), func(s string) bool { return port.UICWagon(s).Check() == nil }
	}
	for digit := range 10 {
		if number := stem + strconv.Itoa(digit); good(number) {
			return number
		}
	}
	return stem
}
