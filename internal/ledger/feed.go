package ledger

import (
	"context"
	"crypto/sha256"
	"strconv"
	"strings"
	"time"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/port"
)

// repoll is how late this process may learn of what another one wrote when the database's hint of it (NOTIFY) was lost.
// The feed itself never skips: the head's lock orders commits within a ledger.
const repoll = 2 * time.Second

// Rows reads the stored rows of a ledger after a sequence, at most limit. It waits up to wait for the first, and
// returns none when the time is over.
func (e *Engine) Rows(ctx context.Context, name Name, after uint64, limit int, wait time.Duration) ([]FactRow, error) {
	over := time.NewTimer(wait)
	defer over.Stop()
	for last := wait <= 0; ; {
		e.mu.Lock()
		l := e.lines[name]
		if l == nil {
			e.mu.Unlock()
			return nil, errs.New(errs.Missing, "ledger.unknown", "no ledger %q", string(name))
		}
		pulse, known, number := l.pulse, l.known, l.head.Number
		e.mu.Unlock()
		if last || known > after {
			rows, err := e.store.Facts(ctx, number, after, limit)
			if last || err != nil || len(rows) > 0 {
				return rows, err
			}
		}
		select {
		case <-pulse:
		case <-over.C:
			last = true // another process may have written without our hearing of it
		case <-ctx.Done():
			return nil, nil
		}
	}
}

// Facts is Rows, decoded.
func (e *Engine) Facts(ctx context.Context, name Name, after uint64, limit int, wait time.Duration) ([]Fact, error) {
	rows, err := e.Rows(ctx, name, after, limit, wait)
	if err != nil {
		return nil, err
	}
	facts := make([]Fact, len(rows))
	for i := range rows {
		if facts[i], err = e.schema.decodeFact(name, rows[i].Ledger, rows[i].Data); err != nil {
			return nil, err
		}
	}
	return facts, nil
}

// Read reads one record outside any command; false where there is none. What it returns was true when it was read.
func Read[S any](ctx context.Context, e *Engine, k *Kind[S], id port.ID) (*S, bool, error) {
	name, ok := e.NameOf(id)
	if !ok {
		return nil, false, nil
	}
	return ReadIn(ctx, e, name, k, id)
}

// Find reads the open thing that a key stands for, with its id; nil where there is none.
func Find[S any](ctx context.Context, e *Engine, name Name, k *Kind[S], kind, key string) (port.ID, *S, error) {
	number, ok := e.Number(name)
	if !ok || !indexable(key) {
		return port.ID{}, nil, nil
	}
	id, err := e.store.Lookup(ctx, LookupKey{number, kind, key})
	if err != nil || id.IsZero() {
		return port.ID{}, nil, err
	}
	state, _, err := ReadIn(ctx, e, name, k, id)
	return id, state, err
}

// ReadIn is Read for a thing that may have moved from the ledger it was born in.
func ReadIn[S any](ctx context.Context, e *Engine, name Name, k *Kind[S], id port.ID) (*S, bool, error) {
	number, ok := e.Number(name)
	if !ok {
		return nil, false, nil
	}
	data, err := e.store.Record(ctx, RecordKey{number, k.kind.name, id})
	if err != nil || data == nil {
		return nil, false, err
	}
	state, err := k.kind.decode(data)
	if err != nil {
		return nil, false, errs.Wrap(errs.Broken, err, "decode record %s %s", k.kind.name, id)
	}
	return state.(*S), true, nil
}

// Find looks up an open thing of a ledger outside any command; the zero id where there is none.
func (e *Engine) Find(ctx context.Context, name Name, kind, key string) (port.ID, error) {
	number, ok := e.Number(name)
	if !ok || !indexable(key) {
		return port.ID{}, nil
	}
	return e.store.Lookup(ctx, LookupKey{number, kind, key})
}

// ReceiptOf finds the receipt of a command, and the submission under it when there is one.
func (e *Engine) ReceiptOf(ctx context.Context, command port.ID) (Receipt, *SubmissionRow, error) {
	name, ok := e.NameOf(command)
	if !ok {
		return Receipt{}, nil, errs.New(errs.Missing, "receipt.unknown", "no receipt %s", command)
	}
	row, ok, err := e.store.ReceiptOf(ctx, Number(command.Ledger()), command)
	if err != nil {
		return Receipt{}, nil, err
	}
	if !ok {
		return Receipt{}, nil, errs.New(errs.Missing, "receipt.unknown", "no receipt %s", command)
	}
	submissions, err := e.store.Submissions(ctx, row.Ledger, row.No-1, 1)
	if err != nil || len(submissions) == 0 || submissions[0].No != row.No {
		return row.receipt(name), nil, err
	}
	return row.receipt(name), &submissions[0], nil
}

// Owner is the organisation that a receipt belongs to.
func (e *Engine) Owner(ctx context.Context, command port.ID) (string, error) {
	row, _, err := e.store.ReceiptOf(ctx, Number(command.Ledger()), command)
	return row.Organisation, err
}

// Wait returns when this process knows that a ledger has reached a sequence; it fails with errs.Unavailable when the
// context ends first.
func (e *Engine) Wait(ctx context.Context, name Name, seq uint64) error {
	for {
		e.mu.Lock()
		l := e.lines[name]
		if l == nil {
			e.mu.Unlock()
			return errs.New(errs.Missing, "ledger.unknown", "no ledger %q", string(name))
		}
		pulse, known := l.pulse, l.known
		e.mu.Unlock()
		if known >= seq {
			return nil
		}
		select {
		case <-pulse:
		case <-ctx.Done():
			return errs.Wrap(errs.Unavailable, ctx.Err(), "waiting for %s %d", name, seq)
		}
	}
}

// Heads reads the heads of all ledgers from the store.
func (e *Engine) Heads(ctx context.Context) ([]Head, error) { return e.store.Heads(ctx) }

// List reads records of a kind in order of id, at most limit after one, outside any command.
func List[S any](ctx context.Context, e *Engine, name Name, k *Kind[S], after port.ID, limit int, visit func(port.ID, *S) error) error {
	number, ok := e.Number(name)
	if !ok {
		return errs.New(errs.Missing, "ledger.unknown", "no ledger %q", string(name))
	}
	rows, err := e.store.Records(ctx, number, k.kind.name, after, limit)
	if err != nil {
		return err
	}
	for i := range rows {
		state, err := k.kind.decode(rows[i].Data)
		if err != nil {
			return errs.Wrap(errs.Broken, err, "decode record %s %s", k.kind.name, rows[i].ID)
		}
		if err := visit(rows[i].ID, state.(*S)); err != nil {
			return err
		}
	}
	return nil
}

// ParsePlace reads LEDGER:SEQ, the place that a reader asks to have reached; false where the text is empty.
func ParsePlace(text string) (Name, uint64, bool, error) {
	if text == "" {
		return "", 0, false, nil
	}
	i := strings.LastIndexByte(text, ':')
	if i > 0 {
		if seq, err := strconv.ParseUint(text[i+1:], 10, 44); err == nil {
			return Name(text[:i]), seq, true, nil
		}
	}
	return "", 0, false, errs.New(errs.Invalid, "place.format", "a place is LEDGER:SEQ, not %q", text)
}

// DigestOf is the digest of a body that came as a typed value: of its JSON.
func DigestOf(body any) (Hash, error) {
	data, err := encode(body)
	return sha256.Sum256(data), errs.Wrap(errs.Broken, err, "digest %T", body)
}
