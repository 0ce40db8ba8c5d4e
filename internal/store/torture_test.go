package store_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store"
	"github.com/guomen/guomen/internal/store/storetest"
	"github.com/guomen/guomen/port"
)

// The torture: a child process, this test binary started again, writes through an engine with many clients, a follower
// and a ticker, and says every try and every answer on a pipe. The parent kills it at a random instant, opens the
// database again and holds it against what was said.
//
// GUOMEN_TORTURE=full makes it kill as often as a release asks for.
const (
	childVariable = "GUOMEN_TORTURE_CHILD" // the database's URL
	runVariable   = "GUOMEN_TORTURE_RUN"   // which run of the child this is
	childLedgers  = 3
	childClients  = 24
)

func kills(t *testing.T, full, short int) int {
	if os.Getenv("GUOMEN_TORTURE") == "full" {
		return full
	}
	t.Logf("%d kills; GUOMEN_TORTURE=full makes it %d", short, full)
	return short
}

// tortured is the child: it writes until it is killed.
func tortured(url string) {
	die := func(err error) {
		fmt.Fprintln(os.Stderr, "the child:", err)
		os.Exit(1)
	}
	ctx := context.Background()
	s, err := store.Open(ctx, url)
	if err != nil {
		die(err)
	}
	y := newYard(childTB{die: die}, 1, nil)
	e, err := ledger.Open(ctx, y.schema, s, ledger.Options{})
	if err != nil {
		die(err)
	}
	numbers := map[ledger.Name]ledger.Number{}
	for _, name := range append(childNames(), "hold:0", "region") {
		if numbers[name], err = e.Create(ctx, name, ledger.SHA256); err != nil {
			die(err)
		}
	}
	say := func(format string, args ...any) {
		if _, err := os.Stdout.WriteString(fmt.Sprintf(format+"\n", args...)); err != nil {
			os.Exit(0) // nobody listens any more
		}
	}
	say("ready")
	go func() {
		if err := e.Follow(ctx, copies(y)); err != nil {
			die(err)
		}
	}()
	go func() {
		for {
			_ = e.TickOnce(ctx)
			time.Sleep(5 * time.Millisecond)
		}
	}()
	var clients sync.WaitGroup
	for c := range childClients {
		clients.Go(func() {
			for i := 0; ; i++ {
				name := childNames()[(c+i)%childLedgers]
				command := childCommand(y, name, numbers[name], fmt.Sprint(os.Getenv(runVariable), "/", c, "/", i), i)
				say("try %s %s %s", name, command.ID, command.Key)
				r, err := e.Submit(ctx, command)
				switch {
				case err == nil:
					say("ack %s %s %d %d %s", name, r.Command, r.First, r.Last, r.Outcome)
				case command.Submission != nil && errs.KindOf(err) == errs.Invalid:
					say("ack %s %s 0 0 %s", name, command.ID, ledger.Refused)
				default:
					say("no %s %s 0 0 -", name, command.ID)
				}
			}
		})
	}
	clients.Wait()
}

func childNames() (names []ledger.Name) {
	for i := range childLedgers {
		names = append(names, ledger.Name(fmt.Sprint("port:", i)))
	}
	return names
}

// childCommand is the i-th command of a client: boxes are opened, moved, closed, and documents refused.
func childCommand(y *yard, name ledger.Name, number ledger.Number, key string, i int) ledger.Command {
	c := ledger.Command{
		ID: port.NewID(time.Now().UnixMilli(), uint16(number), rand.Uint64()), Ledger: name, Key: key,
		Actor: ledger.Actor{Organisation: "client " + key[:1], Role: "r"}, Priority: ledger.Priority(i % 3),
	}
	box := strings.Join(strings.Split(key, "/")[:2], "/") // one box a client at a time
	switch i % 5 {
	case 0:
		c.Submission, c.Media = []byte(strings.Repeat(key, 100)), "text/plain"
		c.Do = openBox{number: fmt.Sprint(box, "-", i/5), due: port.TimeOf(time.Now()).Add(port.Duration(rand.Int64N(200_000))), note: key}
	case 4:
		c.Do = y.closeBox(fmt.Sprint(box, "-", i/5-1))
	case 3:
		c.Submission, c.Media, c.Do = []byte("bad "+key), "text/plain", ledger.Refuse{Err: errs.New(errs.Invalid, "bad", "")}
	default:
		c.Do = y.moveOrOpen(fmt.Sprint(box, "-", i/5))
	}
	return c
}

// childTB lets the child build the domain without a test.
type childTB struct {
	testing.TB
	die func(error)
}

func (childTB) Helper()             {}
func (t childTB) Fatal(args ...any) { t.die(fmt.Errorf("%s", fmt.Sprint(args...))) }

// said is one line of the child.
type said struct {
	word    string
	ledger  ledger.Name
	command port.ID
	key     string // of a try
	first   uint64
	last    uint64
	outcome string
}

