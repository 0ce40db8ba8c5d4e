package main

import (
	"context"
	"encoding/hex"
	"slices"

	"github.com/guomen/guomen/internal/api"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/movement/board"
	"github.com/guomen/guomen/port"
	"github.com/guomen/guomen/registry"
)

// dataRoutes are the routes of what everybody looks up: ports, release times, proofs, tokens.
func (s *site) dataRoutes() {
	api.Get(s.api, "/v1/ports", "The region's ports 口岸", s.listPorts)
	api.Get(s.api, "/v1/ports/{port}", "One port with its lanes", s.onePort)
	api.Get(s.api, "/v1/statistics/release-times", "Release times 整体通关时间 (working definition)", s.releaseTimes)
	api.Get(s.api, "/v1/ledgers/{ledger}/checkpoint", "The root over a ledger's facts (RFC 6962)", s.checkpoint)
	api.Get(s.api, "/v1/ledgers/{ledger}/proof", "That one fact stands in a ledger", s.proof)
	api.Post(s.api, "/v1/ports/{port}/statuses", "Set a port's status from a day on 口岸状态", s.setStatus)
	s.tokenRoutes()
}

// portItem is one port in lists.
type portItem struct {
	ID        port.PortID          `json:"id"`
	Site      port.SiteID          `json:"site"`
	Mode      port.Mode            `json:"mode"`
	Class     port.Class           `json:"class"`
	Status    registry.Status      `json:"status"`
	Names     registry.Names       `json:"names"`
	Latitude  float64              `json:"latitude,omitempty"`
	Longitude float64              `json:"longitude,omitempty"`
	Traffic   []trafficItem        `json:"traffic"`
	Port      *registry.Port       `json:"attributes,omitempty"`
	SiteInfo  *registry.Site       `json:"site_attributes,omitempty"`
	Lanes     []registry.Lane      `json:"lanes,omitempty"`
	Hours     []registry.HoursSet  `json:"hours,omitempty"`
	History   []registry.StatusSet `json:"history,omitempty"`
}

// trafficItem is how one kind of traffic in one direction stands today.
type trafficItem struct {
	Traffic   registry.Traffic  `json:"traffic"`
	Direction port.Direction    `json:"direction"`
	Standing  registry.Standing `json:"standing"`
	Now       registry.Opening  `json:"now"`
}

type portList struct {
	Items []portItem `json:"items"`
	Next  api.Cursor `json:"next"`
}

func (s *site) item(state *registry.State, one registry.Port) portItem {
	now := s.platform.engine.Now()
	day := registry.DayOf(now)
	item := portItem{ID: one.ID, Site: one.ID.Site(), Mode: one.ID.Mode(), Status: state.OverallOn(one.ID, day), Traffic: []trafficItem{}}
	if one.Class != nil {
		item.Class = one.Class.Value
	}
	if one.Position != nil {
		item.Latitude, item.Longitude = one.Position.Value.Latitude, one.Position.Value.Longitude
	}
	if one.Names != nil {
		item.Names = one.Names.Value
	}
	for _, traffic := range []registry.Traffic{registry.Freight, registry.Passenger} {
		for _, direction := range []port.Direction{port.Import, port.Export} {
			item.Traffic = append(item.Traffic, trafficItem{traffic, direction, state.StatusOn(one.ID, traffic, direction, day), state.OpenAt(one.ID, traffic, direction, now)})
		}
	}
	return item
}

func (s *site) listPorts(context.Context, *struct{}) (portList, error) {
	state := s.platform.registry()
	list := portList{Items: []portItem{}}
	for _, one := range state.Ports() {
		list.Items = append(list.Items, s.item(state, one))
	}
	return list, nil
}

type portQuery struct {
	Port string `path:"port"`
	On   string `query:"on" maxLength:"10" doc:"a day, as 2021-11-01: the status then"`
}

