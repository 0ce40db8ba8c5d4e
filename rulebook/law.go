package rulebook

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/rules"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
)

// Law is the law as it stands: the book that is built into the program, under what the region's facts have laid over it
// up to a sequence. It never changes, so any number of readers share one; With makes the next.
//
// All versions of a clause that ever stood are in its one book, each with the time for which it stands, so that a version
// decided today counts from its instant on without anybody having to do anything then.
type Law struct {
	build   map[string][]byte // the build's clauses by file
	digest  string            // of them
	book    *rules.Book
	seq     uint64
	sound   uint64 // the last sequence whose facts this build understands and its book contains
	clauses map[string]*History
	install struct {
		last Installed
		at   uint64 // sequence of the last
		own  uint64 // sequence of the last that was this build's; 0: none
	}
	changes []change
	broken  error
}

// History is what the region's facts say of one clause.
type History struct {
	Rule     string
	Versions []Version // in order of number, from 1
	Acts     []Act     // in order of recording
}

// Version is one version of a clause as it was proposed.
type Version struct {
	Number    int
	Text      string
	Documents []Document
	Author    string
	Reason    string
	At        port.Time
	Seq       uint64
}

// Act is what was decided on a clause.
type Act struct {
	Version   int
	Mode      Mode
	From      port.Time
	Activator string
	Reason    string
	Citation  string
	At        port.Time
	Seq       uint64
}

// change is one change of the law and where it can be felt; an empty list means everywhere.
type change struct {
	seq        uint64
	from       port.Time
	ports      []string
	modes      []string
	directions []string
}

// NewLaw is the law of the build alone.
func NewLaw() (*Law, error) {
	build, err := buildFiles()
	if err != nil {
		return nil, err
	}
	l := &Law{build: build, clauses: map[string]*History{}}
	if err := l.compile(); err != nil {
		return nil, err
	}
	l.digest = l.book.Digest()
	return l, nil
}

// Book is the book with every version in it. An instant has at most one version of each clause; see [Scope].
func (l *Law) Book() *rules.Book { return l.book }

// Seq is the sequence of the region up to which facts have been taken in.
func (l *Law) Seq() uint64 { return l.seq }

// Region is the sequence under which something judged now was judged. It stays behind where a newer build has brought a
// book that this one has not, or a clause was activated that this one cannot read: what this process judges then counts as
// judged under the older law, and is judged again by one that knows better.
func (l *Law) Region() uint64 {
	region := min(l.seq, l.sound)
	if l.install.at > l.install.own {
		region = min(region, l.install.at-1)
	}
	return region
}

// Broken is why a clause of the region's facts cannot be read by this build; nil where all can.
func (l *Law) Broken() error { return l.broken }

// Installed tells whether the region's facts name this build's book as the last that was started, and by which
// sequence the last was.
func (l *Law) Installed() (bool, uint64) {
	return l.install.at != 0 && l.install.last == l.own(), l.install.at
}

// own is the build's book as a fact.
func (l *Law) own() Installed { return Installed{Book: l.digest, Engine: rules.Engine} }

// History is what the region's facts say of a clause; nil where they say nothing.
func (l *Law) History(rule string) *History { return l.clauses[rule] }

// Laid lists the clauses of which the region's facts speak, in order of name.
func (l *Law) Laid() []*History {
	list := make([]*History, 0, len(l.clauses))
	for _, name := range slices.Sorted(maps.Keys(l.clauses)) {
		list = append(list, l.clauses[name])
	}
	return list
}

// With takes in further facts of the region and gives the next law; this one stays as it is. A clause that this build
// cannot read leaves the book as it was, and Broken says why: gates then hold what was judged before.
func (l *Law) With(facts []ledger.Fact) *Law {
	next := *l
	changed := false
	for i := range facts {
		f := &facts[i]
		next.seq = f.Seq
		switch b := f.Body.(type) {
		case Installed:
			next.install.last, next.install.at = b, f.Seq
			if b == l.own() {
				next.install.own = f.Seq
			}
			changed = true
		case Proposed:
			h := next.history(l, b.Rule)
			h.Versions = append(h.Versions, Version{b.Version, b.Text, b.Documents, b.Author, b.Reason, f.Recorded, f.Seq})
		case Activated:
			h := next.history(l, b.Rule)
			h.Acts = append(h.Acts, Act{b.Version, b.Mode, b.From, b.Activator, b.Reason, b.Citation, f.Recorded, f.Seq})
			changed = true
		case Retired:
			h := next.history(l, b.Rule)
			h.Acts = append(h.Acts, Act{b.Version, Silent, b.From, b.Activator, b.Reason, b.Citation, f.Recorded, f.Seq})
			changed = true
		}
	}
	if changed {
		if next.broken = next.compile(); next.broken != nil && l.broken == nil {
			next.sound = l.seq
		}
	}
	if next.broken == nil {
		next.sound = next.seq
	}
	return &next
}

