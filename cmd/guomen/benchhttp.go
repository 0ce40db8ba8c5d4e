package main

import (
	"context"
	"errors"
	"net"
	"net/url"
	"time"

	"github.com/guomen/guomen/internal/bench"
	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

func (b *bed) http64(ctx context.Context) error  { return b.http(ctx, "http_64", 64) }
func (b *bed) http256(ctx context.Context) error { return b.http(ctx, "http_256", 256) }

// Readings come beside the declarations from every lane, one each readingEvery at most: each of them takes what a lane in
// life takes in a minute. They leave half of the passes that are there to the next figure.
const readingEvery = 100 * time.Millisecond

// http sends declarations from a second process, and readings of gates beside them.
func (b *bed) http(ctx context.Context, name string, connections int) error {
	h, err := b.openHarbour(ctx)
	if err != nil {
		return err
	}
	if h.server == nil {
		if h.server, err = serveHarbour(ctx, b, h); err != nil {
			return err
		}
	}
	if _, err := caughtUp(ctx, h.platform.views); err != nil {
		return err
	}
	errand := h.errand(connections, b.warm(), b.span())
	if b.minutes > 0 {
		errand.For, errand.Part = time.Duration(b.minutes)*time.Minute, time.Minute
	}
	stop, err := b.startProfile("." + name)
	if err != nil {
		return err
	}
	seen := h.platform.metrics.batches()
	found, err := errand.run(ctx, b.program)
	if err := errors.Join(err, stop()); err != nil {
		return err
	}
	ended := time.Now()
	lag, err := caughtUp(ctx, h.platform.views)
	if err != nil {
		return err
	}
	talk("%s: the views were %d facts behind at the end, and took %.2f s to catch up", name, lag, time.Since(ended).Seconds())
	h.used += found.Readings.Acknowledged
	j := judging{found.Declarations, h.platform.metrics.batches().since(seen)}
	j.tell(name)
	raw, err := b.raw(ctx, b.lodged, [][]ledger.Name{{ledgerOf(benchPort)}}, 1, j.perBatch())
	if err != nil {
		return err
	}
	lines := []bench.Line{
		bench.NewLine(name, j.Rate(), bench.PerSecond).Beside(raw).Of(j.Latency, connections),
		bench.NewLine(name+"_gate", found.Readings.Rate(), bench.PerSecond).Of(found.Readings.Latency, len(errand.Lanes)),
		bench.NewLine(name+"_view_lag", float64(lag), bench.Facts),
	}
	minute := func(when string, part *bench.Latency) bench.Line {
		return bench.NewLine(name+"_"+when+"_minute", float64(part.Count())/j.PartSeconds, bench.PerSecond).Beside(raw).Of(part, connections)
	}
	if n := len(j.Parts); n > 0 {
		lines = append(lines, minute("first", j.Parts[0]), minute("last", j.Parts[n-1]))
	}
	for _, line := range lines {
		err = errors.Join(err, b.print(line))
	}
	return err
}

// benchServer is the platform's HTTP side as it is in production, views and ticker running.
type benchServer struct {
	address string
	traders []string // tokens
	device  string
	cancel  context.CancelFunc
	ended   chan error
}

func serveHarbour(ctx context.Context, b *bed, h *harbour) (*benchServer, error) {
	s, err := newSite(h.platform, siteConfig{})
	if err != nil {
		return nil, err
	}
	s.intake.Law = benchLaw{h.platform.law, b.book}
	server := &benchServer{ended: make(chan error, 1)}
	var tokens []identity.TokenIssued
	issue := func(by identity.Principal) string {
		secret := identity.NewToken()
		tokens = append(tokens, identity.TokenIssued{Hash: identity.HashToken(secret), Organisation: by.Organisation, Role: by.Role, Person: by.Person, Port: by.Port})
		return secret
	}
	for client := range traders {
		server.traders = append(server.traders, issue(benchTrader(client)))
	}
	server.device = issue(identity.Principal{Organisation: "bench-lanes", Role: identity.Device, Port: benchPort})
	if err := h.platform.issueTokens(ctx, setup, tokens); err != nil {
		return nil, err
	}
	h.platform.run(ctx)
	ctx, server.cancel = context.WithCancel(ctx)
	listens := make(chan string, 1)
	go func() { server.ended <- s.listen(ctx, "127.0.0.1:0", func(url string) { listens <- url }) }()
	select {
	case at := <-listens:
		u, err := url.Parse(at)
		server.address = net.JoinHostPort(u.Hostname(), u.Port())
		return server, err
	case err := <-server.ended:
		return nil, err
	}
}

func (s *benchServer) stop() error {
	s.cancel()
	return <-s.ended
}

func (h *harbour) errand(connections int, warm, span time.Duration) *sendErrand {
	e := &sendErrand{
		Address: h.server.address, Port: benchPort, Traders: h.server.traders, Device: h.server.device, Connections: connections,
		From: runNumbers + uint64(connections)<<32, Passes: h.passes, Used: h.used, Warm: warm, For: span, Every: readingEvery,
	}
	for _, lane := range h.course.lanes(port.DueEntryGate) {
		e.Lanes = append(e.Lanes, lane.ID)
	}
	e.Most = (h.passes - h.used) / 2
	if each := (warm + span) * time.Duration(len(e.Lanes)); each/e.Every > time.Duration(e.Most) {
		e.Every = each / time.Duration(max(1, e.Most))
	}
	e.Mass = h.course.papers.vehicle
	return e
}
