package port

// ContainerNumber is the identification of a freight container 集装箱箱号 by ISO 6346: owner code of three letters,
// category U (freight container), J (detachable equipment) or Z (trailer, chassis), six digits of serial number, and a
// check digit. Documents keep what was written.
type ContainerNumber string

const containerLength = 11

// ParseContainer reads a container number; blanks and hyphens go. With a wrong check digit or category the Fault comes
// with the canonical form all the same, since such numbers are met in real messages and have to be shown and compared.
func ParseContainer(text string) (ContainerNumber, error) {
	var room [containerLength]byte
	code, ok := condense(room[:0], text, " -")
	if !ok || len(code) != containerLength || !digits(code[4:]) {
		return "", fault("container.format", text)
	}
	for _, c := range code[:4] {
		if !upper(c) {
			return "", fault("container.format", text)
		}
	}
	number := ContainerNumber(canonical(text, code))
	switch code[3] {
	case 'U', 'J', 'Z':
	default:
		return number, fault("container.category", string(number), string(code[3:4]))
	}
	if expected := containerDigit(code); code[10] != expected {
		return number, fault("container.check_digit", string(number), string(rune(expected)), string(code[10:]))
	}
	return number, nil
}

// Check is nil for a number that ParseContainer takes.
func (n ContainerNumber) Check() error { return check(ParseContainer(string(n))) }

// containerDigit weighs the i-th of the first ten characters with 2^i and takes the sum modulo 11, then modulo 10, so
// that a remainder of 10 is written 0. Letters count from A = 10 upwards, leaving out 11, 22 and 33, the multiples of
// the modulus.
func containerDigit(code []byte) byte {
	sum := 0
	for i, c := range code[:containerLength-1] {
		value := int(c - '0')
		if upper(c) {
			n := int(c - 'A')
			value = 10 + n + (n+9)/10
		}
		sum += value << i
	}
	return '0' + byte(sum%11%10)
}
