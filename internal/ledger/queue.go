package ledger

import (
	"context"

	"github.com/guomen/guomen/internal/errs"
)

// Limits of a ledger's queue. MaxWaiting bounds the memory and the wait (at 5,000 commands a second it is four
// seconds); gates have as much for themselves, so that no flood of lodgements turns a reading away. MaxWaitingEach keeps
// one organisation from taking all of it; followerShare is the part of a batch that followers get however busy the port
// is, one in this many, so that views and deadlines never starve.
const (
	MaxWaiting     = 20_000
	MaxWaitingEach = 8_000
	followerShare  = 8
)

// pending is a command that waits, and where its answer goes.
type pending struct {
	ctx     context.Context
	command *Command
	line    *line
	hash    uint64 // of organisation and key
	rounds  int    // how often it has held up its batch
	done    chan result
}

type result struct {
	receipt Receipt
	err     error
}

// queue holds one ledger's waiting commands: a class for each priority, fair between organisations within it.
type queue struct {
	waiting int
	classes [priorities]class
	small   int // batches too small for the followers' share, since their last turn
}

// class is one priority: a ring of organisations, each with its commands in order.
type class struct {
	ring   []*lane
	by     map[string]*lane
	turn   int
	length int
}

type lane struct {
	organisation string
	commands     []*pending
	first        int
}

func (q *queue) push(p *pending) error {
	c := &q.classes[p.command.Priority]
	waiting := c.length
	if p.command.Priority != Gate {
		waiting = q.waiting - q.classes[Gate].length
	}
	if waiting >= MaxWaiting {
		return errs.New(errs.Busy, "queue.full", "%s has %d commands waiting", p.command.Ledger, q.waiting)
	}
	organisation := p.command.Actor.Organisation
	l := c.by[organisation]
	if l == nil {
		if c.by == nil {
			c.by = map[string]*lane{}
		}
		l = &lane{organisation: organisation}
		c.by[organisation] = l
		c.ring = append(c.ring, l)
	}
	if len(l.commands)-l.first >= MaxWaitingEach {
		return errs.New(errs.Busy, "queue.full", "%s has %d commands of %s waiting", p.command.Ledger, MaxWaitingEach, organisation)
	}
	if l.first > len(l.commands)/2 { // an organisation that never runs dry must not grow for ever
		n := copy(l.commands, l.commands[l.first:])
		clear(l.commands[n:])
		l.commands, l.first = l.commands[:n], 0
	}
	l.commands = append(l.commands, p)
	c.length++
	q.waiting++
	return nil
}

// pop takes at most limit commands: gates first, then lodgements, leaving followers their share.
func (q *queue) pop(to []*pending, limit int) []*pending {
	share := min(limit/followerShare, q.classes[Follower].length)
	if limit < followerShare && q.classes[Follower].length > 0 {
		if q.small++; q.small*limit >= followerShare {
			q.small, share = 0, 1
		}
	}
	left := limit - share
	for priority := range q.classes {
		if Priority(priority) == Follower {
			left += share
		}
		before := len(to)
		to = q.classes[priority].pop(to, left)
		left -= len(to) - before
		q.waiting -= len(to) - before
	}
	return to
}

// pop takes at most limit commands, one organisation after the other.
func (c *class) pop(to []*pending, limit int) []*pending {
	for limit > 0 && c.length > 0 {
		if c.turn >= len(c.ring) {
			c.turn = 0
		}
		l := c.ring[c.turn]
		to = append(to, l.commands[l.first])
		l.commands[l.first] = nil
		l.first++
		c.length--
		limit--
		if l.first == len(l.commands) {
			delete(c.by, l.organisation)
			c.ring = append(c.ring[:c.turn], c.ring[c.turn+1:]...)
			continue // the next organisation has slid into this place
		}
		c.turn++
	}
	return to
}
