package main

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/guomen/guomen/internal/bench"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
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
	From     uint64
	Clients  int
	Warm     time.Duration
	For      time.Duration
}

// judgeFound is a judging on its way between processes.
type judgeFound struct {
	bench.Result
	Batches, Commands, Decide, Commit float64
}

func (f *judgeFound) judging() judging {
	return judging{f.Result, batches{f.Batches, f.Commands, f.Decide, f.Commit}}
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
	b := &benchRun{benchOptions: benchOptions{}}
	if err := b.prepareJudging(); err != nil {
		return nil, err
	}
	p, err := openPlatform(ctx, e.Database, config{Hash: ledger.SHA256, Cipher: ledger.AES256GCM}, benchLog())
	if err != nil {
		return nil, err
	}
	return func() (any, error) {
		j, err := b.judge(ctx, p, bench.Load{Clients: e.Clients, Warm: e.Warm, For: e.For}, e.From, []port.PortID{benchPort})
		found := judgeFound{j.Result, j.count, j.commands, j.decide, j.commit}
		return found, errors.Join(err, p.close())
	}, nil
}
