package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/guomen/guomen/internal/ledger"
)

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
	f.StringVar(&o.profile, "cpuprofile", "", "write a CPU profile of judged_1 to this file, and of the figures over HTTP to FILE.http_64 and FILE.http_256; of several\ndatabases, with the kind behind the name")
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

// span is how long a figure is measured, and warm how long it runs before.
func (o benchOptions) span() time.Duration { return time.Duration(o.seconds * float64(time.Second)) }
func (o benchOptions) warm() time.Duration { return o.span() / 5 }

// asked tells whether a figure is to be measured.
func (o benchOptions) asked(figure string) bool {
	return len(o.only) == 0 || slices.ContainsFunc(o.only, func(name string) bool { return strings.HasPrefix(figure, name) })
}
