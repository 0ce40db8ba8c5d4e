package port

import "encoding/binary"

// ID names one thing (movement, consignment, declaration, command) for ever. It is 16 bytes: milliseconds since 1970
// (48 bits), the number of the ledger that the thing was born in (16 bits), and 64 bits that make it unique. Ids sort by
// time, so rows that are written together lie together, and an id alone tells which ledger to ask. Its text is 26
// characters of Crockford's base 32 (no I, L, O, U), upper case, which sorts like the bytes.
type ID [16]byte

// NewID builds an id from milliseconds since 1970, a ledger's number and 64 unique bits.
func NewID(milliseconds int64, ledger uint16, unique uint64) ID {
	var id ID
	binary.BigEndian.PutUint64(id[:8], uint64(milliseconds)<<16|uint64(ledger))
	binary.BigEndian.PutUint64(id[8:], unique)
	return id
}

// Derive gives the n-th id that belongs to this one: the same time and ledger, other unique bits. A command's
// decisions name what they create this way, so that deciding again gives the same names. Derive(0) is the id itself.
func (id ID) Derive(n uint16) ID {
	unique := binary.BigEndian.Uint64(id[8:])
	// SplitMix64's increment is odd, so n times it never repeats within 64 bits.
	binary.BigEndian.PutUint64(id[8:], unique+uint64(n)*0x9e3779b97f4a7c15)
	return id
}

// Milliseconds is the time in the id, in milliseconds since 1970.
func (id ID) Milliseconds() int64 { return int64(binary.BigEndian.Uint64(id[:8]) >> 16) }

// Ledger is the number of the ledger in the id.
func (id ID) Ledger() uint16 { return binary.BigEndian.Uint16(id[6:8]) }

// IsZero tells an id that was never given.
func (id ID) IsZero() bool { return id == ID{} }

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

var crockfordValue = func() (values [256]byte) {
	for i := range values {
		values[i] = 0xff
	}
	for i := range crockford {
		values[crockford[i]] = byte(i)
		values[crockford[i]|0x20] = byte(i)
	}
	return values
}()

// String is the id's text, 26 characters; empty for the zero id.
func (id ID) String() string {
	if id.IsZero() {
		return ""
	}
	return string(id.AppendTo(make([]byte, 0, 26)))
}

// AppendTo appends the 26 characters of the id's text.
func (id ID) AppendTo(to []byte) []byte {
	high, low := binary.BigEndian.Uint64(id[:8]), binary.BigEndian.Uint64(id[8:])
	var text [26]byte
	for i := 25; i >= 0; i-- {
		text[i] = crockford[low&31]
		low = low>>5 | high<<59
		high >>= 5
	}
	return append(to, text[:]...)
}

// ParseID reads an id's text, in upper or lower case.
func ParseID(text string) (ID, error) {
	var id ID
	if len(text) != 26 || text[0] > '7' {
		return ID{}, fault("id.format", text)
	}
	var high, low uint64
	for i := range 26 {
		value := crockfordValue[text[i]]
		if value == 0xff {
			return ID{}, fault("id.format", text)
		}
		high = high<<5 | low>>59
		low = low<<5 | uint64(value)
	}
	binary.BigEndian.PutUint64(id[:8], high)
	binary.BigEndian.PutUint64(id[8:], low)
	return id, nil
}

// MarshalText is String.
func (id ID) MarshalText() ([]byte, error) {
	if id.IsZero() {
		return nil, nil
	}
	return id.AppendTo(make([]byte, 0, 26)), nil
}

// UnmarshalText is ParseID; empty text is the zero id.
func (id *ID) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*id = ID{}
		return nil
	}
	parsed, err := ParseID(string(text))
	*id = parsed
	return err
}