// history is a clause's history for writing: a copy of its own the first time, whose lists share nothing that grows.
func (l *Law) history(before *Law, rule string) *History {
	known := l.clauses[rule]
	if known != nil && known != before.clauses[rule] {
		return known
	}
	made := &History{Rule: rule}
	if known != nil {
		made.Versions, made.Acts = slices.Clip(known.Versions), slices.Clip(known.Acts)
	}
	l.clauses = maps.Clone(l.clauses)
	l.clauses[rule] = made
	return made
}

// stand is one stretch of a clause's time: by which version it judges, from an instant to the next stretch.
type stand struct {
	Act
	until port.Time // 0: open
}

// stands are the stretches that the acts leave, in order of time. Of the acts whose instant has come the one recorded last
// counts, so an act takes the place of every stretch that would begin when it does or later. Before the first the build's
// own clause stands.
func (h *History) stands() []stand {
	list := []stand{{Act: Act{Mode: Active}}}
	for _, act := range h.Acts {
		list = slices.DeleteFunc(list, func(s stand) bool { return s.Seq != 0 && s.From >= act.From })
		list = append(list, stand{Act: act})
	}
	for i := range list[1:] {
		list[i].until = list[i+1].From
	}
	return list
}

// Standing is the act by which a clause stands at an instant; the zero Act with mode active for the build's own.
func (h *History) Standing(at port.Time) Act {
	found := Act{Mode: Active}
	if h != nil {
		for _, s := range h.stands() {
			if s.Seq == 0 || s.From <= at {
				found = s.Act
			}
		}
	}
	return found
}

// Next is the act that is to take effect next after an instant; false where none is.
func (h *History) Next(after port.Time) (Act, bool) {
	for _, s := range h.stands() {
		if s.Seq != 0 && s.From > after {
			return s.Act, true
		}
	}
	return Act{}, false
}

// Version finds a version by its number.
func (h *History) Version(number int) (Version, bool) {
	if h == nil || number < 1 || number > len(h.Versions) {
		return Version{}, false
	}
	return h.Versions[number-1], true
}

// compile makes the book and lists the changes. The book stays what it was where a clause is wrong.
func (l *Law) compile() error {
	var entries []rules.Entry
	for file, data := range l.build {
		if l.clauses[ruleOf(file)] == nil {
			entries = append(entries, rules.Entry{File: file, Data: data})
		}
	}
	for _, h := range l.Laid() {
		entries = append(entries, l.entries(h)...)
	}
	book, err := rules.Assemble(schema(), entries)
	if err == nil {
		l.book = book
	}
	l.changes = l.listChanges()
	return err
}

// entries are a clause's versions for the book.
func (l *Law) entries(h *History) (list []rules.Entry) {
	file := fileOf(h.Rule)
	for _, s := range h.stands() {
		e := rules.Entry{File: file, Version: s.Version}
		if s.Seq != 0 {
			e.Since = s.From.Std()
		}
		if s.until != 0 {
			e.Until = s.until.Std()
		}
		switch version, ok := h.Version(s.Version); {
		case s.Mode == Silent:
			continue
		case ok:
			e.Data, e.Mode = []byte(version.Text), string(s.Mode)
		default:
			if e.Data = l.build[file]; e.Data == nil {
				continue // nothing of that name, or this build has it no more
			}
		}
		list = append(list, e)
	}
	return list
}

