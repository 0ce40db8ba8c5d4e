package rules

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// FileError is what is wrong with one place of a rulebook. Load joins them, every one at once.
type FileError struct {
	File         string
	Line, Column int // from 1; 0 where it is the file as a whole
	Message      string
}

// Error is the place and what is wrong, as compilers write it.
func (e *FileError) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Message
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
}

// Load reads and compiles every *.yaml under the root of a file system, except in folders called testdata.
func Load(s *Schema, root fs.FS) (*Book, error) {
	files := map[string][]byte{}
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "testdata":
			return fs.SkipDir
		case d.IsDir() || path.Ext(name) != ".yaml":
			return nil
		}
		if info, err := d.Info(); err != nil || info.Size() > MaxFile {
			return errors.Join(err, &FileError{File: name, Message: fmt.Sprintf("a clause's file has at most %d bytes", MaxFile)})
		}
		files[name], err = fs.ReadFile(root, name)
		return err
	})
	if err != nil {
		return nil, err
	}
	return Compile(s, files)
}

// Entry is one clause's file in a book, and which version of the clause it is. Several versions may stand in one book,
// each from Since to Until (zero: no bound): then the instant of the judgement says which one speaks. Mode goes before the
// file's own; empty: as the file has it.
type Entry struct {
	File         string // authority/clause.yaml
	Data         []byte
	Version      int
	Since, Until time.Time
	Mode         string
}

// plain tells an entry that is nothing but its file.
func (e *Entry) plain() bool {
	return e.Version == 0 && e.Since.IsZero() && e.Until.IsZero() && e.Mode == ""
}

// Compile makes a book of files by their names. Every error of every file is reported, as FileErrors joined.
func Compile(s *Schema, files map[string][]byte) (*Book, error) {
	entries := make([]Entry, 0, len(files))
	for _, name := range slices.Sorted(maps.Keys(files)) {
		entries = append(entries, Entry{File: name, Data: files[name]})
	}
	return Assemble(s, entries)
}

// Assemble makes a book of entries, as Compile does of files. A book of plain entries is the one that Compile makes of
// their files, digest and all.
func Assemble(s *Schema, entries []Entry) (*Book, error) {
	if err := s.err(); err != nil {
		return nil, err
	}
	if len(entries) > MaxClauses {
		return nil, fmt.Errorf("rules: a book has at most %d clauses, not %d", MaxClauses, len(entries))
	}
	entries = slices.Clone(entries)
	slices.SortStableFunc(entries, func(a, b Entry) int { return cmp.Or(cmp.Compare(a.File, b.File), a.Since.Compare(b.Since)) })
	build := builder{schema: s, scope: s.typeOf(scopeType), environments: map[string]*environment{}}
	digest := sha256.New()
	part := func(data []byte) { // lengths go before the parts, so that no two sets of files digest alike
		digest.Write(binary.BigEndian.AppendUint64(nil, uint64(len(data))))
		digest.Write(data)
	}
	for i := range entries {
		e := &entries[i]
		part([]byte(e.File))
		part(e.Data)
		if !e.plain() { // no file's name begins with a blank
			part(fmt.Appendf(nil, " %d %d %d %s", e.Version, e.Since.UnixMicro(), e.Until.UnixMicro(), e.Mode))
		}
		build.add(e)
	}
	if len(build.wrong) > 0 {
		return nil, errors.Join(build.wrong...)
	}
	book := newBook(s, build.clauses)
	digest.Sum(book.digest[:0])
	return book, nil
}

// Faults are the places of what Load, Compile and Assemble say is wrong, in their order.
func Faults(err error) (list []*FileError) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range joined.Unwrap() {
			list = append(list, Faults(one)...)
		}
		return list
	}
	var fault *FileError
	if errors.As(err, &fault) {
		return []*FileError{fault}
	}
	if err != nil {
		return []*FileError{{Message: err.Error()}}
	}
	return nil
}

// source is a file while it is being compiled; it knows where its keys stand.
type source struct {
	name string
	data []byte
	tree *ast.File
}

func parse(name string, data []byte) (*source, *file, error) {
	if len(data) > MaxFile {
		return nil, nil, &FileError{File: name, Message: fmt.Sprintf("a clause's file has at most %d bytes", MaxFile)}
	}
	tree, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, nil, yamlError(name, err)
	}
	if len(tree.Docs) != 1 {
		return nil, nil, &FileError{File: name, Message: "a file holds one clause"}
	}
	var read file
	if err := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(&read); err != nil {
		return nil, nil, yamlError(name, err)
	}
	return &source{name, data, tree}, &read, nil
}

// yamlError keeps the place and the sentence of a YAML error, and leaves its drawing of the file.
func yamlError(name string, err error) error {
	var placed yaml.Error
	if errors.As(err, &placed) {
		e := &FileError{File: name, Message: placed.GetMessage()}
		if token := placed.GetToken(); token != nil && token.Position != nil {
			e.Line, e.Column = token.Position.Line, token.Position.Column
		}
		return e
	}
	return &FileError{File: name, Message: err.Error()}
}

// node finds a value by its YAML path, such as "demands.problem.path"; nil where there is none.
func (s *source) node(key string) ast.Node {
	at, err := yaml.PathString("$." + key)
	if err != nil {
		return nil
	}
	node, err := at.FilterFile(s.tree)
	if err != nil {
		return nil
	}
	return node
}

// errorAt is an error at a key; where the key is missing, at the nearest one above it.
func (s *source) errorAt(key, message string, args ...any) error {
	e := &FileError{File: s.name, Line: 1, Column: 1, Message: key + ": " + fmt.Sprintf(message, args...)}
	for at := key; at != ""; at = at[:max(0, strings.LastIndexByte(at, '.'))] {
		if node := s.node(at); node != nil {
			if token := node.GetToken(); token != nil && token.Position != nil {
				e.Line, e.Column = token.Position.Line, token.Position.Column
				break
			}
		}
	}
	return e
}

// errorIn is an error within the CEL text at a key, by its line and column there (from 1).
func (s *source) errorIn(key string, line, column int, message string) error {
	e := s.errorAt(key, "%s", message).(*FileError)
	if node := s.node(key); node != nil {
		switch node := node.(type) {
		case *ast.LiteralNode: // | and the text from the next line on, indented
			e.Line = node.Start.Position.Line + line
			lines := strings.Split(string(s.data), "\n")
			if first := node.Start.Position.Line; first < len(lines) {
				column += len(lines[first]) - len(strings.TrimLeft(lines[first], " "))
			}
			e.Column = column
		case *ast.StringNode:
			if line == 1 {
				if quote := node.GetToken().Origin; strings.HasPrefix(strings.TrimSpace(quote), `"`) || strings.HasPrefix(strings.TrimSpace(quote), "'") {
					column++
				}
				e.Column += column - 1
			}
		}
	}
	return e
}

// folded tells a text written with >, whose lines cannot be told any more.
func (s *source) folded(key string) bool {
	literal, ok := s.node(key).(*ast.LiteralNode)
	return ok && strings.HasPrefix(literal.Start.Value, ">")
}
