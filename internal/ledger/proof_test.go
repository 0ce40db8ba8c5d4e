package ledger

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/merkle/testonly"

	"github.com/guomen/guomen/internal/errs"
)

// rowStore is a store that only has facts, and counts how many were read.
type rowStore struct {
	Store
	heads []Head
	rows  []FactRow
	read  int
}

func newRowStore(algorithm Algorithm, facts int) *rowStore {
	s := &rowStore{heads: []Head{{Number: 1, Name: "region", Algorithm: SHA256}, {Number: 2, Name: "port:a", Algorithm: algorithm}}}
	s.grow(facts)
	return s
}

func (s *rowStore) grow(facts int) {
	for range facts {
		seq := uint64(len(s.rows) + 1)
		s.rows = append(s.rows, FactRow{Ledger: 2, Seq: seq, Data: fmt.Appendf(nil, `{"seq":%d}`, seq)})
	}
	s.heads[1].Seq = uint64(len(s.rows))
}

func (s *rowStore) Heads(context.Context) ([]Head, error) { return slices.Clone(s.heads), nil }

func (s *rowStore) Facts(_ context.Context, number Number, after uint64, limit int) ([]FactRow, error) {
	if number != 2 || after >= uint64(len(s.rows)) {
		return nil, nil
	}
	rows := s.rows[after:min(int(after)+limit, len(s.rows))]
	s.read += len(rows)
	return rows, nil
}

// proofSizes lie around the borders of blocks and of powers of two.
var proofSizes = []uint64{1, 2, 3, 7, 8, 255, 256, 257, 511, 512, 513, 1000, 1024, 1300}

func TestProofsAgainstReference(t *testing.T) {
	for _, algorithm := range []Algorithm{SHA256, SM3} {
		t.Run(string(algorithm), func(t *testing.T) {
			ctx := t.Context()
			s := newRowStore(algorithm, 1300)
			p := NewProver(s)
			reference := testonly.New(treeHash{algorithm})
			for _, row := range s.rows {
				reference.AppendData(row.Data)
			}
			checkpoints := map[uint64]Checkpoint{}
			for _, size := range slices.Backward(proofSizes) { // from the largest: older checkpoints come from the cache
				c, err := p.Checkpoint(ctx, "port:a", size)
				if err != nil {
					t.Fatal(err)
				}
				if want := reference.HashAt(size); !bytes.Equal(c.Root[:], want) {
					t.Fatalf("root at %d: %x, the reference says %x", size, c.Root, want)
				}
				checkpoints[size] = c
			}
			for _, size := range proofSizes {
				for _, seq := range []uint64{1, 2, size / 2, size - 1, size} {
					if seq == 0 || seq > size {
						continue
					}
					path, err := p.Inclusion(ctx, "port:a", seq, size)
					if err != nil {
						t.Fatal(err)
					}
					want, _ := reference.InclusionProof(seq-1, size)
					if !slices.EqualFunc(path, want, bytes.Equal) {
						t.Fatalf("inclusion of %d in %d is not what the reference proves", seq, size)
					}
					if err := VerifyInclusion(checkpoints[size], seq, s.rows[seq-1].Data, path); err != nil {
						t.Fatal(err)
					}
				}
				for _, from := range proofSizes {
					if from > size {
						continue
					}
					path, err := p.Consistency(ctx, "port:a", from, size)
					if err != nil {
						t.Fatal(err)
					}
					want, _ := reference.ConsistencyProof(from, size)
					if !slices.EqualFunc(path, want, bytes.Equal) {
						t.Fatalf("consistency of %d with %d is not what the reference proves", from, size)
					}
					if err := VerifyConsistency(checkpoints[from], checkpoints[size], path); err != nil {
						t.Fatal(err)
					}
				}
			}
		})
	}
}

func TestTreeHashIsRFC6962(t *testing.T) {
	got, want := treeHash{SHA256}, rfc6962.DefaultHasher
	left, right := want.HashLeaf([]byte("a")), want.HashLeaf(nil)
	for _, pair := range [][2][]byte{
		{got.EmptyRoot(), want.EmptyRoot()},
		{got.HashLeaf([]byte("a")), left},
		{got.HashChildren(left, right), want.HashChildren(left, right)},
	} {
		if diff := cmp.Diff(pair[1], pair[0]); diff != "" {
			t.Error(diff)
		}
	}
}

