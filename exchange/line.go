package exchange

import "github.com/guomen/guomen/internal/errs"

// CheckLine is the line that check and submit print for one file, as JSON. Its names are public interface.
type CheckLine struct {
	File     string         `json:"file"`
	Format   string         `json:"format"` // empty where no format was found
	Kind     Kind           `json:"kind"`
	Read     bool           `json:"read"`
	Outcome  Outcome        `json:"outcome"`
	Receipt  *Receipt       `json:"receipt"` // null for check, and for what was not acknowledged
	Problems []errs.Problem `json:"problems"`
}

// Receipt is what a submitter gets for a message that was acknowledged.
type Receipt struct {
	Command string `json:"command"`
	Ledger  string `json:"ledger"`
	First   int64  `json:"first"` // sequence numbers of the facts that the command made
	Last    int64  `json:"last"`
	Outcome string `json:"outcome"`
}

// NewCheckLine is the line for a file as it was read. The judgement of what was read, and the texts of the problems, are
// the caller's: until then a message that was read counts as accepted unless a problem is an error.
func NewCheckLine(file string, m Message, problems []errs.Problem, err error) CheckLine {
	line := CheckLine{File: file, Format: m.Format, Kind: m.Kind, Read: err == nil, Outcome: OutcomeOf(err)}
	line.Problems = append(append([]errs.Problem{}, errs.Problems(err)...), problems...)
	line.Judge()
	return line
}

// Add takes in further problems of a message that was read, and judges it again.
func (l *CheckLine) Add(problems ...errs.Problem) {
	l.Problems = append(l.Problems, problems...)
	l.Judge()
}

// Judge sets the outcome of a message that was read by its problems.
func (l *CheckLine) Judge() {
	if !l.Read {
		return
	}
	l.Outcome = Accepted
	if errs.Bad(l.Problems) != nil {
		l.Outcome = Rejected
	}
}
