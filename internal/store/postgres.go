package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// channel is where processes tell each other which ledgers they wrote to.
const channel = "guomen"

// Postgres is a store that several processes share: the head row of a ledger is the lock that orders its writers.
type Postgres struct {
	reading
	pool *pgxpool.Pool

	leasing sync.Mutex
	session *pgx.Conn       // holds every lease of this process; nil until the first
	held    map[string]bool // its leases
}

// OpenPostgres connects and makes the tables that are missing.
func OpenPostgres(ctx context.Context, url string) (*Postgres, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errs.Wrap(errs.Invalid, err, "read the database URL")
	}
	// Readers and writer loops share the pool; PostgreSQL's default allows 100 connections.
	config.MaxConns = 24
	config.ConnConfig.RuntimeParams["application_name"] = "guomen"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, postgresError(err, "connect")
	}
	p := &Postgres{pool: pool, held: map[string]bool{}}
	p.reading = reading{db: stdlib.OpenDBFromPool(pool), fail: postgresError}
	p.db.SetMaxOpenConns(16) // however many read, writers find a connection
	if err := p.create(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return p, nil
}

// create makes the tables under a lock: two processes may start at once.
func (p *Postgres) create(ctx context.Context) error {
	return p.inTx(ctx, "create the tables", func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", lockNumber("create")); err != nil {
			return err
		}
		for i := range tables {
			if _, err := tx.Exec(ctx, tables[i].createPostgres()); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, "CREATE UNIQUE INDEX IF NOT EXISTS receipt_command ON receipt (command, place)")
		return err
	})
}

func (p *Postgres) inTx(ctx context.Context, doing string, do func(pgx.Tx) error) error {
	return postgresError(pgx.BeginFunc(ctx, p.pool, do), "%s", doing)
}

func lockNumber(name string) int64 {
	h := fnv.New64a()
	h.Write([]byte("guomen " + name))
	return int64(h.Sum64())
}

