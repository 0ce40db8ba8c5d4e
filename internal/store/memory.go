package store

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// Memory is a store that forgets: for tests, and to show what a judged path costs without a database.
type Memory struct {
	mu        sync.RWMutex
	heads     []ledger.Head
	facts     map[ledger.Number][]ledger.FactRow
	receipts  map[ledger.Number][]ledger.ReceiptRow
	sent      map[int64]ledger.SubmissionRow
	records   map[ledger.RecordKey]ledger.RecordRow
	lookups   map[ledger.LookupKey]port.ID
	deadlines map[deadlineKey]ledger.DeadlineRow
	sealed    map[port.ID]ledger.SealedRow
	cursors   map[string]uint64
	settings  map[string]string
	writer    sync.Mutex
}

type deadlineKey struct {
	ledger ledger.Number
	due    port.Time
	id     port.ID
}

// NewMemory makes an empty store.
func NewMemory() *Memory {
	return &Memory{
		facts: map[ledger.Number][]ledger.FactRow{}, receipts: map[ledger.Number][]ledger.ReceiptRow{}, sent: map[int64]ledger.SubmissionRow{},
		records: map[ledger.RecordKey]ledger.RecordRow{}, lookups: map[ledger.LookupKey]port.ID{}, deadlines: map[deadlineKey]ledger.DeadlineRow{},
		sealed: map[port.ID]ledger.SealedRow{}, cursors: map[string]uint64{}, settings: map[string]string{},
	}
}

// Heads lists the ledgers.
func (m *Memory) Heads(context.Context) ([]ledger.Head, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return slices.Clone(m.heads), nil
}

// Create adds a ledger, or returns the one that has the name.
func (m *Memory) Create(_ context.Context, name ledger.Name, algorithm ledger.Algorithm) (ledger.Head, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, h := range m.heads {
		if h.Name == name {
			return h, nil
		}
	}
	m.heads = append(m.heads, ledger.Head{Number: ledger.Number(len(m.heads) + 1), Name: name, Algorithm: algorithm})
	return m.heads[len(m.heads)-1], nil
}

type memoryTx struct {
	*Memory
	asked  []ledger.Head
	writes []*ledger.Batch
	ended  bool
}

// Begin holds the one writer's lock.
func (m *Memory) Begin(_ context.Context, ledgers []ledger.Number) (ledger.Transaction, error) {
	m.writer.Lock()
	m.mu.RLock()
	defer m.mu.RUnlock()
	t := &memoryTx{Memory: m}
	for _, number := range ledgers {
		if int(number) > len(m.heads) || number == 0 {
			m.writer.Unlock()
			return nil, errs.New(errs.Broken, "", "no ledger %d", number)
		}
		t.asked = append(t.asked, m.heads[number-1])
	}
	return t, nil
}

func (t *memoryTx) Heads() []ledger.Head { return t.asked }

func (t *memoryTx) Records(keys []ledger.RecordKey) (rows []ledger.RecordRow, _ error) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, key := range keys {
		if row, ok := t.records[key]; ok {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

func (t *memoryTx) Lookups(keys []ledger.LookupKey) (rows []ledger.LookupRow, _ error) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, key := range keys {
		if id, ok := t.lookups[key]; ok {
			rows = append(rows, ledger.LookupRow{LookupKey: key, ID: id})
		}
	}
	return rows, nil
}

func (t *memoryTx) Tail(number ledger.Number, after uint64) ([]ledger.ReceiptRow, error) {
	return t.Memory.Receipts(context.Background(), number, after, tailRows)
}

func (t *memoryTx) Receipt(number ledger.Number, no uint64) (ledger.ReceiptRow, error) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if rows := t.receipts[number]; no > 0 && no <= uint64(len(rows)) {
		return rows[no-1], nil
	}
	return ledger.ReceiptRow{}, nil
}

// Write refuses what the databases' keys refuse: a row that is there already.
func (t *memoryTx) Write(b *ledger.Batch) error {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, f := range b.Facts {
		if f.Seq <= uint64(len(t.facts[f.Ledger])) {
			return errs.New(errs.Broken, "", "fact %d is there already", f.Seq)
		}
	}
	seen := map[port.ID]bool{}
	for _, row := range b.Sealed {
		if _, there := t.sealed[row.ID]; there || seen[row.ID] {
			return errs.New(errs.Broken, "", "personal data %s is there already", row.ID)
		}
		seen[row.ID] = true
	}
	t.writes = append(t.writes, copyBatch(b))
	return nil
}

