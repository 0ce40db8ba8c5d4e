// Package markup reads the XML of a message as a stream of starts, texts and ends.
//
// It exists because messages come from strangers and by the thousand. It takes the part of XML 1.0 that messages use and
// refuses the rest by name: no document type, so no entities beyond the five of XML and nothing that grows or reaches
// outside; one encoding, UTF-8, which UTF8 makes of the Chinese ones; limits on depth, elements, attributes, names and
// text. It checks what well-formedness asks: names and their ends, namespaces, attributes given twice, characters,
// comments. The standard library's decoder is the oracle of its tests (what markup takes, encoding/xml reads the same
// way); it is not used itself because it takes about 1.5 µs an element, ten times as long, and lets some malformed input
// pass (undeclared prefixes, attributes given twice, text after the root).
//
// Everything handed out is a piece of the source string: copy what outlives the message.
package markup

import (
	"strings"
	"unicode/utf8"
)

// Limits on what a message may hold, so that no input costs more than its size suggests.
const (
	MaxDepth      = 64        // the WCO Data Model nests ten deep, Chinese single-window messages six
	MaxElements   = 2_000_000 // 9,999 lines of goods with two hundred elements each
	MaxAttributes = 64        // the most met in real messages is nine, on the root, all of them namespaces
	MaxName       = 256       // the longest name of the WCO Data Model is 31 characters
	MaxText       = 64 << 10  // one piece of text; the longest field of the WCO Data Model holds 512 characters
)

// Kind is what Next came upon.
type Kind uint8

// The kinds. Text is one piece of character data; comments and processing instructions are passed over, and split it.
const (
	Start Kind = iota + 1
	Text
	End
	EOF
)

// Attr is an attribute; namespace declarations are not among them.
type Attr struct {
	Space string // namespace name, not the prefix; empty where there is none
	Name  string
	Value string
}

// Reader walks one document. Its methods describe the token that Next came upon last.
type Reader struct {
	src      string
	at       int // the next byte
	token    int // where the current token begins
	open     []element
	bindings []binding
	attrs    []Attr
	space    string
	name     string
	text     string
	elements int
	closing  bool // the last start was an empty-element tag, its end is due
	rooted   bool // the root has been met
}

type element struct {
	raw      string // as written, with its prefix
	space    string
	name     string
	bindings int // how many were in force outside
}

type binding struct{ prefix, space string }

const xmlSpace = "http://www.w3.org/XML/1998/namespace"

// New begins to read a document. The source is one whole document; a byte-order mark is allowed. It fails when the
// source is not UTF-8, has a character that XML forbids, or declares another encoding or version.
func New(src string) (*Reader, error) {
	r := &Reader{src: src, open: make([]element, 0, 16), bindings: make([]binding, 0, 16)}
	r.bindings = append(r.bindings, binding{"xml", xmlSpace})
	if strings.HasPrefix(src, "\ufeff") {
		r.at = len("\ufeff")
	}
	if err := r.declaration(); err != nil {
		return nil, err
	}
	return r, r.characters()
}

// Name is the local name of the element that starts or ends.
func (r *Reader) Name() string { return r.name }

// Space is the namespace name of the element that starts or ends; empty where there is none.
func (r *Reader) Space() string { return r.space }

// Attrs are the attributes of the element that starts, good until the next call of Next.
func (r *Reader) Attrs() []Attr { return r.attrs }

// Text is a piece of character data with its references resolved and its line ends made \n.
func (r *Reader) Text() string { return r.text }

// Offset is where the current token begins, in bytes.
func (r *Reader) Offset() int { return r.token }

// Line is the line, counted from 1, on which a byte of a source stands.
func Line(src string, offset int) int {
	return strings.Count(src[:min(max(offset, 0), len(src))], "\n") + 1
}

// Next moves to the next start, text or end. At the end of a well-formed document it gives EOF, again and again. An
// error is always *Error, and final.
func (r *Reader) Next() (Kind, error) {
	if r.closing {
		r.closing = false
		return r.pop(), nil
	}
	for r.at < len(r.src) {
		r.token = r.at
		if r.src[r.at] != '<' {
			kind, err := r.characterData()
			if kind != 0 || err != nil {
				return kind, err
			}
			continue
		}
		rest := r.src[r.at:]
		switch {
		case len(rest) == 1:
			return 0, r.fail("xml.truncated")
		case rest[1] == '/':
			return r.endTag()
		case rest[1] == '?':
			if err := r.instruction(); err != nil {
				return 0, err
			}
		case strings.HasPrefix(rest, "<!--"):
			if err := r.comment(); err != nil {
				return 0, err
			}
		case strings.HasPrefix(rest, "<![CDATA["):
			return r.cdata()
		case rest[1] == '!':
			return 0, r.fail("xml.doctype")
		default:
			return r.startTag()
		}
	}
	r.token = len(r.src)
	switch {
	case len(r.open) > 0:
		return 0, r.fail("xml.unclosed", r.open[len(r.open)-1].raw)
	case !r.rooted:
		return 0, r.fail("xml.empty")
	}
	return EOF, nil
}

