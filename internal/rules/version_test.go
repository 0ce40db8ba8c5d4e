package rules

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// release is a clause that asks for a kind of thing whenever a document is ready.
func release(kind, mode string) []byte {
	return clauseFile("a.release", `
mode: `+mode+`
subject: doc
effective: {from: 2026-01-01}
when: doc.ready
demands: {requirement: {kind: `+kind+`, subject: consignment, owner: customs, due: exit_gate, source: here}}
`)
}

// TestVersions: several versions of a clause stand in one book, and the instant whose law is asked says which one speaks.
func TestVersions(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 6, d, 0, 0, 0, 0, time.UTC) }
	book, err := Assemble(testSchema(), []Entry{
		{File: "a/release.yaml", Data: release("release", "active"), Until: day(10)},
		{File: "a/release.yaml", Data: release("weighed", "active"), Version: 1, Since: day(10), Until: day(20)},
		{File: "a/release.yaml", Data: release("release", "active"), Version: 2, Since: day(25), Mode: ModeDryRun},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name      string
		at, law   time.Time
		want, dry []string
	}{
		{"before it was law", time.Date(2025, 12, 31, 15, 59, 59, 0, time.UTC), time.Time{}, nil, nil},
		{"the first", day(9), time.Time{}, []string{"release"}, nil},
		{"the second, from its instant on", day(10), time.Time{}, []string{"weighed"}, nil},
		{"retired", day(20), time.Time{}, nil, nil},
		{"run dry", day(25), time.Time{}, nil, []string{"release"}},
		{"the second about what was lodged before", day(1), day(15), []string{"weighed"}, nil},
		{"the first about what came later", day(15), day(1), []string{"release"}, nil},
	} {
		j := book.Judge("doc", Scope{At: c.at, Law: c.law}, &sample{Name: "n", Ready: true})
		kinds := func(o Outcome) (list []string) {
			for _, d := range o.Demands {
				list = append(list, d.Kind)
			}
			return list
		}
		if diff := cmp.Diff([][]string{c.want, c.dry}, [][]string{kinds(j.Outcome), kinds(j.DryRun)}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	var versions []int
	for _, c := range book.Clauses() {
		versions = append(versions, c.Version)
	}
	if diff := cmp.Diff([]int{0, 1, 2}, versions); diff != "" {
		t.Errorf("versions in order:\n%s", diff)
	}
}

// TestVersionsDigest: plain entries digest as their files do, and whatever else there is of an entry counts.
func TestVersionsDigest(t *testing.T) {
	data := release("release", "active")
	digest := func(e Entry) string {
		t.Helper()
		e.File, e.Data = "a/release.yaml", data
		book, err := Assemble(testSchema(), []Entry{e})
		if err != nil {
			t.Fatal(err)
		}
		return book.Digest()
	}
	files := mustCompile(t, map[string][]byte{"a/release.yaml": data}).Digest()
	if got := digest(Entry{}); got != files {
		t.Errorf("plain: %s, of the file %s", got, files)
	}
	seen := map[string]string{files: "plain"}
	for name, e := range map[string]Entry{
		"version": {Version: 1}, "since": {Since: time.Unix(1, 0)}, "until": {Until: time.Unix(1, 0)}, "mode": {Mode: ModeDryRun},
	} {
		if other, twice := seen[digest(e)]; twice {
			t.Errorf("%s digests as %s", name, other)
		}
		seen[digest(e)] = name
	}
}

// TestModeOfEntry: the entry's mode goes before the file's, and is held to the same: what only general knowledge says is
// run dry.
func TestModeOfEntry(t *testing.T) {
	hearsay := bytes.Replace(release("release", "dry_run"), []byte("tags: [L]"), []byte("tags: [K]"), 1)
	for _, c := range []struct {
		mode string
		good bool
	}{{"", true}, {ModeDryRun, true}, {ModeActive, false}, {"sometimes", false}} {
		_, err := Assemble(testSchema(), []Entry{{File: "a/release.yaml", Data: hearsay, Mode: c.mode}})
		if (err == nil) != c.good {
			t.Errorf("mode %q: %v", c.mode, err)
		}
		if faults := Faults(err); err != nil && (len(faults) != 1 || faults[0].Line == 0) {
			t.Errorf("mode %q: %+v", c.mode, faults)
		}
	}
}

func TestFaults(t *testing.T) {
	if got := Faults(nil); got != nil {
		t.Errorf("nothing is wrong, got %v", got)
	}
	_, err := Compile(testSchema(), map[string][]byte{"a/release.yaml": clauseFile("a.other", "mode: active\nsubject: doc\nwhen: doc.nothing\ndemands: {risk: {level: inspect}}\n")})
	if faults := Faults(err); len(faults) != 2 {
		t.Errorf("name and condition are wrong: %v", err)
	}
	if got := Faults(errors.New("plain")); len(got) != 1 || got[0].Message != "plain" {
		t.Errorf("%v", got)
	}
}
