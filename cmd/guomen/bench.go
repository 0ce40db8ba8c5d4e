package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
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
	if err := own(ctx, stand.main.URL); err != nil {
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

// claimed is the setting that says that a database is bench's.
const claimed = "bench"

// own makes sure that nobody's facts are mixed with made-up ones: a database is empty, or bench has filled it before.
func own(ctx context.Context, url string) error {
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

func talk(format string, args ...any) { fmt.Fprintf(os.Stderr, "bench: "+format+"\n", args...) }

// benchLog lets only what is wrong through.
func benchLog() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
}
