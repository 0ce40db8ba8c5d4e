package identity

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// TokenIssued: an organisation has been given a token. Hash is the SHA-256 of its text, in hex; the text itself is
// shown once and kept nowhere.
type TokenIssued struct {
	Token        port.ID     `json:"token"`
	Hash         string      `json:"hash"`
	Organisation string      `json:"organisation"`
	Role         Role        `json:"role"`
	Person       string      `json:"person,omitempty"`
	Port         port.PortID `json:"port,omitempty"`
}

// FactName is token.issued.v1.
func (TokenIssued) FactName() string { return "token.issued.v1" }

// TokenRevoked: the token is good no more.
type TokenRevoked struct {
	Token port.ID `json:"token"`
	Hash  string  `json:"hash"`
}

// FactName is token.revoked.v1.
func (TokenRevoked) FactName() string { return "token.revoked.v1" }

// Facts are one zero value of each fact of this package.
func Facts() []ledger.Body { return []ledger.Body{TokenIssued{}, TokenRevoked{}} }

// NewToken makes the text of a token: 32 random bytes, with a prefix that scanners for leaked secrets can know.
func NewToken() string {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails on the systems that Go supports
	return "gm_" + base64.RawURLEncoding.EncodeToString(secret)
}

// HashToken is what is kept of a token's text.
func HashToken(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// Issue is the decision that gives tokens, several at once when a platform is set up.
type Issue struct{ Tokens []TokenIssued }

// Decide records token.issued.v1 for each.
func (i Issue) Decide(tx *ledger.Tx) error {
	for n, token := range i.Tokens {
		if !token.Role.Valid() || token.Organisation == "" || len(token.Hash) != sha256.Size*2 {
			return errs.New(errs.Invalid, "token.invalid", "token %d: role %q of %q", n, token.Role, token.Organisation)
		}
		token.Token = tx.NewID()
		if err := tx.Record(token); err != nil {
			return err
		}
	}
	return nil
}

// Revoke is the decision that takes a token back.
type Revoke struct{ Token TokenIssued }

// Decide records token.revoked.v1.
func (r Revoke) Decide(tx *ledger.Tx) error {
	tx.Subject(r.Token.Token)
	return tx.Record(TokenRevoked{Token: r.Token.Token, Hash: r.Token.Hash})
}

// Directory knows every token. It is fed with the region's facts and answers from memory.
type Directory struct {
	mu     sync.RWMutex
	tokens map[string]TokenIssued // by hash
	hashes map[port.ID]string     // by token
}

// NewDirectory makes an empty directory.
func NewDirectory() *Directory {
	return &Directory{tokens: map[string]TokenIssued{}, hashes: map[port.ID]string{}}
}

// Apply learns from facts.
func (d *Directory) Apply(facts []ledger.Fact) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := range facts {
		switch b := facts[i].Body.(type) {
		case TokenIssued:
			d.tokens[b.Hash], d.hashes[b.Token] = b, b.Hash
		case TokenRevoked:
			delete(d.tokens, b.Hash)
			delete(d.hashes, b.Token)
		}
	}
}

// Empty tells a platform that nobody can sign in to yet.
func (d *Directory) Empty() bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return len(d.tokens) == 0
}

// Find knows a token's text. The comparison is by hash, so its time tells nothing about the text.
func (d *Directory) Find(text string) (Principal, bool) {
	if len(text) > maxToken || text == "" {
		return Anonymous, false
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	t, ok := d.tokens[HashToken(text)]
	if !ok {
		return Anonymous, false
	}
	return Principal{Organisation: t.Organisation, Role: t.Role, Person: t.Person, Port: t.Port, Token: t.Token}, true
}

// Issued finds a token that is good by its id.
func (d *Directory) Issued(id port.ID) (TokenIssued, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	t, ok := d.tokens[d.hashes[id]]
	return t, ok
}

// Good tells whether a principal is still who he was when his request came in: streams outlive that moment.
func (d *Directory) Good(p Principal) bool {
	if p.Token.IsZero() {
		return true // a demonstration's visitor has no token to lose
	}
	_, ok := d.Issued(p.Token)
	return ok
}

// List is every token that is good, in the order of their ids, which is that in which they were given.
func (d *Directory) List() []TokenIssued {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return slices.SortedFunc(maps.Values(d.tokens), func(a, b TokenIssued) int { return bytes.Compare(a.Token[:], b.Token[:]) })
}

// maxToken bounds what is hashed for a header that anybody may send.
const maxToken = 256

// Bearer finds the token in an Authorization header; empty where there is none.
func Bearer(header string) string {
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

type key struct{}

// With puts a principal into a context.
func With(ctx context.Context, p Principal) context.Context { return context.WithValue(ctx, key{}, p) }

// From finds the principal of a context; Anonymous where there is none.
func From(ctx context.Context) Principal {
	if p, ok := ctx.Value(key{}).(Principal); ok {
		return p
	}
	return Anonymous
}

// Actor is a principal as facts name it.
func (p Principal) Actor() ledger.Actor {
	return ledger.Actor{Organisation: p.Organisation, Role: string(p.Role), Person: p.Person}
}
