package edifact

import (
	"slices"
	"strconv"
	"strings"
)

// table says what may stand in a message or in one of its groups of segments, and where in a Go type it belongs. A
// segment belongs to the innermost open group whose table has its tag; where none has, it is told and passed over.
type table[T any] struct {
	segments []entry[T]
	groups   []group[T]
	skipped  string // tags that stand here by the directory and are not modelled
}

// entry is one kind of segment. Where a qualifier is given, in the first component of the segment (of MEA, in that of the
// second data element), it is one of those; several are separated by blanks.
type entry[T any] struct {
	tag, qualifiers string
	data            []datum[T]
}

// datum is one component, or some that are written as lines of one text, and where it goes.
type datum[T any] struct {
	element, component int
	field              string // of the model
	set                func(r *reader, t *T)
}

// group is a trigger segment and what follows it.
type group[T any] struct {
	tag, qualifiers string
	read            func(r *reader, t *T) // the trigger is the current segment, and not taken yet
}

// tags is what a group must tell of its table to the groups within.
type tags interface{ has(tag string) bool }

func (c *table[T]) has(tag string) bool {
	return slices.ContainsFunc(c.groups, func(g group[T]) bool { return g.tag == tag }) ||
		slices.ContainsFunc(c.segments, func(e entry[T]) bool { return e.tag == tag }) || among(c.skipped, tag)
}

// read reads what belongs to the table, until a segment comes that belongs to a group around it, or stop says so.
func (c *table[T]) read(r *reader, t *T, stop func() bool) {
	outer := r.tables
	r.tables = append(outer[:len(outer):len(outer)], c)
	defer func() { r.tables = outer }()
	for r.peek() {
		switch {
		case stop != nil && stop():
			return
		case c.group(r, t), c.segment(r, t):
		case slices.ContainsFunc(outer, func(o tags) bool { return o.has(r.seg.tag) }):
			return
		default:
			r.lose()
		}
	}
}

func (c *table[T]) group(r *reader, t *T) bool {
	for i := range c.groups {
		if g := &c.groups[i]; g.tag == r.seg.tag && qualified(&r.seg, g.qualifiers) {
			g.read(r, t)
			return true
		}
	}
	return false
}

func (c *table[T]) segment(r *reader, t *T) bool {
	for i := range c.segments {
		if e := &c.segments[i]; e.tag == r.seg.tag && qualified(&r.seg, e.qualifiers) {
			keep(r, t, e.qualifiers, e.data)
			return true
		}
	}
	if !c.has(r.seg.tag) {
		return false
	}
	r.lose()
	return true
}

// keep takes the current segment and puts its data where they belong; what nobody asks for is told.
func keep[T any](r *reader, t *T, qualifiers string, data []datum[T]) {
	if qualifiers != "" {
		r.seg.take(qualifierAt(r.seg.tag), 1)
		if r.seg.tag == "MEA" {
			r.seg.take(1, 1) // measured as what: the table's place in the message says that
		}
	}
	for _, d := range data {
		r.at = place{element: d.element, component: d.component}
		if r.seg.get(d.element, d.component) == "" {
			continue
		}
		r.mark(d.field)
		d.set(r, t)
	}
	r.rest()
	r.take()
}

// rest tells of the values of the current segment that nobody has used. A repetition that says the same again is none.
func (r *reader) rest() {
	for _, v := range r.seg.values {
		if v.used || v.repetition > 0 && r.seg.get(v.element, v.component) == v.text {
			continue
		}
		r.at = v.place
		r.warn("edifact.not_modelled")
	}
	r.at = place{}
}

// lose passes over the current segment.
func (r *reader) lose() {
	r.at = place{}
	r.warn("edifact.not_modelled")
	r.take()
}

func qualifierAt(tag string) int {
	if tag == "MEA" {
		return 2
	}
	return 1
}

func qualified(s *segment, qualifiers string) bool {
	return qualifiers == "" || among(qualifiers, s.get(qualifierAt(s.tag), 1))
}

// among tells whether a word is one of some that are separated by blanks.
func among(words, word string) bool {
	for one := range strings.FieldsSeq(words) {
		if one == word {
			return true
		}
	}
	return false
}

// maxRepeat is how often one group may stand in the group around it: what the directories allow at most.
const maxRepeat = 9999

// one is a group that stands once at a field of T. A second one is told, and not kept.
func one[T, U any](tag, qualifiers, field string, at func(*T) *U, trigger []datum[U], c *table[U]) group[T] {
	return group[T]{tag, qualifiers, func(r *reader, t *T) {
		r.enter(tag, -1, field)
		keep(r, at(t), cond(qualifiers, trigger), trigger)
		c.read(r, at(t), nil)
		r.leave()
	}}
}

// many is a group that stands any number of times, as a list. again, which may be nil, tells of the current segment that
// it begins the next element though it is no trigger.
func many[T, U any](tag, qualifiers, field string, at func(*T) *[]U, trigger []datum[U], c *table[U], again func(*reader, *U) bool) group[T] {
	return group[T]{tag, qualifiers, func(r *reader, t *T) {
		for triggered := true; ; triggered = false {
			list := at(t)
			if len(*list) >= maxRepeat {
				r.at = place{}
				r.fail("exchange.too_many", strconv.Itoa(maxRepeat))
				r.take()
				return
			}
			*list = append(*list, *new(U))
			u := &(*list)[len(*list)-1]
			r.enter(tag, len(*list)-1, field)
			if triggered {
				keep(r, u, cond(qualifiers, trigger), trigger)
			}
			stopped := false
			c.read(r, u, func() bool {
				stopped = again != nil && again(r, u)
				return stopped
			})
			r.leave()
			if !stopped {
				return
			}
		}
	}}
}

// cond is what a trigger's qualifier has to say to keep: nothing, where its own data ask for the component.
func cond[U any](qualifiers string, trigger []datum[U]) string {
	for _, d := range trigger {
		if d.element == 1 && d.component == 1 {
			return ""
		}
	}
	return qualifiers
}

// ignored is a group that is not modelled, with the tags of what is in it.
func ignored[T any](tag, inside string) group[T] {
	c := &table[T]{skipped: inside}
	return group[T]{tag, "", func(r *reader, t *T) {
		r.enter(tag, -1, "")
		r.lose()
		c.read(r, t, nil)
		r.leave()
	}}
}

// within is a group that is no type of its own: its data belong to the same T.
func within[T any](tag, qualifiers string, trigger []datum[T], c *table[T]) group[T] {
	return one(tag, qualifiers, "", func(t *T) *T { return t }, trigger, c)
}
