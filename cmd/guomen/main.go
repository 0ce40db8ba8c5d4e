// Command guomen 国门 is the whole platform in one program: `guomen help` lists what it does.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/guomen/guomen/internal/errs"
)

// command is one subcommand. run gets the arguments behind its name; data goes to out, talk to the log on standard
// error.
type command struct {
	name, summary string
	run           func(ctx context.Context, args []string, out io.Writer) error
}

// commands are listed in the order in which a newcomer meets them. A command stands here from the day it works.
func commands() []command {
	return []command{
		{"demo", "run the whole platform with simulated traffic 演示", runDemo},
		{"serve", "run the platform 运行", runServe},
		{"check", "check files without a server 校验", runCheck},
		{"submit", "send files to a server 提交", runSubmit},
		{"rules", "try clauses on their documents: rules test FILE… 试规则", runRules},
		{"verify", "fold the ledgers again and compare 核对账本", runVerify},
		{"rebuild", "make the records again from the facts 重建", runRebuild},
		{"backup", "copy the database while it is in use 备份", runBackup},
		{"restore", "load a backup into an empty database 恢复", runRestore},
		{"doctor", "look whether a database and its surroundings are well 体检", runDoctor},
		{"bench", "measure the load it carries 压测", runBench},
		{"version", "print the version and what is shipped under which licence", runVersion},
	}
}

// errUsage is a call that is wrong: exit 2. errData is data that is bad, already told on standard output: exit 1.
var (
	errUsage = errors.New("usage")
	errData  = errors.New("the data is bad")
)

// gcPercent lets the heap grow to five times what is live before it is collected. A port's live heap is some 100 MB;
// collecting it at every doubling took a fifth of the processor under load. GOGC, where it is set, goes before it.
const gcPercent = 400

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run finds the command and turns its error into the exit status: 0 done, 1 the data is bad, 2 the call is wrong, 3 the
// server or the database cannot be reached.
func run(ctx context.Context, args []string, out, talk io.Writer) int {
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		fmt.Fprintln(talk, "guomen 国门: runs a region's ports of entry. Each command has -h.")
		for _, c := range commands() {
			fmt.Fprintf(talk, "  %-8s %s\n", c.name, c.summary)
		}
		if len(args) == 0 {
			return 2
		}
		return 0
	}
	for _, c := range commands() {
		if c.name != args[0] {
			continue
		}
		err := c.run(ctx, args[1:], out)
		switch {
		case err == nil, errors.Is(err, flag.ErrHelp):
			return 0
		case errors.Is(err, errData):
			return 1
		case errors.Is(err, errUsage):
			fmt.Fprintln(talk, "guomen "+c.name+":", err)
			return 2
		}
		fmt.Fprintln(talk, "guomen "+c.name+":", err)
		return max(1, errs.KindOf(err).Exit())
	}
	fmt.Fprintf(talk, "guomen: there is no command %q; see guomen help\n", args[0])
	return 2
}

// flags makes a flag set that reports its errors as wrong calls.
func flags(name, rest string) *flag.FlagSet {
	f := flag.NewFlagSet("guomen "+name, flag.ContinueOnError)
	f.Usage = func() {
		fmt.Fprintf(f.Output(), "guomen %s %s\n", name, rest)
		f.PrintDefaults()
	}
	return f
}

// parse reads arguments; least and most bound what stands behind the flags, most -1: no bound.
func parse(f *flag.FlagSet, args []string, least, most int) error {
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if f.NArg() < least || most >= 0 && f.NArg() > most {
		f.Usage()
		return fmt.Errorf("%w: %d arguments", errUsage, f.NArg())
	}
	return nil
}
