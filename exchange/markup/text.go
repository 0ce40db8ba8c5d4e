package markup

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Error says what is not well-formed, or over a limit. Rule is the key problem.<Rule> of the catalogue.
type Error struct {
	Rule   string
	Args   []string
	Offset int // in bytes, of the token that fails
	Line   int // from 1
}

// Error is the operator's text.
func (e *Error) Error() string { return fmt.Sprintf("line %d: %s %v", e.Line, e.Rule, e.Args) }

func (r *Reader) fail(rule string, args ...any) error { return r.failAt(r.token, rule, args...) }

func (r *Reader) failAt(offset int, rule string, args ...any) error {
	e := &Error{Rule: rule, Offset: offset, Line: Line(r.src, offset)}
	for _, arg := range args {
		e.Args = append(e.Args, clip(fmt.Sprint(arg)))
	}
	r.at, r.closing = len(r.src), false
	return e
}

// clip keeps a stranger's word in a message short.
func clip(text string) string {
	const longest = 80
	if len(text) <= longest {
		return text
	}
	end := longest
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

// expand resolves references. Attribute values also have their white space made into blanks, as XML says.
func (r *Reader) expand(raw string, attribute bool) (string, error) {
	if len(raw) > MaxText {
		return "", r.fail("xml.text_length", MaxText)
	}
	if strings.IndexByte(raw, '&') < 0 {
		if attribute {
			return blanks(raw), nil
		}
		return lineEnds(raw), nil
	}
	var b strings.Builder
	b.Grow(len(raw))
	for {
		amp := strings.IndexByte(raw, '&')
		plain := raw
		if amp >= 0 {
			plain = raw[:amp]
		}
		if attribute {
			b.WriteString(blanks(plain))
		} else {
			b.WriteString(lineEnds(plain))
		}
		if amp < 0 {
			return b.String(), nil
		}
		raw = raw[amp+1:]
		semicolon := strings.IndexByte(raw, ';')
		if semicolon < 0 {
			return "", r.fail("xml.entity", raw)
		}
		c, ok := reference(raw[:semicolon])
		if !ok {
			return "", r.fail("xml.entity", raw[:semicolon])
		}
		b.WriteRune(c)
		raw = raw[semicolon+1:]
	}
}

// reference knows the five entities of XML and character references; all others would have to be declared.
func reference(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "apos":
		return '\'', true
	case "quot":
		return '"', true
	}
	digits, numeric := strings.CutPrefix(name, "#")
	if !numeric || digits == "" {
		return 0, false
	}
	base := 10
	if hex, ok := strings.CutPrefix(digits, "x"); ok {
		digits, base = hex, 16
	}
	if digits == "" || digits[0] == '+' || digits[0] == '-' {
		return 0, false
	}
	c, err := strconv.ParseInt(digits, base, 32)
	if err != nil {
		return 0, false
	}
	legal := c == '\t' || c == '\n' || c == '\r' || c >= 0x20 && c <= 0xD7FF || c >= 0xE000 && c <= 0xFFFD || c >= 0x10000 && c <= 0x10FFFF
	return rune(c), legal
}

var (
	ends   = strings.NewReplacer("\r\n", "\n", "\r", "\n")
	blanky = strings.NewReplacer("\r\n", " ", "\r", " ", "\n", " ", "\t", " ")
)

func lineEnds(raw string) string {
	if strings.IndexByte(raw, '\r') < 0 {
		return raw
	}
	return ends.Replace(raw)
}

func blanks(raw string) string {
	if !strings.ContainsAny(raw, "\r\n\t") {
		return raw
	}
	return blanky.Replace(raw)
}