func (s *site) onePort(_ context.Context, q *portQuery) (portItem, error) {
	state := s.platform.registry()
	one, ok := state.Port(port.PortID(q.Port))
	if !ok {
		return portItem{}, errs.Missed("port", "port.unknown", q.Port)
	}
	item := s.item(state, one)
	if q.On != "" {
		day, last, ok := registry.Date(q.On).Span()
		if !ok || day != last {
			return portItem{}, errs.Bad([]errs.Problem{errs.At("on", "port.day", q.On)})
		}
		item.Status = state.OverallOn(one.ID, day)
		for i := range item.Traffic {
			item.Traffic[i].Standing = state.StatusOn(one.ID, item.Traffic[i].Traffic, item.Traffic[i].Direction, day)
		}
	}
	item.Port, item.Lanes, item.Hours, item.History = &one, state.Lanes(one.ID), state.Hours(one.ID), state.Statuses(one.ID)
	if place, ok := state.Site(one.ID.Site()); ok {
		item.SiteInfo = &place
	}
	return item, nil
}

type releaseQuery struct {
	Port      string `query:"port"`
	Mode      string `query:"mode" enum:"road,rail,air"`
	Direction string `query:"direction" enum:"import,export"`
	From      string `query:"from" doc:"RFC 3339; default: a day ago"`
	To        string `query:"to"`
}

// spanStats is one distribution of spans in seconds; nil figures where nothing was counted.
type spanStats struct {
	Count  int      `json:"count"`
	Mean   *float64 `json:"mean_seconds"`
	Median *float64 `json:"median_seconds"`
	P90    *float64 `json:"p90_seconds"`
}

// releaseStats is the answer on release times. Definition says what was measured.
type releaseStats struct {
	Definition string    `json:"definition"`
	From       port.Time `json:"from"`
	To         port.Time `json:"to"`
	Release    spanStats `json:"release"`
	Inspected  spanStats `json:"inspected"`
	Excluded   int       `json:"excluded_for_missing_stamps"`
	Truncated  bool      `json:"truncated"` // there were more than are computed with: the latest were taken
}

// releaseRows bounds what one answer is computed from: a month of the busiest port.
const releaseRows = 200_000

func (s *site) releaseTimes(ctx context.Context, q *releaseQuery) (releaseStats, error) {
	now := s.platform.engine.Now()
	from, to := now.Add(-port.Day), now
	var problems []errs.Problem
	for _, one := range []struct {
		text string
		to   *port.Time
		path string
	}{{q.From, &from, "from"}, {q.To, &to, "to"}} {
		if one.text != "" {
			if err := one.to.UnmarshalText([]byte(one.text)); err != nil {
				problems = append(problems, errs.At(one.path, "statistics.span", one.text))
			}
		}
	}
	if err := errs.Bad(problems); err != nil {
		return releaseStats{}, err
	}
	by := identity.From(ctx)
	at := port.PortID(q.Port)
	if at == "" {
		at = by.Port
	}
	if _, known := s.platform.registry().Port(at); at != "" && !known || !by.ActsAt(at) {
		return releaseStats{}, errs.Missed("port", "port.unknown", q.Port)
	}
	list, err := s.platform.board.Releases(ctx, at, port.Direction(q.Direction), from, to, releaseRows)
	if err != nil {
		return releaseStats{}, err
	}
	stats := releaseStats{Definition: "guomen working definition: customs release minus arrival at the supervised place, per consignment", From: from, To: to, Truncated: len(list) == releaseRows}
	var all, inspected []float64
	for _, one := range list {
		if q.Mode != "" && string(one.Port.Mode()) != q.Mode {
			continue
		}
		if one.Arrived == 0 {
			stats.Excluded++
			continue
		}
		seconds := max(0, one.Released.Sub(one.Arrived).Std().Seconds()) // released before it came (提前申报): no wait
		all = append(all, seconds)
		if one.Inspected {
			inspected = append(inspected, seconds)
		}
	}
	stats.Release, stats.Inspected = distribution(all), distribution(inspected)
	return stats, nil
}

func distribution(spans []float64) spanStats {
	if len(spans) == 0 {
		return spanStats{}
	}
	slices.Sort(spans)
	total := 0.0
	for _, s := range spans {
		total += s
	}
	mean, median, p90 := total/float64(len(spans)), board.Quantile(spans, 0.5), board.Quantile(spans, 0.9)
	return spanStats{len(spans), &mean, &median, &p90}
}

