package web

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"net/http"
	"time"

	"github.com/guomen/guomen/internal/errs"
)

const (
	// streamMax bounds the open streams of one process: each holds a goroutine and the digests of one page, some 20 kB.
	streamMax = 2000
	// heartbeat keeps proxies from closing a quiet stream (they wait 30 s and more) and is when the viewer is checked
	// again, so that a lapsed session sees nothing for longer than this.
	heartbeat = 20 * time.Second
	// sendMax is how long one write may take before the reader is given up.
	sendMax = 10 * time.Second
)

// Fragment is a part of a page that can be drawn again: the element with this id, drawn by this template.
type Fragment struct {
	ID       string
	Template string
	Data     any
}

// HandleLive adds the stream of a page, by server-sent events. Whenever wake says that something may have changed,
// fragments are drawn and those that differ from what this reader has are sent, as one message without a name:
//
//	data: <hx-partial hx-target="#ID" hx-swap="outerMorph">…</hx-partial>
//
// for each. How often wake speaks is its own business; a stream that is still sending misses what it says meanwhile and
// catches up with the next. The first message holds every fragment. wake's channel closes when the program stops, and
// the reader's browser comes back by itself.
func (s *Shell) HandleLive(mux *http.ServeMux, pattern string, fragments func(*Request) ([]Fragment, error), wake func(*Request) <-chan struct{}) {
	mux.HandleFunc(pattern, func(w http.ResponseWriter, hr *http.Request) {
		r, err := s.enter(w, hr, true)
		if err == nil {
			defer s.streams.Add(-1)
			if s.streams.Add(1) > streamMax {
				err = errs.New(errs.Busy, "", "%d live streams are open", streamMax)
			}
		}
		if err == nil {
			_, err = fragments(r) // before the first byte, so that a missing page is a 404
		}
		if err != nil {
			s.fail(w, r, err)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "text/event-stream; charset=utf-8")
		h.Set("Cache-Control", "no-store")
		h.Set("X-Accel-Buffering", "no") // nginx would hold events back
		stream := stream{shell: s, r: r, out: http.NewResponseController(w), w: w, sent: map[string]uint64{}, seed: maphash.MakeSeed()}
		stream.run(fragments, wake(r))
	})
}

type stream struct {
	shell *Shell
	r     *Request
	w     http.ResponseWriter
	out   *http.ResponseController
	sent  map[string]uint64 // fragment id → digest of what the reader has
	seed  maphash.Seed
}

// run sends until the reader leaves, the session lapses or the program stops.
func (t *stream) run(fragments func(*Request) ([]Fragment, error), wake <-chan struct{}) {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	update := func() error {
		parts, err := fragments(t.r)
		if err != nil {
			return err
		}
		return t.send(parts)
	}
	err := update()
	for err == nil {
		select {
		case <-t.r.Context().Done():
			return
		case _, open := <-wake:
			if !open {
				return
			}
			err = update()
		case <-beat.C:
			if t.r.Viewer, err = t.shell.config.Door.Viewer(t.r.Request); err == nil && t.r.Viewer == nil {
				return
			}
			if err == nil {
				err = t.write([]byte(": \n\n"))
			}
		}
	}
	if t.r.Context().Err() == nil {
		t.shell.logger.Info("live stream ended", "request", t.r.ID, "path", t.r.URL.Path, "error", err)
	}
}

// send draws the fragments and writes those that changed as one event.
func (t *stream) send(parts []Fragment) error {
	var event bytes.Buffer
	for _, part := range parts {
		drawn, err := t.shell.Fragment(t.r, part)
		if err != nil {
			return err
		}
		digest := maphash.Bytes(t.seed, drawn)
		if before, ok := t.sent[part.ID]; ok && before == digest {
			continue
		}
		t.sent[part.ID] = digest
		event.WriteString("data: <hx-partial hx-target=\"#" + part.ID + "\" hx-swap=\"outerMorph\">\ndata: ")
		event.Write(bytes.ReplaceAll(bytes.TrimSpace(drawn), []byte("\n"), []byte("\ndata: ")))
		event.WriteString("\ndata: </hx-partial>\n")
	}
	if event.Len() == 0 {
		return nil
	}
	event.WriteByte('\n')
	return t.write(event.Bytes())
}

func (t *stream) write(event []byte) error {
	t.out.SetWriteDeadline(time.Now().Add(sendMax)) // a server that cannot set one has its own
	if _, err := t.w.Write(event); err != nil {
		return err
	}
	return t.out.Flush()
}

// Fragment draws one fragment in the reader's language.
func (s *Shell) Fragment(r *Request, part Fragment) ([]byte, error) {
	var drawn bytes.Buffer
	if err := s.sets[r.Language].root.ExecuteTemplate(&drawn, part.Template, part.Data); err != nil {
		return nil, fmt.Errorf("draw fragment %s: %w", part.ID, err)
	}
	return drawn.Bytes(), nil
}
