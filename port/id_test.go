package port

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"
)

func TestID(t *testing.T) {
	const now = 1_795_305_600_000 // 22 November 2026
	id := NewID(now, 513, 0x0123456789abcdef)
	if id.Milliseconds() != now || id.Ledger() != 513 || id.IsZero() {
		t.Errorf("got %d, %d", id.Milliseconds(), id.Ledger())
	}
	text := id.String()
	if len(text) != 26 || strings.ContainsAny(text, "ILOUilou") || strings.ToUpper(text) != text {
		t.Errorf("got %q", text)
	}
	for _, form := range []string{text, strings.ToLower(text)} {
		if got, err := ParseID(form); err != nil || got != id {
			t.Errorf("%q: got %v, %v", form, got, err)
		}
	}
	most := NewID(1<<48-1, math.MaxUint16, math.MaxUint64)
	if got, want := most.String(), "7"+strings.Repeat("Z", 25); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, bad := range []string{"", text[:25], text + "0", "8" + text[1:], text[:25] + "U", text[:25] + "\xff"} {
		if got, err := ParseID(bad); err == nil || !got.IsZero() {
			t.Errorf("%q: got %v, %v", bad, got, err)
		}
	}
}

func TestIDSorts(t *testing.T) {
	ids := []ID{NewID(0, 0, 1), NewID(0, 1, 0), NewID(1, 0, 0), NewID(1, 0, 1<<63), NewID(1<<47, 2, 3)}
	for i, id := range ids[1:] {
		if before := ids[i]; bytes.Compare(before[:], id[:]) >= 0 || before.String() >= id.String() {
			t.Errorf("%s does not come before %s", before, id)
		}
	}
}

func TestIDDerive(t *testing.T) {
	id := NewID(1, 2, math.MaxUint64)
	seen := map[ID]bool{}
	for n := range math.MaxUint16 + 1 {
		derived := id.Derive(uint16(n))
		if derived.Milliseconds() != 1 || derived.Ledger() != 2 || seen[derived] {
			t.Fatalf("%d: got %s", n, derived)
		}
		seen[derived] = true
	}
	if id.Derive(0) != id {
		t.Error("Derive(0) is another id")
	}
}

func TestIDInJSON(t *testing.T) {
	type document struct {
		ID ID `json:"id"`
	}
	for _, id := range []ID{{}, NewID(1, 2, 3)} {
		data, err := json.Marshal(document{id})
		var got document
		if err != nil || json.Unmarshal(data, &got) != nil || got.ID != id {
			t.Errorf("%s: got %s, %v", id, data, err)
		}
	}
	got := document{NewID(1, 2, 3)}
	if err := json.Unmarshal([]byte(`{"id":"x"}`), &got); err == nil {
		t.Errorf("got %v", got)
	}
	if got := (ID{}).String(); got != "" {
		t.Errorf("got %q", got)
	}
}

func FuzzID(f *testing.F) {
	for _, seed := range []string{NewID(1, 2, 3).String(), "7ZZZZZZZZZZZZZZZZZZZZZZZZZ", "", "0000000000000000000000000l"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		id, err := ParseID(text)
		if err != nil || id.IsZero() {
			return
		}
		if got := id.String(); got != strings.ToUpper(text) {
			t.Errorf("%q: got %q", text, got)
		}
	})
}
