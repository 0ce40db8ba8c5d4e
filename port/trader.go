package port

// TraderCode is the code of 10 characters that customs gives a firm on record with it 海关注册编码 (海关编码, TradeCode in
// declarations). As it is generally described: four digits for the administrative division where the firm is registered,
// one character for the economic zone, one for the kind of firm, four of serial number, and no check digit. Checked are
// the length, the four digits, and that the rest are digits or capitals; which divisions, zones and kinds exist is not,
// since no official table could be read.
// The social credit code (SocialCreditCode) is another number of the same firm.
type TraderCode string

const (
	traderLength   = 10
	traderDivision = 4
)

// ParseTraderCode reads a code; blanks and hyphens go, small letters become capitals.
func ParseTraderCode(text string) (TraderCode, error) {
	var room [traderLength]byte
	code, ok := condense(room[:0], text, " -")
	if !ok || len(code) != traderLength || !digits(code[:traderDivision]) {
		return "", fault("trader_code.format", text)
	}
	return TraderCode(canonical(text, code)), nil
}

// Check is nil for a code that ParseTraderCode takes.
func (c TraderCode) Check() error { return check(ParseTraderCode(string(c))) }

// Division is the four digits of the administrative division 行政区划; empty where the code is not canonical.
func (c TraderCode) Division() string {
	if len(c) != traderLength {
		return ""
	}
	return string(c[:traderDivision])
}
