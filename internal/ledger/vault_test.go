package ledger_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"math"
	mrand "math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store"
	"github.com/guomen/guomen/internal/store/storetest"
	"github.com/guomen/guomen/port"
)

// vaultCrossed is a fact about somebody, whose name and document are sealed.
type vaultCrossed struct {
	ID   port.ID           `json:"id"`
	Who  port.ID           `json:"who"`
	Name ledger.Commitment `json:"name"`
}

func (vaultCrossed) FactName() string { return "person.crossed.v1" }

// Decide records the fact as it is: it was made before the queue.
func (c vaultCrossed) Decide(tx *ledger.Tx) error { return tx.Record(c) }

type vaultPassage struct {
	Who port.ID `json:"who"`
}

func vaultSchema(t *testing.T) *ledger.Schema {
	t.Helper()
	kind := ledger.NewKind[vaultPassage]("passage", 1)
	ledger.On(kind, func(b vaultCrossed) port.ID { return b.ID }, func(_ *ledger.Effects, _ vaultPassage, _ *ledger.Fact, b vaultCrossed) vaultPassage {
		return vaultPassage{b.Who}
	})
	schema, err := ledger.NewSchema([]ledger.Body{vaultCrossed{}}, []ledger.AnyKind{kind}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// vaultClock is a clock that a test moves.
type vaultClock port.Time

func (c *vaultClock) now() port.Time { return port.Time(*c) }

func (c *vaultClock) pass(d port.Duration) { *c += vaultClock(d) }

var vaultStart = port.TimeOf(time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC))

func openVault(t *testing.T, s ledger.Store, master ledger.Master, suite ledger.Suite, now func() port.Time) *ledger.Vault {
	t.Helper()
	v, err := ledger.OpenVault(t.Context(), s, master, suite, now)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func failsWith(t *testing.T, err error, kind errs.Kind, rule string) {
	t.Helper()
	var failed *errs.Failed
	if !errors.As(err, &failed) || failed.Kind != kind || failed.Rule != rule {
		t.Errorf("got %v, want %v %s", err, kind, rule)
	}
}

func TestVaultThroughTheEngine(t *testing.T) {
	for _, suite := range []ledger.Suite{ledger.AES256GCM, ledger.SM4GCM} {
		t.Run(string(suite), func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, d *storetest.Database) { throughTheEngine(t, d.Open(t), suite) })
		})
	}
}

