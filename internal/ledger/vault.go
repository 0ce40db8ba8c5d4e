package ledger

import (
	"context"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/subtle"
	"encoding/hex"
	"io"
	"strings"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/port"
)

// MaxSealed bounds one piece of personal data: names, document numbers and health answers take a few hundred bytes, and
// a row must fit a batch. Pictures are not sealed here.
const MaxSealed = 64 << 10

// saltBytes make a commitment say nothing about what it commits to, not even to someone who can guess it.
const saltBytes = 32

// Commitment stands in a fact for personal data: which row has it, and a hash that fixes what it said. Once the row's
// key and salt are destroyed nothing can be learnt from it, and the fact still verifies.
type Commitment struct {
	Sealed port.ID `json:"sealed"`
	Hash   string  `json:"commitment"` // SHA-256 or SM3 over salt and plaintext, 64 hex digits
}

// Vault seals and opens personal data (Personal Information Protection Law 个人信息保护法: article 19, no longer than
// needed; 47, erasure; 51, encryption). Every piece is encrypted under a random key of its own, which is stored wrapped
// under the operator's master key and bound to the piece, the person and the purpose. Erasing destroys that key and the
// salt, which is itself encrypted: a salt in the clear would let whoever reads the database guess document numbers
// against the facts.
//
// The id of a person outlives erasure, and who holds the master key can tell which id a document number gives.
// A backup keeps the keys that were there when it was made: after a restore, [Vault.Expire] does again what was due,
// and what people asked to have erased since is asked for again by whoever recorded it.
type Vault struct {
	store   Store
	now     func() port.Time
	suite   *suite
	wraps   [len(suites)]cipher.AEAD // one a suite
	persons Algorithm
	person  []byte // key of the HMAC that makes ids of persons
}

// OpenVault opens the personal data of a store; new pieces are sealed with the chosen suite. The first opening notes in
// the store which key it is; a later one with another key fails with errs.Invalid, rule master.mismatch. The hash that
// makes ids of persons is that of the first opening's suite, for ever.
func OpenVault(ctx context.Context, store Store, master Master, chosen Suite, now func() port.Time) (*Vault, error) {
	v := &Vault{store: store, now: now}
	for i := range suites {
		s := &suites[i]
		if s.name == chosen {
			v.suite = s
		}
		key, err := master.derive(s.algorithm, "wrap "+string(s.name), s.keyBytes)
		if err != nil {
			return nil, err
		}
		if v.wraps[i], err = s.aead(key); err != nil {
			return nil, err
		}
	}
	if v.suite == nil {
		return nil, errs.New(errs.Invalid, "sealed.suite", "unknown cipher suite %q: there are %s and %s", string(chosen), AES256GCM, SM4GCM)
	}
	if err := v.recognise(ctx, &master); err != nil {
		return nil, err
	}
	var err error
	v.person, err = master.derive(v.persons, "person", 32)
	return v, err
}

// vaultSetting is "algorithm:check", where check is 16 bytes derived from the master key, in hex.
const vaultSetting = "vault"

// recognise compares the master key with the one that the store knows, or makes it known.
func (v *Vault) recognise(ctx context.Context, master *Master) error {
	release, err := v.store.Lease(ctx, vaultSetting) // two processes may start at once with different keys
	if err != nil {
		return err
	}
	defer release()
	known, err := v.store.Setting(ctx, vaultSetting)
	if err != nil {
		return err
	}
	v.persons = v.suite.algorithm
	if known != "" {
		algorithm, _, _ := strings.Cut(known, ":")
		v.persons = Algorithm(algorithm)
		if v.persons.New() == nil {
			return broken("setting %s names the hash %q", vaultSetting, algorithm)
		}
	}
	check, err := master.derive(v.persons, "check", 16)
	if err != nil {
		return err
	}
	mine := string(v.persons) + ":" + hex.EncodeToString(check)
	switch known {
	case mine:
		return nil
	case "":
		return v.store.SetSetting(ctx, vaultSetting, mine)
	}
	return errs.New(errs.Invalid, "master.mismatch", "this is not the master key that the database's personal data was sealed under")
}

// Person gives the id of who holds an identity document: the same document gives the same id, and without the master
// key the id says nothing. kind is the document's kind (passport, identity card), with the country where that matters;
// the number counts without spaces around it and in upper case. The id is of no ledger, and of no time.
func (v *Vault) Person(kind, number string) port.ID {
	h := hmac.New(v.persons.New, v.person)
	io.WriteString(h, kind+"\x00"+strings.ToUpper(strings.TrimSpace(number)))
	var id port.ID
	copy(id[:], h.Sum(nil))
	id[6], id[7] = 0, 0 // the number of no ledger; 112 bits remain
	return id
}

