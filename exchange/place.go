package exchange

import (
	"strings"

	"github.com/guomen/guomen/internal/errs"
)

// Spot is a place in a file.
type Spot struct {
	Path string
	Line int // from 1; 0 where it is not known
}

// Place gives problems of the model the path and line of the file. Problems that have a line keep what they have.
func (m Message) Place(problems []errs.Problem) []errs.Problem {
	var pointers []string
	var which []int
	for i, p := range problems {
		if p.Line == 0 {
			pointers = append(pointers, Pointer(p.Path))
			which = append(which, i)
		}
	}
	if len(pointers) == 0 || m.Locate == nil {
		return problems
	}
	for n, spot := range m.Locate(pointers) {
		problems[which[n]].Path, problems[which[n]].Line = spot.Path, spot.Line
	}
	return problems
}

// Pointer is the JSON pointer to a place of the model: items[0].hs is /items/0/hs. What is a pointer already stays one.
func Pointer(place string) string {
	if place == "" || place[0] == '/' {
		return place
	}
	return "/" + strings.NewReplacer("[", "/", "]", "", ".", "/").Replace(place)
}

// Around is what a format's Locate looks for: the pointers and everything that they lie in, with spots to fill in.
func Around(pointers []string) map[string]Spot {
	around := map[string]Spot{"": {}}
	for _, pointer := range pointers {
		for ; pointer != ""; pointer = outside(pointer) {
			if _, there := around[pointer]; there {
				break
			}
			around[pointer] = Spot{}
		}
	}
	return around
}

// Nearest is the spot of a pointer, or of the nearest thing around it that was found.
func Nearest(found map[string]Spot, pointer string) Spot {
	for pointer != "" {
		if spot := found[pointer]; spot.Line != 0 {
			return spot
		}
		pointer = outside(pointer)
	}
	return found[""]
}

func outside(pointer string) string { return pointer[:max(strings.LastIndexByte(pointer, '/'), 0)] }
