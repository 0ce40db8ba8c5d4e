package port

// ConveyanceKind is what passes between two places 运输工具种类. Whatever it is, it has one movement, one checklist and
// one clock.
type ConveyanceKind string

// The kinds. A truck is what a road manifest means when it says nothing.
const (
	Truck    ConveyanceKind = "truck"    // 货车
	AGV      ConveyanceKind = "agv"      // 无人驾驶车辆: nobody on board
	Coach    ConveyanceKind = "coach"    // 客车
	Car      ConveyanceKind = "car"      // 八座以下小车
	TrainSet ConveyanceKind = "train"    // 列车, by its train number 车次
	Aircraft ConveyanceKind = "aircraft" // 航空器, by its flight number 航班号
	OnFoot   ConveyanceKind = "foot"     // 徒步: a person who carries his goods, such as a border resident 边民
	Guideway ConveyanceKind = "guideway" // 轨道输送, such as 跨境空轨: the box is the conveyance
	Unnamed  ConveyanceKind = ""         // as Truck
)

// ConveyanceKinds lists the kinds that are written.
func ConveyanceKinds() []ConveyanceKind {
	return []ConveyanceKind{Truck, AGV, Coach, Car, TrainSet, Aircraft, OnFoot, Guideway}
}

// Valid tells a known kind.
func (k ConveyanceKind) Valid() bool {
	switch k {
	case Unnamed, Truck, AGV, Coach, Car, TrainSet, Aircraft, OnFoot, Guideway:
		return true
	}
	return false
}

// Road tells what has a plate.
func (k ConveyanceKind) Road() bool {
	switch k {
	case Unnamed, Truck, AGV, Coach, Car:
		return true
	}
	return false
}

// TextKey names the kind's label in the catalogue.
func (k ConveyanceKind) TextKey() string { return "enum.conveyance." + string(k) }

// EquipmentKind is what goods are in or on and that can come off its conveyance: with it goes what it holds.
type EquipmentKind string

// The kinds of equipment.
const (
	ContainerBox EquipmentKind = "container" // 集装箱, ISO 6346
	Wagon        EquipmentKind = "wagon"     // 铁路货车
	TrailerUnit  EquipmentKind = "trailer"   // 挂车
)

// EquipmentKinds lists the kinds.
func EquipmentKinds() []EquipmentKind { return []EquipmentKind{ContainerBox, Wagon, TrailerUnit} }

// Valid tells a known kind.
func (k EquipmentKind) Valid() bool { return k == ContainerBox || k == Wagon || k == TrailerUnit }

// TextKey names the kind's label in the catalogue.
func (k EquipmentKind) TextKey() string { return "enum.equipment." + string(k) }

// PlaceKind is the kind of a controlled place between which movements go.
type PlaceKind string

// The kinds of place. Goods that lie in a yard, a zone or a customs place inland are under customs control 海关监管货物;
// a movement that begins there takes them out of its custody. The line and free circulation are nobody's custody.
const (
	AtLine   PlaceKind = "line"   // 国界线: the state line
	AtYard   PlaceKind = "yard"   // 海关监管作业场所
	AtZone   PlaceKind = "zone"   // 海关特殊监管区域, 互市贸易区
	AtInland PlaceKind = "inland" // 内陆海关: another customs place, reached under customs control (转关, 过境)
	AtFree   PlaceKind = "free"   // 自由流通: in the country, or not yet under control
)

// PlaceKinds lists the kinds.
func PlaceKinds() []PlaceKind { return []PlaceKind{AtLine, AtYard, AtZone, AtInland, AtFree} }

// Valid tells a known kind.
func (k PlaceKind) Valid() bool {
	switch k {
	case AtLine, AtYard, AtZone, AtInland, AtFree:
		return true
	}
	return false
}

// Custody tells a place where goods lie under customs control.
func (k PlaceKind) Custody() bool { return k == AtYard || k == AtZone || k == AtInland }

// TextKey names the kind's label in the catalogue.
func (k PlaceKind) TextKey() string { return "enum.place." + string(k) }

// Place is one end of a movement: its kind, and where there are several of the kind, which. The code is the registry's
// name of a yard or zone, a customs office, or empty.
type Place struct {
	Kind PlaceKind `json:"kind"`
	Code string    `json:"code,omitempty"`
}

// Ends are the two places of a movement, as they are where nobody says otherwise: an import comes from the line into the
// port's yard, an export from free circulation goes out over the line, transit comes over the line and goes on under
// control.
func Ends(direction Direction, from, to Place) (Place, Place) {
	if from.Kind == "" {
		from.Kind = AtLine
		if direction == Export {
			from.Kind = AtFree
		}
	}
	if to.Kind == "" {
		switch {
		case from.Kind != AtLine && direction == Export:
			to.Kind = AtLine
		case direction == Transit:
			to.Kind = AtInland
		default:
			to.Kind = AtFree
		}
	}
	return from, to
}
