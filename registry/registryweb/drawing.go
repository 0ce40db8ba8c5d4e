package registryweb

import (
	"fmt"
	"math"
	"unicode/utf8"

	"github.com/guomen/guomen/internal/web"
	"github.com/guomen/guomen/port"
)

// Sizes on the map, in its units, which are kilometres: at 1,000 pixels for some 1,900 km, one pixel is two of them.
const (
	tile      = 34.0 // side of the square that stands for one port
	glyph     = 23.0 // side of the mode's drawing in it
	row       = 46.0 // height of a row of a label
	letterCJK = 27.0 // width of a character of a name
	letter    = 17.4
	numeral   = 15.4
	padding   = 7.0
	beside    = 7.0  // between a tile and what belongs to it
	between   = 12.0 // between two ports of a label
	laneSpan  = 78.0 // length of the line on which crossings move
)

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
	ID     string
	Path   string
	X, Y   int
	Hidden bool // its name would stand under a place's label
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

// GlyphX is the left edge of the mode's drawing in the tile.
func (c Chip) GlyphX() float64 { return c.X + (tile-glyph)/2 }

// GlyphY is the upper edge of the mode's drawing in the tile.
func (c Chip) GlyphY() float64 { return c.Y + (tile-glyph)/2 }

// TextX is where the text beside the tile begins.
func (c Chip) TextX() float64 { return c.X + tile + beside }

// TextY is the middle of the text beside the tile.
func (c Chip) TextY() float64 { return c.Y + tile/2 }

// Half is the lower right half of the tile, full in a port that works partly.
func (c Chip) Half() string {
	return fmt.Sprintf("M%g %gl%g %gv%gz", c.X+1, c.Y+tile-1, tile-2, -(tile - 2), tile-2)
}

// Slash crosses the tile of a closed port out.
func (c Chip) Slash() string {
	return fmt.Sprintf("M%g %gl%g %g", c.X+3, c.Y+tile-3, tile-6, -(tile - 6))
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