// Skip passes over the rest of the element that has just started, its end included.
func (r *Reader) Skip() error {
	for depth := len(r.open); ; {
		kind, err := r.Next()
		if err != nil {
			return err
		}
		if kind == EOF || kind == End && len(r.open) < depth {
			return nil
		}
	}
}

func (r *Reader) startTag() (Kind, error) {
	if r.rooted && len(r.open) == 0 {
		return 0, r.fail("xml.trailing")
	}
	if r.elements++; r.elements > MaxElements {
		return 0, r.fail("xml.elements", MaxElements)
	}
	if len(r.open) == MaxDepth {
		return 0, r.fail("xml.depth", MaxDepth)
	}
	r.at++
	raw, err := r.scanName()
	if err != nil {
		return 0, err
	}
	opened := element{raw: raw, bindings: len(r.bindings)}
	if err := r.attributes(); err != nil {
		return 0, err
	}
	prefix, local := split(raw)
	space, ok := r.resolve(prefix)
	if !ok {
		return 0, r.fail("xml.prefix", prefix)
	}
	opened.space, opened.name = space, local
	r.space, r.name = space, local
	r.open = append(r.open, opened)
	r.rooted = true
	return Start, nil
}

func (r *Reader) endTag() (Kind, error) {
	r.at += 2
	name, err := r.scanName()
	if err != nil {
		return 0, err
	}
	r.spaces()
	if r.at >= len(r.src) || r.src[r.at] != '>' {
		return 0, r.fail("xml.tag", name)
	}
	r.at++
	switch {
	case len(r.open) == 0:
		return 0, r.fail("xml.unopened", name)
	case r.open[len(r.open)-1].raw != name:
		return 0, r.fail("xml.mismatched", name, r.open[len(r.open)-1].raw)
	}
	return r.pop(), nil
}

func (r *Reader) pop() Kind {
	last := len(r.open) - 1
	r.space, r.name = r.open[last].space, r.open[last].name
	r.bindings = r.bindings[:r.open[last].bindings]
	r.open = r.open[:last]
	r.attrs = r.attrs[:0]
	return End
}

// characterData reads up to the next markup. Outside the root only white space may stand, and is passed over.
func (r *Reader) characterData() (Kind, error) {
	end := strings.IndexByte(r.src[r.at:], '<')
	if end < 0 {
		end = len(r.src) - r.at
	}
	raw := r.src[r.at : r.at+end]
	if len(r.open) == 0 {
		if rest := strings.TrimLeft(raw, " \t\r\n"); rest != "" {
			r.token += len(raw) - len(rest)
			if r.rooted {
				return 0, r.fail("xml.trailing")
			}
			return 0, r.fail("xml.empty")
		}
		r.at += end
		return 0, nil
	}
	if strings.Contains(raw, "]]>") {
		return 0, r.fail("xml.cdata")
	}
	text, err := r.expand(raw, false)
	if err != nil {
		return 0, err
	}
	r.at += end
	r.text = text
	return Text, nil
}

func (r *Reader) cdata() (Kind, error) {
	from := r.at + len("<![CDATA[")
	end := strings.Index(r.src[from:], "]]>")
	switch {
	case end < 0:
		return 0, r.fail("xml.truncated")
	case len(r.open) == 0:
		return 0, r.fail("xml.trailing")
	case end > MaxText:
		return 0, r.fail("xml.text_length", MaxText)
	}
	r.text = lineEnds(r.src[from : from+end])
	r.at = from + end + len("]]>")
	return Text, nil
}

func (r *Reader) comment() error {
	from := r.at + len("<!--")
	end := strings.Index(r.src[from:], "--")
	switch {
	case end < 0:
		return r.fail("xml.truncated")
	case !strings.HasPrefix(r.src[from+end:], "-->"):
		r.token = from + end // the place to mend, which may be many lines below
		return r.fail("xml.comment")
	}
	r.at = from + end + len("-->")
	return nil
}

// instruction passes over a processing instruction. The XML declaration is one in form, and stands only at the start.
func (r *Reader) instruction() error {
	r.at += 2
	target, err := r.scanName()
	if err != nil {
		return err
	}
	if strings.EqualFold(target, "xml") {
		return r.fail("xml.declaration")
	}
	if strings.Contains(target, ":") {
		return r.fail("xml.name")
	}
	end := strings.Index(r.src[r.at:], "?>")
	if end < 0 {
		return r.fail("xml.truncated")
	}
	if end > 0 && !isSpace(r.src[r.at]) {
		return r.fail("xml.name")
	}
	r.at += end + len("?>")
	return nil
}

// characters checks the whole source once: valid UTF-8 and no character outside XML's Char production.
func (r *Reader) characters() error {
	src := r.src
	for i := range len(src) {
		if b := src[i]; b < 0x20 && b != '\t' && b != '\n' && b != '\r' {
			return r.failAt(i, "xml.character")
		}
	}
	if utf8.ValidString(src) && !strings.Contains(src, "\ufffe") && !strings.Contains(src, "\uffff") {
		return nil
	}
	for i, c := range src {
		if c == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(src[i:]); size == 1 {
				return r.failAt(i, "xml.utf8")
			}
		}
		if c == 0xfffe || c == 0xffff {
			return r.failAt(i, "xml.character")
		}
	}
	return nil
}
