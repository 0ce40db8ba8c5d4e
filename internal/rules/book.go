package rules

import (
	"cmp"
	"encoding/hex"
	"slices"
	"strings"
	"sync"
	"time"
	"unsafe"
)

// Book is an immutable set of clauses, one version of the law as the platform has it. It is safe for concurrent use.
type Book struct {
	schema   *Schema
	scope    *typ
	digest   [32]byte
	clauses  []*clause // by name
	subjects map[string]*subjectIndex
	frames   sync.Pool
}

// clause is a compiled clause.
type clause struct {
	Clause
	when        func(*frame) (bool, bool)
	walk        *walk // nil: the document is judged as a whole
	from, until int64
	chapters    chapterSet
	after       time.Duration
	within      func(*frame) (int64, bool) // microseconds; nil: after or months
	warn        []time.Duration
	path        []string // of a problem, cut at its indices
	args        []func(*frame) (string, bool)
}

// subjectIndex finds the clauses that may be in question for a port, mode and direction. A name that no clause mentions is
// looked up as the empty one, whose clauses are those that apply everywhere.
type subjectIndex struct {
	*subject
	trades                   bool // some clause asks for goods
	ports, modes, directions map[string]bool
	clauses                  map[place][]*clause
}

type place struct{ port, mode, direction string }

func newBook(s *Schema, clauses []*clause) *Book {
	slices.SortStableFunc(clauses, func(a, b *clause) int { return cmp.Or(cmp.Compare(a.Name, b.Name), a.Since.Compare(b.Since)) })
	b := &Book{schema: s, scope: s.typeOf(scopeType), clauses: clauses, subjects: map[string]*subjectIndex{}}
	b.frames.New = func() any { return b.newFrame() }
	for name, about := range s.subjects {
		b.subjects[name] = newIndex(name, about, clauses)
	}
	return b
}

func newIndex(name string, about *subject, clauses []*clause) *subjectIndex {
	x := &subjectIndex{subject: about, ports: map[string]bool{"": true}, modes: map[string]bool{"": true},
		directions: map[string]bool{"": true}, clauses: map[place][]*clause{}}
	for _, c := range clauses {
		if c.Subject == name {
			x.trades = x.trades || len(c.Scope.Goods) > 0
			note(x.ports, c.Scope.Ports)
			note(x.modes, c.Scope.Modes)
			note(x.directions, c.Scope.Directions)
		}
	}
	for port := range x.ports {
		for mode := range x.modes {
			for direction := range x.directions {
				at := place{port, mode, direction}
				for _, c := range clauses {
					if c.Subject == name && covers(c.Scope.Ports, port) && covers(c.Scope.Modes, mode) &&
						covers(c.Scope.Directions, direction) {
						x.clauses[at] = append(x.clauses[at], c)
					}
				}
			}
		}
	}
	return x
}

func note(known map[string]bool, words []string) {
	for _, word := range words {
		known[word] = true
	}
}

func covers(words []string, word string) bool { return len(words) == 0 || slices.Contains(words, word) }

// find gives the clauses for a place, in order of name.
func (x *subjectIndex) find(at place) []*clause {
	if !x.ports[at.port] {
		at.port = ""
	}
	if !x.modes[at.mode] {
		at.mode = ""
	}
	if !x.directions[at.direction] {
		at.direction = ""
	}
	return x.clauses[at]
}

// chapterSet holds HS chapters 00 to 99.
type chapterSet [2]uint64

func (s *chapterSet) add(hs string) {
	if len(hs) >= 2 && hs[0]-'0' <= 9 && hs[1]-'0' <= 9 {
		chapter := (hs[0]-'0')*10 + hs[1] - '0'
		s[chapter>>6] |= 1 << (chapter & 63)
	}
}

func (s chapterSet) meets(other chapterSet) bool { return s[0]&other[0]|s[1]&other[1] != 0 }

// chaptersOf gathers the chapters of a document's goods.
func (s *subject) chaptersOf(root unsafe.Pointer) (chapters chapterSet) {
	s.goods.hsCodes(0, root, func(hs string) bool {
		chapters.add(hs)
		return true
	})
	return chapters
}

// within tells whether a code lies under one of the prefixes.
func within(hs string, prefixes []string) bool {
	for _, prefix := range prefixes {
		if strings.HasPrefix(hs, prefix) {
			return true
		}
	}
	return false
}

// Digest is the SHA-256 over the book's files in the order of their names, in hexadecimal.
func (b *Book) Digest() string { return hex.EncodeToString(b.digest[:]) }

// Clauses lists the clauses in order of name. What is shown is shared: do not change it.
func (b *Book) Clauses() []*Clause {
	all := make([]*Clause, len(b.clauses))
	for i, c := range b.clauses {
		all[i] = &c.Clause
	}
	return all
}

// newFrame makes a frame whose own variables are in place.
func (b *Book) newFrame() *frame {
	f := &frame{}
	f.slots[scopeSlot] = slot{unsafe.Pointer(&f.scope), b.scope}
	f.slots[nowSlot] = slot{unsafe.Pointer(&f.now), timeCell}
	for i := range f.index {
		f.slots[firstIndexSlot+i] = slot{unsafe.Pointer(&f.index[i]), intCell}
	}
	return f
}
