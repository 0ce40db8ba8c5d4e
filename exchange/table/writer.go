package table

import (
	"encoding/xml"
	"strings"
)

// Writer builds a message. An element that would be empty is not written.
type Writer struct {
	Out   []byte
	Depth int    // of the next element, in tabs
	Index int    // of the current element in its list, from 0
	Space string // namespace that the next element declares

	floor int // where the content of the current element begins
	clean strings.Builder
}

func (w *Writer) indent() {
	w.Out = append(w.Out, '\n')
	for range w.Depth {
		w.Out = append(w.Out, '\t')
	}
}

// Element writes an element around what body writes.
func (w *Writer) Element(name string, body func()) {
	start, floor := len(w.Out), w.floor
	w.indent()
	w.Out = append(append(w.Out, '<'), name...)
	if w.Space != "" {
		w.Out = append(append(append(w.Out, ` xmlns="`...), w.Space...), '"')
		w.Space = ""
	}
	w.Out = append(w.Out, '>')
	w.floor = len(w.Out)
	w.Depth++
	body()
	w.Depth--
	if len(w.Out) == w.floor {
		w.Out = w.Out[:start]
	} else {
		w.indent()
		w.Out = append(append(append(w.Out, '<', '/'), name...), '>')
	}
	w.floor = floor
}

// Root writes an element that stands even if it is empty.
func (w *Writer) Root(name string, body func()) {
	w.Element(name, func() {
		body()
		w.floor = 0
	})
}

// Leaf writes a value; nothing where it is empty.
func (w *Writer) Leaf(name, value, attribute, attributeValue string) {
	if value != "" {
		w.Always(name, value, attribute, attributeValue)
	}
}

// Always writes a value, even an empty one.
func (w *Writer) Always(name, value, attribute, attributeValue string) {
	w.indent()
	w.Out = append(append(w.Out, '<'), name...)
	if attributeValue != "" {
		w.Out = append(append(append(w.Out, ' '), attribute...), `="`...)
		w.escape(attributeValue)
		w.Out = append(w.Out, '"')
	}
	w.Out = append(w.Out, '>')
	w.escape(value)
	w.Out = append(append(append(w.Out, '<', '/'), name...), '>')
}

func (w *Writer) escape(text string) {
	w.clean.Reset()
	if err := xml.EscapeText(&w.clean, []byte(text)); err != nil {
		return // a strings.Builder does not fail
	}
	w.Out = append(w.Out, w.clean.String()...)
}