// listChanges gathers when the law changes: by facts, by a build, and by the days that clauses themselves name.
func (l *Law) listChanges() []change {
	var list []change
	if l.install.own != 0 {
		list = append(list, change{seq: l.install.own})
	}
	versions := map[string][]*rules.Clause{}
	for _, c := range l.book.Clauses() {
		versions[c.Name] = append(versions[c.Name], c)
		for _, day := range legalDays(c) {
			list = append(list, change{0, day, c.Scope.Ports, c.Scope.Modes, c.Scope.Directions})
		}
	}
	for _, h := range l.clauses {
		ports, modes, directions := scopes(versions[h.Rule])
		if l.broken != nil { // what the new version is for cannot be told
			ports, modes, directions = nil, nil, nil
		}
		for _, s := range h.stands() {
			if s.Seq != 0 {
				list = append(list, change{s.Seq, s.From, ports, modes, directions})
			}
		}
	}
	slices.SortFunc(list, func(a, b change) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.seq, b.seq)) })
	return list
}

// scopes joins where versions of a clause apply.
func scopes(versions []*rules.Clause) (ports, modes, directions []string) {
	join := func(of func(*rules.Clause) []string) (all []string) {
		for _, v := range versions {
			words := of(v)
			if len(words) == 0 {
				return nil
			}
			all = append(all, words...)
		}
		return all
	}
	return join(func(c *rules.Clause) []string { return c.Scope.Ports }), join(func(c *rules.Clause) []string { return c.Scope.Modes }),
		join(func(c *rules.Clause) []string { return c.Scope.Directions })
}

// legalDays are the instants at which a clause begins and ceases to be law, by Beijing time.
func legalDays(c *rules.Clause) (list []port.Time) {
	for i, day := range []string{c.From, c.To} {
		if t, err := time.ParseInLocation(time.DateOnly, day, shanghai); err == nil {
			list = append(list, port.TimeOf(t.AddDate(0, 0, i))) // the last day is included
		}
	}
	return list
}

// shanghai is the time zone of the law 北京时间. It has had no summer time since 1991.
var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// Changed is how far the law has come for vehicles in a direction at a port, as of an instant.
func (l *Law) Changed(at port.PortID, direction port.Direction, now port.Time) (law movement.Changed) {
	mode := string(at.Mode())
	for i := range l.changes {
		c := &l.changes[i]
		if c.from > now {
			break
		}
		if covers(c.ports, string(at)) && covers(c.modes, mode) && covers(c.directions, string(direction)) {
			law.Region, law.At = max(law.Region, c.seq), c.from
		}
	}
	return law
}

func covers(words []string, word string) bool { return len(words) == 0 || slices.Contains(words, word) }

// InForce tells whether a clause can ask for anything at an instant: some version of it is active then and law on that
// day.
func (l *Law) InForce(rule string, at port.Time) bool {
	now := at.Std()
	return slices.ContainsFunc(l.book.Clauses(), func(c *rules.Clause) bool {
		if c.Name != rule || c.DryRun || now.Before(c.Since) || !c.Until.IsZero() && !now.Before(c.Until) {
			return false
		}
		return inLaw(c, at)
	})
}

// OfDocuments tells whether a clause speaks of what is judged again when the law changes: manifests, the movements that
// they announce, and declarations.
func (l *Law) OfDocuments(rule string) bool {
	return slices.ContainsFunc(l.book.Clauses(), func(c *rules.Clause) bool {
		return c.Name == rule && (c.Subject == manifestSubject || c.Subject == movementSubject || c.Subject == declarationSubject)
	})
}

// inLaw tells whether an instant lies within the days that a clause itself names.
func inLaw(c *rules.Clause, at port.Time) bool {
	if t, err := time.ParseInLocation(time.DateOnly, c.From, shanghai); err == nil && at < port.TimeOf(t) {
		return false
	}
	if t, err := time.ParseInLocation(time.DateOnly, c.To, shanghai); err == nil && at >= port.TimeOf(t.AddDate(0, 0, 1)) {
		return false
	}
	return true
}

// VersionAt is the version of a clause that stood at an instant.
func (l *Law) VersionAt(rule string, at port.Time) int { return l.clauses[rule].Standing(at).Version }

// InBook lists the clauses of an instant, one version each: the one that stands, or, where none stands yet, the next.
func (l *Law) InBook(at port.Time) (list []*rules.Clause) {
	now := at.Std()
	for _, c := range l.book.Clauses() {
		if !c.Until.IsZero() && !now.Before(c.Until) {
			continue // it stood before
		}
		if n := len(list); n > 0 && list[n-1].Name == c.Name {
			continue // a later version
		}
		list = append(list, c)
	}
	return list
}
