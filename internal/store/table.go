// Package store keeps ledgers in a database: SQLite in one file, PostgreSQL for several machines, and memory for tests.
// The three run one conformance suite (storetest). The tables are the same everywhere and stand in this file; only how
// rows are sent differs. A number that orders rows within a ledger is one 64-bit key, ledger × 2^44 + sequence, so that
// a table grows at its end and the ledger is the range that would be partitioned.
package store

import (
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// sequenceBits leave 2^20 ledgers and 17 trillion facts in each.
const sequenceBits = 44

// place is a row's key. A sequence beyond the last possible one, which a reader may ask for, must not reach into another
// ledger.
func place(number ledger.Number, seq uint64) int64 {
	return int64(number)<<sequenceBits | int64(min(seq, 1<<sequenceBits-1))
}

func seqOf(place int64) uint64 { return uint64(place) & (1<<sequenceBits - 1) }

func ledgerOf(place int64) ledger.Number { return ledger.Number(place >> sequenceBits) }

// columnType is what a column holds.
type columnType uint8

const (
	integer columnType = iota
	text
	blob
)

// table is one table: its columns in the order in which rows give them, the first key of which are its primary key.
type table struct {
	name    string
	columns []column
	key     int
	replace bool // a row with the same key is replaced; otherwise rows are only added
}

type column struct {
	name string
	is   columnType
}

var (
	factTable = table{"fact", []column{{"place", integer}, {"data", blob}, {"hash", blob}}, 1, false}

	recordTable = table{"record", []column{{"ledger", integer}, {"kind", text}, {"id", blob}, {"fold", integer}, {"data", blob}}, 3, true}

	lookupTable = table{"lookup", []column{{"ledger", integer}, {"kind", text}, {"key", text}, {"id", blob}}, 3, true}

	deadlineTable = table{"deadline", []column{{"ledger", integer}, {"due", integer}, {"id", blob}, {"kind", text}, {"subject", blob}}, 3, true}

	receiptTable = table{"receipt", []column{{"place", integer}, {"command", blob}, {"organisation", text}, {"key", text}, {"digest", blob},
		{"first", integer}, {"last", integer}, {"outcome", text}, {"subject", blob}, {"recorded", integer}}, 1, false}

	submissionTable = table{"submission", []column{{"place", integer}, {"media", text}, {"digest", blob}, {"data", blob}}, 1, false}

	sealedTable = table{"sealed", []column{{"id", blob}, {"person", blob}, {"purpose", text}, {"expires", integer}, {"wrapped", blob}, {"salt", blob}, {"data", blob}}, 1, false}

	cursorTable = table{"cursor", []column{{"follower", text}, {"ledger", integer}, {"seq", integer}}, 2, true}

	headTable = table{"head", []column{{"ledger", integer}, {"name", text}, {"algorithm", text}, {"seq", integer}, {"hash", blob}, {"receipts", integer}, {"recorded", integer}}, 1, true}

	settingTable = table{"setting", []column{{"name", text}, {"value", text}}, 1, true}

	tables = []table{factTable, recordTable, lookupTable, deadlineTable, receiptTable, submissionTable, sealedTable, cursorTable, headTable, settingTable}
)

// rows gives the values of a batch's rows for a table, one call of emit a row. Values are int64, string and []byte.
type rows func(emit func(values ...any))

func factRows(list []ledger.FactRow) rows {
	return func(emit func(values ...any)) {
		for i := range list {
			emit(place(list[i].Ledger, list[i].Seq), list[i].Data, list[i].Hash[:])
		}
	}
}

func recordRows(list []ledger.RecordRow) rows {
	return func(emit func(values ...any)) {
		for i := range list {
			emit(int64(list[i].Ledger), list[i].Kind, list[i].ID[:], int64(list[i].Fold), list[i].Data)
		}
	}
}

func lookupRows(list []ledger.LookupRow, removed bool) rows {
	return func(emit func(values ...any)) {
		for i := range list {
			if list[i].ID.IsZero() != removed {
				continue
			}
			if removed {
				emit(int64(list[i].Ledger), list[i].Kind, list[i].Key)
			} else {
				emit(int64(list[i].Ledger), list[i].Kind, list[i].Key, list[i].ID[:])
			}
		}
	}
}

func deadlineRows(list []ledger.DeadlineRow, done bool) rows {
	return func(emit func(values ...any)) {
		for i := range list {
			if list[i].Done != done {
				continue
			}
			if done {
				emit(int64(list[i].Ledger), int64(list[i].Due), list[i].ID[:])
			} else {
				emit(int64(list[i].Ledger), int64(list[i].Due), list[i].ID[:], list[i].Kind, list[i].Subject[:])
			}
		}
	}
}

func receiptRows(list []ledger.ReceiptRow) rows {
	return func(emit func(values ...any)) {
		for i := range list {
			r := &list[i]
			emit(place(r.Ledger, r.No), r.Command[:], r.Organisation, r.Key, r.Digest[:], int64(r.First), int64(r.Last), r.Outcome, r.Subject[:], int64(r.Recorded))
		}
	}
}

func submissionRows(list []ledger.SubmissionRow) rows {
	return func(emit func(values ...any)) {
		for i := range list {
			emit(place(list[i].Ledger, list[i].No), list[i].Media, list[i].Digest[:], list[i].Data)
		}
	}
}

func sealedRows(list []ledger.SealedRow) rows {
	return func(emit func(values ...any)) {
		for i := range list {
			s := &list[i]
			emit(s.ID[:], s.Person[:], s.Purpose, int64(s.Expires), s.Key, s.Salt, s.Data)
		}
	}
}

func cursorRows(list []ledger.CursorRow) rows {
	return func(emit func(values ...any)) {
		for i := range list {
			emit(list[i].Follower, int64(list[i].Ledger), int64(list[i].Seq))
		}
	}
}

func headRows(list []ledger.Head) rows {
	return func(emit func(values ...any)) {
		for i := range list {
			h := &list[i]
			emit(int64(h.Number), string(h.Name), string(h.Algorithm), int64(h.Seq), h.Hash[:], int64(h.Receipts), int64(h.Recorded))
		}
	}
}

// writing is one table's share of a batch: rows to put, or keys to remove.
type writing struct {
	table  *table
	rows   rows
	remove bool
}

// writings are a batch's statements, one a table and direction, in a fixed order.
func writings(b *ledger.Batch) []writing {
	list := []writing{
		{&factTable, factRows(b.Facts), false},
		{&recordTable, recordRows(b.Records), false},
		{&lookupTable, lookupRows(b.Lookups, false), false},
		{&lookupTable, lookupRows(b.Lookups, true), true},
		{&deadlineTable, deadlineRows(b.Deadlines, false), false},
		{&deadlineTable, deadlineRows(b.Deadlines, true), true},
		{&receiptTable, receiptRows(b.Receipts), false},
		{&submissionTable, submissionRows(b.Submissions), false},
		{&sealedTable, sealedRows(b.Sealed), false},
		{&cursorTable, cursorRows(b.Cursors), false},
		{&headTable, headRows(b.Heads), false},
	}
	lengths := []int{len(b.Facts), len(b.Records), len(b.Lookups), len(b.Lookups), len(b.Deadlines), len(b.Deadlines),
		len(b.Receipts), len(b.Submissions), len(b.Sealed), len(b.Cursors), len(b.Heads)}
	kept := list[:0]
	for i := range list {
		if lengths[i] > 0 {
			kept = append(kept, list[i])
		}
	}
	return kept
}

func toID(b []byte) (id port.ID) {
	copy(id[:], b)
	return id
}

func toHash(b []byte) (h ledger.Hash) {
	copy(h[:], b)
	return h
}
