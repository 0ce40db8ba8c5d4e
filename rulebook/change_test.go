package rulebook

import (
	"context"
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store/storetest"
	"github.com/guomen/guomen/port"
)

// regionOf is a region's ledger of the tests.
type regionOf struct {
	t      *testing.T
	engine *ledger.Engine
	number ledger.Number
	kind   *ledger.Kind[Record]
	given  uint64
}

const nowMillis = 1_790_000_000_000

func openRegion(t *testing.T, store ledger.Store) *regionOf {
	t.Helper()
	r := &regionOf{t: t, kind: Records()}
	schema, err := ledger.NewSchema(Facts(), []ledger.AnyKind{r.kind}, nil)
	if err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return time.UnixMilli(nowMillis) }
	if r.engine, err = ledger.Open(t.Context(), schema, store, ledger.Options{Clock: clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.engine.Close)
	if r.number, err = r.engine.Create(t.Context(), "region", ledger.SHA256); err != nil {
		t.Fatal(err)
	}
	return r
}

// give gives a command as a person, and names the rules by which it is refused.
func (r *regionOf) give(person string, do ledger.Decision) (facts []ledger.Fact, refused []string) {
	r.t.Helper()
	r.given++
	receipt, err := r.engine.Submit(context.Background(), ledger.Command{
		ID: port.NewID(nowMillis, uint16(r.number), binary.BigEndian.Uint64([]byte{0, 0, 0, byte(r.given), 0, 0, 0, 0})), Ledger: "region",
		Actor: ledger.Actor{Organisation: "region", Role: "region", Person: person}, Priority: ledger.Gate, Do: do,
	})
	for _, p := range errs.Problems(err) {
		refused = append(refused, p.Rule)
	}
	if err != nil && len(refused) == 0 {
		r.t.Fatal(err)
	}
	return receipt.Facts, refused
}

