package gate

import (
	"errors"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/port"
)

// Stale is why a decision was put off: the law has changed since what the movement stands on was judged. The movement is
// judged again first, and the decision then asked for as the final one. Nothing is recorded of the first attempt, so a
// reading that finds all in order costs no look beforehand.
type Stale struct{ Movement port.ID }

// Error names the movement.
func (s Stale) Error() string {
	return "movement " + s.Movement.String() + " was judged under an older law"
}

func stale(movement port.ID) error {
	err := errs.New(errs.Conflict, "gate.stale", "it is judged again first")
	err.Cause = Stale{movement}
	return err
}

// IsStale finds the movement that must be judged again before a gate can decide on it; false for any other error.
func IsStale(err error) (port.ID, bool) {
	var s Stale
	ok := errors.As(err, &s)
	return s.Movement, ok
}
