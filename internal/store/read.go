package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// reading is every read outside a transaction, the same SQL for both databases ($n placeholders).
type reading struct {
	db   *sql.DB
	fail func(err error, doing string, args ...any) error
}

// list runs a query and scans its rows one by one.
func (r *reading) list(ctx context.Context, doing, query string, args []any, scan func(*sql.Rows) error) error {
	found, err := r.db.QueryContext(ctx, query, args...)
	if err != nil {
		return r.fail(err, "%s", doing)
	}
	return r.fail(each(found, scan), "%s", doing)
}

func each(found *sql.Rows, scan func(*sql.Rows) error) error {
	defer found.Close()
	for found.Next() {
		if err := scan(found); err != nil {
			return err
		}
	}
	return found.Err()
}

const headColumns = "ledger, name, algorithm, seq, hash, receipts, recorded"

func scanHead(found interface{ Scan(...any) error }) (h ledger.Head, err error) {
	var number, seq, receipts, recorded int64
	var name, algorithm string
	var hash []byte
	err = found.Scan(&number, &name, &algorithm, &seq, &hash, &receipts, &recorded)
	return ledger.Head{
		Number: ledger.Number(number), Name: ledger.Name(name), Algorithm: ledger.Algorithm(algorithm),
		Seq: uint64(seq), Hash: toHash(hash), Receipts: uint64(receipts), Recorded: port.Time(recorded),
	}, err
}

// Heads lists every ledger by number.
func (r *reading) Heads(ctx context.Context) (heads []ledger.Head, err error) {
	err = r.list(ctx, "read the heads", "SELECT "+headColumns+" FROM head ORDER BY ledger", nil, func(found *sql.Rows) error {
		h, err := scanHead(found)
		heads = append(heads, h)
		return err
	})
	return heads, err
}

func (r *reading) headNamed(ctx context.Context, name ledger.Name) (ledger.Head, error) {
	h, err := scanHead(r.db.QueryRowContext(ctx, "SELECT "+headColumns+" FROM head WHERE name = $1", string(name)))
	return h, r.fail(err, "read the head of %s", name)
}

// Facts reads rows in order.
func (r *reading) Facts(ctx context.Context, number ledger.Number, after uint64, limit int) (facts []ledger.FactRow, err error) {
	args := []any{place(number, after), place(number+1, 0), int64(limit)}
	err = r.list(ctx, "read facts", "SELECT place, data, hash FROM fact WHERE place > $1 AND place < $2 ORDER BY place LIMIT $3", args, func(found *sql.Rows) error {
		var at int64
		var data, hash []byte
		err := found.Scan(&at, &data, &hash)
		facts = append(facts, ledger.FactRow{Ledger: number, Seq: seqOf(at), Data: data, Hash: toHash(hash)})
		return err
	})
	return facts, err
}

func scanRecord(found *sql.Rows) (row ledger.RecordRow, err error) {
	var number, fold int64
	var id []byte
	err = found.Scan(&number, &row.Kind, &id, &fold, &row.Data)
	row.Ledger, row.ID, row.Fold = ledger.Number(number), toID(id), int(fold)
	return row, err
}

// Records reads records of a kind after an id.
func (r *reading) Records(ctx context.Context, number ledger.Number, kind string, after port.ID, limit int) (records []ledger.RecordRow, err error) {
	args := []any{int64(number), kind, after[:], int64(limit)}
	err = r.list(ctx, "read records", "SELECT ledger, kind, id, fold, data FROM record WHERE ledger = $1 AND kind = $2 AND id > $3 ORDER BY id LIMIT $4", args, func(found *sql.Rows) error {
		row, err := scanRecord(found)
		records = append(records, row)
		return err
	})
	return records, err
}

// Record reads one record's bytes; nil where there is none.
func (r *reading) Record(ctx context.Context, key ledger.RecordKey) (data []byte, err error) {
	err = r.db.QueryRowContext(ctx, "SELECT data FROM record WHERE ledger = $1 AND kind = $2 AND id = $3", int64(key.Ledger), key.Kind, key.ID[:]).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return data, r.fail(err, "read a record")
}

// Lookup reads one look-up; the zero id where there is none.
func (r *reading) Lookup(ctx context.Context, key ledger.LookupKey) (port.ID, error) {
	var id []byte
	err := r.db.QueryRowContext(ctx, "SELECT id FROM lookup WHERE ledger = $1 AND kind = $2 AND key = $3", int64(key.Ledger), key.Kind, key.Key).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return port.ID{}, nil
	}
	return toID(id), r.fail(err, "read a look-up")
}

func scanLookup(found *sql.Rows) (row ledger.LookupRow, err error) {
	var number int64
	var id []byte
	err = found.Scan(&number, &row.Kind, &row.Key, &id)
	row.Ledger, row.ID = ledger.Number(number), toID(id)
	return row, err
}

