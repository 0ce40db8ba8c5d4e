// Package rules judges documents by clauses that are data. It knows no law: what a clause says, which documents there
// are and what the words in a clause may be come from the caller; package rulebook brings them.
//
// # Model
//
// A Schema describes the subjects that clauses speak about, each one Go struct. A Book is an immutable set of clauses,
// one per YAML file, compiled against a schema. Book.Judge runs those of them that are in question (by subject, port,
// mode, direction, regime, goods and date) over one document and says what they found: problems, demanded
// requirements, risk results, deadlines, and doubts.
//
// A clause's condition is written in CEL (the Common Expression Language). cel-go parses and type-checks it, so a
// field that does not exist or a mass compared with a word never loads; the checked tree is then compiled to Go
// closures that read the struct's memory directly, more than ten times faster than cel-go's own interpreter and without
// garbage. What the closures do not support is an error when the book is loaded, never a fall-back. The tests hold
// the closures against cel-go over a large generated set of expressions and documents.
//
// # Three outcomes
//
// An empty field marked omitempty or omitzero is absent: the document does not say. has(x.f) tells; reading it is an
// error in the sense of CEL. && and || absorb errors on one side where the other side decides (false && error is
// false), and so do all() and exists(). An error that is left over makes the clause undecided, which is neither true
// nor false: the requirement it speaks of is demanded with its Undecided mark. A bool is never absent, since false
// and "not said" are the same to whoever wrote it.
//
// # Values
//
// Strings and named strings are CEL strings, bools bools, plain integers ints and floats doubles. A named number has a
// unit, so it is seen only where the caller says how (Number, Stamp, Span); everything else is not seen at all. Field
// names are the JSON names. Instants are CEL timestamps and spans CEL durations, both in whole microseconds.
package rules

// Engine is the version of the engine: it is recorded with every judgement beside the book's digest, and goes up when
// the same book could judge the same document differently.
const Engine = 1

// Limits. A rulebook is written by people who are trusted, but a slip must not take the platform down.
const (
	// MaxFile is the size of one clause's file in bytes: four languages of explanation fit several times.
	MaxFile = 32 << 10
	// MaxExpression is the length of one CEL expression in bytes. A longer one is not one rule.
	MaxExpression = 2 << 10
	// MaxClauses is the number of clauses in a book: two orders of magnitude above what a port's law has given so far.
	MaxClauses = 4096
	// MaxNesting is how deep comprehensions may stand in one another. Three levels reach seals in containers in waybills.
	MaxNesting = 4
	// maxEach is how many lists deep a clause's each may go.
	maxEach = 2
	// MaxSteps bounds the loop turns of one clause over one document. The largest honest document has some thousand
	// lines with some dozen parts; beyond the bound the clause is undecided, whatever its condition absorbs.
	MaxSteps = 100_000
	// MaxMonths is how long a clock of months may run: no customs term is longer than ten years.
	MaxMonths = 120
	// MaxFound is how many problems one clause reports on one document: nobody reads the hundred-and-first.
	MaxFound = 100
)
