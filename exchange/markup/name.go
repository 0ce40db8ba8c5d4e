package markup

import (
	"strings"
	"unicode/utf8"
)

// nameByte tells what an ASCII byte may do in a name: 1 start it, 2 stand within it.
var nameByte = func() (table [utf8.RuneSelf]uint8) {
	for b := range table {
		switch c := byte(b); {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_', c == ':':
			table[b] = 1
		case c >= '0' && c <= '9', c == '-', c == '.':
			table[b] = 2
		}
	}
	return table
}()

// scanName reads a qualified name: at most one colon, with something on each side.
func (r *Reader) scanName() (string, error) {
	from := r.at
	for r.at < len(r.src) {
		b := r.src[r.at]
		if b < utf8.RuneSelf {
			kind := nameByte[b]
			if kind == 0 || kind == 2 && r.at == from {
				break
			}
			r.at++
			continue
		}
		c, size := utf8.DecodeRuneInString(r.src[r.at:])
		if !nameRune(c, r.at == from) {
			break
		}
		r.at += size
	}
	name := r.src[from:r.at]
	switch {
	case name == "" && from >= len(r.src):
		return "", r.fail("xml.truncated")
	case name == "":
		return "", r.fail("xml.name")
	case len(name) > MaxName:
		return "", r.fail("xml.name_length", MaxName)
	}
	if colon := strings.IndexByte(name, ':'); colon >= 0 {
		local := name[colon+1:]
		if colon == 0 || local == "" || strings.Contains(local, ":") || !startsName(local) {
			return "", r.fail("xml.name")
		}
	}
	return name, nil
}

func startsName(name string) bool {
	if b := name[0]; b < utf8.RuneSelf {
		return nameByte[b] == 1
	}
	c, _ := utf8.DecodeRuneInString(name)
	return nameRune(c, true)
}

// nameRune is the productions NameStartChar and NameChar of XML 1.0, fifth edition, beyond ASCII.
func nameRune(c rune, first bool) bool {
	switch {
	case c >= 0xC0 && c <= 0x2FF:
		return c != 0xD7 && c != 0xF7
	case c == 0xB7, c >= 0x300 && c <= 0x36F, c >= 0x203F && c <= 0x2040:
		return !first
	case c >= 0x370 && c <= 0x1FFF:
		return c != 0x37E
	}
	return c >= 0x200C && c <= 0x200D || c >= 0x2070 && c <= 0x218F || c >= 0x2C00 && c <= 0x2FEF ||
		c >= 0x3001 && c <= 0xD7FF || c >= 0xF900 && c <= 0xFDCF || c >= 0xFDF0 && c <= 0xFFFD || c >= 0x10000 && c <= 0xEFFFF
}

func split(name string) (prefix, local string) {
	if colon := strings.IndexByte(name, ':'); colon >= 0 {
		return name[:colon], name[colon+1:]
	}
	return "", name
}

// resolve finds the namespace of a prefix; the empty prefix is the default namespace, or none.
func (r *Reader) resolve(prefix string) (string, bool) {
	for i := len(r.bindings) - 1; i >= 0; i-- {
		if r.bindings[i].prefix == prefix {
			return r.bindings[i].space, true
		}
	}
	return "", prefix == ""
}

func isSpace(b byte) bool { return b == ' ' || b == '\n' || b == '\t' || b == '\r' }

func (r *Reader) spaces() {
	for r.at < len(r.src) && isSpace(r.src[r.at]) {
		r.at++
	}
}