// Seal encrypts one piece of personal data before the command that brings it queues: the row goes into
// Command.Sealed, the commitment into the fact. It needs a person, a purpose and an end.
func (v *Vault) Seal(person port.ID, purpose string, plaintext []byte, expires port.Time, entropy io.Reader) (SealedRow, Commitment, error) {
	if person.IsZero() || purpose == "" || expires <= 0 {
		return SealedRow{}, Commitment{}, broken("personal data without person, purpose or end is not sealed")
	}
	if len(plaintext) > MaxSealed {
		return SealedRow{}, Commitment{}, errs.New(errs.TooLarge, "sealed.too_large", "%d bytes of personal data, at most %d", len(plaintext), MaxSealed)
	}
	random := make([]byte, 8+saltBytes+v.suite.keyBytes)
	if _, err := io.ReadFull(entropy, random); err != nil {
		return SealedRow{}, Commitment{}, errs.Wrap(errs.Broken, err, "draw a key")
	}
	unique, salt, key := random[:8], random[8:8+saltBytes], random[8+saltBytes:]
	row := SealedRow{ID: port.NewID(int64(v.now())/1000, 0, 0), Person: person, Purpose: purpose, Expires: expires}
	copy(row.ID[8:], unique)
	wrap := v.wraps[v.suite.code-1]
	wrapped, err := lock(wrap, entropy, key, v.suite.bound(&row, "key"))
	if err != nil {
		return SealedRow{}, Commitment{}, err
	}
	row.Key = append([]byte{v.suite.code}, wrapped...)
	own, err := v.suite.aead(key)
	if err != nil {
		return SealedRow{}, Commitment{}, err
	}
	if row.Salt, err = lock(own, entropy, salt, v.suite.bound(&row, "salt")); err != nil {
		return SealedRow{}, Commitment{}, err
	}
	if row.Data, err = lock(own, entropy, plaintext, v.suite.bound(&row, "data")); err != nil {
		return SealedRow{}, Commitment{}, err
	}
	return row, Commitment{row.ID, v.suite.commit(salt, plaintext)}, nil
}

// bound is what the ciphertext of a column is bound to: moved to another column, row, person or purpose, it does not
// open. All parts but the last have a fixed length or end.
func (s *suite) bound(row *SealedRow, column string) []byte {
	b := append([]byte("guomen sealed "+column+"\x00"), s.code)
	b = append(b, row.ID[:]...)
	b = append(b, row.Person[:]...)
	return append(b, row.Purpose...)
}

func (s *suite) commit(salt, plaintext []byte) string {
	h := s.algorithm.New()
	h.Write(salt)
	h.Write(plaintext)
	return hex.EncodeToString(h.Sum(nil))
}

// Open gives back what a fact commits to. It fails with errs.Missing: rule sealed.expired once its time is over or it
// was forgotten, sealed.unknown where the store has no such row; and with errs.Broken when the row was altered or says
// something else than the fact.
func (v *Vault) Open(ctx context.Context, c Commitment) ([]byte, error) {
	row, ok, err := v.store.Sealed(ctx, c.Sealed)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, errs.New(errs.Missing, "sealed.unknown", "no personal data %s", c.Sealed)
	}
	if len(row.Key) == 0 || row.Expires > 0 && row.Expires <= v.now() {
		return nil, errs.New(errs.Missing, "sealed.expired", "personal data %s is erased", c.Sealed)
	}
	plain, ok := v.open(&row, c)
	if !ok {
		return nil, broken("personal data %s was altered, or is not what the fact commits to", c.Sealed)
	}
	return plain, nil
}

func (v *Vault) open(row *SealedRow, c Commitment) ([]byte, bool) {
	code := int(row.Key[0])
	if code < 1 || code > len(suites) || row.ID != c.Sealed {
		return nil, false
	}
	s := &suites[code-1]
	key, ok := unlock(v.wraps[code-1], row.Key[1:], s.bound(row, "key"))
	if !ok {
		return nil, false
	}
	own, err := s.aead(key)
	if err != nil {
		return nil, false
	}
	salt, salted := unlock(own, row.Salt, s.bound(row, "salt"))
	plain, whole := unlock(own, row.Data, s.bound(row, "data"))
	if !salted || !whole || subtle.ConstantTimeCompare([]byte(s.commit(salt, plain)), []byte(c.Hash)) != 1 {
		return nil, false
	}
	return plain, true
}

// Expire destroys the keys and salts of everything whose time is over and says how many; a job runs it now and then.
// Until it has run, Open refuses by the clock.
func (v *Vault) Expire(ctx context.Context) (int, error) {
	return v.store.Forget(ctx, v.now(), port.ID{}, "")
}

// Forget destroys the keys and salts of one person's data for one purpose, at once, and says how many. Whoever calls it
// records that it was asked for, so that it can be done again after a restore.
func (v *Vault) Forget(ctx context.Context, person port.ID, purpose string) (int, error) {
	if person.IsZero() || purpose == "" {
		return 0, broken("a person and a purpose are needed to forget")
	}
	return v.store.Forget(ctx, 0, person, purpose)
}
