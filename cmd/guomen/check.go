package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/exchange/exchangeweb"
	"github.com/guomen/guomen/internal/api"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/text"
	"github.com/guomen/guomen/port"
	"github.com/guomen/guomen/registry"
	"github.com/guomen/guomen/rulebook"
)

// runCheck reads, checks and judges files without a server, by the rulebook and the ports that this build ships.
func runCheck(_ context.Context, args []string, out io.Writer) error {
	f := flags("check", "[flags] FILE…")
	format := f.String("format", "", "format of the files; default: found out")
	at := f.String("port", "", "port that they are meant for; default: by their customs office")
	language := f.String("language", string(text.Chinese), "language of the messages")
	if err := parse(f, args, 1, -1); err != nil {
		return err
	}
	catalogue, err := text.Load()
	if err != nil {
		return err
	}
	state, err := registry.Planned()
	if err != nil {
		return err
	}
	p := &platform{catalogue: catalogue}
	p.region.Store(state)
	if p.law, err = newLaw(p); err != nil {
		return err
	}
	if err := rulebook.AddTexts(catalogue, p.law.state.Load().Book()); err != nil {
		return err
	}
	intake := &exchangeweb.Intake{Law: p.law, Registry: p.registry, Formats: formats(), Clock: func() port.Time { return port.TimeOf(time.Now()) }}
	return eachFile(f.Args(), out, func(name string, data []byte) (exchange.CheckLine, error) {
		result, _, err := intake.Judge(exchangeweb.Sent{Data: data, Port: port.PortID(*at), Hint: exchange.Hint{Format: *format}})
		line := lineOf(name, result, err)
		line.Problems = api.Told(catalogue, text.Language(*language), line.Problems)
		return line, nil
	})
}

// lineOf is the line for a file that was read and judged, or was not read.
func lineOf(name string, result exchangeweb.Result, err error) exchange.CheckLine {
	if result.Message.Document == nil { // not read
		return exchange.NewCheckLine(name, result.Message, nil, err)
	}
	return exchange.NewCheckLine(name, result.Message, result.Problems, nil)
}

// eachFile prints a line for every file; it fails when one of them is not accepted, and ends at once, without a line,
// where nothing can be said of a file.
func eachFile(names []string, out io.Writer, do func(name string, data []byte) (exchange.CheckLine, error)) error {
	bad := false
	for _, name := range names {
		file, err := os.Open(name)
		if err != nil {
			return fmt.Errorf("%w: %w", errUsage, err)
		}
		data, err := exchange.Load(file)
		_ = file.Close()
		if err != nil && errs.KindOf(err) != errs.TooLarge { // a folder, a disk that fails
			return fmt.Errorf("%w: %w", errUsage, err)
		}
		line := exchange.NewCheckLine(name, exchange.Message{}, nil, err)
		if err == nil {
			if line, err = do(name, data); err != nil {
				return err
			}
		}
		bad = bad || line.Outcome != exchange.Accepted
		encoded, err := json.Marshal(line)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(out, string(encoded)); err != nil {
			return err
		}
	}
	if bad {
		return errData
	}
	return nil
}

// submitTimeout bounds one file's way to the server and back.
const submitTimeout = 60 * time.Second