// copyBatch keeps a batch's rows: the writer uses its slices again.
func copyBatch(b *ledger.Batch) *ledger.Batch {
	return &ledger.Batch{
		Heads: slices.Clone(b.Heads), Facts: slices.Clone(b.Facts), Records: slices.Clone(b.Records), Lookups: slices.Clone(b.Lookups),
		Deadlines: slices.Clone(b.Deadlines), Receipts: slices.Clone(b.Receipts), Submissions: slices.Clone(b.Submissions),
		Sealed: slices.Clone(b.Sealed), Cursors: slices.Clone(b.Cursors),
	}
}

func (t *memoryTx) Commit() error {
	t.mu.Lock()
	for _, b := range t.writes {
		t.apply(b)
	}
	t.mu.Unlock()
	t.Rollback()
	return nil
}

func (m *Memory) apply(b *ledger.Batch) {
	for _, f := range b.Facts {
		m.facts[f.Ledger] = append(m.facts[f.Ledger], f)
	}
	for _, row := range b.Records {
		m.records[ledger.RecordKey{Ledger: row.Ledger, Kind: row.Kind, ID: row.ID}] = row
	}
	for _, row := range b.Lookups {
		if row.ID.IsZero() {
			delete(m.lookups, row.LookupKey)
		} else {
			m.lookups[row.LookupKey] = row.ID
		}
	}
	for _, row := range b.Deadlines {
		key := deadlineKey{row.Ledger, row.Due, row.ID}
		if row.Done {
			delete(m.deadlines, key)
		} else {
			m.deadlines[key] = row
		}
	}
	for _, row := range b.Receipts {
		m.receipts[row.Ledger] = append(m.receipts[row.Ledger], row)
	}
	for _, row := range b.Submissions {
		m.sent[place(row.Ledger, row.No)] = row
	}
	for _, row := range b.Sealed {
		m.sealed[row.ID] = row
	}
	for _, row := range b.Cursors {
		m.cursors[cursorKey(row.Follower, row.Ledger)] = row.Seq
	}
	for _, h := range b.Heads {
		m.heads[h.Number-1] = h
	}
}

func cursorKey(follower string, number ledger.Number) string {
	return follower + "\x00" + string(rune(number))
}

func (t *memoryTx) Rollback() {
	if !t.ended {
		t.ended = true
		t.writer.Unlock()
	}
}

// Facts reads rows in order.
func (m *Memory) Facts(_ context.Context, number ledger.Number, after uint64, limit int) ([]ledger.FactRow, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	rows := m.facts[number]
	if after >= uint64(len(rows)) {
		return nil, nil
	}
	return slices.Clone(rows[after:min(len(rows), int(after)+limit)]), nil
}

// Records reads records of a kind in order of id.
func (m *Memory) Records(_ context.Context, number ledger.Number, kind string, after port.ID, limit int) ([]ledger.RecordRow, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	var rows []ledger.RecordRow
	for key, row := range m.records {
		if key.Ledger == number && key.Kind == kind && bytes.Compare(key.ID[:], after[:]) > 0 {
			rows = append(rows, row)
		}
	}
	slices.SortFunc(rows, func(a, b ledger.RecordRow) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	return rows[:min(len(rows), limit)], nil
}

// Record reads one record's bytes.
func (m *Memory) Record(_ context.Context, key ledger.RecordKey) ([]byte, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.records[key].Data, nil
}

// Lookup reads one look-up.
func (m *Memory) Lookup(_ context.Context, key ledger.LookupKey) (port.ID, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.lookups[key], nil
}

// Lookups reads look-ups of a ledger in order of kind and key.
func (m *Memory) Lookups(_ context.Context, number ledger.Number, after ledger.LookupKey, limit int) ([]ledger.LookupRow, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	var rows []ledger.LookupRow
	for key, id := range m.lookups {
		if key.Ledger == number && cmp.Or(cmp.Compare(key.Kind, after.Kind), cmp.Compare(key.Key, after.Key)) > 0 {
			rows = append(rows, ledger.LookupRow{LookupKey: key, ID: id})
		}
	}
	slices.SortFunc(rows, func(a, b ledger.LookupRow) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Key, b.Key))
	})
	return rows[:min(len(rows), limit)], nil
}

