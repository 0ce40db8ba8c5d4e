package movementweb

import (
	"strings"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/web"
	"github.com/guomen/guomen/port"
)

// hitsShown is how many movements a search lists; who has more to look through narrows the search.
const hitsShown = 50

// queryMax bounds what is searched for, in bytes: a declaration number has 18 digits, a plate pair some 30 bytes.
const queryMax = 200

// Hit is one movement that was found.
type Hit struct {
	Movement  port.ID
	By        string // what matched: plate, container, batch, declaration
	Matched   string // as it stands in the record
	Plate     port.Plate
	Port      port.PortID
	PortName  web.Words
	Direction port.Direction
	State     State
	Checklist port.RequirementState // the worst of it
	At        port.Time
}

// SearchPage is what a search found.
type SearchPage struct {
	Query   string
	Hits    []Hit
	More    bool
	Invalid bool // the query is none of the numbers that can be searched for
}

// Template is the page's template.
func (SearchPage) Template() string { return "search" }

// Head titles the page.
func (p SearchPage) Head(r *web.Request) web.Head {
	return web.Head{Title: r.Say("movement.search.title"), Section: "/search", Search: p.Query}
}

// search shows what was found; exactly one movement is shown itself.
func (h *handler) search(r *web.Request) (web.Page, error) {
	page := SearchPage{Query: strings.TrimSpace(r.FormValue("q"))}
	if page.Query == "" {
		return page, nil
	}
	if len(page.Query) > queryMax {
		page.Query, page.Invalid = "", true
		return page, nil
	}
	hits, more, err := h.source.Find(r.Context(), r.Viewer, page.Query, hitsShown)
	if errs.KindOf(err) == errs.Invalid {
		page.Invalid = true
		return page, nil
	}
	if err != nil {
		return nil, err
	}
	if len(hits) == 1 && !more {
		return web.SeeOther("/movements/" + hits[0].Movement.String()), nil
	}
	page.Hits, page.More = hits, more
	return page, nil
}
