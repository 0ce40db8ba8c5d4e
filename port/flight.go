package port

// FlightNumber is the number of a flight 航班号: the carrier's designator, of two characters with a letter among them
// (IATA) or of three letters (ICAO), one to four digits, and at times a letter for a second flight of the same number.
// Checked is this form; which carriers exist is data. The forms are those of IATA's schedule manual, from general
// knowledge.
type FlightNumber string

const flightLongest = 3 + 4 + 1

// ParseFlightNumber reads a number; blanks and hyphens go, and so do the zeros before the number: CA 0901 is CA901.
func ParseFlightNumber(text string) (FlightNumber, error) {
	var room [flightLongest]byte
	code, ok := condense(room[:0], text, " -")
	carrier := flightCarrier(code)
	if !ok || carrier == 0 {
		return "", fault("flight.format", text)
	}
	number, suffix := code[carrier:], 0
	if n := len(number); n > 0 && upper(number[n-1]) {
		suffix = 1
	}
	count := len(number) - suffix
	if count < 1 || count > 4 || !digits(number[:count]) {
		return "", fault("flight.format", text)
	}
	zeros := 0
	for zeros < count && number[zeros] == '0' {
		zeros++
	}
	if zeros == count {
		return "", fault("flight.format", text)
	}
	return FlightNumber(canonical(text, append(code[:carrier], number[zeros:]...))), nil
}

// Check is nil for a number that ParseFlightNumber takes.
func (n FlightNumber) Check() error { return check(ParseFlightNumber(string(n))) }

// Carrier is the designator of a canonical number; empty where there is none.
func (n FlightNumber) Carrier() string {
	var room [flightLongest]byte
	code, _ := condense(room[:0], string(n), "")
	return string(n[:flightCarrier(code)])
}

// flightCarrier is the length of the designator that a condensed number begins with; 0 where there is none. Three letters
// are ICAO's, since a number begins with a digit.
func flightCarrier(code []byte) int {
	switch {
	case len(code) >= 3 && upper(code[0]) && upper(code[1]) && upper(code[2]):
		return 3
	case len(code) >= 2 && (upper(code[0]) || upper(code[1])):
		return 2
	}
	return 0
}
