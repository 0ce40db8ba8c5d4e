package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strconv"

	"github.com/emmansun/gmsm/sm3"
	"github.com/goccy/go-json"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/port"
)

// Name names a ledger: "region", "port:ganqimaodu-road", "zone:…", "hold:07".
type Name string

// Number is a ledger's number in one database, given when it is created and part of every id born in it.
type Number uint16

// Actor is who gave a command: an organisation, the role it was given in, and the person or token.
type Actor struct {
	Organisation string `json:"org"`
	Role         string `json:"role"`
	Person       string `json:"person,omitempty"`
}

// Body is what a fact says. FactName is its wire name, "noun.happened.v1", which never changes.
type Body interface{ FactName() string }

// Appender is a Body that writes itself, exactly as its JSON encoding would be. What comes with large documents has
// encoded them before they queue, where there is more than one processor to do it.
type Appender interface {
	AppendJSON(to []byte) ([]byte, error)
}

// Encode gives the bytes by which facts and records are stored.
func Encode(v any) ([]byte, error) { return encode(v) }

// Fact is one thing that happened, as its ledger has it.
type Fact struct {
	Ledger   Name
	Number   Number
	Seq      uint64
	Name     string
	At       port.Time // when it happened
	Recorded port.Time // when it was recorded: the server's clock, never going back within a ledger
	Command  port.ID   // the command that recorded it
	Actor    Actor
	Digest   string // SHA-256 of the submission it comes from, 64 hex digits; empty where there is none
	Body     Body
}

// envelope is a fact's stored form. Its fields are written in this order by appendFact and read by decodeFact.
type envelope struct {
	Seq      uint64          `json:"seq"`
	Name     string          `json:"name"`
	At       port.Time       `json:"at"`
	Recorded port.Time       `json:"recorded"`
	Command  port.ID         `json:"command"`
	Actor    Actor           `json:"actor"`
	Digest   string          `json:"digest,omitempty"`
	Body     json.RawMessage `json:"body"`
}

// appendFact writes a fact's stored bytes. Times are RFC 3339; everything but names of people is plain ASCII, so the
// envelope needs no escaping beyond the actor's, which goes through the encoder.
func appendFact(to []byte, f *Fact, actor []byte) ([]byte, error) {
	to = append(to, `{"seq":`...)
	to = strconv.AppendUint(to, f.Seq, 10)
	to = append(to, `,"name":"`...)
	to = append(to, f.Name...)
	to = append(to, `","at":"`...)
	to = appendTime(to, f.At)
	to = append(to, `","recorded":"`...)
	to = appendTime(to, f.Recorded)
	to = append(to, `","command":"`...)
	to = f.Command.AppendTo(to)
	to = append(to, `","actor":`...)
	to = append(to, actor...)
	if f.Digest != "" {
		to = append(to, `,"digest":"`...)
		to = append(to, f.Digest...)
		to = append(to, '"')
	}
	to = append(to, `,"body":`...)
	if body, ok := f.Body.(Appender); ok {
		to, err := body.AppendJSON(to)
		return append(to, '}'), err
	}
	body, err := encode(f.Body)
	if err != nil {
		return nil, errs.Wrap(errs.Broken, err, "encode %s", f.Name)
	}
	if replaced(body) {
		return nil, errs.New(errs.Invalid, "text.unstorable", "%s has text that is not UTF-8", f.Name)
	}
	to = append(to, body...)
	return append(to, '}'), nil
}

// replaced tells whether the encoder met a text that is not UTF-8: it writes an escape for what it could not read, and
// the character itself, which may well stand in a text, as it is. Such a text would come back as another one, and the
// records that were made of it would not be those that its fact makes.
func replaced(data []byte) bool {
	for {
		at := bytes.Index(data, []byte(`\ufffd`))
		if at < 0 {
			return false
		}
		backslashes := 1
		for at >= backslashes && data[at-backslashes] == '\\' {
			backslashes++
		}
		if backslashes%2 == 1 { // an even one stands for a backslash that was written
			return true
		}
		data = data[at+1:]
	}
}

func appendTime(to []byte, t port.Time) []byte {
	return t.Std().AppendFormat(to, "2006-01-02T15:04:05.000000Z")
}

// encode and decode are the one way that facts and records become bytes and come back. Stored bytes are our own, so the
// fast decoder may be trusted with them; documents from outside are read by the exchange packages.
func encode(v any) ([]byte, error)    { return json.MarshalWithOption(v, json.DisableHTMLEscape()) }
func decode(data []byte, v any) error { return json.Unmarshal(data, v) }

// decodeFact reads a stored fact. Unknown names keep a nil Body: an older build may read past what it does not know.
func (s *Schema) decodeFact(ledger Name, number Number, data []byte) (Fact, error) {
	var e envelope
	if !s.cutEnvelope(data, &e) {
		e = envelope{}
		if err := decode(data, &e); err != nil {
			return Fact{}, errs.Wrap(errs.Broken, err, "decode a fact of %s", ledger)
		}
	}
	f := Fact{Ledger: ledger, Number: number, Seq: e.Seq, Name: e.Name, At: e.At, Recorded: e.Recorded, Command: e.Command, Actor: e.Actor, Digest: e.Digest}
	if t, ok := s.facts[e.Name]; ok {
		body, err := t.decode(e.Body)
		if err != nil {
			return Fact{}, errs.Wrap(errs.Broken, err, "decode %s %d %s", ledger, e.Seq, e.Name)
		}
		f.Body = body
	}
	return f, nil
}

// Algorithm is the hash of a ledger's chain, chosen when it is created.
type Algorithm string

// The algorithms: SHA-256, and SM3 (GB/T 32905-2016) where national cryptography is required.
const (
	SHA256 Algorithm = "sha256"
	SM3    Algorithm = "sm3"
)

// New gives a fresh hash; nil for an algorithm that nobody knows.
func (a Algorithm) New() hash.Hash {
	switch a {
	case SHA256:
		return sha256.New()
	case SM3:
		return sm3.New()
	}
	return nil
}

// Hash is a link of the chain: 32 bytes for either algorithm.
type Hash [32]byte

// String is the hash in hex.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// chain links rows: the hash of a row covers the hash before it and the row's stored bytes.
type chain struct{ hash hash.Hash }

func newChain(a Algorithm) (chain, error) {
	h := a.New()
	if h == nil {
		return chain{}, errs.New(errs.Broken, "", "unknown hash algorithm %q", string(a))
	}
	return chain{h}, nil
}

func (c chain) next(previous Hash, row []byte) (next Hash) {
	c.hash.Reset()
	c.hash.Write(previous[:])
	c.hash.Write(row)
	c.hash.Sum(next[:0])
	return next
}
