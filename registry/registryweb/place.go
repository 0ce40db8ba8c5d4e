package registryweb

import "math"

// box is a rectangle on the map, by its centre.
type box struct{ x, y, w, h float64 }

func (b box) left() float64   { return b.x - b.w/2 }
func (b box) right() float64  { return b.x + b.w/2 }
func (b box) top() float64    { return b.y - b.h/2 }
func (b box) bottom() float64 { return b.y + b.h/2 }

// overlap is the area that two boxes share, each grown by half a gap.
func (b box) overlap(c box, gap float64) float64 {
	w := math.Min(b.right(), c.right()) - math.Max(b.left(), c.left()) + gap
	h := math.Min(b.bottom(), c.bottom()) - math.Max(b.top(), c.top()) + gap
	if w <= 0 || h <= 0 {
		return 0
	}
	return w * h
}

// cut tells whether the segment from a to b passes through the box.
func (b box) cut(ax, ay, bx, by float64) bool {
	const steps = 24
	for i := 1; i < steps; i++ {
		t := float64(i) / steps
		x, y := ax+(bx-ax)*t, ay+(by-ay)*t
		if x > b.left() && x < b.right() && y > b.top() && y < b.bottom() {
			return true
		}
	}
	return false
}

// mark is something on the map that wants a label: where it is, how big the label is, and which way is outwards.
type mark struct {
	x, y     float64
	w, h     float64
	outwards float64 // degrees
	busy     float64 // radius around the mark that labels keep free of
	lane     float64 // length of a line outwards that they keep free of too
}

// place finds where the labels go so that they cover neither one another nor any mark, stay inside the frame, and lie
// outwards and near. It tries a fan of places for each label, one after another, and goes over all of them a few times;
// the same marks always give the same places.
func place(marks []mark, frame box) []box {
	const rounds = 4
	labels := make([]box, len(marks))
	for i, m := range marks {
		labels[i] = box{m.x, m.y - 2000, m.w, m.h} // far away: does not disturb the first round
	}
	for range rounds {
		for i := range marks {
			best, bestCost := labels[i], math.Inf(1)
			for distance := 0.0; distance <= 190; distance += 18 {
				for step := range 32 {
					candidate := around(marks[i], distance, 2*math.Pi*float64(step)/32)
					if cost := costOf(i, candidate, distance, float64(step)*360/32, marks, labels, frame); cost < bestCost {
						best, bestCost = candidate, cost
					}
				}
			}
			labels[i] = best
		}
	}
	return labels
}

// around is the label's box when its nearest edge is some way from the mark in a direction.
func around(m mark, distance, angle float64) box {
	dx, dy := math.Cos(angle), math.Sin(angle)
	reach := m.busy + 8 + distance
	return box{x: m.x + dx*(reach+m.w/2*math.Abs(dx)), y: m.y + dy*(reach+m.h/2*math.Abs(dy)), w: m.w, h: m.h}
}

func costOf(i int, candidate box, distance, angle float64, marks []mark, labels []box, frame box) float64 {
	m := marks[i]
	turn := math.Abs(math.Mod(angle-m.outwards+540, 360) - 180) // 0 outwards … 180 inwards
	cost := distance*2 + turn*0.6
	for _, side := range []float64{frame.left() - candidate.left(), candidate.right() - frame.right(),
		frame.top() - candidate.top(), candidate.bottom() - frame.bottom()} {
		if side > 0 {
			cost += 4000 + side*40
		}
	}
	for j, other := range marks {
		spot := box{other.x, other.y, 2 * other.busy, 2 * other.busy}
		if area := candidate.overlap(spot, 4); area > 0 {
			cost += 900 + area*2
		}
		if other.lane > 0 {
			sin, cos := math.Sincos(other.outwards * math.Pi / 180)
			if candidate.cut(other.x, other.y, other.x+cos*other.lane, other.y+sin*other.lane) {
				cost += 260
			}
		}
		if j == i {
			continue
		}
		if area := candidate.overlap(labels[j], 10); area > 0 {
			cost += 1500 + area*3
		}
		if labels[j].cut(m.x, m.y, candidate.x, candidate.y) {
			cost += 700
		}
		if candidate.cut(other.x, other.y, labels[j].x, labels[j].y) {
			cost += 700
		}
	}
	return cost
}
