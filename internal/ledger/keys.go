package ledger

import "hash/maphash"

// keyWindow is how many receipts of a ledger stay findable by idempotency key: about a month of the busiest port
// (3,109 trucks a day, some ten commands each). It costs 48 bytes each. An older key is taken for a new one; then the
// domain's own unique numbers refuse the second document.
const keyWindow = 1 << 20

// keyIndex finds a ledger's recent receipts by organisation and key. It is in memory because keys arrive at random: an
// index in the database would dirty a page for each. It is exact: under the head's lock it is caught up from the tail.
type keyIndex struct {
	numbers map[uint64]uint64 // hash → receipt number
	ring    []boundReceipt    // in order of arrival, for forgetting
	next    int
	through uint64 // last receipt seen
}

type boundReceipt struct{ hash, no uint64 }

func (k *keyIndex) add(hash, no uint64) {
	if k.numbers == nil {
		k.numbers = map[uint64]uint64{}
	}
	if len(k.ring) < keyWindow {
		k.ring = append(k.ring, boundReceipt{hash, no})
	} else {
		if old := k.ring[k.next]; k.numbers[old.hash] == old.no { // or the key has been bound again since
			delete(k.numbers, old.hash)
		}
		k.ring[k.next] = boundReceipt{hash, no}
		k.next = (k.next + 1) % keyWindow
	}
	k.numbers[hash] = no
}

// catchUp adds what other processes, or an earlier run of this one, have acknowledged.
func (k *keyIndex) catchUp(seed maphash.Seed, rows []ReceiptRow) {
	for i := range rows {
		if rows[i].No <= k.through {
			continue
		}
		if rows[i].Outcome != Refused {
			k.add(hashKey(seed, rows[i].Organisation, rows[i].Key), rows[i].No)
		}
		k.through = rows[i].No
	}
}

func hashKey(seed maphash.Seed, organisation, key string) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	h.WriteString(organisation)
	h.WriteByte(0)
	h.WriteString(key)
	return h.Sum64()
}

// cacheSize is how many record states of a ledger stay decoded, in each of two generations: about 60 MB at 100,000
// open things. A state is valid while nobody else has moved the ledger's head.
const cacheSize = 1 << 16

// cache keeps recently used states in two generations; the old one is dropped when the young one is full.
type cache struct{ young, old map[RecordKey]any }

func (c *cache) get(key RecordKey) (any, bool) {
	if state, ok := c.young[key]; ok {
		return state, true
	}
	state, ok := c.old[key]
	if ok {
		c.put(key, state)
	}
	return state, ok
}

func (c *cache) put(key RecordKey, state any) {
	if c.young == nil {
		c.young = map[RecordKey]any{}
	}
	if len(c.young) >= cacheSize {
		c.young, c.old = map[RecordKey]any{}, c.young
	}
	c.young[key] = state
}

func (c *cache) clear() { c.young, c.old = nil, nil }