func TestProofRefusesLies(t *testing.T) {
	ctx := t.Context()
	s := newRowStore(SM3, 700)
	p := NewProver(s)
	older, _ := p.Checkpoint(ctx, "port:a", 300)
	newer, _ := p.Checkpoint(ctx, "port:a", 700)
	in, _ := p.Inclusion(ctx, "port:a", 42, 700)
	grown, _ := p.Consistency(ctx, "port:a", 300, 700)
	row := s.rows[41].Data
	bent := slices.Clone(in)
	bent[0] = bytes.Repeat([]byte{1}, 32)
	other := newer
	other.Root[0] ^= 1
	sha := newer
	sha.Algorithm = SHA256
	unknown := newer
	unknown.Algorithm = "md5"
	elsewhere := newer
	elsewhere.Ledger = "port:b"
	for name, err := range map[string]error{
		"another row":       VerifyInclusion(newer, 42, s.rows[42].Data, in),
		"another place":     VerifyInclusion(newer, 43, row, in),
		"no place":          VerifyInclusion(newer, 0, row, in),
		"beyond":            VerifyInclusion(newer, 701, row, in),
		"bent path":         VerifyInclusion(newer, 42, row, bent),
		"short path":        VerifyInclusion(newer, 42, row, in[1:]),
		"another root":      VerifyInclusion(other, 42, row, in),
		"another hash":      VerifyInclusion(sha, 42, row, in),
		"unknown hash":      VerifyInclusion(unknown, 42, row, in),
		"rewritten":         VerifyConsistency(older, other, grown),
		"shrunk":            VerifyConsistency(newer, older, grown),
		"no path":           VerifyConsistency(older, newer, nil),
		"hash changed":      VerifyConsistency(older, sha, grown),
		"unknown algorithm": VerifyConsistency(unknown, unknown, nil),
		"another ledger":    VerifyConsistency(older, elsewhere, grown),
	} {
		if errs.KindOf(err) != errs.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := VerifyConsistency(older, newer, grown); err != nil {
		t.Error(err)
	}
}

func TestProverReadsOnlyWhatIsNew(t *testing.T) {
	ctx := t.Context()
	s := newRowStore(SHA256, 100*256+10)
	p := NewProver(s)
	reads := func(do func() error) int {
		t.Helper()
		s.read = 0
		if err := do(); err != nil {
			t.Fatal(err)
		}
		return s.read
	}
	checkpoint := func() error { _, err := p.Checkpoint(ctx, "port:a", 0); return err }
	got := []int{reads(checkpoint), reads(checkpoint)}
	s.grow(256)
	got = append(got, reads(checkpoint), reads(func() error { _, err := p.Inclusion(ctx, "port:a", 77, 100*256+20); return err }))
	if diff := cmp.Diff([]int{100*256 + 10, 10, 256 + 10, 256 + 20}, got); diff != "" {
		t.Error("rows read:", diff)
	}
}

func TestProverErrors(t *testing.T) {
	ctx := t.Context()
	s := newRowStore(SHA256, 600)
	p := NewProver(s)
	_, unknown := p.Checkpoint(ctx, "port:z", 0)
	_, beyond := p.Checkpoint(ctx, "port:a", 601)
	_, outside := p.Inclusion(ctx, "port:a", 5, 4)
	_, zero := p.Inclusion(ctx, "port:a", 0, 4)
	_, back := p.Consistency(ctx, "port:a", 5, 4)
	for _, err := range []error{unknown, beyond, outside, zero, back} {
		if errs.KindOf(err) != errs.Missing {
			t.Error(err)
		}
	}
	s.rows[300].Seq = 7
	if _, err := p.Checkpoint(ctx, "port:a", 0); errs.KindOf(err) != errs.Broken {
		t.Error("a missing fact:", err)
	}
	s.rows[300].Seq = 301
	s.rows = s.rows[:550]
	if _, err := p.Checkpoint(ctx, "port:a", 600); errs.KindOf(err) != errs.Broken {
		t.Error("a head beyond its facts:", err)
	}
	empty, err := p.Checkpoint(ctx, "region", 0)
	if err != nil || !bytes.Equal(empty.Root[:], rfc6962.DefaultHasher.EmptyRoot()) {
		t.Error("an empty ledger:", empty, err)
	}
}

func TestProverConcurrently(t *testing.T) {
	s := newRowStore(SHA256, 2000)
	p := NewProver(s)
	last, err := p.Checkpoint(t.Context(), "port:a", 2000)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range uint64(8) {
		wg.Go(func() {
			for seq := i + 1; seq <= 2000; seq += 97 {
				path, err := p.Inclusion(t.Context(), "port:a", seq, 2000)
				if err == nil {
					err = VerifyInclusion(last, seq, s.rows[seq-1].Data, path)
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}
