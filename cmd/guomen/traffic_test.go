package main

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/port"
	"github.com/guomen/guomen/simulator"
)

// The traffic of a day on the platform itself: goods go from the line to the yard, are declared by contract and in lots,
// and leave on vehicles and trains; trains come, and a wagon stays behind; travellers cross. Nothing is violated, and the
// server refuses nothing that one who knows the law would send.
func TestTrafficFromLineToYardToInland(t *testing.T) {
	if testing.Short() {
		t.Skip("a day at the ports takes most of a minute")
	}
	w := newWorld(t, "memory:", identity.Principal{})
	tokens, err := demoTokens(t.Context(), w.platform)
	if err != nil {
		t.Fatal(err)
	}
	rates := simulator.DefaultRates()
	rates.InParts.Value, rates.WagonHeld.Value, rates.Overloaded.Value, rates.TurnedAway.Value = 0.5, 1, 0.2, 0.1
	yard, rail, travel := port.PortID("mandula-road"), port.PortID("erenhot-rail"), port.PortID("erenhot-road")
	traffic, err := simulator.New(simulator.Config{
		Server: w.server.URL, Tokens: tokens.find, Seed: 3, Speed: 2400, MaxRate: 1000, Ports: []port.PortID{yard, rail, travel}, Rates: rates, Start: workingHour(time.Now()),
		Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := traffic.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	want := map[port.PortID][]string{
		yard:   {"unloaded", "stored", "declared.yard", "declared.lot", "train.called", "overloaded", "left", "sent.confirmation", "sent.report"},
		rail:   {"entered", "left", "wagon.examined", "wagon.left_behind", "wagon.collected"},
		travel: {"entered", "left", "person.turned_away"},
	}
	missing := func() (list []string) {
		r := traffic.Report()
		for at, names := range want {
			for _, name := range names {
				if r.Ports[at][name] == 0 {
					list = append(list, string(at)+" "+name)
				}
			}
		}
		slices.Sort(list)
		return list
	}
	for deadline := time.Now().Add(4 * time.Minute); len(missing()) > 0 && time.Now().Before(deadline); {
		time.Sleep(200 * time.Millisecond)
	}
	stop()
	running.Wait()
	r := traffic.Report()
	if left := missing(); len(left) > 0 {
		t.Errorf("after %s nothing was counted as %v: %v", r.Simulated, left, r.Ports)
	}
	if r.Violated != 0 {
		t.Errorf("%d violations, such as %+v", r.Violated, r.Violations[0])
	}
	for what, q := range r.Requests {
		for status, n := range q.Statuses {
			if status >= 400 && status != 409 {
				t.Errorf("%d of %s were answered with %d", n, what, status)
			}
		}
	}
	for at := range want {
		w.watched(t, at)
	}
}
