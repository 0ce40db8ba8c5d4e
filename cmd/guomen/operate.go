package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store"
	"github.com/guomen/guomen/rulebook"
)

// openLedgers opens a database for an operation on its ledgers, without the rest of the platform. One that is not there
// is an error: an operation must not make an empty one. asked is the file's URL as typed.
func openLedgers(ctx context.Context, url string) (ledger.Store, *ledger.Engine, error) {
	url = databaseURL(url)
	if path, ok := sqlitePath(url); ok {
		if _, err := os.Stat(path); err != nil {
			return nil, nil, errs.Wrap(errs.Unavailable, err, "open %s", path)
		}
	}
	schema, err := newKinds().schema(nil)
	if err != nil {
		return nil, nil, err
	}
	s, err := store.Open(ctx, url)
	if err != nil {
		return nil, nil, err
	}
	e, err := ledger.Open(ctx, schema, s, ledger.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		_ = s.Close()
		return nil, nil, err
	}
	return s, e, nil
}

func sqlitePath(url string) (string, bool) {
	const prefix = "sqlite:"
	if len(url) > len(prefix) && url[:len(prefix)] == prefix {
		return url[len(prefix):], true
	}
	return "", false
}

func printLine(out io.Writer, v any) error {
	data, err := encodeJSON(v)
	if err == nil {
		_, err = fmt.Fprintln(out, string(data))
	}
	return err
}

// onLedgers runs an operation on a database's ledgers.
func onLedgers(ctx context.Context, name string, args []string, do func(context.Context, ledger.Store, *ledger.Engine) error) error {
	f := flags(name, "--database URL")
	database := f.String("database", "sqlite:./guomen.db", "sqlite:PATH or postgres://…")
	if err := parse(f, args, 0, 0); err != nil {
		return err
	}
	s, e, err := openLedgers(ctx, *database)
	if err != nil {
		return err
	}
	defer func() {
		e.Close()
		_ = s.Close()
	}()
	return do(ctx, s, e)
}

// runVerify folds the ledgers again; the last line of its output is the report.
func runVerify(ctx context.Context, args []string, out io.Writer) error {
	return onLedgers(ctx, "verify", args, func(ctx context.Context, _ ledger.Store, e *ledger.Engine) error {
		report, err := e.Verify(ctx)
		if err != nil {
			return err
		}
		if err := printLine(out, report); err != nil {
			return err
		}
		if !report.OK {
			return errData
		}
		return nil
	})
}

// runRebuild makes records, look-ups and deadlines again from the facts.
func runRebuild(ctx context.Context, args []string, out io.Writer) error {
	return onLedgers(ctx, "rebuild", args, func(ctx context.Context, _ ledger.Store, e *ledger.Engine) error {
		facts, err := e.Rebuild(ctx)
		if err != nil {
			return err
		}
		return printLine(out, map[string]any{"facts": facts, "folds": e.Schema().Versions()})
	})
}

// runBackup copies a database into a new SQLite file while it is in use.
func runBackup(ctx context.Context, args []string, out io.Writer) error {
	f := flags("backup", "--database URL --to FILE")
	database := f.String("database", "sqlite:./guomen.db", "sqlite:PATH or postgres://…")
	to := f.String("to", "", "new file")
	if err := parse(f, args, 0, 0); err != nil {
		return err
	}
	if *to == "" {
		return fmt.Errorf("%w: --to is missing", errUsage)
	}
	s, e, err := openLedgers(ctx, *database)
	if err != nil {
		return err
	}
	defer func() {
		e.Close()
		_ = s.Close()
	}()
	summary, err := store.Backup(ctx, s, *to)
	if err != nil {
		return err
	}
	return printLine(out, summary)
}

// runRestore loads a backup into an empty database of either kind.
func runRestore(ctx context.Context, args []string, out io.Writer) error {
	f := flags("restore", "--database URL --from FILE")
	database := f.String("database", "sqlite:./guomen.db", "sqlite:PATH or postgres://…; must be empty")
	from := f.String("from", "", "backup file")
	if err := parse(f, args, 0, 0); err != nil {
		return err
	}
	if *from == "" {
		return fmt.Errorf("%w: --from is missing", errUsage)
	}
	s, err := store.Open(ctx, databaseURL(*database))
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	summary, err := store.Restore(ctx, *from, s)
	if err != nil {
		return err
	}
	return printLine(out, summary)
}