func throughTheEngine(t *testing.T, s ledger.Store, suite ledger.Suite) {
	ctx := t.Context()
	clock := vaultClock(vaultStart)
	e, err := ledger.Open(ctx, vaultSchema(t), s, ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	number, err := e.Create(ctx, "port:a", ledger.SM3)
	if err != nil {
		t.Fatal(err)
	}
	v := openVault(t, s, ledger.Master{1, 2, 3}, suite, clock.now)

	alice, bator := v.Person("passport CHN", "E12345678"), v.Person("passport MNG", "E12345678")
	cross := func(n uint64, who port.ID, purpose, name string, days port.Duration) ledger.Commitment {
		t.Helper()
		row, c, err := v.Seal(who, purpose, []byte(name), clock.now().Add(days*port.Day), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		id := port.NewID(int64(clock)/1000, uint16(number), n)
		_, err = e.Submit(ctx, ledger.Command{
			ID: id, Ledger: "port:a", Actor: ledger.Actor{Organisation: "border"}, Body: ledger.Hash(sha256.Sum256([]byte(name))),
			Submission: []byte(name), Sealed: []ledger.SealedRow{row}, Do: vaultCrossed{id, who, c},
		})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	short := cross(1, alice, "crossing", "阿丽丝", 30)
	long := cross(2, alice, "health", "37.2", 90)
	other := cross(3, bator, "crossing", "Батор", 90)
	third := cross(4, bator, "crossing", "", 90)

	readable := func() (readable []string) {
		for name, c := range map[string]ledger.Commitment{"short": short, "long": long, "other": other, "third": third} {
			plain, err := v.Open(ctx, c)
			switch {
			case err == nil:
				readable = append(readable, name+"="+string(plain))
			default:
				failsWith(t, err, errs.Missing, "sealed.expired")
			}
		}
		return readable
	}
	expect := func(when string, want ...string) {
		t.Helper()
		got := readable()
		if diff := cmp.Diff(want, got, cmpSorted()); diff != "" {
			t.Errorf("%s: %s", when, diff)
		}
		report, err := e.Verify(ctx)
		if err != nil || !report.OK || report.Facts != 4 {
			t.Errorf("%s: verify says %+v, %v", when, report, err)
		}
	}
	forgets := func(what string, n int, err error, want int) {
		t.Helper()
		if err != nil || n != want {
			t.Errorf("%s: %d pieces destroyed, want %d, %v", what, n, want, err)
		}
	}
	expect("at first", "short=阿丽丝", "long=37.2", "other=Батор", "third=")
	n, err := v.Expire(ctx)
	forgets("nothing is due", n, err, 0)

	clock.pass(30 * port.Day)
	expect("before the job has run", "long=37.2", "other=Батор", "third=")
	n, err = v.Expire(ctx)
	forgets("one is due", n, err, 1)
	expect("after expiry", "long=37.2", "other=Батор", "third=")
	for _, c := range []ledger.Commitment{short, long} {
		row, ok, err := s.Sealed(ctx, c.Sealed)
		if gone := len(row.Key)+len(row.Salt) == 0; err != nil || !ok || gone != (c == short) {
			t.Errorf("row %s has key and salt: %t, %t, %v", c.Sealed, !gone, ok, err)
		}
	}

	n, err = v.Forget(ctx, alice, "crossing")
	forgets("what is gone already", n, err, 0)
	n, err = v.Forget(ctx, bator, "crossing")
	forgets("a person's crossings", n, err, 2)
	expect("after he was forgotten", "long=37.2")

	// A restored clock does not bring back what was destroyed.
	clock.pass(-20 * port.Day)
	expect("the clock goes back", "long=37.2")
}

func cmpSorted() cmp.Option {
	return cmp.Transformer("set", func(list []string) map[string]bool {
		set := map[string]bool{}
		for _, text := range list {
			set[text] = true
		}
		return set
	})
}

// sealInto seals one piece and writes its row without an engine.
func sealInto(t *testing.T, s ledger.Store, v *ledger.Vault, person port.ID, plain string) ledger.Commitment {
	t.Helper()
	row, c, err := v.Seal(person, "crossing", []byte(plain), vaultStart.Add(port.Day), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tx, err := s.Begin(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if err := errors.Join(tx.Write(&ledger.Batch{Sealed: []ledger.SealedRow{row}}), tx.Commit()); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestVaultKnowsItsMaster(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database *storetest.Database) {
		s := database.Open(t)
		clock := vaultClock(vaultStart)
		first := openVault(t, s, ledger.Master{1}, ledger.AES256GCM, clock.now)
		who := first.Person("id", "1500")
		c := sealInto(t, s, first, who, "secret")

		_, err := ledger.OpenVault(t.Context(), s, ledger.Master{2}, ledger.AES256GCM, clock.now)
		failsWith(t, err, errs.Invalid, "master.mismatch")
		_, err = ledger.OpenVault(t.Context(), s, ledger.Master{1}, "rot13", clock.now)
		failsWith(t, err, errs.Invalid, "sealed.suite")

		// The other suite under the same master: the old piece opens, people keep their ids, new pieces are SM4's.
		second := openVault(t, s, ledger.Master{1}, ledger.SM4GCM, clock.now)
		d := sealInto(t, s, second, who, "geheim")
		for _, v := range []*ledger.Vault{first, second} {
			one, err1 := v.Open(t.Context(), c)
			two, err2 := v.Open(t.Context(), d)
			if string(one) != "secret" || string(two) != "geheim" || v.Person("id", "1500") != who {
				t.Errorf("%q, %q, %v, %v", one, two, err1, err2)
			}
		}

		// Another master, had it been let in, opens nothing.
		if err := s.SetSetting(t.Context(), "vault", ""); err != nil {
			t.Fatal(err)
		}
		wrong := openVault(t, s, ledger.Master{2}, ledger.AES256GCM, clock.now)
		_, err = wrong.Open(t.Context(), c)
		failsWith(t, err, errs.Broken, "")
		if wrong.Person("id", "1500") == who {
			t.Error("another master gives the same person")
		}
	})
}

func TestVaultRefuses(t *testing.T) {
	s := store.NewMemory()
	clock := vaultClock(vaultStart)
	v := openVault(t, s, ledger.Master{1}, ledger.SM4GCM, clock.now)
	who, end := v.Person("id", "1"), vaultStart.Add(port.Day)
	seal := func(who port.ID, purpose string, size int, end port.Time) error {
		_, _, err := v.Seal(who, purpose, make([]byte, size), end, rand.Reader)
		return err
	}
	failsWith(t, seal(port.ID{}, "p", 1, end), errs.Broken, "")
	failsWith(t, seal(who, "", 1, end), errs.Broken, "")
	failsWith(t, seal(who, "p", 1, 0), errs.Broken, "")
	failsWith(t, seal(who, "p", ledger.MaxSealed+1, end), errs.TooLarge, "sealed.too_large")
	if err := seal(who, "p", ledger.MaxSealed, end); err != nil {
		t.Error(err)
	}
	for _, bytesOfEntropy := range []int{0, 10, 60, 70, 80} {
		_, _, err := v.Seal(who, "p", nil, end, bytes.NewReader(make([]byte, bytesOfEntropy)))
		failsWith(t, err, errs.Broken, "")
	}
	_, err := v.Forget(t.Context(), port.ID{}, "p")
	failsWith(t, err, errs.Broken, "")
	_, err = v.Forget(t.Context(), who, "")
	failsWith(t, err, errs.Broken, "")
	_, err = v.Open(t.Context(), ledger.Commitment{Sealed: who})
	failsWith(t, err, errs.Missing, "sealed.unknown")
}

func TestVaultIsDeterministicUnderSeed(t *testing.T) {
	clock := vaultClock(vaultStart)
	v := openVault(t, store.NewMemory(), ledger.Master{1}, ledger.AES256GCM, clock.now)
	who := v.Person("id", "1")
	seal := func() ledger.SealedRow {
		row, _, err := v.Seal(who, "p", []byte("x"), vaultStart.Add(port.Day), mrand.NewChaCha8([32]byte{7}))
		if err != nil {
			t.Fatal(err)
		}
		return row
	}
	if diff := cmp.Diff(seal(), seal()); diff != "" {
		t.Error(diff)
	}
	row := seal()
	if row.ID.Milliseconds() != int64(vaultStart)/1000 || row.ID.Ledger() != 0 {
		t.Errorf("id %s of ledger %d", row.ID, row.ID.Ledger())
	}
}

func TestPerson(t *testing.T) {
	clock := vaultClock(vaultStart)
	v := openVault(t, store.NewMemory(), ledger.Master{1}, ledger.SM4GCM, clock.now)
	who := v.Person("id CHN", "15010219900101123x")
	if who != v.Person("id CHN", " 15010219900101123X\n") {
		t.Error("case and spaces count")
	}
	if who.Ledger() != 0 || who.IsZero() {
		t.Errorf("person %s is of ledger %d", who, who.Ledger())
	}
	seen := map[port.ID]bool{who: true}
	for _, document := range [][2]string{{"id MNG", "15010219900101123X"}, {"id CHN", "150102199001011234"}, {"id CHN", ""}, {"id", "CHN"}} {
		id := v.Person(document[0], document[1])
		if seen[id] {
			t.Errorf("%v is somebody else too", document)
		}
		seen[id] = true
	}
}

// bentStore gives one row, whatever is asked for.
type bentStore struct {
	ledger.Store
	row ledger.SealedRow
}

func (b *bentStore) Sealed(context.Context, port.ID) (ledger.SealedRow, bool, error) {
	return b.row, true, nil
}

func (b *bentStore) Lease(context.Context, string) (func(), error)    { return func() {}, nil }
func (b *bentStore) Setting(context.Context, string) (string, error)  { return "", nil }
func (b *bentStore) SetSetting(context.Context, string, string) error { return nil }

// FuzzVaultOpen changes stored rows and commitments: what opens is what was sealed, and nothing panics.
func FuzzVaultOpen(f *testing.F) {
	for _, sm4 := range []bool{false, true} {
		for field := range byte(9) {
			f.Add(sm4, field, uint(0), byte(1), math.MaxInt)
			f.Add(sm4, field, uint(20), byte(0x80), math.MaxInt)
			f.Add(sm4, field, uint(3), byte(0), 0)
			f.Add(sm4, field, uint(3), byte(0), 13)
			f.Add(sm4, field, uint(3), byte(0), math.MaxInt)
		}
	}
	f.Fuzz(func(t *testing.T, sm4 bool, field byte, at uint, flip byte, length int) {
		suite := map[bool]ledger.Suite{false: ledger.AES256GCM, true: ledger.SM4GCM}[sm4]
		b := &bentStore{}
		clock := vaultClock(vaultStart)
		v, err := ledger.OpenVault(t.Context(), b, ledger.Master{9}, suite, clock.now)
		if err != nil {
			t.Fatal(err)
		}
		const plain = "护照 E12345678"
		row, c, err := v.Seal(v.Person("id", "1"), "crossing", []byte(plain), vaultStart.Add(port.Day), mrand.NewChaCha8([32]byte{1}))
		if err != nil {
			t.Fatal(err)
		}
		whole := []string{string(row.Key), string(row.Salt), string(row.Data), string(row.ID[:]), string(row.Person[:]), row.Purpose, c.Hash}
		bend := func(bytes []byte) []byte {
			if len(bytes) > 0 {
				bytes[at%uint(len(bytes))] ^= flip
			}
			return bytes[:max(0, min(len(bytes), length))]
		}
		switch field % 8 {
		case 0:
			row.Key = bend(row.Key)
		case 1:
			row.Salt = bend(row.Salt)
		case 2:
			row.Data = bend(row.Data)
		case 3:
			row.ID[at%16] ^= flip
		case 4:
			row.Person[at%16] ^= flip
		case 5:
			row.Purpose = string(bend([]byte(row.Purpose)))
		case 6:
			c.Hash = string(bend([]byte(c.Hash)))
		case 7: // key and data of different columns
			row.Salt, row.Data = row.Data, row.Salt
		}
		bent := []string{string(row.Key), string(row.Salt), string(row.Data), string(row.ID[:]), string(row.Person[:]), row.Purpose, c.Hash}
		b.row = row
		got, err := v.Open(t.Context(), c)
		switch changed := !cmp.Equal(whole, bent); {
		case !changed && (err != nil || string(got) != plain):
			t.Errorf("%q, %v", got, err)
		case changed && err == nil:
			t.Errorf("a changed row opened: %q", got)
		case changed && len(row.Key) > 0:
			failsWith(t, err, errs.Broken, "")
		}
		if err != nil && strings.Contains(err.Error(), "E12345678") {
			t.Error("the error says what was sealed")
		}
	})
}