// TestTwoPersons: one writes, another decides, on every database; who refuses says every reason at once.
func TestTwoPersons(t *testing.T) {
	now := port.TimeOf(time.UnixMilli(nowMillis))
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		r := openRegion(t, d.Open(t))
		trial := Try("test.sealed", sealed("active", "", heavy), good())
		bad := Try("test.sealed", sealed("active", "", "item.mass > 1.0"), nil)
		decide := func(version int, mode Mode, from port.Time) Decide {
			return Decide{Kind: r.kind, Rule: "test.sealed", Version: version, Mode: mode, From: from, Reason: "r", Citation: "c"}
		}
		mute := decide(Latest, Active, 0)
		mute.Reason, mute.Citation = " ", ""
		long := decide(Latest, Active, 0)
		long.Reason, long.Citation = strings.Repeat("x", MaxReason+1), strings.Repeat("x", MaxCitation+1)
		broken := decide(Latest, Active, 0)
		broken.Problems = []errs.Problem{errs.At("text", "rule.text", "no such word")}
		for i, step := range []struct {
			name, person string
			do           ledger.Decision
			refused      []string
			fact         string
			version      int
		}{
			{"nothing is proposed", "Bat", decide(Latest, Active, 0), []string{"rule.nothing_proposed"}, "", 0},
			{"what does not pass", "Bat", Propose{Kind: r.kind, Trial: bad}, []string{"rule.text", "rule.document_missing", "rule.document_missing"}, "", 0},
			{"by nobody", "", Propose{Kind: r.kind, Trial: trial}, []string{"rule.person_missing"}, "", 0},
			{"proposed", "Bat", Propose{Kind: r.kind, Trial: trial}, nil, "rule.proposed.v1", 1},
			{"decided by who wrote it", "Bat", decide(Latest, Active, 0), []string{"rule.same_person"}, "", 0},
			{"by him in other letters", " bAt  ", decide(1, DryRun, 0), []string{"rule.same_person"}, "", 0},
			{"retired by him", "Bat", decide(1, Silent, 0), []string{"rule.same_person"}, "", 0},
			{"by nobody", "", decide(1, Active, 0), []string{"rule.person_missing"}, "", 0},
			{"without saying why, in no mode, yesterday", "Bat", func() Decide { m := mute; m.Mode, m.From = "often", now.Add(-port.Day); return m }(),
				[]string{"rule.mode", "rule.missing", "rule.missing", "rule.same_person", "rule.from_past"}, "", 0},
			{"at length", "Saran", long, []string{"rule.long", "rule.long"}, "", 0},
			{"what this build cannot read", "Saran", broken, []string{"rule.text"}, "", 0},
			{"no such version", "Saran", decide(2, Active, 0), []string{"rule.version_unknown"}, "", 0},
			{"the build's own, run dry by one", "Saran", decide(0, DryRun, 0), []string{"rule.propose_first"}, "", 0},
			{"the build's own, retired by one", "Saran", decide(0, Silent, 0), []string{"rule.propose_first"}, "", 0},
			{"run dry by another, from tomorrow", "Saran", decide(Latest, DryRun, now.Add(port.Day)), nil, "rule.activated.v1", 1},
			{"the second version, by her", "Saran", Propose{Kind: r.kind, Trial: trial}, nil, "rule.proposed.v1", 2},
			{"decided by her", "Saran", decide(Latest, Active, 0), []string{"rule.same_person"}, "", 0},
			{"the first, by her", "Saran", decide(1, Active, 0), nil, "rule.activated.v1", 1},
			{"the second, by him", "Bat", decide(2, Active, 0), nil, "rule.activated.v1", 2},
			{"put aside by who wrote it", "Saran", decide(0, Active, 0), []string{"rule.same_person"}, "", 0},
			{"the build's own again", "Bat", decide(0, Active, 0), nil, "rule.activated.v1", 0},
			{"retired", "Bat", decide(2, Silent, 0), nil, "rule.retired.v1", 2},
		} {
			facts, refused := r.give(step.person, step.do)
			if diff := cmp.Diff(step.refused, refused); diff != "" {
				t.Errorf("%d %s (-want +got):\n%s", i, step.name, diff)
			}
			name, version, from := "", 0, port.Time(0)
			if len(facts) == 1 {
				name = facts[0].Name
				switch b := facts[0].Body.(type) {
				case Proposed:
					version = b.Version
				case Activated:
					version, from = b.Version, b.From
				case Retired:
					version, from = b.Version, b.From
				}
			}
			if name != step.fact || version != step.version {
				t.Errorf("%d %s: recorded %q of version %d, want %q of %d", i, step.name, name, version, step.fact, step.version)
			}
			if want := strings.Contains(step.name, "tomorrow"); from != 0 && (from == now.Add(port.Day)) != want {
				t.Errorf("%d %s: from %s", i, step.name, from)
			}
		}
		report, err := r.engine.Verify(t.Context())
		if err != nil || !report.OK {
			t.Errorf("verify: %v %s", err, report.FirstDifference)
		}
		facts, err := r.engine.Facts(t.Context(), "region", 0, 100, 0)
		if err != nil {
			t.Fatal(err)
		}
		law := mustLaw(t).With(facts)
		if h := law.History("test.sealed"); len(h.Versions) != 2 || len(h.Acts) != 5 || h.Standing(now.Add(2*port.Day)).Mode != Silent || h.Versions[0].Text != trial.Text || len(h.Versions[0].Documents) != 3 {
			t.Errorf("read back: %+v", h)
		}
	})
}

// TestReady: whether this build can judge by a version, in the mode that is asked for.
func TestReady(t *testing.T) {
	hearsay := strings.Replace(sealed("dry_run", "", heavy), "tags: [D]", "tags: [K]", 1)
	law := mustLaw(t).With(region(1, proposal(1, sealed("active", "", heavy)), proposal(2, hearsay), proposal(3, sealed("active", "", "item.colour > 1.0"))))
	for _, c := range []struct {
		name, rule string
		version    int
		mode       Mode
		want       string
	}{
		{"good", "test.sealed", 1, Active, ""}, {"good, dry", "test.sealed", 1, DryRun, ""}, {"hearsay, dry", "test.sealed", 2, DryRun, ""},
		{"hearsay", "test.sealed", 2, Active, "rule.text"}, {"of another build", "test.sealed", Latest, Active, "rule.text"}, {"retired, whatever it says", "test.sealed", 3, Silent, ""},
		{"the build's own", "customs.item_hs", 0, Active, ""}, {"not in the build", "test.sealed", 0, Active, "rule.not_built"}, {"no version", "test.sealed", 9, Active, ""},
	} {
		got := ""
		for _, p := range law.Ready(c.rule, c.version, c.mode) {
			got += p.Rule
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
