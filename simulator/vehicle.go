package simulator

import (
	"fmt"
	"strconv"
	"time"

	"github.com/guomen/guomen/port"
)

// Plates are given out in an order that visits every number of a series before it repeats one, so that no two vehicles
// on the road have the same: the day and the number within it go in, a step that shares no factor with the series'
// length scatters them. The series lasts for plateDays days of at most plateDay vehicles.
const (
	plateSeries = 240_000 // ten thousand numbers and 24 letters
	plateStep   = 103_843
	plateDay    = 4096
	plateDays   = plateSeries / plateDay
)

// register gives the truck its plates, its carrier and its permit.
func (p *planner) register(t *Truck, midnight time.Time, foreign bool, d dice) {
	day := int(midnight.Unix()/int64(24*time.Hour/time.Second)) % plateDays
	start := newDice(p.seed, "plates", string(p.id)).IntN(plateSeries)
	n := (start + (day*plateDay+t.Number%plateDay)*plateStep) % plateSeries
	t.Crew = 1 + d.Int64N(2)
	switch {
	case t.Automated:
		t.Plate, t.Crew = port.Plate(fmt.Sprintf("AGV%05d", n%100_000)), 0
	case !foreign:
		t.Plate = chinesePlate(p.port.Plates.Local, n)
		t.Trailer = port.Plate(fmt.Sprintf("%s%04d挂", p.port.Plates.Trailer, n%10_000))
	case russian(p.port):
		t.Plate = russianPlate(p.port.Plates.Abroad[0], n)
	default:
		t.Plate = mongolianPlate(p.port.Plates.Abroad, n)
	}
	number := 1 + d.IntN(25)
	if !foreign {
		t.Nationality, t.Carrier = port.China, demoCode(200_000+number)
		return
	}
	t.Nationality = port.Mongolia
	if russian(p.port) {
		t.Nationality = port.Russia
	}
	t.Carrier = fmt.Sprintf("%s-DEMO-%02d", t.Nationality, number)
	t.Permit = fmt.Sprintf("C-%s-%06d", midnight.Format("2006"), d.IntN(1_000_000))
}

// russian tells a port whose foreign vehicles are Russian: its plates end in the number of a region.
func russian(p *PortProfile) bool {
	_, err := strconv.Atoi(p.Plates.Abroad[0])
	return err == nil
}

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

// demoFirm is one of forty traders of the demonstration.
func demoFirm(d dice) Firm {
	n := 1 + d.IntN(40)
	return Firm{Code: demoCode(100_000 + n), Name: fmt.Sprintf("演示贸易有限公司（%02d）", n)}
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
