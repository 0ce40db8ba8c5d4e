package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store"
)

// TestFullDisk fills the disk under a SQLite file: writes are refused as unavailable, reads go on, and once there is room
// writing goes on by itself, with everything that was acknowledged.
func TestFullDisk(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("a small disk can be mounted by root only")
	}
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=8m"); err != nil {
		t.Skip("a small disk cannot be mounted: ", err)
	}
	t.Cleanup(func() { // after the stores are closed
		if err := syscall.Unmount(folder, 0); err != nil {
			t.Error(err)
		}
	})
	ballast := filepath.Join(folder, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 2<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := store.OpenSQLite(t.Context(), filepath.Join(folder, "guomen.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	y := newYard(t, 1, nil)
	w := startOn(t, s, y, ledger.Options{})
	w.create("a")
	acknowledged := 0
	write := func() error {
		c := w.command("a", openBox{number: fmt.Sprint(acknowledged)})
		c.Submission = []byte(strings.Repeat("x", 20_000))
		_, err := w.Submit(t.Context(), c)
		if err == nil {
			acknowledged++
		}
		return err
	}
	fill := func() {
		t.Helper()
		for range 10_000 {
			if err := write(); err != nil {
				if errs.KindOf(err) != errs.Unavailable {
					t.Fatalf("a full disk is %v", err)
				}
				return
			}
		}
		t.Fatal("the disk does not fill")
	}
	check := func() {
		t.Helper()
		if report := w.verified(); report.Facts != uint64(acknowledged) || report.Receipts != uint64(acknowledged) {
			t.Errorf("%d acknowledged, %+v", acknowledged, report)
		}
		if b, ok := w.boxOf("a", fmt.Sprint(acknowledged-1)); !ok || b.Closed {
			t.Errorf("the last box is %+v", b)
		}
	}
	fill()
	full := acknowledged
	for range 20 { // refused again and again, together and alone
		if err := write(); errs.KindOf(err) != errs.Unavailable {
			t.Fatalf("a full disk takes it: %v", err)
		}
	}
	for _, a := range w.atOnce(t, 8) {
		if errs.KindOf(a.err) != errs.Unavailable {
			t.Errorf("got %+v", a)
		}
	}
	check()
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		if err := write(); err != nil {
			t.Fatalf("there is room again: %v", err)
		}
	}
	check()
	fill() // and once more, to the brim
	check()
	w.stop()
	t.Logf("%d commands until the disk was full, %d in all", full, acknowledged)

	// A restart on a full disk, as far as SQLite can be opened there, reads everything.
	again, err := store.OpenSQLite(t.Context(), filepath.Join(folder, "guomen.db"))
	if err != nil {
		if errs.KindOf(err) != errs.Unavailable {
			t.Errorf("opening on a full disk: %v", err)
		}
		return
	}
	t.Cleanup(func() { again.Close() })
	w = startOn(t, again, y, ledger.Options{})
	check()
}

// atOnce gives several large commands at once.
func (w *world) atOnce(t *testing.T, n int) []answer {
	t.Helper()
	answers := make(chan answer, n)
	for i := range n {
		c := w.command("a", openBox{number: fmt.Sprint("together ", i)})
		c.Submission = []byte(strings.Repeat("y", 20_000))
		go func() {
			r, err := w.Submit(t.Context(), c)
			answers <- answer{r, err}
		}()
	}
	list := make([]answer, n)
	for i := range list {
		list[i] = <-answers
	}
	return list
}