// Lookups reads look-ups of a ledger in order of kind and key.
func (r *reading) Lookups(ctx context.Context, number ledger.Number, after ledger.LookupKey, limit int) (lookups []ledger.LookupRow, err error) {
	args := []any{int64(number), after.Kind, after.Key, int64(limit)}
	err = r.list(ctx, "read look-ups", "SELECT ledger, kind, key, id FROM lookup WHERE ledger = $1 AND (kind, key) > ($2, $3) ORDER BY kind, key LIMIT $4", args, func(found *sql.Rows) error {
		row, err := scanLookup(found)
		lookups = append(lookups, row)
		return err
	})
	return lookups, err
}

// Deadlines reads what falls due up to an instant, soonest first.
func (r *reading) Deadlines(ctx context.Context, number ledger.Number, until port.Time, limit int) (deadlines []ledger.DeadlineRow, err error) {
	args := []any{int64(number), int64(until), int64(limit)}
	err = r.list(ctx, "read deadlines", "SELECT ledger, due, id, kind, subject FROM deadline WHERE ledger = $1 AND due <= $2 ORDER BY due, id LIMIT $3", args, func(found *sql.Rows) error {
		var number, due int64
		var id, subject []byte
		var kind string
		err := found.Scan(&number, &due, &id, &kind, &subject)
		deadlines = append(deadlines, ledger.DeadlineRow{Ledger: ledger.Number(number), Due: port.Time(due), ID: toID(id), Kind: kind, Subject: toID(subject)})
		return err
	})
	return deadlines, err
}

const receiptColumns = "place, command, organisation, key, digest, first, last, outcome, subject, recorded"

func scanReceipt(found *sql.Rows) (row ledger.ReceiptRow, err error) {
	var at, first, last, recorded int64
	var command, digest, subject []byte
	err = found.Scan(&at, &command, &row.Organisation, &row.Key, &digest, &first, &last, &row.Outcome, &subject, &recorded)
	row.Ledger, row.No, row.Command, row.Digest = ledgerOf(at), seqOf(at), toID(command), toHash(digest)
	row.First, row.Last, row.Subject, row.Recorded = uint64(first), uint64(last), toID(subject), port.Time(recorded)
	return row, err
}

// Receipts reads those of a ledger after a number, in order.
func (r *reading) Receipts(ctx context.Context, number ledger.Number, after uint64, limit int) (receipts []ledger.ReceiptRow, err error) {
	args := []any{place(number, after), place(number+1, 0), int64(limit)}
	err = r.list(ctx, "read receipts", "SELECT "+receiptColumns+" FROM receipt WHERE place > $1 AND place < $2 ORDER BY place LIMIT $3", args, func(found *sql.Rows) error {
		row, err := scanReceipt(found)
		receipts = append(receipts, row)
		return err
	})
	return receipts, err
}

// ReceiptOf finds the last receipt of a command: one that was refused may have been given again and accepted.
func (r *reading) ReceiptOf(ctx context.Context, number ledger.Number, command port.ID) (row ledger.ReceiptRow, ok bool, err error) {
	args := []any{command[:], place(number, 0), place(number+1, 0)}
	err = r.list(ctx, "read a receipt", "SELECT "+receiptColumns+" FROM receipt WHERE command = $1 AND place > $2 AND place < $3 ORDER BY place DESC LIMIT 1", args, func(found *sql.Rows) error {
		row, err = scanReceipt(found)
		ok = true
		return err
	})
	return row, ok, err
}

// Submissions reads raw bytes under receipts after a number, in order.
func (r *reading) Submissions(ctx context.Context, number ledger.Number, after uint64, limit int) (submissions []ledger.SubmissionRow, err error) {
	args := []any{place(number, after), place(number+1, 0), int64(limit)}
	err = r.list(ctx, "read submissions", "SELECT place, media, digest, data FROM submission WHERE place > $1 AND place < $2 ORDER BY place LIMIT $3", args, func(found *sql.Rows) error {
		var at int64
		var digest []byte
		row := ledger.SubmissionRow{Ledger: number}
		err := found.Scan(&at, &row.Media, &digest, &row.Data)
		row.No, row.Digest = seqOf(at), toHash(digest)
		submissions = append(submissions, row)
		return err
	})
	return submissions, err
}

// Sealed reads one piece of personal data.
func (r *reading) Sealed(ctx context.Context, id port.ID) (row ledger.SealedRow, ok bool, err error) {
	err = r.list(ctx, "read personal data", "SELECT id, person, purpose, expires, wrapped, salt, data FROM sealed WHERE id = $1", []any{id[:]}, func(found *sql.Rows) error {
		var key, person []byte
		var expires int64
		err := found.Scan(&key, &person, &row.Purpose, &expires, &row.Key, &row.Salt, &row.Data)
		row.ID, row.Person, row.Expires, ok = toID(key), toID(person), port.Time(expires), true
		return err
	})
	return row, ok, err
}

