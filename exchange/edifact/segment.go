package edifact

import "strings"

// place is where a value stands in a segment: the data element after the tag, its repetition, and the component, each
// counted from 1, the repetition from 0.
type place struct{ element, repetition, component int }

// value is one component that is not empty.
type value struct {
	place
	text string
	used bool // somebody has read it
}

// segment is one segment as it was written; the release characters are gone.
type segment struct {
	tag      string
	values   []value // in order, without the empty ones
	elements int     // how many data elements were written, empty ones at the end too
	offset   int     // of the tag, in the file
	position int     // in its message, UNH being 1; 0 outside messages
}

func (s *segment) find(element, component int) *value {
	for i := range s.values {
		if p := s.values[i].place; p.element == element && p.component == component && p.repetition == 0 {
			return &s.values[i]
		}
	}
	return nil
}

// get looks at a component; empty where it is absent.
func (s *segment) get(element, component int) string {
	if v := s.find(element, component); v != nil {
		return v.text
	}
	return ""
}

// take is get for who keeps what he finds.
func (s *segment) take(element, component int) string {
	if v := s.find(element, component); v != nil {
		v.used = true
		return v.text
	}
	return ""
}

// join takes the components from first to last that are there, with a blank between: names and texts are written in lines.
func (s *segment) join(element, first, last int) string {
	var parts []string
	for component := first; component <= last; component++ {
		if text := s.take(element, component); text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, " ")
}
