// Package movementweb is the page of one movement, where everybody reads the same checklist, and the search that finds
// it by number plate, container, transport batch or declaration number.
//
// It knows how the pages look, not where their contents come from: the program gives a [Source].
package movementweb

import (
	"context"
	"embed"
	"net/http"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/web"
	"github.com/guomen/guomen/port"
)

//go:embed *.tmpl
var templateFiles embed.FS

// Source gives the pages their contents, as the viewer may see them, and takes the one command that they offer.
type Source interface {
	// Movement is one movement now; Missing where there is none of that id, or none that the viewer may see.
	Movement(ctx context.Context, viewer *web.Viewer, id port.ID) (Page, error)
	// Find finds movements by a plate, container, batch or declaration number as somebody typed it, the newest first,
	// at most limit of them; more tells that there are others. It fails with Invalid for a query that cannot be any of
	// these, and with Unavailable.
	Find(ctx context.Context, viewer *web.Viewer, query string, limit int) (hits []Hit, more bool, err error)
	// Override carries out an officer's decision; Denied where the viewer may not, Missing, Conflict where the movement
	// has moved on, Invalid with problems at decision, reason and note.
	Override(ctx context.Context, viewer *web.Viewer, override Override) error
	// Changed speaks whenever the movement may have changed, as often as its page should be drawn again and no more; its
	// channel closes when the program stops.
	Changed(ctx context.Context, id port.ID) <-chan struct{}
}

// Mount adds the pages: GET /movements/{movement} with its live stream /live/movements/{movement}, POST
// /movements/{movement}/override, GET /search. It fails on a damaged template.
func Mount(mux *http.ServeMux, shell *web.Shell, source Source) error {
	if err := shell.Templates(templateFiles); err != nil {
		return err
	}
	h := &handler{source: source}
	shell.Handle(mux, "GET /movements/{movement}", h.show)
	shell.HandleLive(mux, "GET /live/movements/{movement}", h.fragments, func(r *web.Request) <-chan struct{} {
		id, _ := port.ParseID(r.PathValue("movement")) // the fragments have been drawn once: it parses
		return source.Changed(r.Context(), id)
	})
	shell.Handle(mux, "POST /movements/{movement}/override", h.override)
	shell.Handle(mux, "GET /search", h.search)
	return nil
}

type handler struct{ source Source }

// page loads the movement that the address names.
func (h *handler) page(r *web.Request) (Page, error) {
	id, err := port.ParseID(r.PathValue("movement"))
	if err != nil {
		return Page{}, errs.New(errs.Missing, "", "movement id: %v", err)
	}
	return h.source.Movement(r.Context(), r.Viewer, id)
}

func (h *handler) show(r *web.Request) (web.Page, error) {
	page, err := h.page(r)
	page.Done = r.FormValue("done") == "override"
	page.Form.Key = r.ID
	return page, err
}
