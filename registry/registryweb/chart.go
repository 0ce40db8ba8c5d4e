package registryweb

import (
	"fmt"
	"math"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/guomen/guomen/internal/text"
	"github.com/guomen/guomen/internal/web"
	"github.com/guomen/guomen/port"
)

// Sizes on the map, in its units, which are kilometres: at 1,000 pixels for some 1,900 km, one pixel is two of them.
const (
	tile      = 34.0 // side of the square that stands for one port
	glyph     = 23.0 // side of the mode's drawing in it
	row       = 46.0 // height of a row of a label
	letterCJK = 27.0 // width of a character of a name
	letter    = 16.2
	numeral   = 15.4
	padding   = 7.0
	beside    = 7.0  // between a tile and what belongs to it
	between   = 12.0 // between two ports of a label
	laneSpan  = 78.0 // length of the line on which crossings move
)

// chart draws the region. It remembers where labels went, for places change rarely and finding them takes milliseconds.
type chart struct {
	outline outline
	leagues []LeagueShape
	mu      sync.Mutex
	placed  map[string][]box
}

func newChart(shell *web.Shell) (*chart, error) {
	o, err := loadOutline(shell)
	if err != nil {
		return nil, err
	}
	c := &chart{outline: o, placed: map[string][]box{}}
	for _, l := range o.Leagues {
		c.leagues = append(c.leagues, LeagueShape{ID: l.ID, Path: l.path(), X: l.Centre[0], Y: l.Centre[1]})
	}
	return c, nil
}

// Drawing is the map, ready for its template.
type Drawing struct {
	Left, Top, Width, Height int
	Leagues                  []LeagueShape
	Grid                     []GridLine
	Sites                    []SiteMark
	Countries                []CountryName
}

// LeagueShape is one league: its outline, and where its name stands.
type LeagueShape struct {
	ID   string
	Path string
	X, Y int
}

// GridLine is a meridian or parallel with its name, such as 110°E.
type GridLine struct {
	Path string
	Name string
	X, Y int
}

// CountryName is a neighbour's name, where its land is.
type CountryName struct {
	Country string
	X, Y    int
}

// SiteMark is one place with its ports: a mark at the place, a label beside it, and crossings on their way.
type SiteMark struct {
	ID     port.SiteID
	Name   web.Words
	X, Y   float64
	Class  port.Class
	Land   bool    // crossed by road or rail: a line leads outwards
	Angle  float64 // of that line, degrees
	Ring   float64 // radius of the circle that stands for the queues; 0: none waits
	Dim    bool    // not among the ports that the reader wants
	Label  Label
	Moving []Moving
}

// Label is a place's name and its ports, drawn relative to the place.
type Label struct {
	X, Y, W, H   float64 // top left corner and size
	LeadX, LeadY float64 // where the leader meets it
	NameX, NameY float64 // of a place with several ports
	Single       bool    // one port: its name stands beside its tile
	Chips        []Chip
	numbers      float64 // width of all chips
}

// Chip is one port in a label: a tile with the mode's drawing, in the state's look, and how many wait.
type Chip struct {
	Line
	X, Y  float64
	Dim   bool
	width float64
}

// GlyphX and GlyphY are where the mode's drawing stands; TextX and TextY are where the text beside the tile begins.
func (c Chip) GlyphX() float64 { return c.X + (tile-glyph)/2 }
func (c Chip) GlyphY() float64 { return c.Y + (tile-glyph)/2 }
func (c Chip) TextX() float64  { return c.X + tile + beside }
func (c Chip) TextY() float64  { return c.Y + tile/2 }

// Half is the lower right half of the tile, full in a port that works partly.
func (c Chip) Half() string {
	return fmt.Sprintf("M%g %gl%g %gv%gz", c.X+1, c.Y+tile-1, tile-2, -(tile - 2), tile-2)
}

// Slash crosses the tile of a closed port out.
func (c Chip) Slash() string {
	return fmt.Sprintf("M%g %gl%g %g", c.X+3, c.Y+tile-3, tile-6, -(tile - 6))
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
		Leagues: c.leagues, Grid: c.grid(frame), Sites: sites,
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
			site.Angle = c.outline.outwards(site.X, site.Y)
		}
		if site.Ring > 0 {
			site.Ring = math.Round(min(16+2.6*math.Sqrt(site.Ring), 92))
		}
		site.Label.measure(format.Words(site.Name), format)
	}
	return sites
}

// measure finds how big a label is. A place with one port has all in one row; others have the name above.
func (l *Label) measure(name string, format web.Format) {
	width := 0.0
	for _, r := range name {
		if r > 0x2E80 {
			width += letterCJK
		} else {
			width += letter
		}
	}
	l.Single = len(l.Chips) == 1
	for i := range l.Chips {
		chip := &l.Chips[i]
		chip.width = tile + numberWidth(chip.Waiting, format)
		l.numbers += chip.width
		if i > 0 {
			l.numbers += between
		}
	}
	if l.Single {
		l.W, l.H = padding+l.numbers+beside+width+padding, row
	} else {
		l.W, l.H = padding+math.Max(width, l.numbers)+padding, 2*row-8
	}
}

func numberWidth(waiting web.Figure, format web.Format) float64 {
	if !waiting.Known {
		return 0
	}
	return beside + numeral*float64(utf8.RuneCountInString(format.Figure(waiting)))
}

// settle puts a site's label where place has found room for it.
func (s *SiteMark) settle(at box) {
	l := &s.Label
	l.X, l.Y = math.Round(at.left()-s.X), math.Round(at.top()-s.Y)
	l.LeadX = math.Min(math.Max(0, l.X), l.X+l.W)
	l.LeadY = math.Min(math.Max(0, l.Y), l.Y+l.H)
	x, y := l.X+padding, l.Y+(row-tile)/2
	if !l.Single {
		l.NameX, l.NameY = x, l.Y+row/2
		y += row - 8
	}
	for i := range l.Chips {
		chip := &l.Chips[i]
		chip.X, chip.Y = x, y
		x += chip.width + between
	}
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
	const remembered = 64 // a handful of languages, each with a few sets of places
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
