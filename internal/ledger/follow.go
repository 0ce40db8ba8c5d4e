package ledger

import (
	"context"
	"encoding/binary"
	"hash/fnv"
	"runtime/debug"
	"strings"
	"time"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/port"
)

// Follows reads one ledger and asks others for something because of what it read: fan-out that is too large for a
// reaction, and everything between ledgers. It is pure: the same facts give the same commands, whose ids name the fact
// they come from, so that redelivery is harmless.
type Follows struct {
	Name string
	// Ledgers is the prefix of the names it reads, such as "port:" or "region".
	Ledgers string
	// React gives the commands that follow from one fact. Their ids and keys are set by the engine.
	React func(f Fact) []Command
}

// FollowID names the n-th command that a follower makes of a fact.
func FollowID(f *Fact, to Number, follower string, n int) port.ID {
	h := fnv.New64a()
	var b [20]byte
	binary.BigEndian.PutUint16(b[:], uint16(f.Number))
	binary.BigEndian.PutUint64(b[2:], f.Seq)
	binary.BigEndian.PutUint64(b[10:], uint64(n))
	h.Write(b[:])
	h.Write([]byte(follower))
	return port.NewID(int64(f.Recorded)/1000, uint16(to), h.Sum64())
}

// followPage is how many facts a follower reads at once, and retryEvery how long it waits when a command could not be
// given (the database is gone, a queue is full): it then reads on from its cursor. Its cursor is saved no oftener than
// saveEvery, since each time costs a flush that commands could have had.
const (
	followPage = 512
	retryEvery = time.Second
	saveEvery  = time.Second
)

// lease waits until this process alone holds a name, however often the database goes away meanwhile. It fails only when
// the context ends.
func (e *Engine) lease(ctx context.Context, name string) (release func(), err error) {
	for {
		release, err := e.store.Lease(ctx, name)
		if err == nil || ctx.Err() != nil {
			return release, err
		}
		e.log.Error("a lease is waited for", "lease", name, "error", err)
		select {
		case <-time.After(retryEvery):
		case <-ctx.Done():
		}
	}
}

// Follow runs a follower over all ledgers it reads until the context ends. One process at a time holds its lease.
func (e *Engine) Follow(ctx context.Context, f Follows) error {
	release, err := e.lease(ctx, "follower "+f.Name)
	if err != nil {
		return nil
	}
	defer release()
	followed := map[Name]bool{}
	done := make(chan struct{})
	running := 0
	for ctx.Err() == nil {
		for _, name := range e.Ledgers() {
			if strings.HasPrefix(string(name), f.Ledgers) && !followed[name] {
				followed[name] = true
				running++
				go func() {
					defer func() { done <- struct{}{} }()
					e.followLedger(ctx, f, name)
				}()
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(retryEvery): // a ledger may have been added
		}
	}
	for range running {
		<-done
	}
	return nil
}

func (e *Engine) followLedger(ctx context.Context, f Follows, name Name) {
	number, _ := e.Number(name)
	cursor, saved, read := uint64(0), uint64(0), false
	var at time.Time // of the last save
	for ctx.Err() == nil {
		var err error
		if !read {
			cursor, err = e.store.Cursor(ctx, f.Name, number)
			saved, read = cursor, err == nil
		}
		var facts []Fact
		if read {
			wait := time.Minute
			if saved != cursor {
				wait = saveEvery
			}
			facts, err = e.Facts(ctx, name, cursor, followPage, wait)
		}
		for i := range facts {
			if err == nil {
				err = e.carry(ctx, f, &facts[i])
			}
			if err == nil {
				cursor = facts[i].Seq
			}
		}
		if saved != cursor && (len(facts) == 0 || len(facts) == followPage || time.Since(at) >= saveEvery) {
			wrong := e.saveCursor(ctx, CursorRow{f.Name, number, cursor})
			if wrong == nil {
				saved, at = cursor, time.Now()
			} else if err == nil {
				err = wrong
			}
		}
		if err != nil && ctx.Err() == nil {
			e.log.Error("a follower waits", "follower", f.Name, "ledger", name, "cursor", cursor, "error", err)
			select {
			case <-time.After(retryEvery):
			case <-ctx.Done():
			}
		}
	}
}

// carry gives the commands of one fact and waits for their receipts. A command that is refused is an answer: refusing
// again would change nothing. A follower that panics waits, as one whose command breaks does.
func (e *Engine) carry(ctx context.Context, f Follows, fact *Fact) (err error) {
	defer func() {
		if caught := recover(); caught != nil {
			err = errs.New(errs.Broken, "", "follower %s panicked at %s %d: %v\n%s", f.Name, fact.Ledger, fact.Seq, caught, debug.Stack())
		}
	}()
	for n, command := range f.React(*fact) {
		to, ok := e.Number(command.Ledger)
		if !ok {
			return errs.New(errs.Missing, "ledger.unknown", "follower %s writes to %q", f.Name, string(command.Ledger))
		}
		command.ID = FollowID(fact, to, f.Name, n)
		command.Key = ""
		command.Priority = Follower
		if command.Actor.Organisation == "" {
			command.Actor = Actor{Organisation: "guomen", Role: "follower", Person: f.Name}
		}
		if _, err := e.Submit(ctx, command); err != nil {
			switch errs.KindOf(err) {
			case errs.Unavailable, errs.Busy, errs.Broken, 0:
				return err
			}
		}
	}
	return nil
}

// saveCursor writes a cursor in a small transaction of its own. It may lag behind: what is carried again is repeated.
func (e *Engine) saveCursor(ctx context.Context, row CursorRow) error {
	tx, err := e.store.Begin(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := tx.Write(&Batch{Cursors: []CursorRow{row}}); err != nil {
		return err
	}
	return tx.Commit()
}

// FollowerLag is how many facts a follower has yet to carry over all ledgers that it reads, for metrics. It is up to a
// saved cursor behind what is true, whichever process follows.
func (e *Engine) FollowerLag(ctx context.Context, f Follows) (behind uint64, err error) {
	for _, name := range e.Ledgers() {
		if !strings.HasPrefix(string(name), f.Ledgers) {
			continue
		}
		number, _ := e.Number(name)
		cursor, err := e.store.Cursor(ctx, f.Name, number)
		if err != nil {
			return 0, err
		}
		if known := e.known(name); known > cursor {
			behind += known - cursor
		}
	}
	return behind, nil
}
