package port

// Kilograms is a mass 重量 in millionths of a kilogram, which is milligrams: the six decimals of the WCO Data Model's
// masses (n..16,6), exactly. It reaches to 9.2 thousand million tonnes. In JSON it is a number in kilograms, 150 or 0.5;
// a string with such a number is read too. A difference of masses may be negative.
type Kilograms int64

// The usual units.
const (
	Gram     Kilograms = 1_000
	Kilogram           = 1_000 * Gram
	Tonne              = 1_000 * Kilogram
)

// ParseKilograms reads a decimal number of kilograms, at most six decimals, no exponent.
func ParseKilograms(text string) (Kilograms, error) {
	value, err := scanMicro(text)
	return Kilograms(value), err
}

// Add is the sum, or a Fault where it does not fit.
func (k Kilograms) Add(other Kilograms) (Kilograms, error) {
	sum, ok := addMicro(int64(k), int64(other))
	if !ok {
		return 0, fault("decimal.range", k.String()+" + "+other.String())
	}
	return Kilograms(sum), nil
}

// Sub is the difference, or a Fault where it does not fit.
func (k Kilograms) Sub(other Kilograms) (Kilograms, error) {
	difference, ok := subtractMicro(int64(k), int64(other))
	if !ok {
		return 0, fault("decimal.range", k.String()+" - "+other.String())
	}
	return Kilograms(difference), nil
}

// Float is the mass in kilograms for charts and for the conditions of rules; sums are made of Kilograms.
func (k Kilograms) Float() float64 { return float64(k) / micro }

// AppendTo appends the number of kilograms in its shortest form.
func (k Kilograms) AppendTo(to []byte) []byte { return appendMicro(to, int64(k)) }

// String is the number of kilograms in its shortest form, without a unit.
func (k Kilograms) String() string {
	var room [24]byte
	return string(k.AppendTo(room[:0]))
}

// MarshalJSON is the number of kilograms.
func (k Kilograms) MarshalJSON() ([]byte, error) { return k.AppendTo(make([]byte, 0, 24)), nil }

// UnmarshalJSON reads a number of kilograms, or a string with one.
func (k *Kilograms) UnmarshalJSON(data []byte) error { return unmarshalMicro(data, (*int64)(k)) }
