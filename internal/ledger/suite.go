package ledger

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"io"

	"github.com/emmansun/gmsm/sm4"

	"github.com/guomen/guomen/internal/errs"
)

// Suite is how personal data is encrypted: a cipher with authentication, and the hash that goes with it.
type Suite string

// The suites: AES-256-GCM with SHA-256, and SM4-GCM (GB/T 32907-2016) with SM3 where national cryptography is required.
const (
	AES256GCM Suite = "aes256-gcm"
	SM4GCM    Suite = "sm4-gcm"
)

// suite is one of them in detail. Its code is the first byte of every wrapped key, so that a vault opens what it sealed
// before the operator chose the other suite. Codes are never reused.
type suite struct {
	name      Suite
	code      byte
	keyBytes  int
	algorithm Algorithm
	block     func(key []byte) (cipher.Block, error)
}

var suites = [...]suite{
	{AES256GCM, 1, 32, SHA256, aes.NewCipher},
	{SM4GCM, 2, 16, SM3, sm4.NewCipher},
}

func (s *suite) aead(key []byte) (cipher.AEAD, error) {
	block, err := s.block(key)
	if err != nil {
		return nil, errs.Wrap(errs.Broken, err, "make a key of %s", s.name)
	}
	aead, err := cipher.NewGCM(block)
	return aead, errs.Wrap(errs.Broken, err, "make a key of %s", s.name)
}

// derive makes a key of its own for one use of the master key.
func (m *Master) derive(a Algorithm, use string, length int) ([]byte, error) {
	key, err := hkdf.Key(a.New, m[:], nil, "guomen vault "+use, length)
	return key, errs.Wrap(errs.Broken, err, "derive the key for %s", use)
}

// lock encrypts under a random nonce, which it puts in front.
func lock(aead cipher.AEAD, entropy io.Reader, plain, bound []byte) ([]byte, error) {
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	if _, err := io.ReadFull(entropy, nonce); err != nil {
		return nil, errs.Wrap(errs.Broken, err, "draw a nonce")
	}
	return aead.Seal(nonce, nonce, plain, bound), nil
}

// unlock is lock's reverse; false where anything was altered or the key is another.
func unlock(aead cipher.AEAD, locked, bound []byte) ([]byte, bool) {
	if len(locked) < aead.NonceSize() {
		return nil, false
	}
	plain, err := aead.Open(nil, locked[:aead.NonceSize()], locked[aead.NonceSize():], bound)
	return plain, err == nil
}
