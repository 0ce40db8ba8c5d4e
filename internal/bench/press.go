package bench

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strconv"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// Press makes copies of a course of events at the speed at which rows are written. It takes one ledger in which the
// engine has decided that course once, and stamps it again and again into other ledgers, each time with other ids, other
// names and its own place in the chain. The copies are real: they verify, views can be built from them, and the next
// command finds what they left open. Their times are those of the original.
type Press struct {
	commands  int
	first     uint64 // sequence of the first fact in the ledger it was taken from
	facts     []*Stencil
	records   []pressedRecord
	lookups   []pressedLookup
	deadlines []ledger.DeadlineRow
	receipts  []pressedReceipt
	ids       []port.ID // that stand in texts
	words     int       // of the caller
	origin    uint64    // sequence of the first fact of all, which records may refer to
	places    int       // where the references to facts by their sequence stand among the words
	all       int       // words altogether
	vary      func(n uint64) []string
	oldest    int64 // milliseconds of the oldest id
}

type pressedRecord struct {
	row  ledger.RecordRow
	data *Stencil
}

type pressedLookup struct {
	row ledger.LookupRow
	key *Stencil
}

type pressedReceipt struct {
	row   ledger.ReceiptRow
	key   *Stencil
	media string
	sent  *Stencil // nil where nothing was sent
	word  int      // where the digest of what was sent stands among the words
}

// Names says what is another's in every copy: the words as they stand in the original, and those of the n-th copy.
type Names struct {
	Words []string
	Vary  func(n uint64) []string
}

// mostDerived is how many ids of one command are looked for in its facts; a truck's manifest makes four.
const mostDerived = 64

// Take makes a press of everything in a ledger. kinds are the kinds of record that it may hold.
func Take(ctx context.Context, store ledger.Store, number ledger.Number, kinds []string, names Names) (*Press, error) {
	from, err := readLedger(ctx, store, number, kinds)
	if err != nil {
		return nil, err
	}
	if len(from.Receipts) == 0 || len(from.Facts) == 0 {
		return nil, errs.New(errs.Broken, "", "ledger %d has nothing to take", number)
	}
	p := &Press{commands: len(from.Receipts), first: from.Facts[0].Seq, words: len(names.Words), vary: names.Vary, oldest: from.Receipts[0].Command.Milliseconds()}
	words := slices.Clone(names.Words)
	for i := range from.Receipts {
		for n := range uint16(mostDerived) {
			if id := from.Receipts[i].Command.Derive(n); mentioned(from, id.String()) {
				p.ids = append(p.ids, id)
				words = append(words, id.String())
			}
		}
		p.oldest = min(p.oldest, from.Receipts[i].Command.Milliseconds())
	}
	sent := map[uint64]*ledger.SubmissionRow{}
	for i := range from.Submissions {
		sent[from.Submissions[i].No] = &from.Submissions[i]
	}
	for i := range from.Receipts {
		r := pressedReceipt{row: from.Receipts[i], key: Cut([]byte(from.Receipts[i].Key), words)}
		if s := sent[r.row.No]; s != nil {
			r.media, r.sent, r.word = s.Media, Cut(s.Data, words[:len(names.Words)+len(p.ids)]), len(words)
			words = append(words, s.Digest.String())
		}
		p.receipts = append(p.receipts, r)
	}
	p.origin, p.places = p.first, len(words)
	for i := range from.Facts {
		words = append(words, reference(from.Facts[i].Seq))
	}
	p.all = len(words)
	for i := range from.Facts {
		// The sequence stands first, behind {"seq": and before the first comma.
		p.facts = append(p.facts, Cut(from.Facts[i].Data[bytes.IndexByte(from.Facts[i].Data, ','):], words))
	}
	for _, row := range from.Records {
		p.records = append(p.records, pressedRecord{row, Cut(row.Data, words)})
	}
	for _, row := range from.Lookups {
		p.lookups = append(p.lookups, pressedLookup{row, Cut([]byte(row.Key), words)})
	}
	p.deadlines = from.Deadlines
	return p, nil
}

// reference is how a record refers to a fact of its ledger.
func reference(seq uint64) string { return `"seq":` + strconv.FormatUint(seq, 10) }

// readLedger reads all that a ledger holds.
func readLedger(ctx context.Context, store ledger.Store, number ledger.Number, kinds []string) (*ledger.Batch, error) {
	const all = 1 << 16 // more than one course of events leaves of anything
	b := &ledger.Batch{}
	var err error
	if b.Facts, err = store.Facts(ctx, number, 0, all); err != nil {
		return nil, err
	}
	if b.Receipts, err = store.Receipts(ctx, number, 0, all); err != nil {
		return nil, err
	}
	if b.Submissions, err = store.Submissions(ctx, number, 0, all); err != nil {
		return nil, err
	}
	for _, kind := range kinds {
		rows, err := store.Records(ctx, number, kind, port.ID{}, all)
		if err != nil {
			return nil, err
		}
		b.Records = append(b.Records, rows...)
	}
	if b.Lookups, err = store.Lookups(ctx, number, ledger.LookupKey{}, all); err != nil {
		return nil, err
	}
	b.Deadlines, err = store.Deadlines(ctx, number, 1<<62, all)
	return b, err
}

