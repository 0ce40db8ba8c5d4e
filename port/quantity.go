package port

// Quantity is a number of some unit that stands beside it in the document (UN/ECE Recommendation 20, or customs' own
// 计量单位), in millionths: six decimals, exactly. In JSON it is a number; a string with one is read too.
type Quantity int64

// One is one whole unit.
const One Quantity = micro

// ParseQuantity reads a decimal number, at most six decimals, no exponent.
func ParseQuantity(text string) (Quantity, error) {
	value, err := scanMicro(text)
	return Quantity(value), err
}

// Add is the sum, or a Fault where it does not fit.
func (q Quantity) Add(other Quantity) (Quantity, error) {
	sum, ok := addMicro(int64(q), int64(other))
	if !ok {
		return 0, fault("decimal.range", q.String()+" + "+other.String())
	}
	return Quantity(sum), nil
}

// Sub is the difference, or a Fault where it does not fit.
func (q Quantity) Sub(other Quantity) (Quantity, error) {
	difference, ok := subtractMicro(int64(q), int64(other))
	if !ok {
		return 0, fault("decimal.range", q.String()+" - "+other.String())
	}
	return Quantity(difference), nil
}

// Float is the number for charts and for the conditions of rules; sums are made of Quantity.
func (q Quantity) Float() float64 { return float64(q) / micro }

// AppendTo appends the number in its shortest form.
func (q Quantity) AppendTo(to []byte) []byte { return appendMicro(to, int64(q)) }

// String is the number in its shortest form.
func (q Quantity) String() string {
	var room [24]byte
	return string(q.AppendTo(room[:0]))
}

// MarshalJSON is the number.
func (q Quantity) MarshalJSON() ([]byte, error) { return q.AppendTo(make([]byte, 0, 24)), nil }

// UnmarshalJSON reads a number, or a string with one.
func (q *Quantity) UnmarshalJSON(data []byte) error { return unmarshalMicro(data, (*int64)(q)) }
