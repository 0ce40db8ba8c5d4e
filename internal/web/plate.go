package web

import (
	"strings"
	"unicode"

	"github.com/guomen/guomen/port"
)

// Plate is a number plate 号牌 as pages draw it.
type Plate struct {
	Country string // two letters; empty where the form is not known
	Look    string // class of drawing: cn, mn, ru or other
	Shown   string // with the gaps that the real one has: 蒙L·58213, 2714 УНЕ, А 123 ВС 75
}

// PlateOf is how a plate is drawn: in its country's colours where its form shows the country, else as it was written.
func PlateOf(plate port.Plate) Plate {
	form, country, err := port.ParsePlate(string(plate))
	drawn := Plate{Country: string(country), Look: "other", Shown: string(plate)}
	if err != nil {
		return drawn
	}
	runes := []rune(string(form))
	switch country {
	case port.China:
		drawn.Look, drawn.Shown = "cn", string(runes[:2])+"·"+string(runes[2:])
	case port.Mongolia, port.Russia:
		drawn.Look, drawn.Shown = strings.ToLower(string(country)), spaced(runes)
	}
	return drawn
}

// spaced puts a blank wherever digits and letters meet.
func spaced(runes []rune) string {
	var b strings.Builder
	for i, r := range runes {
		if i > 0 && unicode.IsDigit(r) != unicode.IsDigit(runes[i-1]) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}
