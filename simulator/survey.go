package simulator

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/port"
)

// surveyPause is the wait before asking a server again that does not answer yet.
const surveyPause = time.Second

// survey asks the server for its ports and lanes and prepares a world for each.
func (s *Simulator) survey(ctx context.Context) ([]*world, error) {
	ids := s.cfg.Ports
	for len(ids) == 0 && ctx.Err() == nil {
		found, err := s.open(ctx)
		if err == nil && len(found) == 0 {
			return nil, errs.New(errs.Missing, "", "%s has no open port that the profile knows", s.cfg.Server)
		}
		if err != nil {
			s.log.Warn("waiting for the server", "error", err)
			sleep(ctx, surveyPause)
		}
		ids = found
	}
	var worlds []*world
	for _, id := range ids {
		w := newWorld(s, id)
		for w.lanes == nil && ctx.Err() == nil {
			var detail struct {
				Lanes []lane      `json:"lanes"`
				Hours []sideHours `json:"hours"`
			}
			if err := s.client.get(ctx, followRole, id, "/v1/ports/"+string(id), &detail); err != nil {
				s.log.Warn("waiting for the server", "port", id, "error", err)
				sleep(ctx, surveyPause)
				continue
			}
			w.hours = detail.Hours
			if w.lanes = detail.Lanes; !w.complete() {
				return nil, errs.New(errs.Missing, "", "%s lacks freight lanes for entry and exit both ways", id)
			}
		}
		worlds = append(worlds, w)
	}
	return worlds, nil
}

// open lists the ports that are open and in the profile, in the profile's order.
func (s *Simulator) open(ctx context.Context) ([]port.PortID, error) {
	var list struct {
		Items []struct {
			ID     port.PortID     `json:"id"`
			Status json.RawMessage `json:"status"`
		} `json:"items"`
	}
	if err := s.client.get(ctx, followRole, s.profile.Ports[0].Port, "/v1/ports", &list); err != nil {
		return nil, err
	}
	var ids []port.PortID
	for i := range s.profile.Ports {
		id := s.profile.Ports[i].Port
		for _, item := range list.Items {
			if item.ID == id && slices.Contains([]string{"open", "temporarily_open"}, statusOf(item.Status)) {
				ids = append(ids, id)
			}
		}
	}
	return ids, nil
}

// statusOf reads a status that stands alone or with its dates and sources.
func statusOf(raw json.RawMessage) string {
	var plain string
	if json.Unmarshal(raw, &plain) == nil {
		return plain
	}
	var standing struct {
		Status string `json:"status"`
	}
	_ = json.Unmarshal(raw, &standing) // neither: no status, so not open
	return standing.Status
}

// complete tells whether freight can enter and leave both ways.
func (w *world) complete() bool {
	for _, direction := range []port.Direction{port.Import, port.Export} {
		for _, gate := range []port.DuePoint{port.DueEntryGate, port.DueExitGate} {
			if w.freeLane(direction, gate, trafficFreight) == nil {
				return false
			}
		}
	}
	return true
}
