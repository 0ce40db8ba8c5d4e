package rules

import (
	"strings"
	"unicode/utf8"
	"unsafe"
)

// walk leads from a document to the items of a list, which may lie in the items of another one.
type walk struct {
	hops []hop
	hs   *field // the item's HS code, by which a scope of goods picks items; nil where items have none
}

// hop leads from a struct to a list in it.
type hop struct {
	offset uintptr
	list   *typ
}

func (w *walk) item() *typ { return w.hops[len(w.hops)-1].list.elem }

func (h hop) from(p unsafe.Pointer) list { return h.list.loadList(unsafe.Add(p, h.offset)) }

// walkOf reads a path such as waybills.containers.
func walkOf(t *typ, each string) *walk {
	w := &walk{}
	offset := uintptr(0)
	for name := range strings.SplitSeq(each, ".") {
		if t.kind != structKind || t.fields[name] == nil || t.fields[name].typ.size == 0 {
			return nil
		}
		f := t.fields[name]
		t, offset = f.typ, offset+f.offset
		if t.kind == listKind {
			w.hops = append(w.hops, hop{offset, t})
			t, offset = t.elem, 0
		}
	}
	if len(w.hops) == 0 || len(w.hops) > maxEach || t != w.item() {
		return nil
	}
	if hs := t.fields["hs"]; hs != nil && hs.typ.kind == stringKind && hs.typ.text == nil {
		w.hs = hs
	}
	return w
}

// run visits the items of a list; false stops it.
func (w *walk) run(f *frame, level int, from unsafe.Pointer, goods []string, s *finding) bool {
	l := w.hops[level].from(from)
	for i := range l.n {
		if !f.turn() {
			return false
		}
		f.index[level] = int64(i)
		p := l.at(i)
		if level+1 < len(w.hops) {
			if !w.run(f, level+1, p, goods, s) {
				return false
			}
			continue
		}
		if w.hs != nil && len(goods) > 0 && !within(*(*string)(unsafe.Add(p, w.hs.offset)), goods) {
			continue
		}
		f.slots[itemSlot] = slot{p, l.elem}
		if !s.test() {
			return false
		}
	}
	return true
}

// hsCodes visits the HS code of every item, until visit says false; then it is false itself.
func (w *walk) hsCodes(level int, from unsafe.Pointer, visit func(hs string) bool) bool {
	l := w.hops[level].from(from)
	for i := range l.n {
		p := l.at(i)
		if level+1 < len(w.hops) {
			if !w.hsCodes(level+1, p, visit) {
				return false
			}
		} else if !visit(*(*string)(unsafe.Add(p, w.hs.offset))) {
			return false
		}
	}
	return true
}

var indexNames = [maxEach]string{"i", "j"}

// pathOf cuts the path of a problem at its placeholders, and sees to it that the document has such a place.
func pathOf(t *typ, path string, levels int) (pieces []string, ok bool) {
	used := 0
	for part := range strings.SplitSeq(path, ".") {
		name, index, indexed := strings.Cut(part, "[")
		if t == nil || t.kind != structKind || t.fields[name] == nil {
			return nil, false
		}
		t = t.fields[name].typ
		if indexed {
			if t.kind != listKind || used == levels || index != "{"+indexNames[used]+"}]" {
				return nil, false
			}
			t = t.elem
			used++
		}
	}
	for rest := path; ; {
		before, after, found := strings.Cut(rest, "{")
		pieces = append(pieces, before)
		if !found {
			return pieces, utf8.ValidString(path)
		}
		rest = after[len("i}"):]
	}
}
