package port

// SocialCreditCode is the unified social credit code 统一社会信用代码 of a firm or body in China by GB 32100-2015: 18
// characters, the last a check character. Foreign parties have other numbers and are not of this type.
type SocialCreditCode string

const (
	creditLength   = 18
	creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY" // 31 characters: no I, O, S, V, Z
)

// creditValue is a character's place in the alphabet, or 0xff.
var creditValue = func() (values [256]byte) {
	for i := range values {
		values[i] = 0xff
	}
	for i := range creditAlphabet {
		values[creditAlphabet[i]] = byte(i)
	}
	return values
}()

// ParseSocialCreditCode reads a code; blanks and hyphens go, small letters become capitals.
func ParseSocialCreditCode(text string) (SocialCreditCode, error) {
	var room [creditLength]byte
	code, ok := condense(room[:0], text, " -")
	if !ok || len(code) != creditLength {
		return "", fault("credit_code.format", text)
	}
	sum, weight := 0, 1 // the weights are the powers of 3 modulo 31
	for _, c := range code[:creditLength-1] {
		value := creditValue[c]
		if value == 0xff {
			return "", fault("credit_code.format", text)
		}
		sum += int(value) * weight
		weight = weight * 3 % 31
	}
	if expected := creditAlphabet[(31-sum%31)%31]; code[creditLength-1] != expected {
		return "", fault("credit_code.check", text, string(rune(expected)))
	}
	return SocialCreditCode(canonical(text, code)), nil
}

// Check is nil for a code that ParseSocialCreditCode takes.
func (c SocialCreditCode) Check() error { return check(ParseSocialCreditCode(string(c))) }
