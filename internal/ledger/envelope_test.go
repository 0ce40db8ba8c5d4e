package ledger

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/guomen/guomen/port"
)

// TestCutEnvelope: what appendFact writes is taken apart as the decoder of JSON would.
func TestCutEnvelope(t *testing.T) {
	s, err := NewSchema(nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		stamp := func(name string) port.Time {
			return port.Time(rapid.Int64Range(1, time.Date(2399, 12, 31, 0, 0, 0, 0, time.UTC).UnixMicro()).Draw(rt, name))
		}
		f := Fact{
			Seq: rapid.Uint64().Draw(rt, "seq"), Name: DeadlinePassed{}.FactName(), At: stamp("at"), Recorded: stamp("recorded"),
			Command: port.NewID(rapid.Int64Range(1, 1<<47).Draw(rt, "ms"), 7, rapid.Uint64().Draw(rt, "unique")),
			Actor:   Actor{rapid.String().Draw(rt, "organisation"), rapid.String().Draw(rt, "role"), rapid.String().Draw(rt, "person")},
			Body:    DeadlinePassed{Kind: rapid.String().Draw(rt, "kind")},
		}
		if rapid.Bool().Draw(rt, "submitted") {
			f.Digest = Hash{1, 2, 3}.String()
		}
		actor, err := encode(f.Actor)
		if err != nil {
			rt.Skip()
		}
		data, err := appendFact(nil, &f, actor)
		if err != nil {
			rt.Skip() // text that no fact may have
		}
		var got, want envelope
		if !s.cutEnvelope(data, &got) {
			rt.Fatalf("not taken apart: %s", data)
		}
		if err := decode(data, &want); err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatal(diff)
		}
	})
}

// FuzzCutEnvelope: whatever is taken apart, the decoder of JSON reads alike.
func FuzzCutEnvelope(f *testing.F) {
	s, err := NewSchema(nil, nil, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{"seq":1,"name":"deadline.passed.v1","at":"2026-11-22T08:00:00.000000Z","recorded":"2026-02-28T08:00:00.000001Z","command":"01M3250V01000SWDVSQ9ZMMZ0N","actor":{"org":"a}","role":"r"},"body":{"x":1}}`))
	f.Add([]byte(`{"seq":01,"name":"deadline.passed.v1","at":"2026-02-30T08:00:00.000000Z","recorded":"2026-02-28T08:00:00.000001Z","command":"01M3250V01000SWDVSQ9ZMMZ0N","actor":{},"body":}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var got, want envelope
		if s.cutEnvelope(data, &got) && decode(data, &want) == nil {
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s", data, diff)
			}
		}
	})
}
