package port

import (
	"slices"
	"strings"
)

// UNNumber is the number of dangerous goods 联合国编号 of the United Nations' Model Regulations, which ADR, SMGS annex 2
// and the Chinese rules (JT/T 617) share: four digits, without the letters UN. Which numbers are assigned, and what each
// of them is, is data that an operator loads.
type UNNumber string

const (
	unLength  = 4
	unHighest = "3600" // the list ends at about 3560 and grows by some ten numbers every two years
)

// ParseUNNumber reads a number with or without UN before it: "UN 1203", "UN1203", "UN-No. 1203", "1203".
func ParseUNNumber(text string) (UNNumber, error) {
	var room [unLength + len("UNNO")]byte
	code, ok := condense(room[:0], text, " -.")
	if !ok || len(code) < unLength {
		return "", fault("un_number.format", text)
	}
	number := code[len(code)-unLength:]
	switch string(code[:len(code)-unLength]) {
	case "", "UN", "UNNO":
	default:
		return "", fault("un_number.format", text)
	}
	if !digits(number) {
		return "", fault("un_number.format", text)
	}
	return UNNumber(canonical(text, number)), nil
}

// Check is nil for a number that ParseUNNumber takes and that the list of the regulations reaches. Beyond the list it is
// the Fault un_number.range, which is no more than a warning: the list grows.
func (n UNNumber) Check() error {
	number, err := ParseUNNumber(string(n))
	if err == nil && (number == "0000" || number > unHighest) {
		err = fault("un_number.range", string(number))
	}
	return err
}

// HazardClass is a class or division of dangerous goods 危险货物类别、项别 (GB 6944, Model Regulations chapter 2.0).
type HazardClass string

// HazardClasses lists the nine classes with their divisions. ADR's table A gives classes 1 and 2 without a division, so
// these stand here too; 4, 5 and 6 are never written without one.
func HazardClasses() []HazardClass {
	return []HazardClass{
		"1", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", // 爆炸品
		"2", "2.1", "2.2", "2.3", // 气体
		"3",                 // 易燃液体
		"4.1", "4.2", "4.3", // 易燃固体, 易于自燃的物质, 遇水放出易燃气体的物质
		"5.1", "5.2", // 氧化性物质, 有机过氧化物
		"6.1", "6.2", // 毒性物质, 感染性物质
		"7", // 放射性物质
		"8", // 腐蚀性物质
		"9", // 杂项危险物质和物品
	}
}

const compatibilityGroups = "ABCDEFGHJKLNS"

// ParseHazardClass reads a class, or a division of class 1 with its compatibility group 配装组 (1.1D, 1.4S), which goes.
func ParseHazardClass(text string) (HazardClass, error) {
	class := HazardClass(strings.TrimSpace(text))
	if len(class) == 4 && class[:2] == "1." && strings.IndexByte(compatibilityGroups, class[3]) >= 0 {
		class = class[:3]
	}
	if !class.Valid() {
		return "", fault("hazard_class.unknown", text)
	}
	return class, nil
}

// Valid tells a class that exists.
func (c HazardClass) Valid() bool { return slices.Contains(HazardClasses(), c) }

// Check is nil for a class that ParseHazardClass takes.
func (c HazardClass) Check() error { return check(ParseHazardClass(string(c))) }

// Class is the class without its division: "6" of "6.1".
func (c HazardClass) Class() string {
	class, _, _ := strings.Cut(string(c), ".")
	return class
}

// TextKey names the class's label in the catalogue.
func (c HazardClass) TextKey() string { return "enum.hazard_class." + string(c) }

// PackingGroup is how dangerous a substance is for the choice of its packaging 包装类别. Classes 1, 2, 5.2, 6.2 and 7 have
// none.
type PackingGroup string

// The groups: great danger, medium danger, minor danger.
const (
	PackingGroupI   PackingGroup = "I"
	PackingGroupII  PackingGroup = "II"
	PackingGroupIII PackingGroup = "III"
)

// PackingGroups lists the groups, the most dangerous first.
func PackingGroups() []PackingGroup {
	return []PackingGroup{PackingGroupI, PackingGroupII, PackingGroupIII}
}

// ParsePackingGroup reads a group in Roman or Arabic numbers, with or without PG before it: "II", "PG II", "Ⅱ", "2".
func ParsePackingGroup(text string) (PackingGroup, error) {
	code := strings.ToUpper(strings.TrimSpace(text))
	code = strings.TrimSpace(strings.TrimPrefix(code, "PG"))
	switch code {
	case "I", "Ⅰ", "1":
		return PackingGroupI, nil
	case "II", "Ⅱ", "2":
		return PackingGroupII, nil
	case "III", "Ⅲ", "3":
		return PackingGroupIII, nil
	}
	return "", fault("packing_group.unknown", text)
}

// Valid tells a known group.
func (g PackingGroup) Valid() bool { return slices.Contains(PackingGroups(), g) }

// Check is nil for a group that ParsePackingGroup takes.
func (g PackingGroup) Check() error { return check(ParsePackingGroup(string(g))) }

// TextKey names the group's label in the catalogue.
func (g PackingGroup) TextKey() string { return "enum.packing_group." + string(g) }
