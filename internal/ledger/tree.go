package ledger

import (
	"context"
	"sync"

	"github.com/transparency-dev/merkle/compact"
)

// treeHash hashes leaves and nodes as RFC 6962 section 2.1 says, with a ledger's algorithm; it is the library's
// merkle.LogHasher. The library's own takes a crypto.Hash, which SM3 is not.
type treeHash struct{ algorithm Algorithm }

// EmptyRoot is the root of a tree without leaves.
func (t treeHash) EmptyRoot() []byte { return t.algorithm.New().Sum(nil) }

// Size is the bytes of a hash.
func (t treeHash) Size() int { return len(Hash{}) }

// The prefixes keep a node from being taken for a leaf.
const (
	leafPrefix = 0
	nodePrefix = 1
)

// HashLeaf hashes a leaf's bytes.
func (t treeHash) HashLeaf(leaf []byte) []byte {
	h := t.algorithm.New()
	h.Write([]byte{leafPrefix})
	h.Write(leaf)
	return h.Sum(nil)
}

// HashChildren hashes two nodes to the one above them.
func (t treeHash) HashChildren(left, right []byte) []byte {
	h := t.algorithm.New()
	h.Write([]byte{nodePrefix})
	h.Write(left)
	h.Write(right)
	return h.Sum(nil)
}

// blockLevel makes a block 256 facts: a proof reads at most two of them, and a year of the whole region (50 million
// facts) takes 13 MB of roots.
const blockLevel = 8

// tree is what a prover keeps of one ledger.
type tree struct {
	treeHash
	store  Store
	number Number
	mu     sync.Mutex
	levels [][]Hash // roots of full subtrees in order; levels[0] are the blocks', each next one halves
}

// nodes gives the hashes of nodes, all full, of the tree over the first size facts. The lock is held.
func (t *tree) nodes(ctx context.Context, ids []compact.NodeID, size uint64) ([][]byte, error) {
	if err := t.extend(ctx, size); err != nil {
		return nil, err
	}
	blocks := map[uint64][][]byte{} // hashes of the leaves in the blocks that are needed
	hashes := make([][]byte, len(ids))
	for i, id := range ids {
		if id.Level >= blockLevel {
			hash := t.levels[id.Level-blockLevel][id.Index]
			hashes[i] = hash[:]
			continue
		}
		begin, end := id.Coverage()
		number := begin >> blockLevel
		start := number << blockLevel
		if blocks[number] == nil {
			leaves, err := t.leaves(ctx, start, int(min(size-start, 1<<blockLevel)))
			if err != nil {
				return nil, err
			}
			blocks[number] = leaves
		}
		hashes[i] = t.root(blocks[number][begin-start : end-start])
	}
	return hashes, nil
}

// extend reads the full blocks below size that have not been read yet.
func (t *tree) extend(ctx context.Context, size uint64) error {
	if t.levels == nil {
		t.levels = make([][]Hash, 1)
	}
	for {
		read := uint64(len(t.levels[0])) << blockLevel
		full := min((size-min(size, read))>>blockLevel, pageRows>>blockLevel)
		if full == 0 {
			return nil
		}
		leaves, err := t.leaves(ctx, read, int(full<<blockLevel))
		if err != nil {
			return err
		}
		for ; len(leaves) > 0; leaves = leaves[1<<blockLevel:] {
			t.push(Hash(t.root(leaves[:1<<blockLevel])))
		}
	}
}

// push adds a block's root, and every node above that it completes.
func (t *tree) push(hash Hash) {
	for level := 0; ; level++ {
		if level == len(t.levels) {
			t.levels = append(t.levels, nil)
		}
		t.levels[level] = append(t.levels[level], hash)
		n := len(t.levels[level])
		if n%2 == 1 {
			return
		}
		hash = Hash(t.HashChildren(t.levels[level][n-2][:], hash[:]))
	}
}

// leaves reads facts and hashes them.
func (t *tree) leaves(ctx context.Context, after uint64, count int) ([][]byte, error) {
	hashes := make([][]byte, 0, count)
	for len(hashes) < count {
		rows, err := t.store.Facts(ctx, t.number, after, count-len(hashes))
		if err != nil {
			return nil, err
		}
		if len(rows) == 0 {
			return nil, broken("ledger %d ends at fact %d, its head is further", t.number, after)
		}
		for i := range rows {
			if after++; rows[i].Seq != after {
				return nil, broken("ledger %d: fact %d is missing", t.number, after)
			}
			hashes = append(hashes, t.HashLeaf(rows[i].Data))
		}
	}
	return hashes, nil
}

// root combines the hashes of a full subtree's leaves, 2^n of them.
func (t *tree) root(hashes [][]byte) []byte {
	if len(hashes) == 1 {
		return hashes[0]
	}
	half := len(hashes) / 2
	return t.HashChildren(t.root(hashes[:half]), t.root(hashes[half:]))
}
