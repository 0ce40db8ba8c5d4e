package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/guomen/guomen/internal/bench"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/rules"
	"github.com/guomen/guomen/internal/store"
	"github.com/guomen/guomen/rulebook"
)

// figure is one thing that bench measures; it may print several lines.
type figure struct {
	name, about string
	run         func(*bed, context.Context) error
}

func figures() []figure {
	return []figure{
		{"judged_1", "declarations of five lines judged by sixty clauses, recorded, receipted, kept: one ledger", (*bed).judgedOne},
		{"rebuild", "rebuild, verify and chain over what judged_1 left, on one core and on two", (*bed).rebuild},
		{"judged_20", "the same over twenty ledgers", (*bed).judgedTwenty},
		{"judged_processes", "the same from two processes on one ledger (PostgreSQL)", (*bed).judgedProcesses},
		{"gate", "gate decisions among --passes live passes, one gate at a time", (*bed).gate},
		{"http_64", "declarations over HTTP from another process, 64 connections, with readings of gates beside them", (*bed).http64},
		{"http_256", "the same, 256 connections", (*bed).http256},
		{"size", "whole crossings, what they take on disk, and judged_1 again at 200,000 and at --facts facts", (*bed).size},
	}
}

// benchOptions are what the command line says.
type benchOptions struct {
	databases []string
	only      []string
	seconds   float64
	minutes   int
	clients   int
	facts     uint64
	passes    uint64
	profile   string
}

// smallFacts is the number of facts at which a database counts as small: a day of the busiest port, several times over.
const smallFacts = 200_000

const benchHelp = `[--database URL]… [flags]
Measures what the platform carries, one line of JSON a figure: {"name","database","value","unit","raw_limit","ratio",
"p50_ms","p99_ms","clients"}; null where something does not apply. Without --database: SQLite in a temporary folder and a
PostgreSQL cluster of its own. A database that is named must be empty or bench's own: it is filled with made-up facts. Of
PostgreSQL schemas are made in it and dropped again; SQLite files lie beside the one that is named.

raw_limit is the same rows written straight to the same kind of database, as many commands in a transaction as the run
had, nothing judged, decided or hashed. The ratio compares between machines; the figures do not. Clients are a closed
loop: each gives its next command when the one before is acknowledged. References and waybills arrive at random.

Figures, for --only (the beginning of a name is enough):
`

func benchFlags(args []string) (o benchOptions, err error) {
	f := flags("bench", "")
	only := ""
	f.Func("database", "sqlite:PATH or postgres://…; may be given several times", func(url string) error {
		o.databases = append(o.databases, databaseURL(url))
		return nil
	})
	f.StringVar(&only, "only", "", "figures to measure, separated by commas; default: all")
	f.Float64Var(&o.seconds, "seconds", 5, "how long each figure is measured, after a fifth of that to warm up")
	f.IntVar(&o.minutes, "minutes", 0, "how long the figures over HTTP are measured instead; the first and last minute are printed")
	f.IntVar(&o.clients, "clients", 512, "clients in process")
	f.Uint64Var(&o.facts, "facts", smallFacts, "facts to fill a database with for size; at 10000000 it takes some minutes and 30 GB")
	f.Uint64Var(&o.passes, "passes", 100_000, "live passes")
	f.StringVar(&o.profile, "cpuprofile", "", "write a CPU profile of judged_1 to this file (of several databases: with the kind behind its name)")
	f.Usage = func() {
		fmt.Fprint(f.Output(), "guomen bench ", benchHelp)
		for _, one := range figures() {
			fmt.Fprintf(f.Output(), "  %-17s %s\n", one.name, one.about)
		}
		fmt.Fprintln(f.Output())
		f.PrintDefaults()
	}
	if err := parse(f, args, 0, 0); err != nil {
		return o, err
	}
	if only != "" {
		o.only = strings.Split(only, ",")
	}
	for _, name := range o.only {
		if !slices.ContainsFunc(figures(), func(one figure) bool { return name != "" && strings.HasPrefix(one.name, name) }) {
			return o, fmt.Errorf("%w: no figure %q", errUsage, name)
		}
	}
	if o.seconds <= 0 || o.minutes < 0 || o.clients < 1 || o.clients > ledger.MaxWaitingEach || o.passes < 1 {
		return o, fmt.Errorf("%w: --seconds, --clients (at most %d) and --passes are above zero", errUsage, ledger.MaxWaitingEach)
	}
	return o, nil
}

// benchRun is one call of bench.
type benchRun struct {
	benchOptions
	out     io.Writer
	program []string // how a second process is started
	key     string   // file of the master key
	book    *rules.Book
	home    *platform // in memory: the law and the registry that everything is judged by
	papers  *papers
	lodged  *bench.Press // of one judged declaration
}

// runBench measures. Its talk goes to standard error.
func runBench(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 1 && args[0] == benchChild {
		return serveBench(ctx, os.Stdin, out)
	}
	o, err := benchFlags(args)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return errs.Wrap(errs.Unavailable, err, "find this program")
	}
	return (&benchRun{benchOptions: o, out: out, program: []string{self, "bench", benchChild}}).run(ctx)
}

