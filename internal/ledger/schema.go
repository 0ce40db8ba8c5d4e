package ledger

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/guomen/guomen/port"
)

// Schema is what the facts of a platform are and what they do: their types, the kinds of record that fold them, and the
// reactions that follow them. It is built once from the modules and never changes.
type Schema struct {
	facts  map[string]*factType
	kinds  []*kind
	actors actors
}

type factType struct {
	name      string
	decode    func([]byte) (Body, error)
	folds     []fold
	reactions []Reaction
}

// Reaction is what one capability does because another's fact was recorded: it records further facts, in the same
// transaction. It is as pure as a decision.
type Reaction func(tx *Tx, f Fact) error

// fold changes one record of a kind because of one fact.
type fold struct {
	kind    *kind
	subject func(Body) port.ID
	apply   func(x *Effects, state any, f *Fact) any // state is nil where the record does not exist yet
}

// kind is a kind of record.
type kind struct {
	name    string
	version int
	decode  func([]byte) (any, error)
}

// Kind is a kind of record with states of type S. Folds are pure: they take a state by value and return another, and
// never change a slice or map in place, since the old state may still be in use.
type Kind[S any] struct {
	kind  kind
	folds []kindFold
}

type kindFold struct {
	fact string
	fold fold
}

// NewKind names a kind of record. Raise version whenever a fold changes what it makes: an upgrade then rebuilds.
func NewKind[S any](name string, version int) *Kind[S] {
	k := &Kind[S]{kind: kind{name: name, version: version}}
	k.kind.decode = func(data []byte) (any, error) {
		state := new(S)
		if err := decode(data, state); err != nil {
			return nil, err
		}
		return state, nil
	}
	return k
}

// Name is the kind's name.
func (k *Kind[S]) Name() string { return k.kind.name }

// On folds facts of type B into the kind: subject names the record (the zero id: none), apply makes its next state.
func On[B Body, S any](k *Kind[S], subject func(B) port.ID, apply func(x *Effects, state S, f *Fact, body B) S) {
	var body B
	k.folds = append(k.folds, kindFold{body.FactName(), fold{
		kind:    &k.kind,
		subject: func(b Body) port.ID { return subject(b.(B)) },
		apply: func(x *Effects, state any, f *Fact) any {
			var s S
			if state != nil {
				s = *state.(*S)
			}
			next := apply(x, s, f, f.Body.(B))
			return &next
		},
	}})
}

// fold changes every record that a fact touches. Deciding and rebuilding both go through here.
func (t *factType) fold(x *Effects, f *Fact, get func(RecordKey) any, put func(RecordKey, any)) {
	for i := range t.folds {
		id := t.folds[i].subject(f.Body)
		if id.IsZero() {
			continue
		}
		key := RecordKey{x.ledger, t.folds[i].kind.name, id}
		put(key, t.folds[i].apply(x, get(key), f))
	}
	if passed, ok := f.Body.(DeadlinePassed); ok {
		x.Undeadline(passed.Due, passed.Deadline)
	}
}

// AnyKind is a Kind of whatever state, for lists.
type AnyKind interface {
	base() *kind
	list() []kindFold
}

func (k *Kind[S]) base() *kind      { return &k.kind }
func (k *Kind[S]) list() []kindFold { return k.folds }

// NewSchema gathers fact types (one zero value each), kinds of record, and reactions by fact name. It fails when a name
// is given twice, a wire name has not the form noun.happened.v1, or a fold or reaction names no fact.
func NewSchema(facts []Body, kinds []AnyKind, reactions map[string][]Reaction) (*Schema, error) {
	s := &Schema{facts: map[string]*factType{}}
	for _, body := range append([]Body{DeadlinePassed{}}, facts...) {
		name := body.FactName()
		parts := strings.Split(name, ".")
		if len(parts) != 3 || !strings.HasPrefix(parts[2], "v") {
			return nil, fmt.Errorf("fact %q: a wire name is noun.happened.v1", name)
		}
		if s.facts[name] != nil {
			return nil, fmt.Errorf("fact %q is given twice", name)
		}
		s.facts[name] = &factType{name: name, decode: decoderOf(reflect.TypeOf(body))}
	}
	for _, k := range kinds {
		base := k.base()
		if slices.ContainsFunc(s.kinds, func(other *kind) bool { return other.name == base.name }) {
			return nil, fmt.Errorf("kind %q is given twice", base.name)
		}
		s.kinds = append(s.kinds, base)
		for _, f := range k.list() {
			t := s.facts[f.fact]
			if t == nil {
				return nil, fmt.Errorf("kind %q folds %q, which no module records", base.name, f.fact)
			}
			t.folds = append(t.folds, f.fold)
		}
	}
	for name, list := range reactions {
		t := s.facts[name]
		if t == nil {
			return nil, fmt.Errorf("a reaction waits for %q, which no module records", name)
		}
		t.reactions = append(t.reactions, list...)
	}
	return s, nil
}

// decoderOf decodes bodies of one type. A body is copied into its interface, so what it was decoded into can be used again.
func decoderOf(kind reflect.Type) func([]byte) (Body, error) {
	spare := sync.Pool{New: func() any { return reflect.New(kind).Interface() }}
	return func(data []byte) (Body, error) {
		into := spare.Get()
		value := reflect.ValueOf(into).Elem()
		if err := decode(data, into); err != nil {
			return nil, err
		}
		body := value.Interface().(Body)
		value.SetZero()
		spare.Put(into)
		return body, nil
	}
}

// ownFold is the version of what the ledger itself makes of facts: the look-ups of open deadlines.
const ownFold = 1

// Versions is the state of all folds in one string: records made under another are rebuilt.
func (s *Schema) Versions() string {
	names := make([]string, 0, len(s.kinds)+1)
	names = append(names, fmt.Sprintf("ledger=%d", ownFold))
	for _, k := range s.kinds {
		names = append(names, fmt.Sprintf("%s=%d", k.name, k.version))
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

func (s *Schema) version(kind string) int {
	for _, k := range s.kinds {
		if k.name == kind {
			return k.version
		}
	}
	return 0
}

// FactNames lists the wire names in order.
func (s *Schema) FactNames() []string {
	names := make([]string, 0, len(s.facts))
	for name := range s.facts {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Effects are what a fold changes beside its record: look-ups and deadlines of open things.
type Effects struct {
	ledger    Number
	lookups   []LookupRow
	deadlines []DeadlineRow
}

// Index points a key at an open thing.
func (x *Effects) Index(kind, key string, id port.ID) {
	if key != "" {
		x.lookups = append(x.lookups, LookupRow{LookupKey{x.ledger, kind, key}, id})
	}
}

// Unindex removes a key when the thing is closed: look-ups are for open things, history is found through views.
func (x *Effects) Unindex(kind, key string) { x.Index(kind, key, port.ID{}) }

// Deadline sets an instant at which kind falls due for a subject. The ticker then issues the command for it.
func (x *Effects) Deadline(due port.Time, id port.ID, kind string, subject port.ID) {
	x.deadlines = append(x.deadlines, DeadlineRow{Ledger: x.ledger, Due: due, ID: id, Kind: kind, Subject: subject})
	x.Index(openDeadline, deadlineKey(due, id), id)
}

// Undeadline withdraws a deadline that has been met.
func (x *Effects) Undeadline(due port.Time, id port.ID) {
	x.deadlines = append(x.deadlines, DeadlineRow{Ledger: x.ledger, Due: due, ID: id, Done: true})
	x.Unindex(openDeadline, deadlineKey(due, id))
}
