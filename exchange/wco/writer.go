package wco

import (
	"encoding/xml"
	"strings"

	"github.com/guomen/guomen/port"
)

// writer builds a message. An element that would be empty is not written.
type writer struct {
	text  []byte
	depth int
	floor int    // where the content of the current element begins
	index int    // of the element in its list, from 0
	space string // namespace that the next element declares
	clean strings.Builder
}

func (w *writer) indent() {
	w.text = append(w.text, '\n')
	for range w.depth {
		w.text = append(w.text, '\t')
	}
}

// element writes an element around what body writes.
func (w *writer) element(name string, body func()) {
	start, floor := len(w.text), w.floor
	w.indent()
	w.text = append(append(w.text, '<'), name...)
	if w.space != "" {
		w.text = append(append(append(w.text, ` xmlns="`...), w.space...), '"')
		w.space = ""
	}
	w.text = append(w.text, '>')
	w.floor = len(w.text)
	w.depth++
	body()
	w.depth--
	if len(w.text) == w.floor {
		w.text = w.text[:start]
	} else {
		w.indent()
		w.text = append(append(append(w.text, '<', '/'), name...), '>')
	}
	w.floor = floor
}

// root writes an element that stands even if it is empty.
func (w *writer) root(name string, body func()) {
	w.element(name, func() {
		body()
		w.floor = 0
	})
}

// leaf writes a value; nothing where it is empty.
func (w *writer) leaf(name, value, attribute, attributeValue string) {
	if value != "" {
		w.always(name, value, attribute, attributeValue)
	}
}

func (w *writer) always(name, value, attribute, attributeValue string) {
	w.indent()
	w.text = append(append(w.text, '<'), name...)
	if attributeValue != "" {
		w.text = append(append(append(w.text, ' '), attribute...), `="`...)
		w.escape(attributeValue)
		w.text = append(w.text, '"')
	}
	w.text = append(w.text, '>')
	w.escape(value)
	w.text = append(append(append(w.text, '<', '/'), name...), '>')
}

func (w *writer) time(name string, value port.Time) {
	t := value.Std()
	w.element(name, func() {
		if t.Nanosecond() == 0 {
			w.always("DateTimeString", t.Format("20060102150405Z"), "formatCode", "304")
		} else {
			w.always("DateTime", value.String(), "", "")
		}
	})
}

func (w *writer) escape(text string) {
	w.clean.Reset()
	if err := xml.EscapeText(&w.clean, []byte(text)); err != nil {
		return // a strings.Builder does not fail
	}
	w.text = append(w.text, w.clean.String()...)
}
