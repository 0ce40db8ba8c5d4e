package ledger

import (
	"context"
	"encoding/binary"
	"hash/fnv"
	"strconv"
	"time"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/port"
)

// openDeadline is the kind of look-up that says a deadline has neither passed nor been withdrawn: there is one for every
// stored deadline.
const openDeadline = "deadline"

func deadlineKey(due port.Time, id port.ID) string {
	return id.String() + " " + strconv.FormatInt(int64(due), 10)
}

// passID names the command that passes a deadline. The instant counts too: a deadline that was met and is set again
// for later passes again.
func passID(row DeadlineRow) port.ID {
	h := fnv.New64a()
	h.Write(row.ID[:])
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(row.Due)))
	return port.NewID(row.ID.Milliseconds(), row.ID.Ledger(), h.Sum64())
}

// DeadlinePassed is recorded by the ticker when nobody has met a deadline in time. Capabilities react to it by Kind. A
// reading that turns out to precede the deadline withdraws it by a fact of the capability's own.
type DeadlinePassed struct {
	Deadline port.ID   `json:"deadline"`
	Kind     string    `json:"kind"`
	Subject  port.ID   `json:"subject"`
	Due      port.Time `json:"due"`
}

// FactName is deadline.passed.v1.
func (DeadlinePassed) FactName() string { return "deadline.passed.v1" }

// passDeadline records that a deadline has passed, unless it has been met since the ticker read it.
type passDeadline struct{ row DeadlineRow }

func (d passDeadline) Prefetch(want *Wants) {
	want.Lookup(openDeadline, deadlineKey(d.row.Due, d.row.ID))
}

func (d passDeadline) Decide(tx *Tx) error {
	id, err := tx.Lookup(openDeadline, deadlineKey(d.row.Due, d.row.ID))
	if err != nil {
		return err
	}
	if id.IsZero() { // a refusal binds no key, so the same deadline may be set again
		return errs.New(errs.Missing, "deadline.closed", "deadline %s has been met", d.row.ID)
	}
	return tx.Record(DeadlinePassed{Deadline: d.row.ID, Kind: d.row.Kind, Subject: d.row.Subject, Due: d.row.Due})
}

// tickEvery is how late a deadline may be noticed. Legal clocks count in minutes and days.
const tickEvery = time.Second

// Tick passes the deadlines of every ledger that are due, until the context ends. The command for a deadline has a fixed
// id, so any number of processes may tick.
func (e *Engine) Tick(ctx context.Context) error {
	ticker := time.NewTicker(tickEvery)
	defer ticker.Stop()
	for {
		if err := e.TickOnce(ctx); err != nil && ctx.Err() == nil {
			e.log.Error("the ticker failed", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// TickOnce passes what is due now. A deadline that cannot pass, because what reacts to it refuses or breaks, is left for
// the next time and does not stop the others; the first such error is returned at the end.
func (e *Engine) TickOnce(ctx context.Context) error {
	var first error
	for _, name := range e.Ledgers() {
		number, _ := e.Number(name)
		rows, err := e.store.Deadlines(ctx, number, e.Now(), pageRows)
		if err != nil {
			return err
		}
		for _, row := range rows {
			_, err := e.Submit(ctx, Command{
				ID: passID(row), Ledger: name, Actor: Actor{Organisation: "guomen", Role: "ticker"}, Priority: Follower,
				At: row.Due, Do: passDeadline{row},
			})
			switch errs.KindOf(err) {
			case errs.Unavailable, errs.Busy:
				return err
			case errs.Missing: // met since it was read, or passed by another ticker
			default:
				if first == nil {
					first = errs.Wrap(errs.Broken, err, "pass deadline %s of %s", row.ID, name)
				}
			}
		}
	}
	return first
}
