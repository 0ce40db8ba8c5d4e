package registryweb

import "math"

// projection is Albers' equal-area conic on a sphere, in kilometres from its origin, y growing downwards as in SVG.
type projection struct {
	Parallels [2]float64 `json:"parallels"` // standard parallels in degrees north
	Origin    [2]float64 `json:"origin"`    // longitude and latitude in degrees
	Radius    float64    `json:"radius"`    // of the sphere in kilometres
}

// ours is the projection that the front-end build uses too; its map.json says so again.
var ours = projection{Parallels: [2]float64{40, 50}, Origin: [2]float64{111.5, 45}, Radius: 6371.0088}

func radians(degrees float64) float64 { return degrees * math.Pi / 180 }

// point projects a place given in degrees.
func (p projection) point(longitude, latitude float64) (x, y float64) {
	first, second := radians(p.Parallels[0]), radians(p.Parallels[1])
	n := (math.Sin(first) + math.Sin(second)) / 2
	c := math.Cos(first)*math.Cos(first) + 2*n*math.Sin(first)
	rho := func(latitude float64) float64 {
		return p.Radius * math.Sqrt(c-2*n*math.Sin(radians(latitude))) / n
	}
	theta := n * radians(longitude-p.Origin[0])
	r := rho(latitude)
	return r * math.Sin(theta), r*math.Cos(theta) - rho(p.Origin[1])
}
