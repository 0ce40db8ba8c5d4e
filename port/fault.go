package port

import (
	"strings"
	"unicode/utf8"
)

// Fault is why a text is not what it should be: the rule, whose text in the catalogue is "problem.<rule>", and what
// fills the text's placeholders: first what was written, shortened, then what the rule has to say about it. Errors of this
// package are Faults, by value, so that errors.As finds them with a variable of type Fault.
type Fault struct {
	Rule string
	Args []string
}

// Error is the operator's text: the rule and its arguments.
func (f Fault) Error() string {
	if len(f.Args) == 0 {
		return f.Rule
	}
	return f.Rule + ": " + strings.Join(f.Args, ", ")
}

// shownLongest bounds how much of a bad text is repeated to its sender: longer than any identifier here, and far too
// short to fill an answer with.
const shownLongest = 48

func fault(rule string, args ...string) error {
	for i, arg := range args {
		args[i] = shorten(arg)
	}
	return Fault{Rule: rule, Args: args}
}

// shorten cuts at a character, and copies so that a Fault does not keep a whole document in memory.
func shorten(text string) string {
	if len(text) <= shownLongest {
		return strings.Clone(text)
	}
	end := shownLongest
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

// check drops what a parser read and keeps its judgement.
func check[T any](_ T, err error) error { return err }