// runSubmit sends files to a server.
func runSubmit(ctx context.Context, args []string, out io.Writer) error {
	f := flags("submit", "[flags] FILE…")
	server := f.String("server", envOr("GUOMEN_SERVER", "http://127.0.0.1:8080"), "address of the server (GUOMEN_SERVER)")
	token := f.String("token", os.Getenv("GUOMEN_TOKEN"), "bearer token (GUOMEN_TOKEN)")
	format := f.String("format", "", "format of the files; default: found out")
	at := f.String("port", "", "port that they are meant for; default: by their customs office")
	key := f.String("key", "", "idempotency key; default: the file's SHA-256")
	language := f.String("language", string(text.Chinese), "language of the messages")
	if err := parse(f, args, 1, -1); err != nil {
		return err
	}
	if *key != "" && f.NArg() > 1 {
		return fmt.Errorf("%w: --key is for one file", errUsage)
	}
	address, err := url.JoinPath(*server, "/v1/messages")
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	query := url.Values{}
	if *format != "" {
		query.Set("format", *format)
	}
	if *at != "" {
		query.Set("port", *at)
	}
	catalogue, err := text.Load()
	if err != nil {
		return err
	}
	sender := sender{client: &http.Client{Timeout: submitTimeout}, address: address + "?" + query.Encode(), token: *token, language: *language}
	return eachFile(f.Args(), out, func(name string, data []byte) (exchange.CheckLine, error) {
		message, warnings, readErr := formats().Read(data, exchange.Hint{Format: *format})
		line := exchange.NewCheckLine(name, message, warnings, readErr)
		line.Problems = api.Told(catalogue, text.Language(*language), line.Problems)
		sum := sha256.Sum256(data)
		fileKey := hex.EncodeToString(sum[:])
		if *key != "" {
			fileKey = *key
		}
		err := sender.send(ctx, fileKey, data, &line)
		return line, err
	})
}

func envOr(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

// sender sends files to one server.
type sender struct {
	client   *http.Client
	address  string
	token    string
	language string
}

// maxAnswer bounds what is read of an answer: a thousand problems.
const maxAnswer = 8 << 20

// send sends one file and fills its line from the answer. It fails when the server cannot be reached or does not know
// the token: then nothing can be said of the file.
func (s sender) send(ctx context.Context, key string, data []byte, line *exchange.CheckLine) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.address, bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	request.Header.Set("Authorization", "Bearer "+s.token)
	request.Header.Set("Idempotency-Key", key)
	request.Header.Set("Accept-Language", s.language)
	request.Header.Set("Accept", "application/json")
	line.Outcome = exchange.Rejected
	answer, err := s.client.Do(request)
	if err != nil {
		return errs.Wrap(errs.Unavailable, err, "send to %s", s.address)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return errs.Wrap(errs.Unavailable, err, "read the answer of %s", s.address)
	}
	if answer.StatusCode == http.StatusAccepted {
		var receipt exchangeweb.Accepted
		if err := json.Unmarshal(body, &receipt); err != nil {
			return errs.Wrap(errs.Unavailable, err, "read the receipt")
		}
		line.Outcome = exchange.Accepted
		line.Receipt = &exchange.Receipt{Command: receipt.Command.String(), Ledger: string(receipt.Ledger), First: int64(receipt.First), Last: int64(receipt.Last), Outcome: receipt.Outcome}
		line.Problems = receipt.Problems
		if line.Problems == nil {
			line.Problems = []errs.Problem{}
		}
		return nil
	}
	var problem api.Problem
	if err := json.Unmarshal(body, &problem); err != nil || problem.Title == "" {
		return errs.New(errs.Unavailable, "", "%s answers %s", s.address, answer.Status)
	}
	switch {
	case answer.StatusCode == http.StatusUnauthorized:
		return fmt.Errorf("%w: %s: %s", errUsage, s.address, problem.Title)
	case len(problem.Problems) > 0 && answer.StatusCode == http.StatusUnprocessableEntity:
		line.Problems = problem.Problems
		if problem.Rule == exchange.RuleUnsupported { // well-formed, and nobody there takes it
			line.Read, line.Outcome = false, exchange.Unsupported
		} else if !line.Read {
			line.Outcome = exchange.OutcomeOf(errs.Bad(problem.Problems))
		}
		return nil
	case answer.StatusCode == http.StatusConflict:
		line.Problems = append(line.Problems, errs.Problem{Rule: "command.key_reused", Severity: errs.Error, Message: problem.Title + ": " + problem.Detail})
		return nil
	case answer.StatusCode >= 500 || answer.StatusCode == http.StatusTooManyRequests:
		return errs.New(errs.Unavailable, "", "%s answers %s: %s", s.address, answer.Status, problem.Title)
	}
	line.Problems = append(line.Problems, errs.Problem{Rule: "server.refused", Severity: errs.Error, Message: problem.Title + " " + problem.Detail})
	return nil
}
