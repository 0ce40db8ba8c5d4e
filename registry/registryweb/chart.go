package registryweb

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/guomen/guomen/internal/text"
	"github.com/guomen/guomen/internal/web"
	"github.com/guomen/guomen/port"
)

// chart draws the region. It remembers where labels went and which way is outwards, for places change rarely and finding
// out takes milliseconds.
type chart struct {
	outline outline
	leagues []LeagueShape
	mu      sync.Mutex
	placed  map[string][]box
	outward map[[2]float64]float64
}

func newChart(shell *web.Shell) (*chart, error) {
	o, err := loadOutline(shell)
	if err != nil {
		return nil, err
	}
	c := &chart{outline: o, placed: map[string][]box{}, outward: map[[2]float64]float64{}}
	for _, l := range o.Leagues {
		c.leagues = append(c.leagues, LeagueShape{ID: l.ID, Path: l.path(), X: l.Centre[0], Y: l.Centre[1]})
	}
	return c, nil
}

// draw lays the region out for one reader.
func (c *chart) draw(region Region, filter Filter, format web.Format) Drawing {
	sites := c.sites(region.Ports, filter, format)
	frame := frameOf(sites)
	labels := c.place(sites, frame, format.Language)
	for i := range sites {
		sites[i].settle(labels[i])
	}
	d := Drawing{
		Left: int(frame.left()), Top: int(frame.top()), Width: int(frame.w), Height: int(frame.h),
		Leagues: slices.Clone(c.leagues), Grid: c.grid(frame), Sites: sites,
	}
	for i := range d.Leagues {
		l := &d.Leagues[i]
		name := format.Words(web.Said("map.league." + l.ID))
		l.Hidden = covered(box{float64(l.X), float64(l.Y) - 7, nameWidth(name), 22}, sites, labels)
	}
	for i := range d.Grid {
		if g := &d.Grid[i]; covered(box{float64(g.X) + 24, float64(g.Y) - 6, 48, 18}, sites, labels) {
			g.Name = ""
		}
	}
	for _, name := range [...]struct {
		country             string
		longitude, latitude float64
	}{{"MN", 108.6, 45.6}, {"RU", 116.2, 51.2}} {
		x, y := c.outline.Projection.point(name.longitude, name.latitude)
		d.Countries = append(d.Countries, CountryName{Country: name.country, X: int(x), Y: int(y)})
	}
	return d
}

// nameWidth is about how wide a league's name is drawn.
func nameWidth(name string) float64 {
	width := 0.0
	for _, r := range name {
		if r > 0x2E80 {
			width += 25
		} else {
			width += 14
		}
	}
	return width
}

// covered tells whether a name of the ground would stand under a place's mark, its label, or the line between them.
func covered(name box, sites []SiteMark, labels []box) bool {
	for i, s := range sites {
		mark := box{s.X, s.Y, 32, 32}
		if name.overlap(labels[i], 4) > 0 || name.overlap(mark, 0) > 0 || name.cut(s.X, s.Y, labels[i].x, labels[i].y) {
			return true
		}
	}
	return false
}

// sites groups the ports by place, in their order.
func (c *chart) sites(ports []Line, filter Filter, format web.Format) []SiteMark {
	var sites []SiteMark
	index := map[port.SiteID]int{}
	for _, line := range ports {
		id := line.ID.Site()
		i, ok := index[id]
		if !ok {
			i = len(sites)
			index[id] = i
			x, y := c.outline.Projection.point(line.Longitude, line.Latitude)
			sites = append(sites, SiteMark{ID: id, Name: line.Site, X: math.Round(x), Y: math.Round(y), Class: line.Class, Dim: true})
		}
		site := &sites[i]
		wanted := filter.takes(line)
		site.Dim = site.Dim && !wanted
		site.Land = site.Land || line.Mode() != port.Air
		site.Moving = append(site.Moving, line.Moving...)
		site.Ring += float64(line.Waiting.Value)
		site.Label.Chips = append(site.Label.Chips, Chip{Line: line, Dim: !wanted})
	}
	for i := range sites {
		site := &sites[i]
		site.Angle = -90
		if site.Land {
			site.Angle = c.outwards(site.X, site.Y)
		}
		if site.Ring > 0 {
			site.Ring = math.Round(min(16+2.6*math.Sqrt(site.Ring), 92))
		}
		site.Label.measure(format.Words(site.Name), format)
	}
	return sites
}

