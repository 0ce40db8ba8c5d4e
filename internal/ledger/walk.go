package ledger

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/port"
)

// page is a run of facts on its way through a walk: read and chained in order, decoded beside each other, folded in
// order again.
type page struct {
	rows    []FactRow
	facts   []Fact
	err     error
	decoded chan struct{}
}

// walk reads a ledger from its first fact to its head and gives every page to visit, in order. When check is true the chain
// is verified and the first row that breaks it is named by an error of kind Broken.
func (e *Engine) walk(ctx context.Context, head Head, check bool, visit func(*page) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	workers := runtime.GOMAXPROCS(0)
	ordered := make(chan *page, 2*workers)
	work := make(chan *page, 2*workers)
	go func() {
		defer close(ordered)
		defer close(work)
		chain, err := newChain(head.Algorithm)
		after, previous := uint64(0), Hash{}
		for after < head.Seq {
			p := &page{decoded: make(chan struct{}), err: err}
			if p.err == nil {
				p.rows, p.err = e.store.Facts(ctx, head.Number, after, int(min(pageRows, head.Seq-after)))
			}
			if p.err == nil && len(p.rows) == 0 {
				p.err = broken("%s ends at fact %d, its head says %d", head.Name, after, head.Seq)
			}
			for i := 0; p.err == nil && i < len(p.rows); i++ {
				row := &p.rows[i]
				after++
				if row.Seq != after {
					p.err = broken("%s: fact %d is missing", head.Name, after)
				} else if check {
					previous = chain.next(previous, row.Data)
					if previous != row.Hash {
						p.err = broken("%s: fact %d does not hash to what was stored with it", head.Name, after)
					}
				}
			}
			if p.err == nil && check && after == head.Seq && previous != head.Hash {
				p.err = broken("%s: the head's hash is not that of fact %d", head.Name, after)
			}
			failed := p.err != nil
			select {
			case ordered <- p:
			case <-ctx.Done():
				return
			}
			if failed {
				close(p.decoded)
				return
			}
			select {
			case work <- p:
			case <-ctx.Done():
				close(p.decoded)
				return
			}
		}
	}()
	for range workers {
		go func() {
			for p := range work {
				p.facts = make([]Fact, len(p.rows))
				for i := range p.rows {
					if p.facts[i], p.err = e.schema.decodeFact(head.Name, head.Number, p.rows[i].Data); p.err != nil {
						break
					}
					if p.facts[i].Seq != p.rows[i].Seq {
						p.err = broken("%s: fact %d says that it is %d", head.Name, p.rows[i].Seq, p.facts[i].Seq)
						break
					}
				}
				close(p.decoded)
			}
		}()
	}
	for p := range ordered {
		<-p.decoded
		if p.err != nil {
			return p.err
		}
		if err := visit(p); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func broken(text string, args ...any) error { return errs.New(errs.Broken, "", text, args...) }

// folded is a ledger's state, made again from its facts alone.
type folded struct {
	records   map[RecordKey]any
	lookups   map[LookupKey]port.ID
	deadlines map[dueKey]DeadlineRow
}

func newFolded() *folded {
	return &folded{map[RecordKey]any{}, map[LookupKey]port.ID{}, map[dueKey]DeadlineRow{}}
}

func (s *Schema) foldInto(all *folded, f *Fact) {
	t := s.facts[f.Name]
	if t == nil {
		return
	}
	x := Effects{ledger: f.Number}
	t.fold(&x, f, func(key RecordKey) any { return all.records[key] }, func(key RecordKey, state any) { all.records[key] = state })
	for _, row := range x.lookups {
		if row.ID.IsZero() {
			delete(all.lookups, row.LookupKey)
		} else {
			all.lookups[row.LookupKey] = row.ID
		}
	}
	for _, row := range x.deadlines {
		key := dueKey{row.Ledger, row.Due, row.ID}
		if row.Done {
			delete(all.deadlines, key)
		} else {
			all.deadlines[key] = row
		}
	}
}

// Report is what verifying found. It is printed as one line of JSON.
type Report struct {
	Ledgers         int     `json:"ledgers"`
	Facts           uint64  `json:"facts"`
	Records         int     `json:"records"`
	Receipts        uint64  `json:"receipts"`
	Seconds         float64 `json:"seconds"`
	OK              bool    `json:"ok"`
	FirstDifference string  `json:"first_difference"`
}

// Verify folds every ledger again and compares: the chain over the stored bytes, the receipts against the facts they
// promise, the submissions against their digests, and every record, look-up and deadline against the fold. It reads
// ledgers as they stand; run it where nobody writes, or a ledger that grows meanwhile may be called different.
func (e *Engine) Verify(ctx context.Context) (Report, error) {
	began := time.Now()
	report := Report{OK: true}
	heads, err := e.store.Heads(ctx)
	if err != nil {
		return report, err
	}
	for _, head := range heads {
		if err := e.verifyLedger(ctx, head, &report); err != nil {
			if errs.KindOf(err) != errs.Broken {
				return report, err
			}
			report.OK, report.FirstDifference = false, err.Error()
			break
		}
		report.Ledgers++
	}
	report.Seconds = time.Since(began).Seconds()
	return report, nil
}

// VerifyChain checks only that every row of every ledger hashes to what was stored; it says how many it read.
func (e *Engine) VerifyChain(ctx context.Context) (uint64, error) {
	heads, err := e.store.Heads(ctx)
	if err != nil {
		return 0, err
	}
	total := uint64(0)
	for _, head := range heads {
		chain, err := newChain(head.Algorithm)
		if err != nil {
			return total, err
		}
		previous := Hash{}
		for after := uint64(0); after < head.Seq; {
			rows, err := e.store.Facts(ctx, head.Number, after, int(min(pageRows, head.Seq-after)))
			if err != nil {
				return total, err
			}
			for i := range rows {
				after++
				if previous = chain.next(previous, rows[i].Data); rows[i].Seq != after || previous != rows[i].Hash {
					return total, broken("%s: fact %d does not hash to what was stored with it", head.Name, after)
				}
			}
			if len(rows) == 0 {
				return total, broken("%s ends at fact %d, its head says %d", head.Name, after, head.Seq)
			}
			total += uint64(len(rows))
		}
		if previous != head.Hash {
			return total, broken("%s: the head's hash is not that of its last fact", head.Name)
		}
	}
	return total, nil
}

func (e *Engine) verifyLedger(ctx context.Context, head Head, report *Report) error {
	all := newFolded()
	receipts := &receiptWalk{head: head}
	take, stop := ahead(ctx, e.promises(head))
	defer stop()
	receipts.take = take
	err := e.walk(ctx, head, true, func(p *page) error {
		for i := range p.facts {
			f := &p.facts[i]
			if err := receipts.match(f); err != nil {
				return err
			}
			e.schema.foldInto(all, f)
		}
		report.Facts += uint64(len(p.facts))
		return nil
	})
	if err != nil {
		return err
	}
	if err := receipts.end(); err != nil {
		return err
	}
	if beyond, err := e.store.Facts(ctx, head.Number, head.Seq, 1); err != nil || len(beyond) > 0 {
		return cmp.Or(err, broken("%s: fact %d stands behind the head", head.Name, head.Seq+1))
	}
	report.Receipts += head.Receipts
	report.Records += len(all.records)
	return e.compare(ctx, head, all)
}

// ahead calls next one ahead of whoever takes what it gives, so that reading and working go on beside each other. The last
// thing it gives is an empty page or an error; stop may be called at any time.
func ahead[R any](ctx context.Context, next func(context.Context) ([]R, error)) (take func() ([]R, error), stop func()) {
	type page struct {
		rows []R
		err  error
	}
	ctx, cancel := context.WithCancel(ctx)
	pages := make(chan page, 1)
	go func() {
		defer close(pages)
		for {
			rows, err := next(ctx)
			select {
			case pages <- page{rows, err}:
			case <-ctx.Done():
				return
			}
			if err != nil || len(rows) == 0 {
				return
			}
		}
	}()
	return func() ([]R, error) {
		p, ok := <-pages
		if !ok {
			return nil, ctx.Err()
		}
		return p.rows, p.err
	}, cancel
}

// promised is a receipt with what has been found of its submission.
type promised struct {
	ReceiptRow
	sent bool // something was submitted under it, and is what its digest says
}

// receiptWalk holds the receipts beside the facts: each accepted one must promise exactly the facts of its command.
type receiptWalk struct {
	head   Head
	take   func() ([]promised, error)
	rows   []promised
	no     uint64
	last   uint64 // last fact promised so far
	now    ReceiptRow
	digest string // of now's submission; empty where there is none
}

// submissionRows is how many submissions are read at once: each may have as many bytes as a message.
const submissionRows = 64

// promises reads a ledger's receipts page by page, and holds every submission against the digests. One that stands under
// no receipt is passed over here as it is everywhere, and promises nothing.
func (e *Engine) promises(head Head) func(context.Context) ([]promised, error) {
	no, read, done := uint64(0), uint64(0), false
	var sent []SubmissionRow
	return func(ctx context.Context) ([]promised, error) {
		rows, err := e.store.Receipts(ctx, head.Number, no, pageRows)
		page := make([]promised, len(rows))
		for i := range rows {
			page[i].ReceiptRow = rows[i]
			if no++; rows[i].No != no {
				return nil, broken("%s: receipt %d is missing", head.Name, no)
			}
			for {
				for len(sent) > 0 && sent[0].No < no {
					sent = sent[1:]
				}
				if len(sent) > 0 || done {
					break
				}
				if sent, err = e.store.Submissions(ctx, head.Number, read, submissionRows); err != nil {
					return nil, err
				}
				if done = len(sent) < submissionRows; len(sent) > 0 {
					read = sent[len(sent)-1].No
				}
			}
			if len(sent) == 0 || sent[0].No != no {
				continue
			}
			if sha256.Sum256(sent[0].Data) != sent[0].Digest || sent[0].Digest != rows[i].Digest {
				return nil, broken("%s: the submission under receipt %d is not what its digest says", head.Name, no)
			}
			page[i].sent = true
		}
		return page, err
	}
}

// next moves to the next receipt that promises facts; false at the end.
func (w *receiptWalk) next() (bool, error) {
	for {
		if len(w.rows) == 0 {
			rows, err := w.take()
			if err != nil {
				return false, err
			}
			if len(rows) == 0 {
				return false, nil
			}
			w.rows = rows
		}
		row := w.rows[0]
		w.rows = w.rows[1:]
		w.no++
		// A receipt promises nothing (refused), no new fact (what was asked for is so already), or those that follow.
		switch {
		case row.Outcome == Refused && row.First == 0 && row.Last == 0:
			if !row.sent {
				return false, broken("%s: the submission under receipt %d is missing", w.head.Name, row.No)
			}
		case row.Outcome == Accepted && row.First == w.last && row.Last == w.last:
		case row.Outcome == Accepted && row.First == w.last+1 && row.Last >= row.First:
			w.now, w.digest = row.ReceiptRow, ""
			if row.sent {
				w.digest = row.Digest.String()
			}
			return true, nil
		default:
			return false, broken("%s: receipt %d (%s) promises facts %d to %d after fact %d", w.head.Name, row.No, row.Outcome, row.First, row.Last, w.last)
		}
	}
}

func (w *receiptWalk) match(f *Fact) error {
	if f.Seq > w.last {
		ok, err := w.next()
		if err != nil {
			return err
		}
		if !ok {
			return broken("%s: fact %d has no receipt", w.head.Name, f.Seq)
		}
		w.last = w.now.Last
	}
	if f.Command != w.now.Command || f.Recorded != w.now.Recorded {
		return broken("%s: fact %d is not of the command that receipt %d names", w.head.Name, f.Seq, w.now.No)
	}
	if f.Digest != w.digest {
		return broken("%s: fact %d does not come from the submission under receipt %d", w.head.Name, f.Seq, w.now.No)
	}
	return nil
}

func (w *receiptWalk) end() error {
	ok, err := w.next()
	if err != nil {
		return err
	}
	if ok {
		return broken("%s: receipt %d promises facts that are not there", w.head.Name, w.now.No)
	}
	if w.no != w.head.Receipts {
		return broken("%s has %d receipts, its head says %d", w.head.Name, w.no, w.head.Receipts)
	}
	return nil
}

// compareRecords holds the stored records of one kind against what was folded, and says how many there are.
func (e *Engine) compareRecords(ctx context.Context, head Head, k *kind, all *folded) (seen int, err error) {
	after := port.ID{}
	take, stop := ahead(ctx, func(ctx context.Context) ([]RecordRow, error) {
		rows, err := e.store.Records(ctx, head.Number, k.name, after, pageRows)
		if len(rows) > 0 {
			after = rows[len(rows)-1].ID
		}
		return rows, err
	})
	defer stop()
	for {
		rows, err := take()
		if err != nil || len(rows) == 0 {
			return seen, err
		}
		for i := range rows {
			state, ok := all.records[RecordKey{head.Number, k.name, rows[i].ID}]
			if !ok {
				return seen, broken("%s: record %s %s stands in the database, no fact makes it", head.Name, k.name, rows[i].ID)
			}
			data, err := encode(state)
			if err != nil {
				return seen, err
			}
			if !bytes.Equal(data, rows[i].Data) || rows[i].Fold != k.version {
				return seen, broken("%s: record %s %s is not what its facts make it", head.Name, k.name, rows[i].ID)
			}
			seen++
		}
	}
}

// compare holds what is stored against what was folded, both ways.
func (e *Engine) compare(ctx context.Context, head Head, all *folded) error {
	seen := 0
	for _, k := range e.schema.kinds {
		n, err := e.compareRecords(ctx, head, k, all)
		if err != nil {
			return err
		}
		seen += n
	}
	if seen != len(all.records) {
		return broken("%s: %d records are stored, the facts make %d", head.Name, seen, len(all.records))
	}
	lookups, after := 0, LookupKey{}
	for {
		rows, err := e.store.Lookups(ctx, head.Number, after, pageRows)
		if err != nil {
			return err
		}
		for _, row := range rows {
			after = row.LookupKey
			if all.lookups[row.LookupKey] != row.ID {
				return broken("%s: look-up %s %q is not what the facts make it", head.Name, row.Kind, row.Key)
			}
			lookups++
		}
		if len(rows) < pageRows {
			break
		}
	}
	if lookups != len(all.lookups) {
		return broken("%s: %d look-ups are stored, the facts make %d", head.Name, lookups, len(all.lookups))
	}
	const forever = port.Time(1 << 62)
	deadlines, err := e.store.Deadlines(ctx, head.Number, forever, len(all.deadlines)+1)
	if err != nil {
		return err
	}
	for _, row := range deadlines {
		if all.deadlines[dueKey{row.Ledger, row.Due, row.ID}] != row {
			return broken("%s: deadline %s is not what the facts make it", head.Name, row.ID)
		}
	}
	if len(deadlines) != len(all.deadlines) {
		return broken("%s: %d deadlines are stored, the facts make %d", head.Name, len(deadlines), len(all.deadlines))
	}
	return nil
}

// Rebuild makes every record, look-up and deadline again from the facts and says how many facts it folded.
func (e *Engine) Rebuild(ctx context.Context) (uint64, error) {
	heads, err := e.store.Heads(ctx)
	if err != nil {
		return 0, err
	}
	total := uint64(0)
	for _, head := range heads {
		err := e.store.Replace(ctx, head.Number, func(put func(*Batch) error) error {
			// The ledger is locked now; it may have grown since its head was read.
			head, err := e.headOf(ctx, head.Name)
			if err != nil {
				return err
			}
			all := newFolded()
			err = e.walk(ctx, head, false, func(p *page) error {
				for i := range p.facts {
					e.schema.foldInto(all, &p.facts[i])
				}
				total += uint64(len(p.facts))
				return nil
			})
			if err != nil {
				return err
			}
			e.rebuilt.Add(1) // before the lock is given back: writers that come next drop what they remember
			return e.putFolded(all, put)
		})
		if err != nil {
			return total, fmt.Errorf("rebuild %s: %w", head.Name, err)
		}
	}
	return total, e.store.SetSetting(ctx, foldsSetting, e.schema.Versions())
}

func (e *Engine) headOf(ctx context.Context, name Name) (Head, error) {
	heads, err := e.store.Heads(ctx)
	if err != nil {
		return Head{}, err
	}
	i := slices.IndexFunc(heads, func(h Head) bool { return h.Name == name })
	if i < 0 {
		return Head{}, broken("no ledger %q", string(name))
	}
	return heads[i], nil
}

func (e *Engine) putFolded(all *folded, put func(*Batch) error) error {
	var b Batch
	for key, state := range all.records {
		data, err := encode(state)
		if err != nil {
			return err
		}
		b.Records = append(b.Records, RecordRow{key.Ledger, key.Kind, key.ID, e.schema.version(key.Kind), data})
		if len(b.Records) == pageRows {
			if err := put(&b); err != nil {
				return err
			}
			b.Records = b.Records[:0]
		}
	}
	for key, id := range all.lookups {
		b.Lookups = append(b.Lookups, LookupRow{key, id})
	}
	for _, row := range all.deadlines {
		b.Deadlines = append(b.Deadlines, row)
	}
	return put(&b)
}

// Fold walks every ledger and folds it in memory without writing: what a rebuild costs before its writes.
func (e *Engine) Fold(ctx context.Context) (facts uint64, records int, err error) {
	heads, err := e.store.Heads(ctx)
	if err != nil {
		return 0, 0, err
	}
	for _, head := range heads {
		all := newFolded()
		err := e.walk(ctx, head, false, func(p *page) error {
			for i := range p.facts {
				e.schema.foldInto(all, &p.facts[i])
			}
			facts += uint64(len(p.facts))
			return nil
		})
		if err != nil {
			return facts, records, err
		}
		records += len(all.records)
	}
	return facts, records, nil
}

// foldsSetting names the folds that the records were made by.
const foldsSetting = "folds"

// upgrade rebuilds when the records were made by other folds than this build's.
func (e *Engine) upgrade(ctx context.Context) error {
	made, err := e.store.Setting(ctx, foldsSetting)
	if err != nil || made == e.schema.Versions() {
		return err
	}
	if made != "" {
		e.log.Info("records are rebuilt", "made by", made, "now", e.schema.Versions())
	}
	_, err = e.Rebuild(ctx)
	return err
}
