package port

// Direction is which way goods or a vehicle cross, seen from China.
type Direction string

// The directions: import 进口, export 出口, and transit 过境, goods from abroad that only pass through China
// (海关法第一百条: 过境货物).
const (
	Import  Direction = "import"
	Export  Direction = "export"
	Transit Direction = "transit"
)

// Directions lists the directions in the order in which people choose them.
func Directions() []Direction { return []Direction{Import, Export, Transit} }

// Valid tells a known direction.
func (d Direction) Valid() bool { return d == Import || d == Export || d == Transit }

// TextKey names the direction's label in the catalogue.
func (d Direction) TextKey() string { return "enum.direction." + string(d) }

// Mode is a mode of transport 运输方式 that a port serves.
type Mode string

// The modes of the region's ports: road 公路, rail 铁路, air 航空.
const (
	Road Mode = "road"
	Rail Mode = "rail"
	Air  Mode = "air"
)

// Modes lists the modes in the plan's order.
func Modes() []Mode { return []Mode{Road, Rail, Air} }

// Valid tells a known mode.
func (m Mode) Valid() bool { return m == Road || m == Rail || m == Air }

// TextKey names the mode's label in the catalogue.
func (m Mode) TextKey() string { return "enum.mode." + string(m) }

// Class is how the region's plan (内政办发〔2021〕84号) classes a port for differentiated management 分类管理.
type Class string

// The classes: comprehensive hub 综合枢纽口岸, specialised key port 重点专业口岸, ordinary port 普通口岸.
const (
	ClassHub         Class = "hub"
	ClassSpecialised Class = "specialised"
	ClassOrdinary    Class = "ordinary"
)

// Classes lists the classes in the plan's order.
func Classes() []Class { return []Class{ClassHub, ClassSpecialised, ClassOrdinary} }

// Valid tells a known class.
func (c Class) Valid() bool {
	return c == ClassHub || c == ClassSpecialised || c == ClassOrdinary
}

// TextKey names the class's label in the catalogue.
func (c Class) TextKey() string { return "enum.class." + string(c) }