// remembered bounds what a chart remembers: a handful of languages, each with a few sets of places.
const remembered = 64

func (c *chart) outwards(x, y float64) float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	angle, ok := c.outward[[2]float64{x, y}]
	if !ok {
		if len(c.outward) >= remembered {
			clear(c.outward)
		}
		angle = c.outline.outwards(x, y)
		c.outward[[2]float64{x, y}] = angle
	}
	return angle
}

// frameOf is the part of the country that is shown: all places with room around them. It depends on the places alone, so
// that a filter moves nothing.
func frameOf(sites []SiteMark) box {
	left, right, top, bottom := -700.0, 500.0, -600.0, 500.0
	for _, s := range sites {
		left, right = math.Min(left, s.X), math.Max(right, s.X)
		top, bottom = math.Min(top, s.Y), math.Max(bottom, s.Y)
	}
	left, right, top, bottom = left-170, right+290, top-95, bottom+70
	return box{x: (left + right) / 2, y: (top + bottom) / 2, w: right - left, h: bottom - top}
}

func (c *chart) place(sites []SiteMark, frame box, language text.Language) []box {
	marks := make([]mark, len(sites))
	var key strings.Builder
	for i, s := range sites {
		marks[i] = mark{x: s.X, y: s.Y, w: s.Label.W, h: s.Label.H, outwards: s.Angle, busy: 16}
		if s.Land {
			marks[i].lane = laneSpan
		}
		if !s.Land {
			marks[i].outwards = 90 // an airport lies inland: below it there is room
		}
		// A number may grow by a digit without moving the labels of the whole map.
		marks[i].w += 2 * numeral
		fmt.Fprintf(&key, "%s %s %.0f %.0f %d;", language, s.ID, s.X, s.Y, len(s.Label.Chips))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	found, ok := c.placed[key.String()]
	if !ok {
		if len(c.placed) >= remembered {
			clear(c.placed)
		}
		found = place(marks, frame)
		c.placed[key.String()] = found
	}
	// The box that was found has room to spare; the label keeps to its side that faces the place.
	fitted := make([]box, len(found))
	for i, b := range found {
		w := sites[i].Label.W
		spare := (b.w - w) / 2
		if b.x > sites[i].X+1 {
			b.x -= spare
		} else if b.x < sites[i].X-1 {
			b.x += spare
		}
		b.w = w
		fitted[i] = b
	}
	return fitted
}

// grid is every fifth parallel and meridian within the frame, with their names at the frame's left and upper edges.
func (c *chart) grid(frame box) []GridLine {
	var lines []GridLine
	inside := func(x, y float64) bool {
		return x >= frame.left() && x <= frame.right() && y >= frame.top() && y <= frame.bottom()
	}
	trace := func(name string, at func(t float64) (float64, float64), vertical bool) {
		line := GridLine{Name: name}
		var d strings.Builder
		shown := false
		for t := 0.0; t <= 1.0001; t += 1.0 / 48 {
			x, y := at(t)
			command := "L"
			if d.Len() == 0 {
				command = "M"
			}
			fmt.Fprintf(&d, "%s%.0f %.0f", command, x, y)
			if inside(x, y) && !shown {
				shown = true
				line.X, line.Y = int(frame.left())+12, int(y)-6
				if vertical {
					line.X, line.Y = int(x)+8, int(frame.top())+26
				}
			}
		}
		if shown {
			line.Path = d.String()
			lines = append(lines, line)
		}
	}
	p := c.outline.Projection
	for latitude := 35.0; latitude <= 60; latitude += 5 {
		trace(fmt.Sprintf("%.0f°N", latitude), func(t float64) (float64, float64) { return p.point(90+45*t, latitude) }, false)
	}
	for longitude := 90.0; longitude <= 135; longitude += 5 {
		trace(fmt.Sprintf("%.0f°E", longitude), func(t float64) (float64, float64) { return p.point(longitude, 60-27*t) }, true)
	}
	return lines
}
