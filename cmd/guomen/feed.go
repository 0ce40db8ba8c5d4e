package main

import (
	"bufio"
	"net/http"
	"strconv"
	"time"

	"github.com/guomen/guomen/internal/api"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/movement/board"
	"github.com/guomen/guomen/port"
)

// Limits of the streams: a page of facts, how long a stream may stay open before its reader asks again (proxies cut
// longer ones), how long one page may take to be read, and how many streams a process serves at once.
const (
	feedPage    = 512
	feedWait    = 60 * time.Second
	feedWrite   = 30 * time.Second // a reader that takes no page for so long is gone
	feedStreams = 1000
)

// feed serves the facts of a ledger, and an organisation's own events, as lines of JSON that go on as they happen.
type feed struct {
	platform *platform
	streams  chan struct{}
}

func newFeed(p *platform) *feed { return &feed{p, make(chan struct{}, feedStreams)} }

func (f *feed) routes(a *api.API) {
	a.Raw("GET", "/v1/facts", "A ledger's facts as they happen, one line of JSON each", nil, nil, f.facts)
	a.Raw("GET", "/v1/events", "What concerns the caller's organisation, as it happens", nil, nil, f.events)
}

// span reads after, limit and wait of a stream's address.
func span(r *http.Request) (after uint64, limit int, wait time.Duration, err error) {
	q := r.URL.Query()
	var problems []errs.Problem
	if text := q.Get("after"); text != "" {
		if after, err = strconv.ParseUint(text, 10, 44); err != nil {
			problems = append(problems, errs.At("after", "feed.after", text))
		}
	}
	limit = 1 << 30
	if text := q.Get("limit"); text != "" {
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 {
			problems = append(problems, errs.At("limit", "feed.limit", text))
		}
	}
	if text := q.Get("wait"); text != "" {
		if wait, err = time.ParseDuration(text); err != nil {
			if seconds, notSeconds := strconv.Atoi(text); notSeconds == nil {
				wait, err = time.Duration(seconds)*time.Second, nil
			}
		}
		if err != nil || wait < 0 {
			problems = append(problems, errs.At("wait", "feed.wait", text))
		}
	}
	return after, limit, min(wait, feedWait), errs.Bad(problems)
}

func (f *feed) enter() error {
	select {
	case f.streams <- struct{}{}:
		return nil
	default:
		return errs.New(errs.Busy, "queue.full", "%d streams are open", feedStreams)
	}
}

func (f *feed) facts(w http.ResponseWriter, r *http.Request) error {
	after, limit, wait, err := span(r)
	if err != nil {
		return err
	}
	name := ledger.Name(r.URL.Query().Get("ledger"))
	if _, ok := f.platform.engine.Number(name); !ok || !mayFollow(identity.From(r.Context()), name) {
		return errs.New(errs.Missing, "ledger.unknown", "no ledger %q", string(name))
	}
	if err := f.enter(); err != nil {
		return err
	}
	defer func() { <-f.streams }()
	return f.stream(w, r, wait, func(left time.Duration, write func([]byte)) (bool, error) {
		rows, err := f.platform.engine.Rows(r.Context(), name, after, min(feedPage, limit), left)
		if err != nil {
			return false, err
		}
		for i := range rows {
			write(rows[i].Data)
			after = rows[i].Seq
		}
		limit -= len(rows)
		return len(rows) > 0 && limit > 0, nil
	})
}

// mayFollow tells whether a principal may read a whole ledger: his own port's, or any for those who see everything. The
// region's ledger holds tokens' hashes and is the administrators'.
func mayFollow(by identity.Principal, name ledger.Name) bool {
	if by.Role.Everywhere() {
		return name != regionLedger || by.Role == identity.Administrator
	}
	return len(name) > len("port:") && name[:len("port:")] == "port:" && by.SeesAll(board.PortOf(name))
}

// event is one line of an organisation's stream: its own cursor, and the fact.
type event struct {
	Cursor int64       `json:"cursor"`
	Port   port.PortID `json:"port"`
	Fact   rawMessage  `json:"fact"`
}

// rawMessage is JSON that is there already.
type rawMessage []byte

// MarshalJSON is the message itself.
func (m rawMessage) MarshalJSON() ([]byte, error) { return m, nil }

func (f *feed) events(w http.ResponseWriter, r *http.Request) error {
	after, limit, wait, err := span(r)
	if err != nil {
		return err
	}
	organisation := identity.From(r.Context()).Organisation
	if err := f.enter(); err != nil {
		return err
	}
	defer func() { <-f.streams }()
	cursor := int64(after)
	return f.stream(w, r, wait, func(left time.Duration, write func([]byte)) (bool, error) {
		list, err := f.platform.board.Events(r.Context(), organisation, cursor, min(feedPage, limit))
		if err != nil {
			return false, err
		}
		if len(list) == 0 {
			f.platform.views.Pause(r.Context(), min(left, time.Second))
			return left > time.Second, nil
		}
		for _, e := range list {
			rows, err := f.platform.engine.Rows(r.Context(), e.Ledger, e.Seq-1, 1, 0)
			if err != nil || len(rows) == 0 {
				return false, err
			}
			line, err := encodeJSON(event{e.N, board.PortOf(e.Ledger), rows[0].Data})
			if err != nil {
				return false, err
			}
			write(line)
			cursor = e.N
		}
		limit -= len(list)
		return limit > 0, nil
	})
}

// stream writes lines as next gives them, until it says that there are no more, the time is over, the reader goes or his
// token is taken back. The first page is asked for before the first byte, so that a failure is still an answer.
func (f *feed) stream(w http.ResponseWriter, r *http.Request, wait time.Duration, next func(left time.Duration, write func([]byte)) (bool, error)) error {
	out := bufio.NewWriterSize(w, 64<<10)
	control := http.NewResponseController(w)
	by := identity.From(r.Context())
	deadline := time.Now().Add(wait)
	begun, sent := false, false
	begin := func() {
		if !begun {
			w.Header().Set("Content-Type", "application/x-ndjson")
			w.Header().Set("Cache-Control", "no-store")
			begun = true
		}
	}
	for {
		left := max(0, time.Until(deadline))
		_ = control.SetWriteDeadline(time.Now().Add(left + feedWrite)) // anew for every page: a whole ledger is many
		more, err := next(left, func(line []byte) {
			begin()
			_, _ = out.Write(line)
			_ = out.WriteByte('\n')
		})
		if err != nil && !begun {
			return err
		}
		if !f.platform.directory.Good(by) { // not a line more, of those either that were read meanwhile
			if sent {
				return nil
			}
			return errs.New(errs.Unauthenticated, "access.token_unknown", "the token was taken back")
		}
		begin()
		if err := out.Flush(); err != nil { // the reader has gone
			return nil
		}
		_ = control.Flush()
		sent = true
		if err != nil || !more {
			return nil
		}
	}
}
