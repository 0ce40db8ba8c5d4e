package simulator

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/port"
)

// A story's papers name its own carrier and have references of their own: the traffic beside it, its officers among it,
// leaves them alone.
const (
	storyCarrier = "DEMO-STORY"
	storyPrefix  = "STORY-"
)

// toldReference tells the reference of a story's declaration.
func toldReference(reference string) bool { return strings.HasPrefix(reference, storyPrefix) }

// Story is something that happens at a port, told step by step: everybody in it does what he does through the public
// interface, in the order that a presenter follows. Its words are the catalogue's, under "story.<name>.".
type Story struct {
	Name string
	Port port.PortID // where it happens
	tell func(*teller)
}

// Stories lists the stories in the order in which they are best told.
func Stories() []Story {
	return []Story{
		{"coal-to-yard", "ganqimaodu-road", coalToYard},
		{"sixty-trucks", "ganqimaodu-road", sixtyTrucks},
		{"held-wagon", "erenhot-rail", heldWagon},
		{"coach-refused", "erenhot-road", coachRefused},
		{"conditional-meat", "ceke-road", conditionalMeat},
		{"trailer-swap", "ganqimaodu-road", trailerSwap},
		{"agv-shuttle", "ganqimaodu-road", agvShuttle},
		{"sandstorm", "ganqimaodu-road", sandstorm},
	}
}

// FindStory finds a story by its name.
func FindStory(name string) (Story, bool) {
	at := slices.IndexFunc(Stories(), func(s Story) bool { return s.Name == name })
	if at < 0 {
		return Story{}, false
	}
	return Stories()[at], true
}

// Stage is where and to whom a story is told.
type Stage struct {
	Server string
	Tokens func(role string, p port.PortID) string // as in Config
	// Step is told what has happened: the key of the text, what fills it, and the path of the page to look at. It returns
	// when the story is to go on.
	Step      func(ctx context.Context, key, path string, args ...string) error
	Traffic   *Simulator        // what runs beside it; nil: nothing
	Clock     func() time.Time  // the server's; nil: the machine's
	Transport http.RoundTripper // nil: the usual one
}

// Outcome is what a story leaves behind, by the names that it gives things.
type Outcome struct {
	Movements    map[string]port.ID
	Consignments map[string]port.ID
	Declarations map[string]port.ID
}

// Tell tells a story to its end. An error says which sentence did not come true; a cancelled context is none. It can be
// told again and again: every time its papers have other numbers.
func (s Story) Tell(ctx context.Context, on Stage) (Outcome, error) {
	if on.Clock == nil {
		on.Clock = time.Now
	}
	t := newTeller(ctx, s, on)
	t.step("begin", "/ports/"+string(s.Port))
	s.tell(t)
	t.step("end", "/ports/"+string(s.Port))
	if ctx.Err() != nil {
		return t.outcome, nil
	}
	return t.outcome, errs.Wrap(cmp.Or(errs.KindOf(t.err), errs.Broken), t.err, "story %s, sentence %d", s.Name, t.said)
}
