package exchange

import (
	"bytes"
	"errors"

	"github.com/guomen/guomen/exchange/markup"
	"github.com/guomen/guomen/internal/errs"
)

// Format is one format of messages, as its subpackage offers it.
type Format struct {
	// Name is what --format and ?format= say, such as "wco".
	Name string

	// Owns tells whether a message that begins like this is of the format.
	Owns func(Opening) bool

	// Read reads a whole message, at most MaxBytes. kind is what the caller knows of it, empty where nothing. The problems
	// are warnings, with path and line; the error is made by NotRead or NotOurs.
	Read func(data []byte, kind Kind) (Message, []errs.Problem, error)

	// Reply writes what is answered to a message, whether it could be read or not, as its sender's system takes it; nil
	// where nothing can be said to that sender. A format without answers of its own has no Reply.
	Reply func(data []byte, reply Reply) []byte
}

// Hint is what the caller knows about a message; it wins over what the message looks like.
type Hint struct {
	Format string
	Kind   Kind
}

// Syntax is what a message is written in, as far as its first bytes tell.
type Syntax uint8

// The syntaxes.
const (
	Other Syntax = iota
	XML
	JSON    // an object
	EDIFACT // UNA or UNB
)

// Opening is how a message begins.
type Opening struct {
	Syntax Syntax
	Root   string // local name of the root, for XML
	Space  string // its namespace name
	Line   int    // where the root stands
}

// Formats is the list of formats that a program speaks, the likeliest first.
type Formats []Format

// Read finds out which format a message is in and reads it. Problems beside a message are warnings. See OutcomeOf for
// the error.
func (f Formats) Read(data []byte, hint Hint) (Message, []errs.Problem, error) {
	if len(data) > MaxBytes {
		return Message{}, nil, tooLarge()
	}
	data, err := markup.UTF8(data)
	if err != nil {
		return Message{}, nil, Malformed(err, "")
	}
	if hint.Format != "" {
		format, ok := f.named(hint.Format)
		if !ok {
			return Message{}, nil, NotOurs(errs.At("", "exchange.format", hint.Format))
		}
		return format.Read(data, hint.Kind)
	}
	opening, err := Open(data)
	if err != nil {
		return Message{}, nil, err
	}
	for _, format := range f {
		if format.Owns(opening) {
			return format.Read(data, hint.Kind)
		}
	}
	return Message{}, nil, opening.NotOurs()
}

func (f Formats) named(name string) (Format, bool) {
	for _, format := range f {
		if format.Name == name {
			return format, true
		}
	}
	return Format{}, false
}

// NotOurs is the error for a message that begins like this and is in no format of ours.
func (o Opening) NotOurs() error {
	if o.Syntax != XML {
		return NotOurs(errs.Problem{Rule: "exchange.unknown_format", Severity: errs.Error, Line: 1})
	}
	p := errs.At(o.Root, "exchange.root", o.Root, o.Space)
	p.Line = o.Line
	return NotOurs(p)
}

// Reply writes what is answered to a message in its own format; nil where that has no answers.
func (f Formats) Reply(data []byte, hint Hint, reply Reply) []byte {
	data, err := markup.UTF8(data)
	if err != nil {
		return nil
	}
	format, ok := f.named(hint.Format)
	if hint.Format == "" {
		opening, err := Open(data)
		if err != nil {
			return nil
		}
		for _, one := range f {
			if format, ok = one, one.Owns(opening); ok {
				break
			}
		}
	}
	if !ok || format.Reply == nil {
		return nil
	}
	return format.Reply(data, reply)
}

// Open looks at the beginning of a message: past a byte-order mark and white space, at the root of XML, the brace of
// JSON or the header of EDIFACT. It fails for a message that is empty, or that is XML and malformed before its root.
func Open(data []byte) (Opening, error) {
	rest := bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\ufeff")), " \t\r\n")
	switch {
	case len(rest) == 0:
		return Opening{}, NotRead(errs.Problem{Rule: "exchange.empty", Severity: errs.Error, Line: 1})
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		return Opening{}, NotRead(errs.Problem{Rule: "xml.encoding", Severity: errs.Error, Line: 1, Args: []string{"UTF-16"}})
	case rest[0] == '{':
		return Opening{Syntax: JSON}, nil
	case interchange(rest):
		return Opening{Syntax: EDIFACT}, nil
	case rest[0] != '<':
		return Opening{Syntax: Other}, nil
	}
	const usual = 4 << 10 // the root stands within it in every message met, so that megabytes are not walked twice
	if opening, err := root(string(data[:min(len(data), usual)])); err == nil {
		return opening, nil
	}
	opening, err := root(string(data)) // a long prologue, a cut character, or really malformed
	return opening, Malformed(err, "")
}

// interchange tells the beginning of EDIFACT: UNA or UNB, and a separator behind it, so that no word is taken for one.
func interchange(rest []byte) bool {
	if len(rest) < 4 || !bytes.HasPrefix(rest, []byte("UNA")) && !bytes.HasPrefix(rest, []byte("UNB")) {
		return false
	}
	c := rest[3]
	return c > ' ' && c < 0x7f && !('0' <= c && c <= '9') && !('A' <= c && c <= 'Z') && !('a' <= c && c <= 'z')
}

func root(src string) (Opening, error) {
	r, err := markup.New(src)
	if err != nil {
		return Opening{}, err
	}
	for {
		kind, err := r.Next()
		if err != nil {
			return Opening{}, err
		}
		if kind == markup.Start {
			return Opening{Syntax: XML, Root: r.Name(), Space: r.Space(), Line: markup.Line(src, r.Offset())}, nil
		}
	}
}

// Malformed is the error for XML that is not well-formed, at the path that the reader had come to; nil stays nil.
func Malformed(err error, path string) error {
	var at *markup.Error
	if !errors.As(err, &at) {
		return err
	}
	p := errs.At(path, at.Rule, at.Args...)
	p.Line = at.Line
	return NotRead(p)
}