func parseSaid(line string) (s said, err error) {
	fields := strings.Fields(line)
	if len(fields) < 4 {
		return s, fmt.Errorf("the child says %q", line)
	}
	s.word, s.ledger = fields[0], ledger.Name(fields[1])
	if s.command, err = port.ParseID(fields[2]); err != nil {
		return s, err
	}
	if s.word == "try" {
		s.key = fields[3]
		return s, nil
	}
	_, err = fmt.Sscan(strings.Join(fields[3:], " "), &s.first, &s.last, &s.outcome)
	return s, err
}

// strike runs the child once, kills it at a random instant, and gives what it has said. The instant lies up to
// within after it began to write, or where others must have begun too, after ready returns.
func strike(t *testing.T, url string, run int, ready func(), within time.Duration) (lines []said) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childVariable+"="+url, fmt.Sprint(runVariable, "=", run))
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(out)
	kill := sync.OnceFunc(func() {
		go func() {
			ready()
			time.Sleep(time.Duration(rand.Int64N(int64(within))))
			_ = child.Process.Kill()
		}()
	})
	from := map[int]string{3: "ready", 4: "start"}[run%5] // or the first answer: by then it writes
	if from == "start" {
		kill()
	}
	for {
		line, err := in.ReadString('\n')
		if err == io.EOF || err != nil && strings.Contains(err.Error(), "closed") { // the last line may be half there
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if line == "ready\n" {
			if from == "ready" {
				kill()
			}
			continue
		}
		s, err := parseSaid(line)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, s)
		if s.word == "ack" {
			kill()
		}
	}
	if err := child.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("the child ended by itself: %v", err)
	}
	return lines
}

// toll is what all kills together have cost and shown.
type toll struct {
	kills, acknowledged, unanswered, found int
	facts                                  uint64
}

