package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/port"
)

// line is one line of a stream.
type line struct {
	Seq    uint64          `json:"seq"`
	Name   string          `json:"name"`
	Cursor uint64          `json:"cursor"`
	Port   port.PortID     `json:"port"`
	Fact   json.RawMessage `json:"fact"`
	Actor  struct {
		Organisation string `json:"org"`
	} `json:"actor"`
}

// follow reads a stream line by line until it ends or take says that it is enough.
func (w *world) follow(ctx context.Context, token, path string, take func(line) bool) error {
	r, err := http.NewRequestWithContext(ctx, "GET", w.server.URL+path, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "application/x-ndjson" {
		return fmt.Errorf("%d %s", answer.StatusCode, answer.Header.Get("Content-Type"))
	}
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var l line
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return fmt.Errorf("%w: %s", err, lines.Bytes())
		}
		if !take(l) {
			return nil
		}
	}
	return lines.Err()
}

// TestFactsAsTheyHappen: those who follow a port get every fact once and in order while it happens, whether their stream
// stays open or is cut and taken up again.
func TestFactsAsTheyHappen(t *testing.T) {
	w := newWorld(t, "memory:", identity.Principal{})
	s := newStory(t, w, here)
	const trucks = 120 // two facts each
	token := w.token(identity.Device, here)
	base := "/v1/facts?ledger=port:" + string(here)
	var followers sync.WaitGroup
	failed := make(chan error, 8)
	follower := func(name, query string, again bool) {
		followers.Go(func() {
			after := uint64(0)
			for after < 2*trucks {
				err := w.follow(t.Context(), token, fmt.Sprintf("%s&after=%d&%s", base, after, query), func(l line) bool {
					if l.Seq != after+1 {
						failed <- fmt.Errorf("%s: after %d comes %d", name, after, l.Seq)
						return false
					}
					after = l.Seq
					return after < 2*trucks
				})
				if err != nil {
					failed <- fmt.Errorf("%s: %w", name, err)
					return
				}
				if !again && after < 2*trucks {
					failed <- fmt.Errorf("%s: the stream ended at %d", name, after)
					return
				}
			}
		})
	}
	follower("open", "wait=30s", false)
	follower("short", "wait=50ms", true)
	follower("single", "limit=1&wait=10s", true)
	follower("seven at a time", "limit=7&wait=10", true)
	for range trucks {
		s.announce(s.coal("feed"))
	}
	done := make(chan struct{})
	go func() { followers.Wait(); close(done) }()
	select {
	case <-done:
	case err := <-failed:
		t.Fatal(err)
	case <-time.After(20 * time.Second):
		t.Fatal("the followers have not come to the end")
	}

	// What happens is told at once, and a stream without anything to tell ends when its time is over.
	told := make(chan time.Time, 1)
	followers.Go(func() {
		_ = w.follow(t.Context(), token, fmt.Sprintf("%s&after=%d&wait=20s", base, 2*trucks), func(line) bool { told <- time.Now(); return false })
	})
	time.Sleep(100 * time.Millisecond)
	began := time.Now()
	s.announce(s.coal("feed"))
	select {
	case at := <-told:
		if late := at.Sub(began); late > 5*time.Second {
			t.Errorf("told after %s", late)
		}
	case <-time.After(10 * time.Second):
		t.Error("nothing was told")
	}
	began = time.Now()
	if err := w.follow(t.Context(), token, fmt.Sprintf("%s&after=%d&wait=200ms", base, 1<<40), func(line) bool { t.Error("a fact from the future"); return false }); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took < 150*time.Millisecond || took > 5*time.Second {
		t.Errorf("a stream of 200 ms took %s", took)
	}
	s.end()
}

