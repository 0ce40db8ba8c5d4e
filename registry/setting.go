package registry

import (
	"math/bits"

	"github.com/guomen/guomen/port"
)

// DesignatedGoods is a kind of goods that may be imported only through a designated supervision site 指定监管场地.
type DesignatedGoods string

// The kinds that the region has sites for, and logs, whose sites were not found.
const (
	Fruit                  DesignatedGoods = "fruit"                    // 进境水果
	EdibleAquaticAnimals   DesignatedGoods = "edible_aquatic_animals"   // 进境食用水生动物
	ChilledAquaticProducts DesignatedGoods = "chilled_aquatic_products" // 进口冰鲜水产品
	Meat                   DesignatedGoods = "meat"                     // 进口肉类
	Grain                  DesignatedGoods = "grain"                    // 进境粮食
	Logs                   DesignatedGoods = "logs"                     // 进境原木
)

// Valid tells a known kind.
func (g DesignatedGoods) Valid() bool {
	switch g {
	case Fruit, EdibleAquaticAnimals, ChilledAquaticProducts, Meat, Grain, Logs:
		return true
	}
	return false
}

// TextKey names the kind's label in the catalogue.
func (g DesignatedGoods) TextKey() string { return "enum.designated." + string(g) }

// OrganisationID names an organisation, such as "customs-ganqimaodu".
type OrganisationID string

// Tolerance is how far a weighing may be from what was declared: within the percentage of the declared mass and within
// the absolute mass, both. No tolerance is published, so every port sets its own.
type Tolerance struct {
	Percent  port.Quantity  `json:"percent"`
	Absolute port.Kilograms `json:"absolute"`
}

// percentMost is the widest percentage that makes sense: more would let a vehicle weigh twice what it declared.
const percentMost = 100 * port.One

// Allows tells whether a measured mass is within the tolerance of the declared one. Negative masses never are.
func (t Tolerance) Allows(declared, measured port.Kilograms) bool {
	if declared < 0 || measured < 0 {
		return false
	}
	difference := max(declared, measured) - min(declared, measured)
	if difference > t.Absolute {
		return false
	}
	// difference / declared <= percent / 100, without division and in 128 bits, since a product of two masses in
	// milligrams does not fit 64.
	high, low := bits.Mul64(uint64(difference), uint64(100*port.One))
	mostHigh, mostLow := bits.Mul64(uint64(declared), uint64(t.Percent))
	return high < mostHigh || high == mostHigh && low <= mostLow
}

// Most is the largest difference from a declared mass that Allows allows: 0 where nothing is declared.
func (t Tolerance) Most(declared port.Kilograms) port.Kilograms {
	if declared <= 0 {
		return 0
	}
	// percent is at most 100, so that the quotient is at most the declared mass and fits.
	high, low := bits.Mul64(uint64(declared), uint64(t.Percent))
	share, _ := bits.Div64(high, low, uint64(100*port.One))
	return min(t.Absolute, port.Kilograms(share))
}

func (t Tolerance) valid() bool { return 0 <= t.Percent && t.Percent <= percentMost && t.Absolute >= 0 }