func mentioned(b *ledger.Batch, word string) bool {
	in := func(text []byte) bool { return bytes.Contains(text, []byte(word)) }
	return slices.ContainsFunc(b.Facts, func(r ledger.FactRow) bool { return in(r.Data) }) ||
		slices.ContainsFunc(b.Records, func(r ledger.RecordRow) bool { return in(r.Data) }) ||
		slices.ContainsFunc(b.Lookups, func(r ledger.LookupRow) bool { return in([]byte(r.Key)) }) ||
		slices.ContainsFunc(b.Receipts, func(r ledger.ReceiptRow) bool { return in([]byte(r.Key)) })
}

// Commands is how many commands one copy is.
func (p *Press) Commands() int { return p.commands }

// Facts is how many facts one copy has.
func (p *Press) Facts() int { return len(p.facts) }

// Last is a press of the last command only, with all records as it left them.
func (p *Press) Last() *Press {
	last := *p
	last.commands = 1
	last.receipts = p.receipts[len(p.receipts)-1:]
	last.facts = p.facts[last.receipts[0].row.First-p.first:]
	last.first = last.receipts[0].row.First
	return &last
}

// back is how far before the original the copies' ids lie, so that ids made later sort behind them: a day leaves room
// for 86 million copies, a millisecond each.
const back = 24 * 60 * 60 * 1000

// id names in the n-th copy what had a name in the original.
func (p *Press) id(id port.ID, number ledger.Number, n uint64) port.ID {
	if id.IsZero() {
		return id
	}
	const odd = 0xd1342543de82ef95 // not the step of Derive, so that no copy's id is derived from another's
	return port.NewID(id.Milliseconds()-back+int64(n), uint16(number), binary.BigEndian.Uint64(id[8:])+n*odd)
}

// Stamp appends the n-th copy to a batch, behind a head that moves with it. The batch's heads are the caller's to write.
func (p *Press) Stamp(b *ledger.Batch, head *ledger.Head, n uint64) {
	number := head.Number
	words := make([]string, p.all)
	copy(words, p.vary(n))
	for i, id := range p.ids {
		words[p.words+i] = p.id(id, number, n).String()
	}
	moved := head.Seq + 1 - p.first // modulo 2^64
	for i := range words[p.places:] {
		words[p.places+i] = reference(p.origin + uint64(i) + moved)
	}
	for i := range p.receipts {
		r := &p.receipts[i]
		row := r.row
		head.Receipts++
		row.Ledger, row.No, row.Command, row.Subject = number, head.Receipts, p.id(row.Command, number, n), p.id(row.Subject, number, n)
		row.Key = string(r.key.Fill(words))
		if row.Outcome == ledger.Accepted {
			row.First, row.Last = row.First+moved, row.Last+moved
		}
		if r.sent != nil {
			data := r.sent.Fill(words)
			row.Digest = sha256.Sum256(data)
			words[r.word] = hex.EncodeToString(row.Digest[:])
			b.Submissions = append(b.Submissions, ledger.SubmissionRow{Ledger: number, No: row.No, Media: r.media, Digest: row.Digest, Data: data})
		}
		head.Recorded = max(head.Recorded, row.Recorded)
		b.Receipts = append(b.Receipts, row)
	}
	p.stampFacts(b, head, words)
	for i := range p.records {
		row := p.records[i].row
		row.Ledger, row.ID, row.Data = number, p.id(row.ID, number, n), p.records[i].data.Fill(words)
		b.Records = append(b.Records, row)
	}
	for i := range p.lookups {
		row := p.lookups[i].row
		row.Ledger, row.Key, row.ID = number, string(p.lookups[i].key.Fill(words)), p.id(row.ID, number, n)
		b.Lookups = append(b.Lookups, row)
	}
	for _, row := range p.deadlines {
		row.Ledger, row.ID, row.Subject = number, p.id(row.ID, number, n), p.id(row.Subject, number, n)
		b.Deadlines = append(b.Deadlines, row)
	}
}

// stampFacts writes the facts and their hashes: each covers the hash before it and the stored bytes.
func (p *Press) stampFacts(b *ledger.Batch, head *ledger.Head, words []string) {
	chain := head.Algorithm.New()
	for _, stencil := range p.facts {
		head.Seq++
		data := append(make([]byte, 0, stencil.size+32), `{"seq":`...)
		data = stencil.Append(strconv.AppendUint(data, head.Seq, 10), words)
		chain.Reset()
		chain.Write(head.Hash[:])
		chain.Write(data)
		chain.Sum(head.Hash[:0])
		b.Facts = append(b.Facts, ledger.FactRow{Ledger: head.Number, Seq: head.Seq, Data: data, Hash: head.Hash})
	}
}

// arrange puts records and look-ups in the order in which the engine writes them.
func arrange(b *ledger.Batch) {
	slices.SortFunc(b.Records, func(x, y ledger.RecordRow) int {
		return cmp.Or(cmp.Compare(x.Ledger, y.Ledger), cmp.Compare(x.Kind, y.Kind), bytes.Compare(x.ID[:], y.ID[:]))
	})
	slices.SortFunc(b.Lookups, func(x, y ledger.LookupRow) int {
		return cmp.Or(cmp.Compare(x.Ledger, y.Ledger), cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Key, y.Key))
	})
}
