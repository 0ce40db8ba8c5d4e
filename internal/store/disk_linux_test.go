package store_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/guomen/guomen/internal/cluster"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store"
)

// TestFullDisk fills the disk under a SQLite file: writes are refused as unavailable, reads go on, and once there is room
// writing goes on by itself, with everything that was acknowledged.
func TestFullDisk(t *testing.T) {
	folder := smallDisk(t, "8m")
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

// smallDisk mounts a disk of its own. Where that is not allowed the test is skipped, in CI it fails.
func smallDisk(t *testing.T, size string) (folder string) {
	t.Helper()
	folder, err := os.MkdirTemp("", "guomen-disk-") // not the test's own folder, which a server's user may not enter
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(folder) })
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "mode=755,size="+size); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("a small disk cannot be mounted: ", err)
		}
		t.Skip("a small disk can be mounted by root only: ", err)
	}
	t.Cleanup(func() { // after the stores are closed
		if err := syscall.Unmount(folder, 0); err != nil {
			t.Error(err)
		}
	})
	return folder
}

// TestFullDiskPostgres fills the disk under PostgreSQL, whose server may go down over it: writes are refused as
// unavailable, and once there is room and the server runs, everything that was acknowledged is there.
func TestFullDiskPostgres(t *testing.T) {
	t.Parallel()
	folder := smallDisk(t, "256m")
	c, err := cluster.Start(t.Context(), filepath.Join(folder, "cluster"))
	if err != nil {
		var failed *errs.Failed
		if errors.As(err, &failed) && failed.Rule == "postgres.missing" && os.Getenv("CI") != "true" {
			t.Skip(err)
		}
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	if err := c.CreateDatabase(t.Context(), "guomen"); err != nil {
		t.Fatal(err)
	}
	s, err := store.OpenPostgres(t.Context(), c.URL("guomen"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	w := startOn(t, s, newYard(t, 1, nil), ledger.Options{})
	w.create("a")
	acknowledged := 0
	write := func() error {
		c := w.command("a", openBox{number: fmt.Sprint(acknowledged)})
		c.Submission = make([]byte, 200_000)
		_, _ = rand.Read(c.Submission) // the server would compress anything else away
		_, err := w.Submit(t.Context(), c)
		if err == nil {
			acknowledged++
		}
		return err
	}
	if err := write(); err != nil {
		t.Fatal(err)
	}
	var disk syscall.Statfs_t
	if err := syscall.Statfs(folder, &disk); err != nil {
		t.Fatal(err)
	}
	ballast := filepath.Join(folder, "ballast")
	if err := os.WriteFile(ballast, make([]byte, int64(disk.Bavail)*disk.Bsize-4<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2000 {
		if err = write(); err != nil {
			break
		}
	}
	full := acknowledged
	for range 10 { // and stays refused
		if errs.KindOf(err) != errs.Unavailable {
			t.Fatalf("a full disk is %v", err)
		}
		err = write()
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if err := c.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "writing goes on", func() bool { return write() == nil })
	// What was refused may have been written before the server went down: whole, and counted once.
	report := w.verified()
	if report.Facts < uint64(acknowledged) || report.Facts != report.Receipts {
		t.Errorf("%d acknowledged, %+v", acknowledged, report)
	}
	for i := range acknowledged {
		if _, ok := w.boxOf("a", fmt.Sprint(i)); !ok {
			t.Errorf("box %d of %d is lost", i, acknowledged)
		}
	}
	t.Logf("%d commands until the disk was full, %d in all", full, acknowledged)
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
