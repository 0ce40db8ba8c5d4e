package ledger

import (
	"hash/maphash"
	"testing"
)

// TestKeyWindow forgets the oldest keys, and only them, however a key came to be bound twice.
func TestKeyWindow(t *testing.T) {
	var k keyIndex
	for no := uint64(1); no <= keyWindow; no++ {
		k.add(no, no)
	}
	if len(k.numbers) != keyWindow || k.numbers[1] != 1 {
		t.Fatalf("%d keys, the first is %d", len(k.numbers), k.numbers[1])
	}
	k.add(5, keyWindow+1) // bound again by a process that has forgotten it; this one forgets key 1
	for no := uint64(keyWindow + 2); no <= keyWindow+10; no++ {
		k.add(no, no)
	}
	for hash, want := range map[uint64]uint64{1: 0, 2: 0, 5: keyWindow + 1, 10: 0, 11: 11, keyWindow: keyWindow, keyWindow + 10: keyWindow + 10} {
		if got := k.numbers[hash]; got != want {
			t.Errorf("key %d is bound to %d, want %d", hash, got, want)
		}
	}
	for no := uint64(1); no <= keyWindow; no++ {
		k.add(1<<40+no, no)
	}
	if len(k.numbers) != keyWindow || len(k.ring) != keyWindow {
		t.Errorf("%d keys in a ring of %d", len(k.numbers), len(k.ring))
	}
}

// TestCatchUp takes what is new, once, and not the keys of what was refused.
func TestCatchUp(t *testing.T) {
	seed := maphash.MakeSeed()
	rows := []ReceiptRow{
		{No: 1, Organisation: "o", Key: "1", Outcome: Accepted}, {No: 2, Organisation: "o", Key: "2", Outcome: Refused}, {No: 3, Organisation: "o", Key: "3", Outcome: Accepted},
	}
	var k keyIndex
	k.catchUp(seed, rows[:2])
	k.catchUp(seed, rows)
	k.catchUp(seed, rows)
	if k.through != 3 || len(k.ring) != 2 {
		t.Errorf("%+v", k)
	}
	for key, want := range map[string]uint64{"1": 1, "2": 0, "3": 3} {
		if got := k.numbers[hashKey(seed, "o", key)]; got != want {
			t.Errorf("key %s is bound to %d", key, got)
		}
	}
	if hashKey(seed, "ab", "c") == hashKey(seed, "a", "bc") {
		t.Error("organisation and key run together")
	}
}

// TestCache keeps what is used, in bounded space.
func TestCache(t *testing.T) {
	var c cache
	key := func(n int) RecordKey {
		return RecordKey{Ledger: Number(n >> 16), ID: [16]byte{byte(n >> 16), byte(n >> 8), byte(n)}}
	}
	for n := range 5 * cacheSize {
		c.put(key(n), n)
		if state, ok := c.get(key(0)); !ok || state != 0 { // asked for all the time
			t.Fatalf("forgotten after %d", n)
		}
		if len(c.young) > cacheSize || len(c.old) > cacheSize {
			t.Fatalf("%d and %d states", len(c.young), len(c.old))
		}
	}
	if _, ok := c.get(key(1)); ok {
		t.Error("a state that nobody asks for is kept")
	}
	c.clear()
	if _, ok := c.get(key(0)); ok {
		t.Error("a cleared cache remembers")
	}
	c.put(key(0), nil) // known not to exist
	if state, ok := c.get(key(0)); !ok || state != nil {
		t.Error(state, ok)
	}
}