// finding is one thing that the doctor looked at.
type finding struct {
	Check  string `json:"check"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
}

// runDoctor looks at a database and its surroundings without changing them, one line a check.
func runDoctor(ctx context.Context, args []string, out io.Writer) error {
	f := flags("doctor", "--database URL [--config FILE]")
	database := f.String("database", "sqlite:./guomen.db", "sqlite:PATH or postgres://…")
	path := f.String("config", "", "configuration file")
	if err := parse(f, args, 0, 0); err != nil {
		return err
	}
	bad := false
	tell := func(check string, err error, detail string) error {
		if err != nil {
			bad, detail = true, err.Error()
		}
		return printLine(out, finding{check, err == nil, detail})
	}
	_, err := readConfig(*path)
	if err := tell("configuration", err, *path); err != nil {
		return err
	}
	s, e, err := openLedgers(ctx, *database)
	if toldErr := tell("database", err, databaseURL(*database)); toldErr != nil || err != nil {
		if err != nil {
			return err
		}
		return toldErr
	}
	defer func() {
		e.Close()
		_ = s.Close()
	}()
	heads, err := e.Heads(ctx)
	facts := uint64(0)
	for _, h := range heads {
		facts += h.Seq
	}
	if err := tell("ledgers", err, fmt.Sprintf("%d ledgers, %d facts", len(heads), facts)); err != nil {
		return err
	}
	folds, err := s.Setting(ctx, "folds")
	if err == nil && folds != e.Schema().Versions() {
		err = errs.New(errs.Broken, "", "records were made by %q, this build folds by %q", folds, e.Schema().Versions())
	}
	if err := tell("records", err, folds); err != nil {
		return err
	}
	detail, err := doctorRules(ctx, e)
	if err := tell("rules", err, detail); err != nil {
		return err
	}
	if file, ok := sqlitePath(databaseURL(*database)); ok {
		free, err := freeBytes(file)
		if err == nil && free < minFree {
			err = errs.New(errs.Unavailable, "", "%d MB are free beside %s", free>>20, file)
		}
		if err := tell("disk", err, fmt.Sprintf("%d MB free", free>>20)); err != nil {
			return err
		}
	}
	if bad {
		return errData
	}
	return nil
}

// doctorRules tells which clauses the region's facts have laid over the build's own, and fails where this build cannot
// read one of them.
func doctorRules(ctx context.Context, e *ledger.Engine) (string, error) {
	law, err := rulebook.NewLaw()
	if err != nil {
		return "", err
	}
	built := len(law.Book().Clauses())
	for _, known := e.Number(regionLedger); known; {
		facts, err := e.Facts(ctx, regionLedger, law.Seq(), 4096, 0)
		if err != nil {
			return "", err
		}
		if len(facts) == 0 {
			break
		}
		law = law.With(facts)
	}
	now := e.Now()
	var told []string
	for _, h := range law.Laid() {
		act := h.Standing(now)
		_, _, own := rulebook.Built(h.Rule)
		switch {
		case act.Seq == 0 || act.Version == 0 && act.Mode == rulebook.Active:
			continue // proposed only, or back to the build's
		case own:
			told = append(told, fmt.Sprintf("%s@%d %s goes before the build's own", h.Rule, act.Version, act.Mode))
		default:
			told = append(told, fmt.Sprintf("%s@%d %s", h.Rule, act.Version, act.Mode))
		}
	}
	detail := fmt.Sprintf("%d clauses of the build", built)
	if len(told) > 0 {
		detail += "; by fact: " + strings.Join(told, ", ")
	}
	return detail, errs.Wrap(errs.Broken, law.Broken(), "a rule that is in force cannot be read by this build")
}

// minFree is how much free disk the doctor wants to see: a day of the busiest port and a backup of it.
const minFree = 2 << 30
