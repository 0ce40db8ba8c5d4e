package simulator

import (
	"context"
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"github.com/guomen/guomen/port"
)

// office hours: the traffic of the tests begins at ten in the morning, Beijing time.
var morning = time.Date(2026, 6, 1, 10, 0, 0, 0, beijing)

// drive runs the simulator on a fake for some simulated time and gives its report.
func drive(t *testing.T, f *fake, hours float64, change func(*Config)) Report {
	t.Helper()
	cfg := Config{
		Server: f.server.URL, Tokens: func(role string, _ port.PortID) string { return role }, Seed: 7, Speed: 7200, Start: morning, MaxRate: 2000,
		Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
	if change != nil {
		change(&cfg)
	}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	for s.Report().Simulated < time.Duration(hours*float64(time.Hour)) && ctx.Err() == nil {
		time.Sleep(20 * time.Millisecond)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	r := s.Report()
	if text, err := json.MarshalIndent(r, "", " "); err != nil {
		t.Error(err)
	} else {
		t.Logf("%s", text)
	}
	return r
}

func TestTrafficLives(t *testing.T) {
	f := newFake(t, "erenhot-road")
	r := drive(t, f, 24, nil)
	if r.Violated != 0 {
		t.Errorf("%d violations", r.Violated)
	}
}
