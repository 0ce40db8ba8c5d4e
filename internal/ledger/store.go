package ledger

import (
	"context"

	"github.com/guomen/guomen/port"
)

// Head is the end of one ledger: what the next fact and receipt continue. Its row is the lock that serialises writers.
type Head struct {
	Number    Number
	Name      Name
	Algorithm Algorithm
	Seq       uint64    // last fact; the first is 1
	Hash      Hash      // of the last fact
	Receipts  uint64    // last receipt
	Recorded  port.Time // of the last fact or receipt
}

// FactRow is a stored fact.
type FactRow struct {
	Ledger Number
	Seq    uint64
	Data   []byte
	Hash   Hash
}

// RecordRow is a stored record. Fold is the version of the fold that made it.
type RecordRow struct {
	Ledger Number
	Kind   string
	ID     port.ID
	Fold   int
	Data   []byte
}

// RecordKey names a record.
type RecordKey struct {
	Ledger Number
	Kind   string
	ID     port.ID
}

// LookupKey names an open thing by a number that people write.
type LookupKey struct {
	Ledger Number
	Kind   string
	Key    string
}

// LookupRow points from a key to the id of an open thing; the zero id removes it.
type LookupRow struct {
	LookupKey
	ID port.ID
}

// DeadlineRow is an instant at which something falls due for a subject. Done removes it.
type DeadlineRow struct {
	Ledger  Number
	Due     port.Time
	ID      port.ID
	Kind    string
	Subject port.ID
	Done    bool
}

// ReceiptRow is a stored receipt. Digest covers the body that the key was used with. Refused commands have a receipt
// too, without facts; it never binds their key.
type ReceiptRow struct {
	Ledger       Number
	No           uint64
	Command      port.ID
	Organisation string
	Key          string
	Digest       Hash
	First, Last  uint64
	Outcome      string
	Subject      port.ID
	Recorded     port.Time
}

// SubmissionRow is the raw bytes of what was submitted, refused or not, under its receipt's number.
type SubmissionRow struct {
	Ledger Number
	No     uint64
	Media  string
	Digest Hash
	Data   []byte
}

// SealedRow is one piece of personal data, encrypted under a key of its own that belongs to a person and purpose.
type SealedRow struct {
	ID      port.ID // what the fact names, with its commitment
	Person  port.ID
	Purpose string
	Expires port.Time
	Key     []byte // wrapped under the operator's key; nil once expired
	Salt    []byte // nil once expired
	Data    []byte
}

// CursorRow is how far a follower has come in a ledger.
type CursorRow struct {
	Follower string
	Ledger   Number
	Seq      uint64
}

// Notice says that a ledger has reached a sequence.
type Notice struct {
	Number Number
	Seq    uint64
}

// Batch is everything that one transaction writes.
type Batch struct {
	Heads       []Head
	Facts       []FactRow
	Records     []RecordRow
	Lookups     []LookupRow
	Deadlines   []DeadlineRow
	Receipts    []ReceiptRow
	Submissions []SubmissionRow
	Sealed      []SealedRow
	Cursors     []CursorRow
}

// Store is a database that can keep ledgers. Its methods fail with errs.Unavailable when the database cannot be
// reached or cannot write, and with errs.Broken for what should never be.
type Store interface {
	// Heads lists every ledger by number.
	Heads(ctx context.Context) ([]Head, error)
	// Create adds a ledger, or returns the one that has the name.
	Create(ctx context.Context, name Name, algorithm Algorithm) (Head, error)
	// Begin starts a transaction that holds the heads of the ledgers, locked in ascending order of number.
	Begin(ctx context.Context, ledgers []Number) (Transaction, error)
	// Facts reads the rows after a sequence, at most limit, in order.
	Facts(ctx context.Context, ledger Number, after uint64, limit int) ([]FactRow, error)
	// Records reads records outside a transaction, at most limit of a kind after an id.
	Records(ctx context.Context, ledger Number, kind string, after port.ID, limit int) ([]RecordRow, error)
	// Record reads one record; nil where there is none.
	Record(ctx context.Context, key RecordKey) ([]byte, error)
	// Lookup reads one look-up; the zero id where there is none.
	Lookup(ctx context.Context, key LookupKey) (port.ID, error)
	// Lookups reads look-ups of a ledger after a kind and key, at most limit.
	Lookups(ctx context.Context, ledger Number, after LookupKey, limit int) ([]LookupRow, error)
	// Deadlines reads those of a ledger due up to an instant, soonest first.
	Deadlines(ctx context.Context, ledger Number, until port.Time, limit int) ([]DeadlineRow, error)
	// ReceiptOf finds a command's receipt; false where there is none.
	ReceiptOf(ctx context.Context, ledger Number, command port.ID) (ReceiptRow, bool, error)
	// Receipts reads those after a number, at most limit, in order.
	Receipts(ctx context.Context, ledger Number, after uint64, limit int) ([]ReceiptRow, error)
	// Submissions reads the raw bytes that stand under receipts after a number, at most limit, in order.
	Submissions(ctx context.Context, ledger Number, after uint64, limit int) ([]SubmissionRow, error)
	// Sealed reads one piece of personal data; false where there is none.
	Sealed(ctx context.Context, id port.ID) (SealedRow, bool, error)
	// Forget destroys the keys and salts of what has expired, or of one person and purpose; it says how many.
	Forget(ctx context.Context, expired port.Time, person port.ID, purpose string) (int, error)
	// Cursor reads how far a follower has come.
	Cursor(ctx context.Context, follower string, ledger Number) (uint64, error)
	// Replace makes the records, look-ups and deadlines of a ledger what a rebuild found, in one transaction under the
	// ledger's head; write is called with batches by the rebuild.
	Replace(ctx context.Context, ledger Number, write func(put func(*Batch) error) error) error
	// Notices tells, without promise, how far another process has brought a ledger. It closes with the context.
	Notices(ctx context.Context) (<-chan Notice, error)
	// Lease holds a name for this process until the context ends or release is called; it waits for others.
	Lease(ctx context.Context, name string) (release func(), err error)
	// Setting reads and writes a small named value, such as the fold versions that the records were made by.
	Setting(ctx context.Context, name string) (string, error)
	SetSetting(ctx context.Context, name, value string) error
	// Loops is how many writer loops suit this store.
	Loops() int
	Close() error
}

// Transaction is one batch in the making.
type Transaction interface {
	// Heads are the locked heads in the order they were asked for.
	Heads() []Head
	Records(keys []RecordKey) ([]RecordRow, error)
	Lookups(keys []LookupKey) ([]LookupRow, error)
	// Tail reads the receipts of a ledger after a number, in order.
	Tail(ledger Number, after uint64) ([]ReceiptRow, error)
	// Receipt reads one receipt by its number.
	Receipt(ledger Number, no uint64) (ReceiptRow, error)
	Write(*Batch) error
	Commit() error
	Rollback()
}
