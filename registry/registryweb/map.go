package registryweb

import (
	"github.com/guomen/guomen/internal/web"
	"github.com/guomen/guomen/port"
)

// MapPage is the region on one map, with the same figures in a table.
type MapPage struct {
	Region
	Filter  Filter
	Chosen  []Line // of Region.Ports, those that the filter takes
	Drawing Drawing
	Chips   []FilterGroup
}

// FilterGroup is one row of links that narrow the map, such as the modes.
type FilterGroup struct {
	Key     string // catalogue key of its name
	Choices []FilterChoice
}

// FilterChoice is one link of a group. A key that is empty is "all".
type FilterChoice struct {
	Key    string
	Query  string // "/" and the query of the filter that the link leads to
	Chosen bool
	Count  int64
}

// LatestShown is how many of the newest crossings are listed: as many as stand beside the map on a desk.
const LatestShown = 15

func (h *handler) page(r *web.Request) (MapPage, error) {
	region, err := h.source.Region(r.Context(), r.Viewer)
	if err != nil {
		return MapPage{}, err
	}
	region.Latest = region.Latest[:min(len(region.Latest), LatestShown)]
	page := MapPage{Region: region, Filter: filterOf(r)}
	for _, line := range region.Ports {
		if page.Filter.takes(line) {
			page.Chosen = append(page.Chosen, line)
		}
	}
	page.Drawing = h.chart.draw(region, page.Filter, r.Format())
	page.Chips = page.Filter.groups(region.Ports)
	return page, nil
}

func (h *handler) showMap(r *web.Request) (web.Page, error) { return h.page(r) }

// Template is the page's template.
func (MapPage) Template() string { return "map" }

// Head titles the page.
func (p MapPage) Head(r *web.Request) web.Head {
	return web.Head{Title: r.Say("map.title"), Section: "/", Live: "/live/map" + p.Filter.query()}
}

// mapFragments are the parts of the map page that move: the totals, each place, each row, the newest crossings.
func (h *handler) mapFragments(r *web.Request) ([]web.Fragment, error) {
	page, err := h.page(r)
	if err != nil {
		return nil, err
	}
	parts := []web.Fragment{
		{ID: "as-of", Template: "map/as-of", Data: page.At},
		{ID: "totals", Template: "map/totals", Data: page.Totals},
		{ID: "latest", Template: "map/latest", Data: page.Latest},
	}
	for _, site := range page.Drawing.Sites {
		parts = append(parts, web.Fragment{ID: "site-" + string(site.ID), Template: "map/site", Data: site})
	}
	for _, line := range page.Chosen {
		parts = append(parts, web.Fragment{ID: "row-" + string(line.ID), Template: "map/row", Data: line})
	}
	return parts, nil
}

// groups are the filter's links. A choice that is set leads back to all.
func (f Filter) groups(ports []Line) []FilterGroup {
	mode := FilterGroup{Key: "map.filter.mode"}
	for _, m := range append([]port.Mode{""}, port.Modes()...) {
		with := f
		with.Mode = m
		mode.add(keyOr(m != "", "enum.mode."+string(m)), with, f.Mode == m, ports)
	}
	class := FilterGroup{Key: "map.filter.class"}
	for _, c := range append([]port.Class{""}, port.Classes()...) {
		with := f
		with.Class = c
		class.add(keyOr(c != "", "map.class."+string(c)), with, f.Class == c, ports)
	}
	now := FilterGroup{Key: "map.filter.now"}
	for _, n := range append([]Now{""}, Nows()...) {
		with := f
		with.Now = n
		now.add(keyOr(n != "", "map.now."+string(n)), with, f.Now == n, ports)
	}
	return []FilterGroup{mode, class, now}
}

func keyOr(some bool, key string) string {
	if !some {
		return "map.filter.all"
	}
	return key
}

func (g *FilterGroup) add(key string, with Filter, chosen bool, ports []Line) {
	choice := FilterChoice{Key: key, Query: "/" + with.query(), Chosen: chosen}
	for _, line := range ports {
		if with.takes(line) {
			choice.Count++
		}
	}
	g.Choices = append(g.Choices, choice)
}

// Change is how today compares with yesterday at this time, in whole percent; unknown where either is.
func (t Totals) Change(now, before web.Figure) web.Figure {
	if !now.Known || !before.Known || before.Value == 0 {
		return web.Figure{}
	}
	return web.Some(100 * (now.Value - before.Value) / before.Value)
}
