package ledger

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/guomen/guomen/internal/errs"
)

func TestParseMaster(t *testing.T) {
	good := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32)))
	for _, text := range []string{good, " " + good + "\n"} {
		key, err := ParseMaster(text)
		if err != nil || string(key[:]) != strings.Repeat("k", 32) {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{"", "kkkk", "no base64!", good + good, good[:20]} {
		_, err := ParseMaster(text)
		var failed *errs.Failed
		if !errors.As(err, &failed) || failed.Kind != errs.Invalid || failed.Rule != "master.format" {
			t.Errorf("%q: %v", text, err)
		}
		if len(text) > 4 && strings.Contains(err.Error(), text) {
			t.Errorf("the error repeats the key: %v", err)
		}
	}
}

func TestMasterIsHidden(t *testing.T) {
	key := Master{1, 2, 3, 0xab, 0xcd}
	text, err := json.Marshal(struct{ Key Master }{key})
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{string(text), fmt.Sprint(key), fmt.Sprintf("%+v %s", key, key)} {
		if strings.Contains(shown, "171") || strings.Contains(strings.ToLower(shown), "abcd") {
			t.Errorf("shown as %s", shown)
		}
	}
}

func TestMasterFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys", "master")
	keys := make([]Master, 8)
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() {
			var err error
			if keys[i], err = MasterFile(path); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, key := range keys {
		if key != keys[0] || key == (Master{}) {
			t.Fatal("processes that start at once have different keys")
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestMasterFileRefused(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(folder, name)
		if err := errors.Join(os.WriteFile(path, []byte(text), mode), os.Chmod(path, mode)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := base64.StdEncoding.EncodeToString(make([]byte, 32))
	for _, test := range []struct {
		path string
		kind errs.Kind
		rule string
	}{
		{write("group", good, 0o640), errs.Invalid, "master.permission"},
		{write("all", good, 0o604), errs.Invalid, "master.permission"},
		{write("empty", "", 0o600), errs.Invalid, "master.format"},
		{write("cut", good[:30], 0o600), errs.Invalid, "master.format"},
		{write("huge", strings.Repeat("A", 5000), 0o600), errs.Invalid, "master.format"},
		{folder, errs.Invalid, "master.format"},
		{filepath.Join(write("file", good, 0o600), "under"), errs.Unavailable, ""},
	} {
		_, err := MasterFile(test.path)
		var failed *errs.Failed
		if !errors.As(err, &failed) || failed.Kind != test.kind || failed.Rule != test.rule {
			t.Errorf("%s: %v", test.path, err)
		}
	}
	if _, err := MasterFile(write("owner only", good+"\n", 0o400)); err != nil {
		t.Error(err)
	}
}
