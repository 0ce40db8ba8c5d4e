package ledger

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/guomen/guomen/internal/errs"
)

// Master is the operator's key: 32 bytes, kept outside the database and outside its backups. All personal data is lost
// with it, so the operator keeps a copy in a safe place. It prints as nothing.
type Master [32]byte

// String hides the key from logs.
func (Master) String() string { return "(master key)" }

// MarshalText hides the key from JSON and structured logs.
func (Master) MarshalText() ([]byte, error) { return []byte("(master key)"), nil }

// ParseMaster reads a key from its text, such as an environment variable: base64 of 32 bytes. It fails with
// errs.Invalid and never repeats the text.
func ParseMaster(text string) (Master, error) {
	data, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil {
		return Master{}, errs.New(errs.Invalid, "master.format", "the master key is not base64")
	}
	if len(data) != len(Master{}) {
		return Master{}, errs.New(errs.Invalid, "master.format", "the master key has %d bytes, not %d", len(data), len(Master{}))
	}
	return Master(data), nil
}

// MasterFile reads the key from a file that only its owner may read, and makes the file with a new key where there is
// none: [OpenVault] then tells whether the database knows the key. Errors: errs.Invalid for what is in the file or who
// may read it, errs.Unavailable for the disk.
func MasterFile(path string) (Master, error) {
	key, err := readMaster(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := makeMaster(path); err != nil {
		return Master{}, errs.Wrap(errs.Unavailable, err, "make the master key %s", path)
	}
	return readMaster(path)
}

// maxMasterFile is enough for the 44 characters and the white space that an editor leaves.
const maxMasterFile = 1024

func readMaster(path string) (Master, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Master{}, errs.Wrap(errs.Unavailable, err, "read the master key")
	}
	if !info.Mode().IsRegular() || info.Size() > maxMasterFile {
		return Master{}, errs.New(errs.Invalid, "master.format", "%s is no master key", path)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return Master{}, errs.New(errs.Invalid, "master.permission", "%s has mode %04o: others than its owner may read it; make it 0600", path, mode)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return Master{}, errs.Wrap(errs.Unavailable, err, "read the master key")
	}
	key, err := ParseMaster(string(text))
	return key, errs.Wrap(errs.Invalid, err, "read %s", path)
}

// makeMaster writes the file under another name and links it into place, so that it is whole or not there, and so that
// of two processes that start at once the first one's key stays.
func makeMaster(path string) error {
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(folder, ".master-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	var key Master
	rand.Read(key[:]) // never fails
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(key[:]) + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