// inspect holds the database against what the child has said.
func (sum *toll) inspect(t *testing.T, d *storetest.Database, y *yard, lines []said) {
	t.Helper()
	s, err := store.Open(t.Context(), d.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	w := startOn(t, s, y, ledger.Options{})
	defer func() { w.stop() }()
	report := w.verified() // no fact without its receipt, no receipt without its facts, no record but theirs
	sum.kills++
	sum.facts = max(sum.facts, report.Facts)
	open := map[port.ID]said{}
	for _, line := range lines {
		switch line.word {
		case "try":
			open[line.command] = line
		case "no":
			delete(open, line.command)
		case "ack":
			delete(open, line.command)
			sum.acknowledged++
			r, submission, err := w.ReceiptOf(t.Context(), line.command)
			if err != nil || r.First != line.first || r.Last != line.last || r.Outcome != line.outcome || r.Ledger != line.ledger {
				t.Fatalf("acknowledged %+v, found %+v %v", line, r, err)
			}
			if line.outcome == ledger.Refused {
				if submission == nil {
					t.Fatalf("the submission of %+v is lost", line)
				}
				continue
			}
			facts, err := w.Facts(t.Context(), line.ledger, line.first-1, int(line.last-line.first+1), 0)
			if err != nil || len(facts) != int(line.last-line.first+1) {
				t.Fatalf("acknowledged %+v: %d facts %v", line, len(facts), err)
			}
			for _, f := range facts {
				if f.Command != line.command {
					t.Fatalf("acknowledged %+v, found fact %+v", line, f)
				}
			}
		}
	}
	// What was not answered is there whole or not at all; asking again tells which, and does it once.
	for _, line := range open {
		sum.unanswered++
		before, _, missing := w.ReceiptOf(t.Context(), line.command)
		there := missing == nil && before.Outcome == ledger.Accepted
		if there {
			sum.found++
		}
		number, _ := w.Number(line.ledger)
		var run, client, i int
		if _, err := fmt.Sscanf(line.key, "%d/%d/%d", &run, &client, &i); err != nil {
			t.Fatal(err)
		}
		if r, err := w.Submit(t.Context(), childCommand(y, line.ledger, number, line.key, i)); r.Repeated != there || there && (err != nil || r.First != before.First || r.Command != line.command) {
			t.Fatalf("%+v was there: %t; asked again: %+v %v", line, there, r, err)
		}
	}
	w.verified()
}

// finish lets a follower end its work and checks that it has carried every box once.
func finish(t *testing.T, d *storetest.Database, y *yard) {
	t.Helper()
	w := start(t, d, y, ledger.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	var following sync.WaitGroup
	var failed atomic.Bool
	following.Go(func() { failed.Store(w.Follow(ctx, copies(y)) != nil) })
	defer following.Wait()
	defer cancel()
	for _, name := range childNames() {
		number, ok := w.Number(name)
		if !ok {
			return // every child was killed before it made its ledgers
		}
		heads, err := w.Heads(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		end := heads[number-1].Seq
		eventually(t, fmt.Sprint("the follower reaches ", name, " ", end), func() bool {
			at, err := w.store.Cursor(t.Context(), "copies", number)
			return err == nil && at == end
		})
	}
	cancel()
	following.Wait()
	opened := map[string]int{}
	for _, name := range childNames() {
		for _, f := range w.all(name) {
			if b, ok := f.Body.(boxOpened); ok {
				opened[string(name)+b.Number]++
			}
		}
	}
	for _, f := range w.all("hold:0") {
		opened[f.Body.(boxOpened).Number]--
	}
	for number, n := range opened {
		if n != 0 {
			t.Errorf("box %s was carried %d times too few", number, n)
		}
	}
	w = w.again()
	w.verified()
	if failed.Load() {
		t.Error("the follower failed")
	}
}

// killsEach is how many kills one database takes before a fresh one is used: every kill is followed by folding all of it.
const killsEach = 10

func torture(t *testing.T, open func(testing.TB) *storetest.Database, total int) {
	y := newYard(t, 1, nil)
	sum := &toll{}
	began := time.Now()
	for run := 0; run < total; {
		d := open(t)
		for range min(killsEach, total-run) {
			sum.inspect(t, d, y, strike(t, d.URL, run, func() {}, 240*time.Millisecond))
			run++
		}
		finish(t, d, y)
	}
	if sum.acknowledged < total { // a kill or two come before the first answer
		t.Errorf("only %d answers in %d runs", sum.acknowledged, sum.kills)
	}
	t.Logf("%d kills in %s: %d answers, all there; %d unanswered, of which %d were there, whole; up to %d facts verified", sum.kills, time.Since(began).Round(time.Second), sum.acknowledged, sum.unanswered, sum.found, sum.facts)
}

// TestTortureSQLite kills the writer of a SQLite file.
func TestTortureSQLite(t *testing.T) {
	t.Parallel()
	torture(t, storetest.SQLite, kills(t, 200, 15))
}

// TestTorturePostgres kills a writer to PostgreSQL.
func TestTorturePostgres(t *testing.T) {
	t.Parallel()
	torture(t, storetest.Postgres, kills(t, 50, 5))
}

// TestTwoProcesses lets two processes of the operating system write to the same ledgers of one PostgreSQL database, each
// with its follower and ticker, kills both, and does so again: a third that reads all the while skips nothing, and what
// either has acknowledged is there.
func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	d := storetest.Postgres(t)
	y := newYard(t, 1, nil)
	reader := start(t, d, y, ledger.Options{})
	for _, name := range append(childNames(), "hold:0", "region") {
		reader.create(name)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var reading sync.WaitGroup
	defer reading.Wait()
	defer cancel()
	read := make([]atomic.Uint64, childLedgers)
	for i, name := range childNames() {
		reading.Go(func() {
			for ctx.Err() == nil {
				facts, err := reader.Facts(ctx, name, read[i].Load(), 1+rand.IntN(50), time.Minute)
				if err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
				for _, f := range facts {
					if f.Seq != read[i].Load()+1 {
						t.Errorf("%s: fact %d after %d", name, f.Seq, read[i].Load())
					}
					read[i].Store(f.Seq)
				}
			}
		})
	}
	sum := &toll{}
	for round := range 2 {
		lines := make([][]said, 2)
		var writing sync.WaitGroup
		writing.Add(len(lines))
		ready := func() { writing.Done(); writing.Wait(); time.Sleep(300 * time.Millisecond) }
		t.Run(fmt.Sprint("round ", round), func(t *testing.T) {
			for i := range lines {
				t.Run(fmt.Sprint("writer ", i), func(t *testing.T) {
					t.Parallel()
					lines[i] = strike(t, d.URL, 10*round+5*i, ready, 300*time.Millisecond)
				})
			}
		})
		together := false // one has facts between two of the other
		for _, name := range childNames() {
			var first, last [2]uint64
			for i := range lines {
				for _, line := range lines[i] {
					if line.word == "ack" && line.ledger == name && line.last > 0 {
						last[i] = max(last[i], line.last)
						if first[i] == 0 {
							first[i] = line.first
						}
					}
				}
			}
			together = together || first[0] > 0 && first[1] > 0 && first[0] < last[1] && first[1] < last[0]
		}
		if !together {
			t.Errorf("round %d: the two did not write at the same time", round)
		}
		sum.inspect(t, d, y, append(lines[0], lines[1]...))
	}
	finish(t, d, y)
	heads, err := reader.Heads(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, head := range heads {
		for i, name := range childNames() {
			if name == head.Name {
				eventually(t, "the reader reaches the head", func() bool { return read[i].Load() == head.Seq })
			}
		}
	}
	t.Logf("%d answers of two processes, all there; %d unanswered, of which %d were there; %d facts", sum.acknowledged, sum.unanswered, sum.found, sum.facts)
}