// TestEventsOfOnesOwn: an organisation follows what concerns it under a cursor without gaps, and nothing else.
func TestEventsOfOnesOwn(t *testing.T) {
	w := newWorld(t, "memory:", identity.Principal{})
	s, far := newStory(t, w, here), newStory(t, w, there)
	names := func(token string, after int) (list []string, cursor uint64) {
		deadline := time.Now().Add(10 * time.Second)
		for cursor = uint64(after); ; {
			err := w.follow(t.Context(), token, fmt.Sprintf("/v1/events?after=%d&wait=0", cursor), func(l line) bool {
				if l.Cursor != cursor+1 {
					t.Errorf("after %d comes %d", cursor, l.Cursor)
				}
				var fact line
				if err := json.Unmarshal(l.Fact, &fact); err != nil || fact.Seq == 0 || l.Port == "" {
					t.Errorf("%v: %s", err, l.Fact)
				}
				cursor, list = l.Cursor, append(list, string(l.Port[:4])+" "+fact.Name)
				return true
			})
			if err != nil {
				t.Fatal(err)
			}
			if w.platform.views.Lag()["board"] == 0 || time.Now().After(deadline) {
				return list, cursor
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
	k, other := s.coal("events"), far.coal("events")
	id, _ := s.announce(k)
	s.declare(k)
	far.announce(other)
	s.settle(id)
	s.read(k, port.DueEntryGate, port.DecisionOpen)
	s.read(k, port.DueExitGate, port.DecisionOpen)
	s.movement(id)

	carrier, cursor := names(w.token(identity.Carrier, ""), 0)
	trader, _ := names(w.token(identity.Trader, ""), 0)
	for _, c := range []struct {
		who       string
		got, want []string
		not       string
	}{
		{"carrier", carrier, []string{"ganq manifest.lodged.v1", "ganq requirement.decided.v1", "ganq movement.passed.v1", "ceke manifest.lodged.v1"}, "ganq declaration.lodged.v1"},
		{"trader", trader, []string{"ganq declaration.lodged.v1", "ganq requirement.decided.v1", "ganq cargo.entered.v1", "ganq cargo.taken_out.v1", "ganq declaration.closed.v1"}, "ganq manifest.lodged.v1"},
	} {
		for _, name := range c.want {
			if !slices.Contains(c.got, name) {
				t.Errorf("the %s is not told of %s: %v", c.who, name, c.got)
			}
		}
		if slices.Contains(c.got, c.not) {
			t.Errorf("the %s is told of %s", c.who, c.not)
		}
	}
	for _, token := range []string{w.tokens[who{identity.Carrier, "", 1}], w.tokens[who{identity.Trader, "", 1}], w.token(identity.Broker, ""), w.token(identity.Region, "")} {
		if list, _ := names(token, 0); len(list) > 0 {
			t.Errorf("somebody else is told of %v", list)
		}
	}
	told := make(chan line, 1)
	var following sync.WaitGroup
	following.Go(func() {
		_ = w.follow(t.Context(), w.token(identity.Carrier, ""), fmt.Sprintf("/v1/events?after=%d&wait=20s", cursor), func(l line) bool { told <- l; return false })
	})
	s.announce(s.coal("events"))
	select {
	case l := <-told:
		if l.Cursor != cursor+1 {
			t.Errorf("after %d comes %d", cursor, l.Cursor)
		}
	case <-time.After(10 * time.Second):
		t.Error("the next event was not told while it was waited for")
	}
	following.Wait()
	s.end()
	far.end()
}

// TestListsAreNeverCapped walks more movements, requirements and passes than a page holds, while more come in: each of
// those that were there is seen once.
func TestListsAreNeverCapped(t *testing.T) {
	w := newWorld(t, "memory:", identity.Principal{})
	const trucks = 1100
	s := newStory(t, w, here)
	papers := make([]*truck, trucks)
	for i := range papers {
		papers[i] = s.coal("pages")
	}
	var lodging sync.WaitGroup
	var mu sync.Mutex
	made := map[string]bool{}
	work := make(chan *truck)
	for range 16 {
		lodging.Go(func() {
			for k := range work {
				data, _ := encodeJSON(k.paper)
				r, err := w.request(t.Context(), w.token(identity.Carrier, ""), "POST", "/v1/manifests?port="+string(here), string(data))
				if err != nil || r.status != http.StatusAccepted {
					t.Errorf("%v %+v", err, r)
					continue
				}
				mu.Lock()
				made[r.decoded["subject"].(string)] = true
				s.last = fmt.Sprintf("port:%s:%d", here, max(placeOf(s.last), uint64(r.decoded["last"].(float64))))
				mu.Unlock()
			}
		})
	}
	for _, k := range papers {
		work <- k
	}
	close(work)
	lodging.Wait()
	if len(made) != trucks {
		t.Fatalf("%d movements were made of %d manifests", len(made), trucks)
	}

	walk := func(name, token, path, field string, limit int) map[string]int {
		seen, next := map[string]int{}, ""
		for pages := 0; ; pages++ {
			r := w.ask(t, token, "GET", fmt.Sprintf("%s&limit=%d&after=%s", path, limit, next), "", "Guomen-At-Least", s.last)
			if r.status != http.StatusOK || pages > 4*trucks {
				t.Fatalf("%s: page %d: %d %s", name, pages, r.status, r.body)
			}
			items, _ := r.decoded["items"].([]any)
			for _, item := range items {
				seen[item.(map[string]any)[field].(string)]++
			}
			if next, _ = r.decoded["next"].(string); next == "" {
				return seen
			}
			if pages == 1 {
				s.announce(s.coal("pages")) // one more, in the middle of the walk
				s.noted()
			}
		}
	}
	movements := walk("movements", w.token(identity.Region, ""), "/v1/movements?port="+string(here), "id", 100)
	own := walk("own movements", w.token(identity.Carrier, ""), "/v1/movements?state=announced", "id", 333)
	queue := walk("queue", w.token(identity.BorderInspection, here), "/v1/requirements?state=open", "movement", 250)
	for id := range made {
		if movements[id] != 1 || own[id] != 1 || queue[id] != 1 {
			t.Fatalf("movement %s is seen %d times, by its carrier %d, in the queue %d", id, movements[id], own[id], queue[id])
		}
	}
	if strangers := walk("another's", w.tokens[who{identity.Carrier, "", 1}], "/v1/movements?x=", "id", 100); len(strangers) > 0 {
		t.Errorf("another carrier sees %d", len(strangers))
	}
	cleared := 0
	for id := range made {
		if cleared++; cleared > 30 {
			break
		}
		s.settle(id)
	}
	s.noted()
	passes := walk("passes", w.token(identity.Customs, here), "/v1/passes?port="+string(here), "movement", 100)
	if len(passes) != 30 {
		t.Errorf("%d movements have a pass, 30 were cleared", len(passes))
	}
}

func placeOf(place string) uint64 {
	var seq uint64
	if at := len("port:" + string(here) + ":"); len(place) > at {
		_, _ = fmt.Sscan(place[at:], &seq)
	}
	return seq
}

// TestReadYourWrites: whoever names the place of his receipt reads nothing older.
func TestReadYourWrites(t *testing.T) {
	w := newWorld(t, "memory:", identity.Principal{})
	s := newStory(t, w, here)
	for range 20 {
		k := s.coal("at least")
		id, _ := s.announce(k)
		s.declare(k)
		var list struct{ Items []struct{ ID, State string } }
		s.into(s.do(identity.Trader, "GET", "/v1/movements?plate="+string(k.paper.Vehicle.Plate), nil, http.StatusOK, "Guomen-At-Least", s.last), &list)
		if len(list.Items) != 1 || list.Items[0].ID != id {
			t.Fatalf("declared, and its trader sees %+v", list)
		}
		var queue struct {
			Items []struct{ ID, Movement, Plate, Kind string }
		}
		s.into(s.do(identity.Customs, "GET", "/v1/requirements?state=open", nil, http.StatusOK, "Guomen-At-Least", s.last), &queue)
		if !slices.ContainsFunc(queue.Items, func(q struct{ ID, Movement, Plate, Kind string }) bool {
			return q.Movement == id && q.Kind == "customs_release" && q.Plate == string(k.paper.Vehicle.Plate)
		}) {
			t.Fatalf("declared, and the queue is %+v", queue)
		}
	}
	for _, place := range []string{"port:atlantis-road:1", "hold:00:1", "region:1"} { // nothing on the board would ever reach it
		began := time.Now()
		s.do(identity.Trader, "GET", "/v1/movements", nil, http.StatusNotFound, "Guomen-At-Least", place)
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s was waited for %s", place, took)
		}
	}
	s.end()
}

// TestQueueByOwner: a queue is asked for by the owner's function or by his organisation, and who asks for another's
// learns nothing.
func TestQueueByOwner(t *testing.T) {
	w := newWorld(t, "memory:", identity.Principal{})
	for _, at := range []port.PortID{here, there} {
		s := newStory(t, w, at)
		k := s.coal("owned")
		s.announce(k)
		s.declare(k)
		s.end()
		s.noted()
	}
	customs := officeOf(w.platform.registry(), here, identity.Customs)
	for _, c := range []struct {
		name, token, owner string
		some               bool
	}{
		{"the region, a function", w.token(identity.Region, ""), "customs_supervision", true},
		{"the region, an organisation", w.token(identity.Region, ""), customs, true},
		{"the region, nobody", w.token(identity.Region, ""), "atlantis", false},
		{"customs, itself", w.token(identity.Customs, here), customs, true},
		{"customs elsewhere, that here", w.token(identity.Customs, there), customs, false},
		{"customs, another function", w.token(identity.Customs, here), "border_inspection", false},
	} {
		var queue struct {
			Items []struct {
				Port  port.PortID
				Owner struct{ Organisation, Function string }
			}
			Next *string
		}
		r := w.ask(t, c.token, "GET", "/v1/requirements?owner="+c.owner, "")
		if err := json.Unmarshal(r.body, &queue); err != nil || r.status != http.StatusOK || (len(queue.Items) > 0) != c.some || queue.Next != nil {
			t.Errorf("%s: %d %s %v", c.name, r.status, r.body, err)
		}
		for _, one := range queue.Items {
			if one.Owner.Organisation != c.owner && one.Owner.Function != c.owner || c.owner == customs && one.Port != here {
				t.Errorf("%s: got one of %+v at %s", c.name, one.Owner, one.Port)
			}
		}
	}
}
