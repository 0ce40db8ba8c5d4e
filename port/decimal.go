package port

import (
	"math"
	"strconv"
)

// micro is the scale of masses and quantities, and of the part of a minor unit in Money: six decimals.
const (
	microPlaces = 6
	micro       = 1_000_000
)

// scanDecimal reads a decimal number as XML Schema writes one: an optional sign, digits, an optional point with digits.
// An exponent, NaN, INF and thousands separators are refused. The first places decimals go into whole, the next more
// decimals into rest; what has a digit beyond them is refused, never rounded. rest has the sign of the number. rule is
// empty or says what is wrong.
func scanDecimal[T ~string | ~[]byte](text T, places, more int) (whole int64, rest int32, rule string) {
	from, to := 0, len(text)
	for from < to && blank(text[from]) {
		from++
	}
	for from < to && blank(text[to-1]) {
		to--
	}
	negative := false
	if from < to && (text[from] == '-' || text[from] == '+') {
		negative = text[from] == '-'
		from++
	}
	var high, low uint64
	decimals, any := -1, false // decimals is how many were read; -1 before the point
	for ; from < to; from++ {
		c := text[from]
		if c == '.' && decimals < 0 {
			decimals = 0
			continue
		}
		if !digit(c) {
			return 0, 0, "decimal.format"
		}
		any = true
		if decimals >= 0 {
			decimals++
		}
		switch value := uint64(c - '0'); {
		case decimals > places+more:
			rule = "decimal.places" // but a letter further on is the graver fault
		case decimals > places:
			low = low*10 + value
		case high > (math.MaxUint64-9)/10:
			rule = "decimal.range"
			high = 0
		default:
			high = high*10 + value
		}
	}
	if !any {
		return 0, 0, "decimal.format"
	}
	if rule != "" {
		return 0, 0, rule
	}
	for n := max(decimals, 0); n < places; n++ {
		if high > math.MaxUint64/10 {
			return 0, 0, "decimal.range"
		}
		high *= 10
	}
	for n := max(decimals, places); n < places+more; n++ {
		low *= 10
	}
	switch {
	case negative && high <= 1<<63:
		return -int64(high), -int32(low), ""
	case !negative && high <= math.MaxInt64:
		return int64(high), int32(low), ""
	}
	return 0, 0, "decimal.range"
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// scanMicro reads a number with up to six decimals.
func scanMicro[T ~string | ~[]byte](text T) (int64, error) {
	value, _, rule := scanDecimal(text, microPlaces, 0)
	if rule != "" {
		return 0, decimalFault(rule, string(text), microPlaces)
	}
	return value, nil
}

func decimalFault(rule, text string, places int) error {
	if rule == "decimal.places" {
		return fault(rule, text, strconv.Itoa(places))
	}
	return fault(rule, text)
}

// appendMicro appends millionths as a number in its shortest form: 150, 0.5, -0.000001.
func appendMicro(to []byte, value int64) []byte {
	rest := uint64(value)
	if value < 0 {
		to = append(to, '-')
		rest = -rest
	}
	to = strconv.AppendUint(to, rest/micro, 10)
	if part := rest % micro; part != 0 {
		to = appendTrimmed(append(to, '.'), part)
	}
	return to
}

// appendTrimmed appends the six decimals of part, less the zeros at their end.
func appendTrimmed(to []byte, part uint64) []byte {
	places := microPlaces
	for ; part != 0 && part%10 == 0; part /= 10 {
		places--
	}
	return appendPlaces(to, part, places)
}

// appendPlaces appends the last places digits of part.
func appendPlaces(to []byte, part uint64, places int) []byte {
	var text [microPlaces]byte
	for i := places - 1; i >= 0; i-- {
		text[i] = '0' + byte(part%10)
		part /= 10
	}
	return append(to, text[:places]...)
}

// unmarshalMicro reads a JSON number, or a JSON string with a number in it, as many systems send numbers; null leaves
// the value alone, as encoding/json has it.
func unmarshalMicro(data []byte, into *int64) error {
	if string(data) == "null" {
		return nil
	}
	if n := len(data); n >= 2 && data[0] == '"' && data[n-1] == '"' {
		data = data[1 : n-1]
	}
	value, err := scanMicro(data)
	if err != nil {
		return err
	}
	*into = value
	return nil
}

// addMicro and subtractMicro are a+b and a-b, and whether the result fits.
func addMicro(a, b int64) (int64, bool) {
	sum := a + b
	return sum, (sum > a) == (b > 0)
}

func subtractMicro(a, b int64) (int64, bool) {
	difference := a - b
	return difference, (difference < a) == (b > 0)
}