func (t *table) createPostgres() string {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE IF NOT EXISTS %s (", t.name)
	for _, c := range t.columns {
		// Text is compared byte by byte, as in SQLite, so that lists come in the same order from either.
		fmt.Fprintf(&b, "%s %s", c.name, [...]string{integer: "bigint", text: `text COLLATE "C"`, blob: "bytea"}[c.is])
		if c.is != blob {
			b.WriteString(" NOT NULL")
		}
		b.WriteString(", ")
	}
	return b.String() + "PRIMARY KEY (" + t.names(t.key) + "))"
}

// Create adds a ledger, or returns the one that has the name.
func (p *Postgres) Create(ctx context.Context, name ledger.Name, algorithm ledger.Algorithm) (ledger.Head, error) {
	err := p.inTx(ctx, "create a ledger", func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", lockNumber("create")); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO head (ledger, name, algorithm, seq, hash, receipts, recorded)
			SELECT coalesce((SELECT max(ledger) FROM head), 0) + 1, $1, $2, 0, $3, 0, 0 WHERE NOT EXISTS (SELECT 1 FROM head WHERE name = $1)`, string(name), string(algorithm), make([]byte, 32))
		return err
	})
	if err != nil {
		return ledger.Head{}, err
	}
	return p.headNamed(ctx, name)
}

// postgresTx is one batch.
type postgresTx struct {
	ctx   context.Context
	tx    pgx.Tx
	heads []ledger.Head
}

// begin opens a batch's transaction. Every one of its statements has an index to go by; a plan that was made, and kept,
// while a table was nearly empty would read all of it for each batch until the server next looks at the table's size.
const begin = "BEGIN; SET LOCAL enable_seqscan = off"

// Begin locks the heads in ascending order, so that processes never wait for each other in a ring.
func (p *Postgres) Begin(ctx context.Context, ledgers []ledger.Number) (ledger.Transaction, error) {
	tx, err := p.pool.BeginTx(ctx, pgx.TxOptions{BeginQuery: begin})
	if err != nil {
		return nil, postgresError(err, "begin")
	}
	t := &postgresTx{ctx: ctx, tx: tx}
	if len(ledgers) == 0 {
		return t, nil
	}
	numbers := make([]int64, len(ledgers))
	for i, number := range ledgers {
		numbers[i] = int64(number)
	}
	err = t.list("lock the heads", "SELECT "+headColumns+" FROM head WHERE ledger = ANY($1) ORDER BY ledger FOR UPDATE", []any{numbers}, func(found pgx.Rows) error {
		h, err := scanHead(found)
		t.heads = append(t.heads, h)
		return err
	})
	if err == nil && len(t.heads) != len(ledgers) {
		err = errs.New(errs.Broken, "", "%d of %d heads are there", len(t.heads), len(ledgers))
	}
	if err != nil {
		t.Rollback()
		return nil, err
	}
	return t, nil
}

func (t *postgresTx) list(doing, query string, args []any, scan func(pgx.Rows) error) error {
	found, err := t.tx.Query(t.ctx, query, args...)
	if err != nil {
		return postgresError(err, "%s", doing)
	}
	defer found.Close()
	for found.Next() {
		if err := scan(found); err != nil {
			return postgresError(err, "%s", doing)
		}
	}
	return postgresError(found.Err(), "%s", doing)
}

func (t *postgresTx) Heads() []ledger.Head { return t.heads }

// Records asks for each key by itself in one query: "id = any(…)" behind a composite key would scan the ledger.
func (t *postgresTx) Records(keys []ledger.RecordKey) ([]ledger.RecordRow, error) {
	numbers, kinds, ids := make([]int64, len(keys)), make([]string, len(keys)), make([][]byte, len(keys))
	for i := range keys {
		numbers[i], kinds[i], ids[i] = int64(keys[i].Ledger), keys[i].Kind, keys[i].ID[:]
	}
	rows := make([]ledger.RecordRow, 0, len(keys))
	err := t.list("read records", `SELECT r.ledger, r.kind, r.id, r.fold, r.data FROM unnest($1::bigint[], $2::text[], $3::bytea[]) AS k (ledger, kind, id)
		CROSS JOIN LATERAL (SELECT * FROM record WHERE record.ledger = k.ledger AND record.kind = k.kind COLLATE "C" AND record.id = k.id OFFSET 0) AS r`, []any{numbers, kinds, ids}, func(found pgx.Rows) error {
		var row ledger.RecordRow
		var number, fold int64
		var id []byte
		err := found.Scan(&number, &row.Kind, &id, &fold, &row.Data)
		row.Ledger, row.ID, row.Fold = ledger.Number(number), toID(id), int(fold)
		rows = append(rows, row)
		return err
	})
	return rows, err
}

func (t *postgresTx) Lookups(keys []ledger.LookupKey) ([]ledger.LookupRow, error) {
	numbers, kinds, texts := make([]int64, len(keys)), make([]string, len(keys)), make([]string, len(keys))
	for i := range keys {
		numbers[i], kinds[i], texts[i] = int64(keys[i].Ledger), keys[i].Kind, keys[i].Key
	}
	rows := make([]ledger.LookupRow, 0, len(keys))
	err := t.list("read look-ups", `SELECT l.ledger, l.kind, l.key, l.id FROM unnest($1::bigint[], $2::text[], $3::text[]) AS k (ledger, kind, key)
		CROSS JOIN LATERAL (SELECT * FROM lookup WHERE lookup.ledger = k.ledger AND lookup.kind = k.kind COLLATE "C" AND lookup.key = k.key COLLATE "C" OFFSET 0) AS l`, []any{numbers, kinds, texts}, func(found pgx.Rows) error {
		var row ledger.LookupRow
		var number int64
		var id []byte
		err := found.Scan(&number, &row.Kind, &row.Key, &id)
		row.Ledger, row.ID = ledger.Number(number), toID(id)
		rows = append(rows, row)
		return err
	})
	return rows, err
}

func (t *postgresTx) receipts(doing, where string, args ...any) (rows []ledger.ReceiptRow, err error) {
	err = t.list(doing, "SELECT "+receiptColumns+" FROM receipt WHERE "+where, args, func(found pgx.Rows) error {
		var row ledger.ReceiptRow
		var at, first, last, recorded int64
		var command, digest, subject []byte
		err := found.Scan(&at, &command, &row.Organisation, &row.Key, &digest, &first, &last, &row.Outcome, &subject, &recorded)
		row.Ledger, row.No, row.Command, row.Digest = ledgerOf(at), seqOf(at), toID(command), toHash(digest)
		row.First, row.Last, row.Subject, row.Recorded = uint64(first), uint64(last), toID(subject), port.Time(recorded)
		rows = append(rows, row)
		return err
	})
	return rows, err
}

func (t *postgresTx) Tail(number ledger.Number, after uint64) ([]ledger.ReceiptRow, error) {
	return t.receipts("read receipts", "place > $1 AND place < $2 ORDER BY place LIMIT $3", place(number, after), place(number+1, 0), tailRows)
}

func (t *postgresTx) Receipt(number ledger.Number, no uint64) (ledger.ReceiptRow, error) {
	rows, err := t.receipts("read a receipt", "place = $1", place(number, no))
	if err != nil || len(rows) == 0 {
		return ledger.ReceiptRow{}, err
	}
	return rows[0], nil
}

// Write sends every table's rows as arrays, all statements in one round trip, with the notice that travels on commit.
func (t *postgresTx) Write(b *ledger.Batch) error {
	batch := &pgx.Batch{}
	for _, w := range writings(b) {
		batch.Queue(w.postgres(), w.columns()...)
	}
	if len(b.Heads) > 0 {
		notices := make([]string, len(b.Heads))
		for i := range b.Heads {
			notices[i] = strconv.Itoa(int(b.Heads[i].Number)) + " " + strconv.FormatUint(b.Heads[i].Seq, 10)
		}
		batch.Queue("SELECT pg_notify($1, n) FROM unnest($2::text[]) AS n", channel, notices)
	}
	return postgresError(t.tx.SendBatch(t.ctx, batch).Close(), "write")
}

// columns turns rows into one array a column.
func (w writing) columns() []any {
	width := len(w.table.columns)
	if w.remove {
		width = w.table.key
	}
	arrays := make([]any, width)
	integers, texts, blobs := make([][]int64, width), make([][]string, width), make([][][]byte, width)
	w.rows(func(values ...any) {
		for i, value := range values {
			switch w.table.columns[i].is {
			case integer:
				integers[i] = append(integers[i], value.(int64))
			case text:
				texts[i] = append(texts[i], value.(string))
			case blob:
				blobs[i] = append(blobs[i], value.([]byte))
			}
		}
	})
	for i := range arrays {
		switch w.table.columns[i].is {
		case integer:
			arrays[i] = integers[i]
		case text:
			arrays[i] = texts[i]
		case blob:
			arrays[i] = blobs[i]
		}
	}
	return arrays
}

func (w writing) postgres() string {
	width := len(w.table.columns)
	if w.remove {
		width = w.table.key
	}
	arrays := make([]string, width)
	for i := range arrays {
		arrays[i] = "$" + strconv.Itoa(i+1) + [...]string{integer: "::bigint[]", text: "::text[]", blob: "::bytea[]"}[w.table.columns[i].is]
	}
	from := "unnest(" + strings.Join(arrays, ", ") + ")"
	if !w.remove {
		return "INSERT INTO " + w.table.name + " (" + w.table.names(width) + ") SELECT * FROM " + from + w.table.upsert()
	}
	match := make([]string, width)
	for i := range match {
		name := w.table.columns[i].name
		match[i] = w.table.name + "." + name + " = k." + name
	}
	return "DELETE FROM " + w.table.name + " USING " + from + " AS k (" + w.table.names(width) + ") WHERE " + strings.Join(match, " AND ")
}

func (t *postgresTx) Commit() error { return postgresError(t.tx.Commit(t.ctx), "commit") }

func (t *postgresTx) Rollback() {
	// The batch's own context may be over; the connection must be freed all the same.
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_ = t.tx.Rollback(ctx)
}

// Replace makes a ledger's records, look-ups and deadlines anew.
func (p *Postgres) Replace(ctx context.Context, number ledger.Number, write func(put func(*ledger.Batch) error) error) error {
	tx, err := p.Begin(ctx, []ledger.Number{number})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	t := tx.(*postgresTx)
	for _, name := range []string{recordTable.name, lookupTable.name, deadlineTable.name} {
		if _, err := t.tx.Exec(ctx, "DELETE FROM "+name+" WHERE ledger = $1", int64(number)); err != nil {
			return postgresError(err, "clear %s", name)
		}
	}
	if err := write(t.Write); err != nil {
		return err
	}
	return t.Commit()
}

// Forget destroys keys and salts.
func (p *Postgres) Forget(ctx context.Context, expired port.Time, person port.ID, purpose string) (int, error) {
	tag, err := p.pool.Exec(ctx, `UPDATE sealed SET wrapped = NULL, salt = NULL WHERE wrapped IS NOT NULL AND ((expires > 0 AND expires <= $1) OR (person = $2 AND purpose = $3))`, int64(expired), person[:], purpose)
	return int(tag.RowsAffected()), postgresError(err, "forget personal data")
}

// SetSetting writes a small named value.
func (p *Postgres) SetSetting(ctx context.Context, name, value string) error {
	_, err := p.pool.Exec(ctx, "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value)
	return postgresError(err, "set %s", name)
}

// Notices listens for the other processes. After a lost connection it listens again; what was missed meanwhile is found
// by the engine, which looks for itself now and then.
func (p *Postgres) Notices(ctx context.Context) (<-chan ledger.Notice, error) {
	notices := make(chan ledger.Notice, 64)
	go func() {
		defer close(notices)
		for ctx.Err() == nil {
			p.listen(ctx, notices)
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}()
	return notices, nil
}

func (p *Postgres) listen(ctx context.Context, notices chan<- ledger.Notice) {
	conn, err := p.pool.Acquire(ctx)
	if err != nil {
		return
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
		return
	}
	for {
		notice, err := conn.Conn().WaitForNotification(ctx)
		if err != nil {
			_ = conn.Conn().Close(context.WithoutCancel(ctx)) // it still listens: do not give it back
			return
		}
		number, seq, _ := strings.Cut(notice.Payload, " ")
		n, err := strconv.ParseUint(number, 10, 16)
		if err != nil {
			continue // somebody else's
		}
		s, err := strconv.ParseUint(seq, 10, 64)
		if err != nil {
			continue
		}
		select {
		case notices <- ledger.Notice{Number: ledger.Number(n), Seq: s}:
		case <-ctx.Done():
			return
		}
	}
}

// Loops is two: while one batch flushes another is decided; more gains nothing on the heads' locks.
func (p *Postgres) Loops() int { return 2 }

// DB is the pool as database/sql, for views.
func (p *Postgres) DB() *sql.DB { return p.db }

// Close closes the pool.
func (p *Postgres) Close() error {
	p.leasing.Lock()
	defer p.leasing.Unlock()
	if p.session != nil {
		_ = p.session.Close(context.Background())
	}
	err := p.db.Close()
	p.pool.Close()
	return err
}

// readOnly is what a standby answers to a write.
const readOnly = "25006"

// postgresError sorts errors: whatever is not the server's considered answer means that it cannot be reached; of its
// answers, classes 08 (connection), 28 and 3D (no such user or database), 40 (a distributed database asks to try again),
// 53 (no disk, no memory), 57 (shutting down) and 58 (input and output), and that of a standby, mean that it cannot serve
// now; corruption and everything else is broken.
func postgresError(err error, doing string, args ...any) error {
	if err == nil || errors.Is(err, sql.ErrNoRows) {
		return err
	}
	kind := errs.Unavailable
	var answer *pgconn.PgError
	if errors.As(err, &answer) {
		switch answer.Code[:2] {
		case "08", "28", "3D", "40", "53", "57", "58":
		default:
			if answer.Code != readOnly {
				kind = errs.Broken
			}
		}
	}
	return errs.Wrap(kind, err, doing, args...)
}
