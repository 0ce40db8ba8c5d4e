// Package exchange is how messages come in and answers go out: what a message is once it has been read, how its format
// is found, and what becomes of one that cannot be read. Each format is a subpackage (wco, native, …) that offers a
// Format; which ones a program speaks is one list, in cmd.
//
// A message is read, or not. Read means that every field that Guomen models is kept, identifiers as they were written;
// whether the rulebook has an objection is judged later and elsewhere. What a format's message says that Guomen does not
// model is named in a warning, with path and line, so nothing is lost in silence. A message that is not read is
// unreadable (malformed, over a limit, or with a value that its field cannot hold) or unsupported (well-formed, but no
// format of ours), and nothing of it is used.
//
// Checks and rules know only the model, and name its places as items[0].hs. Message.Place turns such places into the path
// and line of the file that the sender wrote: a JSON pointer (RFC 6901) in JSON, and in XML a path of elements whose
// numbers count from 1, as XPath has it; EDIFACT has its own (package edifact).
package exchange

import (
	"errors"
	"io"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/passenger"
)

// Limits on one message. 32 MiB holds a declaration of 9,999 lines at three kilobytes a line, the most that the data
// model can number and several times what one line takes. A message has at most a thousand problems told, because nobody
// mends more in one go; the last then says that there are more.
const (
	MaxBytes    = 32 << 20
	MaxProblems = 1000
)

// Kind is what a message is about. The names are on the wire.
type Kind string

// The kinds, each with the type of its document.
const (
	KindDeclaration Kind = "declaration" // 报关单, *declaration.Document
	KindManifest    Kind = "manifest"    // 舱单, *manifest.Document
	KindResponse    Kind = "response"    // 回执, *Answer

	KindConfirmation Kind = "confirmation" // 承运确报, *manifest.Confirmation
	KindPacking      Kind = "packing"      // 装箱清单, *manifest.Packing
	KindReload       Kind = "reload"       // 落装, 落装改配, *manifest.Reload
	KindReport       Kind = "report"       // 运抵报告, 理货报告, *cargo.Report
	KindPassengers   Kind = "passengers"   // 旅客名单, *passenger.Document
)

// Personal tells a kind that is personal data: what is refused of it is not kept.
func (k Kind) Personal() bool { return k == KindPassengers }

// TextKey names the kind's label in the catalogue.
func (k Kind) TextKey() string { return "enum.message_kind." + string(k) }

// Message is a message that has been read. Of one that could not be read a format may still say which kind it is.
type Message struct {
	Format   string   // the name of its Format
	Kind     Kind     // says what Document is
	Document any      // as Kind says
	Envelope Envelope // what the sender wrote around it

	// Locate finds, in the file as it was sent, the places of the document that JSON pointers name, or what is nearest
	// around them. It reads the file again, once for all, so that messages without problems do not pay for it.
	Locate func(pointers []string) []Spot
}

// Envelope is what stands around a document and says how to read it.
type Envelope struct {
	Model         string `json:"model,omitempty"`   // version of the data model, such as 3.6
	Type          string `json:"type,omitempty"`    // DEC, RES
	Country       string `json:"country,omitempty"` // whose authority is responsible
	Agency        string `json:"agency,omitempty"`
	Customization string `json:"customization,omitempty"`
	Version       string `json:"version,omitempty"` // of the agency's customization

	ID       string `json:"id,omitempty"`       // the message's own number
	Function string `json:"function,omitempty"` // what the sender wants done with it, as written
	Sender   string `json:"sender,omitempty"`
	Receiver string `json:"receiver,omitempty"`
	Sent     string `json:"sent,omitempty"` // as written
}

// Check makes the checks on a document that need no law and no state: its limits, and whether it names what it is about.
// The places are those of the file.
func Check(m Message) []errs.Problem {
	switch document := m.Document.(type) {
	case *declaration.Document:
		return m.Place(declaration.Check(document))
	case *manifest.Document:
		return m.Place(manifest.Check(document))
	case *manifest.Confirmation:
		return m.Place(manifest.CheckConfirmation(document))
	case *manifest.Packing:
		return m.Place(manifest.CheckPacking(document))
	case *manifest.Reload:
		return m.Place(manifest.CheckReload(document))
	case *cargo.Report:
		return m.Place(cargo.CheckReport(document))
	case *passenger.Document:
		return m.Place(passenger.Check(document))
	case *Answer:
		return m.Place(document.check())
	}
	return nil
}

// Outcome is what becomes of a message, as check and submit print it.
type Outcome string

// The outcomes. Accepted and rejected are for messages that were read; the names are on the wire.
const (
	Accepted    Outcome = "accepted"
	Rejected    Outcome = "rejected"
	Unreadable  Outcome = "unreadable"
	Unsupported Outcome = "unsupported"
)

// TextKey names the outcome's label in the catalogue.
func (o Outcome) TextKey() string { return "enum.outcome." + string(o) }

// ErrUnsupported is the cause of every error about a message that is in no format of ours.
var ErrUnsupported = errors.New("no format of ours")

// OutcomeOf tells why a message was not read; empty where there is no error.
func OutcomeOf(err error) Outcome {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, ErrUnsupported):
		return Unsupported
	}
	return Unreadable
}

// NotRead is the error for a message that is unreadable.
func NotRead(problems ...errs.Problem) error {
	return &errs.Failed{Kind: errs.Invalid, Rule: "exchange.unreadable", Problems: problems}
}

// RuleUnsupported is the rule of an error about a message that is in no format of ours.
const RuleUnsupported = "exchange.unsupported"

// NotOurs is the error for a message that is unsupported; the problem says what it is instead.
func NotOurs(problem errs.Problem) error {
	return &errs.Failed{Kind: errs.Invalid, Rule: RuleUnsupported, Problems: []errs.Problem{problem}, Cause: ErrUnsupported}
}

// Load takes in a message from a stream and refuses one that is longer than MaxBytes.
func Load(from io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(from, MaxBytes+1))
	switch {
	case err != nil:
		return nil, errs.Wrap(errs.Unavailable, err, "reading a message")
	case len(data) > MaxBytes:
		return nil, tooLarge()
	}
	return data, nil
}

func tooLarge() error {
	return &errs.Failed{Kind: errs.TooLarge, Rule: "exchange.unreadable", Problems: []errs.Problem{errs.At("", "exchange.too_large", "32 MiB")}}
}
