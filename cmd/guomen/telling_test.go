package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/text"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
	"github.com/guomen/guomen/simulator"
)

// Every story comes to its end on the platform itself, twice over, and leaves what it says: the stories of the
// simulation are the acceptance of what its people do.
func TestStoriesToTheirEnd(t *testing.T) {
	w := newWorldLogging(t, "memory:", identity.Principal{}, t.Output())
	tokens, err := demoTokens(t.Context(), w.platform)
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	// What each leaves: how much of which goods in custody, and which declarations open.
	ends := map[string]struct {
		steps int
		lies  map[string]port.Kilograms
		open  []string
	}{
		"coal-to-yard":     {9, map[string]port.Kilograms{"coal": 0}, nil},
		"sixty-trucks":     {7, map[string]port.Kilograms{"first": 0}, nil},
		"held-wagon":       {7, map[string]port.Kilograms{"held": 0}, nil},
		"coach-refused":    {5, nil, nil},
		"conditional-meat": {5, map[string]port.Kilograms{"meat": 0}, nil},
		"trailer-swap":     {5, map[string]port.Kilograms{"coal": 0}, nil},
		"agv-shuttle":      {8, map[string]port.Kilograms{"coal1": 30 * port.Tonne, "coal3": 30 * port.Tonne}, nil},
		"sandstorm":        {5, nil, nil},
	}
	for _, story := range simulator.Stories() {
		t.Run(story.Name, func(t *testing.T) {
			want, known := ends[story.Name]
			if !known {
				t.Fatal("its end is not known")
			}
			for range 2 {
				now = now.Add(time.Second)
				steps := 0
				outcome, err := story.Tell(t.Context(), simulator.Stage{
					Server: w.server.URL, Tokens: tokens.find, Clock: func() time.Time { return now },
					Step: func(_ context.Context, key, path string, args ...string) error {
						steps++
						for _, language := range text.Languages {
							if said := catalogue.Say(language, key, args...); !catalogue.Has(language, key) || strings.Contains(said, "{") {
								t.Errorf("%s in %s: %q", key, language, said)
							}
						}
						if got := get(t, w.server.URL+path, tokens.main[identity.Region]); got != http.StatusOK {
							t.Errorf("%s shows status %d", path, got)
						}
						return nil
					},
				})
				if err != nil {
					t.Fatal(err)
				}
				if steps != want.steps {
					t.Errorf("%d steps, want %d", steps, want.steps)
				}
				w.ended(t, story, outcome, want.lies)
			}
			w.watched(t, story.Port)
		})
	}
	if _, known := simulator.FindStory("none"); known {
		t.Error("a story that nobody tells is found")
	}
}

// ended looks at what a story has left: every movement at its end, every declaration closed but of what still lies in
// custody, and so much of its goods there.
func (w *world) ended(t *testing.T, story simulator.Story, outcome simulator.Outcome, lies map[string]port.Kilograms) {
	t.Helper()
	ctx := t.Context()
	if len(outcome.Movements) == 0 {
		t.Error("nothing has moved")
	}
	for name, id := range outcome.Movements {
		m, ok, err := ledger.Read(ctx, w.platform.engine, w.platform.kinds.Movements, id)
		if err != nil || !ok || m.State != movement.StateLeft {
			t.Errorf("%s: movement %s: %+v, %v", story.Name, name, m, err)
		}
	}
	for name, id := range outcome.Declarations {
		d, ok, err := ledger.Read(ctx, w.platform.engine, w.platform.kinds.Declarations, id)
		if err != nil || !ok || d.State != declaration.StateClosed {
			t.Errorf("%s: declaration %s: %+v, %v", story.Name, name, d, err)
		}
	}
	for name, want := range lies {
		c, ok, err := ledger.Read[cargo.Consignment](ctx, w.platform.engine, w.platform.kinds.Consignments, outcome.Consignments[name])
		if err != nil || !ok || c.OnHand() != want {
			t.Errorf("%s: consignment %s: %+v, %v, want %s kg in custody", story.Name, name, c, err, want)
		}
	}
}

// A story is told beside the traffic, whose officers and drivers leave it alone, and the traffic violates nothing.
func TestStoryBesideTraffic(t *testing.T) {
	w := newWorld(t, "memory:", identity.Principal{})
	tokens, err := demoTokens(t.Context(), w.platform)
	if err != nil {
		t.Fatal(err)
	}
	traffic, err := simulator.New(simulator.Config{
		Server: w.server.URL, Tokens: tokens.find, Seed: 1, Speed: 600, Ports: []port.PortID{demoPort}, Start: workingHour(time.Now()),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	running.Go(func() {
		if err := traffic.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	counted := func(what string) uint64 { return traffic.Report().Ports[demoPort][what] }
	deadline := time.Now().Add(time.Minute)
	for counted("entered") == 0 && time.Now().Before(deadline) {
		time.Sleep(100 * time.Millisecond)
	}
	for _, name := range []string{"sandstorm", "coal-to-yard"} {
		story, _ := simulator.FindStory(name)
		outcome, err := story.Tell(t.Context(), simulator.Stage{
			Server: w.server.URL, Tokens: tokens.find, Traffic: traffic, Step: func(context.Context, string, string, ...string) error { return nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		w.ended(t, story, outcome, nil)
	}
	if counted("closed.sandstorm") != 1 {
		t.Errorf("the traffic has not stopped: %v", traffic.Report().Ports)
	}
	if r := traffic.Report(); r.Violated != 0 {
		t.Errorf("%d violations, such as %+v", r.Violated, r.Violations[0])
	}
}

// Where nobody sits at a terminal a story goes on by itself, and ends; the steps are said in the language that is chosen.
func TestTellingWithoutPresenter(t *testing.T) {
	w := newWorld(t, "memory:", identity.Principal{})
	tokens, err := demoTokens(t.Context(), w.platform)
	if err != nil {
		t.Fatal(err)
	}
	nobody, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer nobody.Close()
	var said bytes.Buffer
	telling, err := newTelling("trailer-swap", time.Millisecond, text.English, nobody, &said)
	if err != nil {
		t.Fatal(err)
	}
	telling.lines = nil // the null device is one of characters too
	if err := telling.tell(t.Context(), w.server.URL, tokens.find, nil); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"A trailer changes its tractor", "Declared and released", w.server.URL + "/movements/"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("it does not say %q: %s", want, said.String())
		}
	}
	if _, err := newTelling("none", time.Second, text.English, nobody, &said); err == nil {
		t.Error("a story that nobody tells can be told")
	}
	// A presenter steers it by Enter: four steps, and the end of the input, after which it is not told again.
	telling.lines, telling.pace = linesOf(strings.NewReader(strings.Repeat("\n", 4))), time.Hour
	if err := telling.tell(t.Context(), w.server.URL, tokens.find, nil); err != nil {
		t.Error(err)
	}
	var list bytes.Buffer
	if err := runDemo(t.Context(), []string{"--story", "help", "--language", "en"}, &list); err != nil || strings.Count(list.String(), "\n") != len(simulator.Stories()) {
		t.Errorf("%v: %s", err, list.String())
	}
	for _, s := range simulator.Stories() {
		if !strings.Contains(list.String(), s.Name) {
			t.Errorf("the list lacks %s", s.Name)
		}
	}
}
