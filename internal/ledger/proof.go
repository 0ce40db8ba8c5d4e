package ledger

import (
	"context"
	"sync"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/proof"

	"github.com/guomen/guomen/internal/errs"
)

// Checkpoint says that the first Size facts of a ledger are the leaves of a Merkle tree with this root. Whoever keeps
// one can be shown later that a fact is among them, and that the ledger has only grown since.
type Checkpoint struct {
	Ledger    Name
	Algorithm Algorithm
	Size      uint64
	Root      Hash
}

// Prover makes checkpoints and proofs (RFC 6962, with the ledger's own hash) from the stored rows, apart from the
// writer: nothing on the path of a truck waits for it. A leaf is a fact's stored bytes. It keeps the roots of full
// blocks of facts and what stands above them, 64 bytes for 256 facts, so that a later call only reads what is new and
// the one or two blocks it is about. It is safe for concurrent use; calls for one ledger wait for each other.
type Prover struct {
	store Store
	mu    sync.Mutex
	trees map[Number]*tree
}

// NewProver makes a prover that has read nothing yet.
func NewProver(store Store) *Prover { return &Prover{store: store, trees: map[Number]*tree{}} }

// Checkpoint computes the root over the first size facts; 0: over all there are now. It fails with errs.Missing, rule
// proof.beyond, where the ledger is unknown or not as long, as the other methods do.
func (p *Prover) Checkpoint(ctx context.Context, name Name, size uint64) (Checkpoint, error) {
	t, head, err := p.tree(ctx, name, size)
	if err != nil {
		return Checkpoint{}, err
	}
	defer t.mu.Unlock()
	if size == 0 {
		size = head.Seq
	}
	c := Checkpoint{Ledger: name, Algorithm: head.Algorithm, Size: size}
	if size == 0 {
		copy(c.Root[:], t.EmptyRoot())
		return c, nil
	}
	hashes, err := t.nodes(ctx, compact.RangeNodes(0, size, nil), size)
	if err != nil {
		return Checkpoint{}, err
	}
	whole, err := (&compact.RangeFactory{Hash: t.HashChildren}).NewRange(0, size, hashes)
	if err != nil {
		return Checkpoint{}, errs.Wrap(errs.Broken, err, "checkpoint %s at %d", name, size)
	}
	root, err := whole.GetRootHash(nil)
	copy(c.Root[:], root)
	return c, errs.Wrap(errs.Broken, err, "checkpoint %s at %d", name, size)
}

// Inclusion proves that a fact is among the first size facts.
func (p *Prover) Inclusion(ctx context.Context, name Name, seq, size uint64) ([][]byte, error) {
	if seq == 0 || seq > size {
		return nil, errs.New(errs.Missing, "proof.beyond", "fact %d is not among the first %d", seq, size)
	}
	wanted, err := proof.Inclusion(seq-1, size)
	return p.prove(ctx, name, size, wanted, err)
}

// Consistency proves that the first from facts are the beginning of the first to facts.
func (p *Prover) Consistency(ctx context.Context, name Name, from, to uint64) ([][]byte, error) {
	if from > to {
		return nil, errs.New(errs.Missing, "proof.beyond", "%d facts are not among the first %d", from, to)
	}
	wanted, err := proof.Consistency(from, to)
	return p.prove(ctx, name, to, wanted, err)
}

func (p *Prover) prove(ctx context.Context, name Name, size uint64, wanted proof.Nodes, err error) ([][]byte, error) {
	if err != nil {
		return nil, errs.Wrap(errs.Broken, err, "prove for %s at %d", name, size)
	}
	t, _, err := p.tree(ctx, name, size)
	if err != nil {
		return nil, err
	}
	defer t.mu.Unlock()
	hashes, err := t.nodes(ctx, wanted.IDs, size)
	if err != nil {
		return nil, err
	}
	hashes, err = wanted.Rehash(hashes, t.HashChildren)
	return hashes, errs.Wrap(errs.Broken, err, "prove for %s at %d", name, size)
}

// tree finds a ledger's tree, locked. The ledger has at least size facts.
func (p *Prover) tree(ctx context.Context, name Name, size uint64) (*tree, Head, error) {
	heads, err := p.store.Heads(ctx)
	if err != nil {
		return nil, Head{}, err
	}
	for _, head := range heads {
		if head.Name != name || head.Seq < size {
			continue
		}
		if head.Algorithm.New() == nil {
			return nil, Head{}, broken("unknown hash algorithm %q", string(head.Algorithm))
		}
		p.mu.Lock()
		t := p.trees[head.Number]
		if t == nil {
			t = &tree{treeHash: treeHash{head.Algorithm}, store: p.store, number: head.Number}
			p.trees[head.Number] = t
		}
		p.mu.Unlock()
		t.mu.Lock()
		return t, head, nil
	}
	return nil, Head{}, errs.New(errs.Missing, "proof.beyond", "no ledger %q with %d facts", string(name), size)
}

// VerifyInclusion checks that a fact's stored bytes are the seq-th of the facts that a checkpoint covers. It needs no
// database. It fails with errs.Invalid, rule proof.false.
func VerifyInclusion(c Checkpoint, seq uint64, row []byte, path [][]byte) error {
	h := treeHash{c.Algorithm}
	if c.Algorithm.New() == nil || seq == 0 {
		return errs.New(errs.Invalid, "proof.false", "no proof for fact %d with hash %q", seq, string(c.Algorithm))
	}
	return falseProof(proof.VerifyInclusion(h, seq-1, c.Size, h.HashLeaf(row), path, c.Root[:]))
}

// VerifyConsistency checks that the facts that an older checkpoint covers are the beginning of those that a newer one
// covers. It needs no database. It fails with errs.Invalid, rule proof.false.
func VerifyConsistency(older, newer Checkpoint, path [][]byte) error {
	h := treeHash{older.Algorithm}
	if older.Algorithm.New() == nil || older.Algorithm != newer.Algorithm || older.Ledger != newer.Ledger {
		return errs.New(errs.Invalid, "proof.false", "checkpoints of %s (%s) and %s (%s)", older.Ledger, older.Algorithm, newer.Ledger, newer.Algorithm)
	}
	return falseProof(proof.VerifyConsistency(h, older.Size, newer.Size, path, older.Root[:], newer.Root[:]))
}

func falseProof(err error) error {
	if err == nil {
		return nil
	}
	return &errs.Failed{Kind: errs.Invalid, Rule: "proof.false", Cause: err}
}
