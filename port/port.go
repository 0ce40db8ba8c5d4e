// Package port is the vocabulary of a port of entry 口岸: the identifiers, quantities and enumerations that every other
// package speaks in, each with the law or standard that it comes from. It knows no rule, stores nothing, and uses the
// standard library only, so that anything may import it.
//
// Identifiers are types of string that keep what was written: a document is evidence, and a wrong number in it must stay
// readable. ParseX reads the ways in which people and systems write an identifier (blanks, hyphens, lower case,
// full-width characters 全角) and gives its canonical form or a Fault; X.Check tells of an identifier in a document
// whether ParseX would take it. Nothing here decides that a document is refused for it: that is the rulebook's.
//
// Numbers never pass through floating point. Masses and quantities are millionths in an int64, money is whole minor
// units, times are microseconds; what does not fit is a Fault, never a rounded value.
//
// Enumerations are strings on the wire. Their values are never renamed or used again; Valid tells the known ones, and
// TextKey names the label in the catalogue of texts. Codes that others send have a Check besides, with a rule of their own.
//
// What is personal data by its nature, the machine readable zone of a travel document and what is read from it, prints
// itself masked, and the Faults about it do not repeat it.
package port

import "strings"

// SiteID names a place where the line is crossed, such as "ganqimaodu": lower-case letters and digits, a letter first.
// A place with several modes of transport has one site and several ports.
type SiteID string

// PortID names one port: a site and a mode, "ganqimaodu-road". The region's plan counts ports this way (20 ports 口岸 at
// 16 places: 满洲里 and 二连浩特 have road, rail and air). It is the name of the port's ledger and stands in addresses.
type PortID string

// LaneID names one lane 通道 of a port: "ganqimaodu-road.in-freight-01", the port's id, a dot, and a name that is unique
// within the port, of lower-case letters, digits and single hyphens.
type LaneID string

// Limits on names that people choose. They stand in addresses, file names and database keys, so they stay short.
const (
	siteLongest = 32
	laneLongest = 48
)

// ParseSiteID reads a site's name; blanks around it go and capitals become small.
func ParseSiteID(text string) (SiteID, error) {
	name := strings.ToLower(strings.TrimSpace(text))
	if !siteName(name) {
		return "", fault("site.format", text)
	}
	return SiteID(name), nil
}

// Check is nil for a site's name that ParseSiteID takes.
func (s SiteID) Check() error { return check(ParseSiteID(string(s))) }

// Port is the port of a mode at the site.
func (s SiteID) Port(mode Mode) PortID { return PortID(string(s) + "-" + string(mode)) }

// ParsePortID reads a port's id: a site's name, a hyphen and a mode.
func ParsePortID(text string) (PortID, error) {
	name := strings.ToLower(strings.TrimSpace(text))
	site, mode, _ := strings.Cut(name, "-")
	if !siteName(site) || !Mode(mode).Valid() {
		return "", fault("port_id.format", text)
	}
	return PortID(name), nil
}

// Check is nil for a port's id that ParsePortID takes.
func (p PortID) Check() error { return check(ParsePortID(string(p))) }

// Site is the place of the port.
func (p PortID) Site() SiteID {
	site, _, _ := strings.Cut(string(p), "-")
	return SiteID(site)
}

// Mode is the port's mode of transport; empty where the id has none.
func (p PortID) Mode() Mode {
	_, mode, _ := strings.Cut(string(p), "-")
	return Mode(mode)
}

// ParseLaneID reads a lane's id: a port's id, a dot and the lane's name.
func ParseLaneID(text string) (LaneID, error) {
	name := strings.ToLower(strings.TrimSpace(text))
	port, lane, _ := strings.Cut(name, ".")
	if _, err := ParsePortID(port); err != nil || strings.TrimSpace(port) != port || !laneName(lane) {
		return "", fault("lane.format", text)
	}
	return LaneID(name), nil
}

// Check is nil for a lane's id that ParseLaneID takes.
func (l LaneID) Check() error { return check(ParseLaneID(string(l))) }

// Port is the port that the lane belongs to.
func (l LaneID) Port() PortID {
	port, _, _ := strings.Cut(string(l), ".")
	return PortID(port)
}

// Name is the lane's name within its port.
func (l LaneID) Name() string {
	_, name, _ := strings.Cut(string(l), ".")
	return name
}

func siteName(name string) bool {
	if name == "" || len(name) > siteLongest || !lower(name[0]) {
		return false
	}
	for i := range len(name) {
		if !lower(name[i]) && !digit(name[i]) {
			return false
		}
	}
	return true
}

func laneName(name string) bool {
	if name == "" || len(name) > laneLongest {
		return false
	}
	hyphen := true // a hyphen stands between two other characters, never first, last or twice
	for i := range len(name) {
		c := name[i]
		if c == '-' && hyphen || c != '-' && !lower(c) && !digit(c) {
			return false
		}
		hyphen = c == '-'
	}
	return !hyphen
}