// Deadlines reads what falls due, soonest first.
func (m *Memory) Deadlines(_ context.Context, number ledger.Number, until port.Time, limit int) ([]ledger.DeadlineRow, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	var rows []ledger.DeadlineRow
	for key, row := range m.deadlines {
		if key.ledger == number && key.due <= until {
			rows = append(rows, row)
		}
	}
	slices.SortFunc(rows, func(a, b ledger.DeadlineRow) int {
		return cmp.Or(cmp.Compare(a.Due, b.Due), bytes.Compare(a.ID[:], b.ID[:]))
	})
	return rows[:min(len(rows), limit)], nil
}

// ReceiptOf finds a command's last receipt.
func (m *Memory) ReceiptOf(_ context.Context, number ledger.Number, command port.ID) (ledger.ReceiptRow, bool, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, row := range slices.Backward(m.receipts[number]) {
		if row.Command == command {
			return row, true, nil
		}
	}
	return ledger.ReceiptRow{}, false, nil
}

// Receipts reads those after a number.
func (m *Memory) Receipts(_ context.Context, number ledger.Number, after uint64, limit int) ([]ledger.ReceiptRow, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	rows := m.receipts[number]
	if after >= uint64(len(rows)) {
		return nil, nil
	}
	return slices.Clone(rows[after:min(len(rows), int(after)+limit)]), nil
}

// Submissions reads raw bytes under receipts after a number.
func (m *Memory) Submissions(_ context.Context, number ledger.Number, after uint64, limit int) (submissions []ledger.SubmissionRow, err error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for no := after; no < uint64(len(m.receipts[number])) && len(submissions) < limit; no++ {
		if row, ok := m.sent[place(number, no+1)]; ok {
			submissions = append(submissions, row)
		}
	}
	return submissions, nil
}

// Sealed reads one piece of personal data.
func (m *Memory) Sealed(_ context.Context, id port.ID) (ledger.SealedRow, bool, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	row, ok := m.sealed[id]
	return row, ok, nil
}

// Forget destroys keys and salts.
func (m *Memory) Forget(_ context.Context, expired port.Time, person port.ID, purpose string) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for id, row := range m.sealed {
		if row.Key != nil && (row.Expires > 0 && row.Expires <= expired || row.Person == person && row.Purpose == purpose) {
			row.Key, row.Salt = nil, nil
			m.sealed[id] = row
			n++
		}
	}
	return n, nil
}

// Cursor reads how far a follower has come.
func (m *Memory) Cursor(_ context.Context, follower string, number ledger.Number) (uint64, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.cursors[cursorKey(follower, number)], nil
}

// Replace makes a ledger's records anew.
func (m *Memory) Replace(ctx context.Context, number ledger.Number, write func(put func(*ledger.Batch) error) error) error {
	tx, err := m.Begin(ctx, []ledger.Number{number})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var batches []*ledger.Batch
	if err := write(func(b *ledger.Batch) error { batches = append(batches, copyBatch(b)); return nil }); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	maps.DeleteFunc(m.records, func(key ledger.RecordKey, _ ledger.RecordRow) bool { return key.Ledger == number })
	maps.DeleteFunc(m.lookups, func(key ledger.LookupKey, _ port.ID) bool { return key.Ledger == number })
	maps.DeleteFunc(m.deadlines, func(key deadlineKey, _ ledger.DeadlineRow) bool { return key.ledger == number })
	for _, b := range batches {
		m.apply(b)
	}
	return nil
}

// Notices never speaks.
func (m *Memory) Notices(ctx context.Context) (<-chan ledger.Notice, error) {
	none := make(chan ledger.Notice)
	context.AfterFunc(ctx, func() { close(none) })
	return none, nil
}

// Lease is free.
func (m *Memory) Lease(context.Context, string) (func(), error) { return func() {}, nil }

// Setting reads a small value.
func (m *Memory) Setting(_ context.Context, name string) (string, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.settings[name], nil
}

// SetSetting writes a small value.
func (m *Memory) SetSetting(_ context.Context, name, value string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.settings[name] = value
	return nil
}

// Loops is one.
func (m *Memory) Loops() int { return 1 }

// Close does nothing.
func (m *Memory) Close() error { return nil }
