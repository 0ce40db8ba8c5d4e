package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/port"
)

// answerMost bounds an answer: they are short but for lists of problems, of which there are a thousand at most.
const answerMost = 4 << 20

// receipt is what the server says where the facts of a request stand.
type receipt struct {
	Command  port.ID `json:"command"`
	Ledger   string  `json:"ledger"`
	First    uint64  `json:"first"`
	Last     uint64  `json:"last"`
	Outcome  string  `json:"outcome"`
	Subject  port.ID `json:"subject"`
	Repeated bool    `json:"repeated"`
}

// answer is what came of a request. Status is 0 where the simulator ended first.
type answer struct {
	status   int
	receipt  receipt
	body     []byte
	problems []errs.Problem
}

func (a *answer) ok() bool { return a.status >= 200 && a.status < 300 }

// rules names what was wrong, for the log.
func (a *answer) rules() []string {
	var rules []string
	for _, p := range a.problems {
		if p.Severity != errs.Warning {
			rules = append(rules, p.Path+" "+p.Rule)
		}
	}
	return rules
}

func (c *client) once(ctx context.Context, r request) (answer, time.Duration, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.server+r.path, bytes.NewReader(r.body))
	if err != nil {
		return answer{}, 0, err
	}
	req.Header.Set("Content-Type", r.mime)
	req.Header.Set("Idempotency-Key", r.key)
	req.Header.Set("Authorization", "Bearer "+c.tokens(r.role, r.port))
	resp, err := c.http.Do(req)
	if err != nil {
		return answer{}, 0, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, answerMost))
	if err != nil {
		return answer{}, 0, err
	}
	a := answer{status: resp.StatusCode, body: body}
	var said struct {
		receipt
		Receipt  *receipt       `json:"receipt"` // of a reading
		Problems []errs.Problem `json:"problems"`
	}
	if err := json.Unmarshal(body, &said); err != nil && a.ok() {
		return answer{}, 0, fmt.Errorf("answer to %s: %w", r.path, err)
	}
	if a.receipt, a.problems = said.receipt, said.Problems; said.Receipt != nil {
		a.receipt = *said.Receipt
	}
	seconds, err := strconv.Atoi(resp.Header.Get("Retry-After"))
	if err != nil {
		seconds = 0
	}
	return a, time.Duration(seconds) * time.Second, nil
}

// get reads a JSON answer.
func (c *client) get(ctx context.Context, role string, p port.PortID, path string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.server+path, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+c.tokens(role, p))
	resp, err := c.http.Do(req)
	if err != nil {
		return errs.Wrap(errs.Unavailable, err, "get %s", path)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return errs.New(errs.Unavailable, "", "get %s: status %d", path, resp.StatusCode)
	}
	return json.NewDecoder(io.LimitReader(resp.Body, answerMost)).Decode(into)
}
