package ledger

import (
	"crypto/sha256"
	"strings"
	"unicode/utf8"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/port"
)

// Priority orders what waits for one ledger.
type Priority uint8

// The priorities: gates and verdicts first, then what people lodge, then what followers and the ticker carry over.
const (
	Gate Priority = iota
	Lodgement
	Follower
	priorities
)

// Decision is a command's body: pure code that reads records, and records facts or refuses.
type Decision interface {
	// Decide records facts on tx, or returns an error: an *errs.Failed that the submitter is told, or the error that a
	// read of tx gave, unchanged.
	Decide(tx *Tx) error
}

// Prefetcher is a Decision that knows beforehand what it will read, which saves a round.
type Prefetcher interface {
	Prefetch(want *Wants)
}

// Command asks a ledger for something. ID is given by whoever makes the command; what it creates is named from it.
type Command struct {
	ID       port.ID
	Ledger   Name
	Actor    Actor
	Priority Priority
	// Key is the submitter's idempotency key, at most MaxKey bytes; empty: the id. It counts per organisation and ledger.
	Key string
	// Body is the digest of what came with Key; the same key with another digest is a conflict. Where there is a
	// Submission it is the submission's SHA-256, whatever was given.
	Body Hash
	// At is when it happened, for devices, agents and authorities; absent: when it is recorded.
	At port.Time
	// Submission is the raw message, kept under the receipt; Media its media type.
	Submission []byte
	Media      string
	Sealed     []SealedRow
	Do         Decision
}

// MaxKey bounds an idempotency key: a SHA-256 in hex with a prefix fits twice.
const MaxKey = 200

// check refuses what could not be stored, or not be read back, and completes the command.
func (c *Command) check() error {
	if c.ID.IsZero() {
		return errs.New(errs.Broken, "", "a command for %s (%T) has no id", c.Ledger, c.Do)
	}
	if c.Priority >= priorities {
		return errs.New(errs.Broken, "", "a command for %s (%T) has priority %d", c.Ledger, c.Do, c.Priority)
	}
	if len(c.Key) > MaxKey {
		return errs.New(errs.Invalid, "command.key_too_long", "an idempotency key has at most %d bytes", MaxKey)
	}
	for _, text := range []string{c.Key, c.Actor.Organisation, c.Actor.Role, c.Actor.Person, c.Media} {
		if !storable(text) {
			return errs.New(errs.Invalid, "text.unstorable", "%q in the key, actor or media type", text)
		}
	}
	if year := c.At.Std().Year(); c.At != 0 && (year < 1900 || year > 9999) {
		return errs.New(errs.Invalid, "time.range", "%s would not be read back", c.At)
	}
	if c.Key == "" {
		c.Key = c.ID.String()
	}
	if c.Submission != nil {
		c.Body = sha256.Sum256(c.Submission)
	}
	return nil
}

// storable tells whether every database takes a text as it is and gives it back: PostgreSQL refuses what is not UTF-8,
// and the character NUL. Bodies of facts are no such text: JSON escapes them, and they are stored as bytes.
func storable(text string) bool { return utf8.ValidString(text) && strings.IndexByte(text, 0) < 0 }

// The outcomes of a receipt.
const (
	Accepted = "accepted"
	Refused  = "refused"
)

// Receipt is what a submitter gets: where the facts of his command stand. Subject is the thing that it created or
// changed first. Repeated says that the command had been acknowledged before.
type Receipt struct {
	Command  port.ID   `json:"command"`
	Ledger   Name      `json:"ledger"`
	First    uint64    `json:"first"`
	Last     uint64    `json:"last"`
	Outcome  string    `json:"outcome"`
	Subject  port.ID   `json:"subject,omitzero"`
	Recorded port.Time `json:"recorded"`
	Repeated bool      `json:"repeated,omitempty"`
	// Facts are what was recorded, for callers in the process; nil when repeated.
	Facts []Fact `json:"-"`
}

func (r *ReceiptRow) receipt(name Name) Receipt {
	return Receipt{Command: r.Command, Ledger: name, First: r.First, Last: r.Last, Outcome: r.Outcome, Subject: r.Subject, Recorded: r.Recorded}
}

// Refuse is a Decision that only refuses: a document that was bad before it could queue is kept this way.
type Refuse struct{ Err error }

// Decide refuses.
func (r Refuse) Decide(*Tx) error { return r.Err }
