package registryweb

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"github.com/guomen/guomen/internal/web"
)

// outline is the region's leagues as the front-end build leaves them in map.json. Without a build it is empty, and
// ports stand on a plain ground.
type outline struct {
	Projection projection `json:"projection"`
	Leagues    []league   `json:"leagues"`
}

// league is one league or city 盟市: the word for its name, the place of its name, and its closed rings as x, y, x, y…
type league struct {
	ID     string `json:"id"`
	Centre [2]int `json:"centre"`
	Rings  [][]int
}

// loadOutline reads map.json.
func loadOutline(shell *web.Shell) (outline, error) {
	o := outline{Projection: ours}
	body, built := shell.Asset("map.json")
	if !built {
		return o, nil
	}
	if err := json.Unmarshal(body, &o); err != nil {
		return o, fmt.Errorf("map.json: %w", err)
	}
	for _, l := range o.Leagues {
		for _, ring := range l.Rings {
			if len(ring)%2 != 0 || len(ring) < 6 {
				return o, fmt.Errorf("map.json: league %s has a ring of %d numbers", l.ID, len(ring))
			}
		}
	}
	return o, nil
}

// path is the league's rings as SVG path data, in steps relative to the last point, which is half as long as absolute.
func (l league) path() string {
	var d []byte
	for _, ring := range l.Rings {
		x, y := 0, 0
		for i := 0; i < len(ring); i += 2 {
			if i == 0 {
				d = append(d, 'M')
			} else if i == 2 {
				d = append(d, 'l')
			}
			dx, dy := ring[i]-x, ring[i+1]-y
			if i > 2 && dx >= 0 {
				d = append(d, ' ')
			}
			d = strconv.AppendInt(d, int64(dx), 10)
			if dy >= 0 {
				d = append(d, ' ')
			}
			d = strconv.AppendInt(d, int64(dy), 10)
			x, y = ring[i], ring[i+1]
		}
		d = append(d, 'z')
	}
	return string(d)
}

// contains tells whether a point lies in one of the league's rings (even-odd).
func (l league) contains(x, y float64) bool {
	inside := false
	for _, ring := range l.Rings {
		j := len(ring) - 2
		for i := 0; i < len(ring); i += 2 {
			ax, ay, bx, by := float64(ring[i]), float64(ring[i+1]), float64(ring[j]), float64(ring[j+1])
			if (ay > y) != (by > y) && x < (bx-ax)*(y-ay)/(by-ay)+ax {
				inside = !inside
			}
			j = i
		}
	}
	return inside
}

func (o outline) contains(x, y float64) bool {
	for _, l := range o.Leagues {
		if l.contains(x, y) {
			return true
		}
	}
	return false
}

// outwards is the direction, in degrees clockwise from the right, in which the land beyond the line lies: the mean of
// those directions in which a place some way off is outside the region. Straight up, north, where nothing tells.
func (o outline) outwards(x, y float64) float64 {
	const steps, near = 48, 45.0 // km: beyond the wiggles of a simplified line
	var sumX, sumY float64
	for i := range steps {
		angle := 2 * math.Pi * float64(i) / steps
		if len(o.Leagues) > 0 && !o.contains(x+near*math.Cos(angle), y+near*math.Sin(angle)) {
			sumX, sumY = sumX+math.Cos(angle), sumY+math.Sin(angle)
		}
	}
	if math.Hypot(sumX, sumY) < 1 {
		return -90
	}
	return math.Round(math.Atan2(sumY, sumX) * 180 / math.Pi)
}