func (b *benchRun) run(ctx context.Context) (err error) {
	folder, err := os.MkdirTemp("", "guomen-bench-")
	if err != nil {
		return errs.Wrap(errs.Unavailable, err, "make a temporary folder")
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	if err := b.prepare(ctx, folder); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.home.close()) }()
	for _, url := range b.databases {
		d, err := bench.Named(url)
		if err == nil {
			err = b.measure(ctx, d)
		}
		if err != nil {
			return err
		}
	}
	if len(b.databases) > 0 {
		return nil
	}
	files, err := bench.TemporaryFiles()
	if err == nil {
		err = b.measure(ctx, files)
	}
	if err != nil {
		return err
	}
	cluster, err := bench.PrivateCluster(ctx)
	if err != nil {
		talk("PostgreSQL is not measured: %v", err)
		return nil
	}
	return b.measure(ctx, cluster)
}

// prepare makes what every database is measured with.
func (b *benchRun) prepare(ctx context.Context, folder string) (err error) {
	b.key = filepath.Join(folder, "master.key")
	if err := os.WriteFile(b.key, []byte(benchKey), 0o600); err != nil {
		return errs.Wrap(errs.Unavailable, err, "write a key")
	}
	if err := b.prepareJudging(); err != nil {
		return err
	}
	if b.home, err = b.open(ctx, "memory:"); err != nil {
		return err
	}
	b.lodged, err = b.press(ctx, func(c *course) error { return c.lodge(ctx, benchPort, originalPaper) })
	return err
}

// benchKey is the master key of databases that bench fills: it seals nobody's data, and a later call must know it again.
const benchKey = "Z3VvbWVuIGJlbmNoIHNlYWxzIG5vYm9keSdzIGRhdGE="

// open opens a platform as serve does.
func (b *benchRun) open(ctx context.Context, url string) (*platform, error) {
	return openPlatform(ctx, url, config{Hash: ledger.SHA256, Cipher: ledger.AES256GCM, MasterKeyFile: b.key}, benchLog())
}

// prepareJudging makes what a load of declarations needs.
func (b *benchRun) prepareJudging() (err error) {
	if b.book, err = rulebook.BenchBook(); err != nil {
		return err
	}
	b.papers, err = newPapers()
	return err
}

// measure runs the figures on one database, and closes it.
func (b *benchRun) measure(ctx context.Context, database *bench.Database) (err error) {
	stand := &bed{benchRun: b, database: database}
	defer func() { err = errors.Join(err, stand.close(context.WithoutCancel(ctx)), database.Close()) }()
	if stand.main, err = database.Main(ctx); err != nil {
		return err
	}
	if err := claim(ctx, stand.main.URL); err != nil {
		return err
	}
	for _, one := range figures() {
		if !b.asked(one.name) {
			continue
		}
		talk("%s: %s", database.Kind, one.name)
		began := time.Now()
		if err := one.run(stand, ctx); err != nil {
			return fmt.Errorf("%s on %s: %w", one.name, database.Kind, err)
		}
		talk("%s: %s took %.1f s", database.Kind, one.name, time.Since(began).Seconds())
	}
	return ctx.Err()
}

func (b *benchRun) asked(figure string) bool {
	return len(b.only) == 0 || slices.ContainsFunc(b.only, func(name string) bool { return strings.HasPrefix(figure, name) })
}

// claimed is the setting that says that a database is bench's.
const claimed = "bench"

// claim makes sure that nobody's facts are mixed with made-up ones: a database is empty, or bench has filled it before.
func claim(ctx context.Context, url string) error {
	s, err := store.Open(ctx, url)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	mine, err := s.Setting(ctx, claimed)
	if err != nil || mine != "" {
		return err
	}
	heads, err := s.Heads(ctx)
	if err != nil {
		return err
	}
	for _, h := range heads {
		if h.Seq > 0 {
			return fmt.Errorf("%w: the database has facts in ledger %s; bench fills it with made-up ones, so it must be empty", errUsage, h.Name)
		}
	}
	return s.SetSetting(ctx, claimed, "made-up facts")
}

// bed is one database under measurement.
type bed struct {
	*benchRun
	database *bench.Database
	main     *bench.Room
	filled   bool // main has facts to rebuild from
	harbour  *harbour
}

func (b *bed) close(ctx context.Context) error {
	var err error
	if b.harbour != nil {
		err = b.harbour.close(ctx)
	}
	if b.main != nil {
		err = errors.Join(err, b.main.Drop(ctx))
	}
	return err
}

// print writes a figure.
func (b *bed) print(line bench.Line) error {
	line.Database = b.database.Kind
	return printLine(b.out, line)
}

// span is how long a figure is measured, and warm how long it runs before.
func (o benchOptions) span() time.Duration { return time.Duration(o.seconds * float64(time.Second)) }
func (o benchOptions) warm() time.Duration { return o.span() / 5 }

func talk(format string, args ...any) { fmt.Fprintf(os.Stderr, "bench: "+format+"\n", args...) }

// benchLog lets only what is wrong through.
func benchLog() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
}
