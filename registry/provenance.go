package registry

import (
	"strconv"
	"strings"
)

// Reference names where a value comes from; references.yaml spells out each one.
type Reference string

// The references that have no number. Numbered ones are "S:18" (a page that was read) and "G:3" (public data).
const (
	FromPlan      Reference = "P"        // the region's port plan for 2021-2025, 内政办发〔2021〕84号
	FromLaw       Reference = "L"        // the text of a law or regulation
	FromKnowledge Reference = "K"        // general knowledge that no source confirms: a hypothesis
	Derived       Reference = "D"        // worked out from other values; the note says how
	Demo          Reference = "demo"     // invented so that the platform can be tried; no statement about the real port
	NotFound      Reference = "none"     // looked for and not found: the value is unknown
	ByOperator    Reference = "operator" // entered by whoever runs this installation
)

func (r Reference) valid() bool {
	switch r {
	case FromPlan, FromLaw, FromKnowledge, Derived, Demo, NotFound, ByOperator:
		return true
	}
	kind, number, _ := strings.Cut(string(r), ":")
	n, err := strconv.Atoi(number)
	return (kind == "S" || kind == "G") && err == nil && n > 0
}

// TextKey names the label of the kind of reference in the catalogue.
func (r Reference) TextKey() string {
	kind, _, _ := strings.Cut(string(r), ":")
	return "enum.reference." + kind
}

// Provenance says where a value comes from and what its reader must know.
type Provenance struct {
	Source Reference `json:"source"`
	Note   string    `json:"note,omitempty"`
	// Unverified marks a code that must be confirmed before anyone relies on it.
	Unverified bool `json:"unverified,omitempty"`
}

// Sourced is a value with its provenance. A value that nobody knows is the type's own "unknown", or absent, with the
// reference NotFound; it is never guessed.
type Sourced[T any] struct {
	Value      T `json:"value"`
	Provenance `yaml:",inline"`
}