type ledgerQuery struct {
	Ledger string `path:"ledger"`
	Seq    uint64 `query:"seq"`
	Size   uint64 `query:"size" doc:"0: all that there is"`
}

// checkpointItem is the root over the first Size facts of a ledger, in hex.
type checkpointItem struct {
	Ledger    ledger.Name      `json:"ledger"`
	Algorithm ledger.Algorithm `json:"algorithm"`
	Size      uint64           `json:"size"`
	Root      string           `json:"root"`
}

// proofAnswer is a checkpoint, and the path that leads from one fact to it.
type proofAnswer struct {
	Checkpoint checkpointItem `json:"checkpoint"`
	Seq        uint64         `json:"seq,omitempty"`
	Path       []string       `json:"path,omitempty"` // hex, from the leaf up
}

func (s *site) ledgerOf(ctx context.Context, text string) (ledger.Name, error) {
	name := ledger.Name(text)
	if _, ok := s.platform.engine.Number(name); !ok || !mayFollow(identity.From(ctx), name) {
		return "", errs.New(errs.Missing, "ledger.unknown", "no ledger %q", text)
	}
	return name, nil
}

func (s *site) checkpoint(ctx context.Context, q *ledgerQuery) (proofAnswer, error) {
	name, err := s.ledgerOf(ctx, q.Ledger)
	if err != nil {
		return proofAnswer{}, err
	}
	c, err := s.platform.prover.Checkpoint(ctx, name, q.Size)
	return proofAnswer{Checkpoint: checkpointItem{c.Ledger, c.Algorithm, c.Size, c.Root.String()}}, err
}

func (s *site) proof(ctx context.Context, q *ledgerQuery) (proofAnswer, error) {
	answer, err := s.checkpoint(ctx, q)
	if err != nil {
		return answer, err
	}
	path, err := s.platform.prover.Inclusion(ctx, ledger.Name(q.Ledger), q.Seq, answer.Checkpoint.Size)
	answer.Seq = q.Seq
	for _, step := range path {
		answer.Path = append(answer.Path, hex.EncodeToString(step))
	}
	return answer, err
}

type statusInput struct {
	Port string `path:"port"`
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body struct {
		Traffic   registry.Traffic `json:"traffic,omitempty" maxLength:"20"`
		Direction port.Direction   `json:"direction,omitempty" maxLength:"10"`
		Status    registry.Status  `json:"status" required:"true" maxLength:"40"`
		From      registry.Date    `json:"from,omitempty" maxLength:"40" doc:"ISO 8601-2: a day, month or year"`
		To        registry.Date    `json:"to,omitempty" maxLength:"40"`
		Note      string           `json:"note,omitempty" maxLength:"1000" doc:"what it rests on"`
	}
}

// setStatus records that a port's traffic has another status: a change is a fact, and what was true before stays true
// of its days.
func (s *site) setStatus(ctx context.Context, in *statusInput) (ledger.Receipt, error) {
	fact := registry.StatusSet{
		Port: port.PortID(in.Port), Scope: registry.Scope{Traffic: in.Body.Traffic, Direction: in.Body.Direction}, Status: in.Body.Status,
		From: in.Body.From, To: in.Body.To, Provenance: registry.Provenance{Source: registry.ByOperator, Note: in.Body.Note},
	}
	if _, err := s.platform.registry().With(fact); err != nil {
		return ledger.Receipt{}, err
	}
	digest, err := ledger.DigestOf([]any{in.Port, in.Body})
	if err != nil {
		return ledger.Receipt{}, err
	}
	number, _ := s.platform.engine.Number(regionLedger)
	return s.platform.engine.Submit(ctx, ledger.Command{
		ID: newID(number), Ledger: regionLedger, Actor: identity.From(ctx).Actor(), Priority: ledger.Gate, Key: in.Key, Body: digest,
		Do: loadFacts{[]registry.Fact{fact}},
	})
}