// Cursor reads how far a follower has come.
func (r *reading) Cursor(ctx context.Context, follower string, number ledger.Number) (uint64, error) {
	var seq int64
	err := r.db.QueryRowContext(ctx, "SELECT seq FROM cursor WHERE follower = $1 AND ledger = $2", follower, int64(number)).Scan(&seq)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return uint64(seq), r.fail(err, "read the cursor of %s", follower)
}

// Setting reads a small named value; empty where there is none.
func (r *reading) Setting(ctx context.Context, name string) (value string, err error) {
	err = r.db.QueryRowContext(ctx, "SELECT value FROM setting WHERE name = $1", name).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return value, r.fail(err, "read setting %s", name)
}

// readingTx is every read inside a SQLite transaction.
type readingTx struct {
	ctx   context.Context
	query func(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	fail  func(err error, doing string, args ...any) error
}

func (t *readingTx) list(doing, query string, args []any, scan func(*sql.Rows) error) error {
	found, err := t.query(t.ctx, query, args...)
	if err != nil {
		return t.fail(err, "%s", doing)
	}
	return t.fail(each(found, scan), "%s", doing)
}

func (t *readingTx) lockedHeads(ledgers []ledger.Number) ([]ledger.Head, error) {
	heads := make([]ledger.Head, 0, len(ledgers))
	if len(ledgers) == 0 {
		return heads, nil
	}
	args := make([]any, len(ledgers))
	for i, number := range ledgers {
		args[i] = int64(number)
	}
	query := "SELECT " + headColumns + " FROM head WHERE ledger IN (?" + strings.Repeat(", ?", len(args)-1) + ") ORDER BY ledger"
	err := t.list("read the heads", query, args, func(found *sql.Rows) error {
		h, err := scanHead(found)
		heads = append(heads, h)
		return err
	})
	if err == nil && len(heads) != len(ledgers) {
		err = errs.New(errs.Broken, "", "%d of %d heads are there", len(heads), len(ledgers))
	}
	return heads, err
}

// readChunk bounds the keys of one query, far below SQLite's limit of 32,766 parameters.
const readChunk = 512

func (t *readingTx) Records(keys []ledger.RecordKey) ([]ledger.RecordRow, error) {
	found := make([]ledger.RecordRow, 0, len(keys))
	for len(keys) > 0 {
		n := min(len(keys), readChunk)
		args := make([]any, 0, 3*n)
		for i := range keys[:n] {
			args = append(args, int64(keys[i].Ledger), keys[i].Kind, keys[i].ID[:])
		}
		query := "SELECT ledger, kind, id, fold, data FROM record WHERE (ledger, kind, id) IN (VALUES (?, ?, ?)" + strings.Repeat(", (?, ?, ?)", n-1) + ")"
		err := t.list("read records", query, args, func(rows *sql.Rows) error {
			row, err := scanRecord(rows)
			found = append(found, row)
			return err
		})
		if err != nil {
			return nil, err
		}
		keys = keys[n:]
	}
	return found, nil
}

func (t *readingTx) Lookups(keys []ledger.LookupKey) ([]ledger.LookupRow, error) {
	found := make([]ledger.LookupRow, 0, len(keys))
	for len(keys) > 0 {
		n := min(len(keys), readChunk)
		args := make([]any, 0, 3*n)
		for i := range keys[:n] {
			args = append(args, int64(keys[i].Ledger), keys[i].Kind, keys[i].Key)
		}
		query := "SELECT ledger, kind, key, id FROM lookup WHERE (ledger, kind, key) IN (VALUES (?, ?, ?)" + strings.Repeat(", (?, ?, ?)", n-1) + ")"
		err := t.list("read look-ups", query, args, func(rows *sql.Rows) error {
			row, err := scanLookup(rows)
			found = append(found, row)
			return err
		})
		if err != nil {
			return nil, err
		}
		keys = keys[n:]
	}
	return found, nil
}

// tailRows is how many receipts a catch-up reads at once.
const tailRows = 8192

func (t *readingTx) Tail(number ledger.Number, after uint64) (receipts []ledger.ReceiptRow, err error) {
	args := []any{place(number, after), place(number+1, 0), int64(tailRows)}
	err = t.list("read receipts", "SELECT "+receiptColumns+" FROM receipt WHERE place > ? AND place < ? ORDER BY place LIMIT ?", args, func(found *sql.Rows) error {
		row, err := scanReceipt(found)
		receipts = append(receipts, row)
		return err
	})
	return receipts, err
}

func (t *readingTx) Receipt(number ledger.Number, no uint64) (row ledger.ReceiptRow, err error) {
	err = t.list("read a receipt", "SELECT "+receiptColumns+" FROM receipt WHERE place = ?", []any{place(number, no)}, func(found *sql.Rows) error {
		row, err = scanReceipt(found)
		return err
	})
	return row, err
}
