package main

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/guomen/guomen/internal/bench"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/port"
)

// benchChild is the argument by which bench starts this program as a second process. People have no use for it.
const benchChild = "child"

// benchErrand is what a second process is asked to do: one of them.
type benchErrand struct {
	Judge *judgeErrand `json:"judge,omitempty"`
	Send  *sendErrand  `json:"send,omitempty"`
}

// judgeErrand asks for a load of judged declarations on one ledger of a database.
type judgeErrand struct {
	Database string
	Key      string // file of the master key
	From     uint64
	Clients  int
	Warm     time.Duration
	For      time.Duration
}

// serveBench is the second process.
func serveBench(ctx context.Context, in io.Reader, out io.Writer) error {
	var errand benchErrand
	return bench.Serve(in, out, &errand, func() (func() (any, error), error) {
		switch {
		case errand.Judge != nil:
			return errand.Judge.prepare(ctx)
		case errand.Send != nil:
			return errand.Send.prepare(ctx)
		}
		return nil, errs.New(errs.Invalid, "", "an errand to do nothing")
	})
}

func (e *judgeErrand) prepare(ctx context.Context) (func() (any, error), error) {
	b := &benchRun{key: e.Key}
	if err := b.prepareJudging(); err != nil {
		return nil, err
	}
	p, err := b.open(ctx, e.Database)
	if err != nil {
		return nil, err
	}
	return func() (any, error) {
		load := bench.Load{Clients: e.Clients, Warm: e.Warm, For: e.For}
		j, err := b.judge(ctx, p, trial{load: load, from: e.From, ports: []port.PortID{benchPort}, shared: true})
		return j, errors.Join(err, p.close())
	}, nil
}
