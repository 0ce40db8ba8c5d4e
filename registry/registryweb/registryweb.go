// Package registryweb is the pages of the ports: the region on one map (一张图), and each port.
//
// It knows how the pages look, not where their figures come from: the program gives a [Source] that fills the pages'
// structs from the registry, the movements, the gates and the statistics. Every figure may be unknown and is then shown
// as unknown.
package registryweb

import (
	"context"
	"embed"
	"net/http"

	"github.com/guomen/guomen/internal/web"
	"github.com/guomen/guomen/port"
)

//go:embed *.tmpl
var templateFiles embed.FS

// Source gives the pages their figures, as the viewer may see them.
type Source interface {
	// Region is the whole region now, with its ports in the registry's order. It fails with Unavailable only.
	Region(ctx context.Context, viewer *web.Viewer) (Region, error)
	// Port is one port now; Missing where there is none of that id, or none that the viewer may see.
	Port(ctx context.Context, viewer *web.Viewer, id port.PortID) (PortPage, error)
	// Changed speaks whenever the figures of a port, or of any port where id is empty, may have changed, as often as
	// pages should be drawn again and no more; its channel closes when the program stops.
	Changed(ctx context.Context, id port.PortID) <-chan struct{}
}

// Mount adds the pages and their live streams: GET /, /ports/{port}, /live/map, /live/ports/{port}. It fails on a
// damaged template or map.
func Mount(mux *http.ServeMux, shell *web.Shell, source Source) error {
	if err := shell.Templates(templateFiles); err != nil {
		return err
	}
	chart, err := newChart(shell)
	if err != nil {
		return err
	}
	h := &handler{source: source, chart: chart}
	shell.Handle(mux, "GET /{$}", h.showMap)
	shell.HandleLive(mux, "GET /live/map", h.mapFragments, func(r *web.Request) <-chan struct{} { return source.Changed(r.Context(), "") })
	shell.Handle(mux, "GET /ports/{port}", h.showPort)
	shell.HandleLive(mux, "GET /live/ports/{port}", h.portFragments, func(r *web.Request) <-chan struct{} {
		return source.Changed(r.Context(), port.PortID(r.PathValue("port")))
	})
	return nil
}

type handler struct {
	source Source
	chart  *chart
}
