package exchange

import (
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/port"
)

// Reply is what is answered to a message, for its format to write in its own words.
type Reply struct {
	At       port.Time
	Number   string  // of the command that the message became; empty where it became none
	Outcome  Outcome // of the message
	Problems []errs.Problem
	News     []News // what has happened since, in order
}

// News is one thing that has happened to what a message was about: a verdict, or customs' word on it.
type News struct {
	At       port.Time
	What     string // the fact
	Kind     port.RequirementKind
	Result   port.Result
	Function string // of an outside system's answer, see the constants of Answer
	Reason   string
	Note     string
}
