package port

import "strconv"

// Money is an amount in whole minor units of its currency: 分, мөнгө, копейка. 12.34 CNY has 1234 minor units, 12 JPY has
// 12. Fraction, in millionths of a minor unit and with the amount's sign, is normally zero: foreign documents bring unit
// prices with more decimals than the currency has, and they are read without loss. The zero Money is an absent amount;
// an amount of nothing has a currency.
type Money struct {
	Minor    int64    `json:"minor"`
	Fraction int32    `json:"fraction,omitempty"`
	Currency Currency `json:"currency,omitempty"`
}

// ParseMoney reads a decimal amount, such as 12.34, with at most six decimals beyond those of its currency. A currency
// that is not known, or empty, is kept as it is written and taken to have two decimals; its Check reports it.
func ParseMoney(amount string, currency Currency) (Money, error) {
	if known, err := ParseCurrency(string(currency)); err == nil {
		currency = known
	}
	places := currency.Exponent()
	minor, fraction, rule := scanDecimal(amount, places, microPlaces)
	if rule != "" {
		return Money{}, decimalFault(rule, amount, places+microPlaces)
	}
	return Money{Minor: minor, Fraction: fraction, Currency: currency}, nil
}

// IsZero tells an absent amount from an amount of nothing. JSON leaves it out by omitzero.
func (m Money) IsZero() bool { return m == Money{} }

// Check is nil for an amount in a known currency whose fraction is less than a minor unit and has the amount's sign.
func (m Money) Check() error {
	if m.Fraction <= -micro || m.Fraction >= micro || m.Minor > 0 && m.Fraction < 0 || m.Minor < 0 && m.Fraction > 0 {
		return fault("money.fraction", strconv.Itoa(int(m.Fraction)))
	}
	return m.Currency.Check()
}

// Add is the sum of two amounts of one currency. An absent amount adds nothing.
func (m Money) Add(other Money) (Money, error) {
	if m.IsZero() {
		return other, nil
	}
	if other.IsZero() {
		return m, nil
	}
	if m.Currency != other.Currency {
		return Money{}, fault("money.currency", string(m.Currency), string(other.Currency))
	}
	fraction := int64(m.Fraction) + int64(other.Fraction)
	minor, fits := addMicro(m.Minor, other.Minor)
	if fits {
		minor, fits = addMicro(minor, fraction/micro)
	}
	if !fits {
		return Money{}, fault("decimal.range", m.String()+" + "+other.String())
	}
	fraction %= micro
	switch { // both parts have one sign
	case minor > 0 && fraction < 0:
		minor, fraction = minor-1, fraction+micro
	case minor < 0 && fraction > 0:
		minor, fraction = minor+1, fraction-micro
	}
	return Money{Minor: minor, Fraction: int32(fraction), Currency: m.Currency}, nil
}

// AppendTo appends the amount with its currency's decimals, and more where it has a fraction of a minor unit.
func (m Money) AppendTo(to []byte) []byte {
	minor, fraction := uint64(m.Minor), uint64(m.Fraction)
	if m.Minor < 0 || m.Fraction < 0 {
		to = append(to, '-')
	}
	if m.Minor < 0 {
		minor = -minor
	}
	if m.Fraction < 0 {
		fraction = -fraction
	}
	places, scale := m.Currency.Exponent(), uint64(1)
	for range places {
		scale *= 10
	}
	to = strconv.AppendUint(to, minor/scale, 10)
	if places > 0 || fraction != 0 {
		to = append(to, '.')
	}
	to = appendPlaces(to, minor%scale, places)
	if fraction != 0 {
		to = appendTrimmed(to, fraction)
	}
	return to
}

// String is the amount as a decimal number with its currency's decimals, 12.30, without the currency.
func (m Money) String() string {
	var room [32]byte
	return string(m.AppendTo(room[:0]))
}
