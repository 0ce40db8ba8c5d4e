package main

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/guomen/guomen/gate"
	"github.com/guomen/guomen/internal/bench"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/port"
)

// sendErrand asks a second process to send declarations over so many connections, and readings over one for each lane.
type sendErrand struct {
	Address         string
	Port            port.PortID
	Traders         []string // tokens
	Device          string   // token of the lanes
	Connections     int
	Lanes           []port.LaneID
	From            uint64 // number of the first declaration
	Passes, Used    uint64 // see passNumber
	Most            uint64 // readings
	Mass            port.Kilograms
	Every           time.Duration // between a lane's readings
	Warm, For, Part time.Duration
}

// sendFound is what it found.
type sendFound struct {
	Declarations, Readings bench.Result
}

// run lets a second process do the errand.
func (e *sendErrand) run(ctx context.Context, program []string) (found sendFound, err error) {
	child, err := bench.Spawn(ctx, program, benchErrand{Send: e})
	if err != nil {
		return found, err
	}
	return found, errors.Join(child.Go(), child.Wait(&found))
}

// prepare is the second process's side: it opens the connections.
func (e *sendErrand) prepare(ctx context.Context) (func() (any, error), error) {
	papers, err := newPapers()
	if err != nil {
		return nil, err
	}
	declarations, err := e.declarations(ctx, papers)
	if err != nil {
		return nil, err
	}
	readings, err := e.readings(ctx)
	if err != nil {
		return nil, err
	}
	return func() (any, error) {
		var found sendFound
		var sent, read error
		var both sync.WaitGroup
		both.Go(func() { found.Declarations, sent = declarations.Run(ctx) })
		both.Go(func() { found.Readings, read = readings.Run(ctx) })
		both.Wait()
		return found, errors.Join(sent, read)
	}, nil
}

// dial opens connections, which the process's end closes.
func (e *sendErrand) dial(ctx context.Context, count int) (wires []*bench.Wire, err error) {
	for range count {
		wire, err := bench.Dial(ctx, e.Address)
		if err != nil {
			return nil, err
		}
		wires = append(wires, wire)
	}
	return wires, nil
}

func (e *sendErrand) declarations(ctx context.Context, papers *papers) (bench.Load, error) {
	wires, err := e.dial(ctx, e.Connections)
	path := "/v1/declarations?port=" + string(e.Port)
	var given atomic.Uint64
	load := bench.Load{Clients: e.Connections, Warm: e.Warm, For: e.For, Part: e.Part}
	load.Do = func(_ context.Context, client int) error {
		paper := papers.declaration.Fill(benchNumbers(e.From + given.Add(1)))
		status, said, err := wires[client].Post(path, e.Traders[client%len(e.Traders)], paper)
		if err == nil && status != http.StatusAccepted {
			err = errs.New(errs.Broken, "", "a declaration was answered with %d: %s", status, said)
		}
		return err
	}
	return load, err
}

func (e *sendErrand) readings(ctx context.Context) (bench.Load, error) {
	wires, err := e.dial(ctx, len(e.Lanes))
	given := e.Used
	var mu sync.Mutex
	load := bench.Load{Clients: len(e.Lanes), Warm: e.Warm, For: e.For, Most: e.Most, Pause: e.Every}
	load.Do = func(_ context.Context, client int) error {
		mu.Lock()
		i := given
		given++
		mu.Unlock()
		body, err := encodeJSON(gate.Reading{Plate: benchPlate(passNumber(i, e.Passes)), Mass: e.Mass})
		if err != nil {
			return err
		}
		status, said, err := wires[client].Post("/v1/lanes/"+string(e.Lanes[client])+"/readings", e.Device, body)
		if err == nil && (status != http.StatusOK || !bytes.Contains(said, []byte(`"decision":"open"`))) {
			err = errs.New(errs.Broken, "", "a reading was answered with %d: %s", status, said)
		}
		return err
	}
	return load, err
}
