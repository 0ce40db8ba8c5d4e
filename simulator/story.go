package simulator

import "strings"

// A story's papers name its own carrier and have references of their own: the traffic beside it, its officers among it,
// leaves them alone.
const (
	storyCarrier = "DEMO-STORY"
	storyPrefix  = "STORY-"
)

// toldReference tells the reference of a story's declaration.
func toldReference(reference string) bool { return strings.HasPrefix(reference, storyPrefix) }
