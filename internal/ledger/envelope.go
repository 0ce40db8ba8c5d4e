package ledger

import (
	"bytes"
	"strconv"
	"sync"

	"github.com/guomen/guomen/port"
)

// A walk decodes millions of facts, and most of what stands around their bodies is the same from one to the next. The
// envelope is therefore taken apart where appendFact put it together; whatever does not look like that is decoded as any
// JSON is.

// cutEnvelope takes a stored fact apart; false where it does not look as appendFact writes it.
func (s *Schema) cutEnvelope(data []byte, e *envelope) bool {
	c := cutter{rest: data, ok: true}
	c.literal(`{"seq":`)
	e.Seq = c.number()
	c.literal(`,"name":"`)
	e.Name = s.nameOf(c.until('"'))
	c.literal(`,"at":"`)
	e.At = c.stamp()
	c.literal(`","recorded":"`)
	e.Recorded = c.stamp()
	c.literal(`","command":"`)
	e.Command = c.id()
	c.literal(`","actor":`)
	actor := c.object()
	if c.has(`,"digest":"`) {
		e.Digest = string(c.take(64))
		c.literal(`"`)
	}
	c.literal(`,"body":`)
	if !c.ok || len(c.rest) < 2 || c.rest[len(c.rest)-1] != '}' {
		return false
	}
	e.Body = c.rest[:len(c.rest)-1]
	return s.actors.decode(actor, &e.Actor) == nil
}

// nameOf is a fact's name without a copy, where the schema has it.
func (s *Schema) nameOf(name []byte) string {
	if t, ok := s.facts[string(name)]; ok {
		return t.name
	}
	return string(name)
}

// cutter cuts known pieces off the front of a text; once a piece is not there, nothing is any more.
type cutter struct {
	rest []byte
	ok   bool
}

func (c *cutter) has(text string) bool {
	if c.ok && len(c.rest) >= len(text) && string(c.rest[:len(text)]) == text {
		c.rest = c.rest[len(text):]
		return true
	}
	return false
}

func (c *cutter) literal(text string) { c.ok = c.has(text) }

func (c *cutter) take(n int) []byte {
	if !c.ok || len(c.rest) < n {
		c.ok = false
		return nil
	}
	taken := c.rest[:n]
	c.rest = c.rest[n:]
	return taken
}

// until takes what stands before a mark. A backslash would mean an escape, which is not ours.
func (c *cutter) until(mark byte) []byte {
	end := bytes.IndexByte(c.rest, mark)
	if !c.ok || end < 0 || bytes.IndexByte(c.rest[:end], '\\') >= 0 {
		c.ok = false
		return nil
	}
	taken := c.rest[:end]
	c.rest = c.rest[end+1:]
	return taken
}

func (c *cutter) number() uint64 {
	end := 0
	for end < len(c.rest) && c.rest[end] >= '0' && c.rest[end] <= '9' {
		end++
	}
	n, err := strconv.ParseUint(string(c.take(end)), 10, 64)
	c.ok = c.ok && err == nil
	return n
}

func (c *cutter) id() port.ID {
	const characters = 26
	id, err := port.ParseID(string(c.take(characters)))
	c.ok = c.ok && err == nil
	return id
}

// object takes one JSON object.
func (c *cutter) object() []byte {
	depth, quoted := 0, false
	for i := 0; c.ok && i < len(c.rest); i++ {
		switch b := c.rest[i]; {
		case quoted && b == '\\':
			i++
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '{':
			depth++
		case b == '}':
			if depth--; depth == 0 {
				return c.take(i + 1)
			}
		}
	}
	c.ok = false
	return nil
}

// stamp reads an instant as appendTime writes it: 2006-01-02T15:04:05.000000Z.
func (c *cutter) stamp() port.Time {
	const characters = 27
	t := c.take(characters)
	if t == nil || t[4] != '-' || t[7] != '-' || t[10] != 'T' || t[13] != ':' || t[16] != ':' || t[19] != '.' || t[26] != 'Z' {
		c.ok = false
		return 0
	}
	digits := func(from, to int) (n int64) {
		for _, b := range t[from:to] {
			if b < '0' || b > '9' {
				c.ok = false
			}
			n = 10*n + int64(b-'0')
		}
		return n
	}
	year, month, day := digits(0, 4), digits(5, 7), digits(8, 10)
	hour, minute, second, micro := digits(11, 13), digits(14, 16), digits(17, 19), digits(20, 26)
	if year < 1970 || month < 1 || month > 12 || day < 1 || day > 28 && day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59 {
		c.ok = false // unusual: let the parser of times say what it is
	}
	seconds := ((daysSince1970(year, month, day)*24+hour)*60+minute)*60 + second
	return port.Time(seconds*1_000_000 + micro)
}

func daysIn(year, month int64) int64 {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// daysSince1970 counts days of the Gregorian calendar, with years that begin in March, so that a leap day is the last.
func daysSince1970(year, month, day int64) int64 {
	if month <= 2 {
		year, month = year-1, month+12
	}
	const marchToMarch, before1970 = 153, 719468
	return 365*year + year/4 - year/100 + year/400 + (marchToMarch*(month-3)+2)/5 + day - 1 - before1970
}

// actors remembers how actors are written: a port has some hundreds, and every fact names one.
type actors struct {
	mu    sync.RWMutex
	known map[string]Actor
}

// maxActors bounds what is remembered; with more about, it begins anew.
const maxActors = 4096

func (a *actors) decode(data []byte, to *Actor) error {
	a.mu.RLock()
	actor, ok := a.known[string(data)]
	a.mu.RUnlock()
	if ok {
		*to = actor
		return nil
	}
	if err := decode(data, to); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.known) >= maxActors || a.known == nil {
		a.known = map[string]Actor{}
	}
	a.known[string(data)] = *to
	return nil
}
