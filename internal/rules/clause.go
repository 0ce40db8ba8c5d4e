package rules

import (
	"time"
)

// Clause is one clause as its file has it, for people and lists.
type Clause struct {
	Name        string            // authority and file name, "customs.release_import"; also the key of its texts
	File        string            // within the rulebook
	Title       map[string]string // by language
	Explanation map[string]string // what a held driver reads
	Message     map[string]string // of a problem, with {0} placeholders; the explanation where there is no other
	Citation    string            // the law, article and all
	Source      Source
	From, To    string    // first and last day, Asia/Shanghai; empty: no bound
	Version     int       // 0: as it was handed in by Load or Compile
	Since       time.Time // from when this version stands in the book, beside its legal days; zero: always
	Until       time.Time // the first instant at which it does not any more; zero: never
	DryRun      bool
	Subject     string
	Scope       ClauseScope
	Each        string // the list whose items are judged one by one
	When        string
	Requirement *Requirement
	Risk        *Risk
	Deadline    *Deadline
	Problem     *ProblemDemand
}

// Source says where the knowledge comes from: tags of the domain facts and the text that was relied on. L a law read
// whole, P the plan, S:n and G:n numbered sources, D derived arithmetic, N a published standard named by its number, K
// general knowledge that nobody has confirmed.
type Source struct {
	Tags []string `yaml:"tags"`
	Text string   `yaml:"text"`
}

// ClauseScope is where a clause applies; an empty list means everywhere. Goods are prefixes of HS codes.
type ClauseScope struct {
	Ports      []string `yaml:"ports,omitempty"`
	Modes      []string `yaml:"modes,omitempty"`
	Directions []string `yaml:"directions,omitempty"`
	Regimes    []string `yaml:"regimes,omitempty"`
	Goods      []string `yaml:"goods,omitempty"`
}

// Requirement is what somebody must see to before a point of the crossing. Subject is movement, consignment, person or
// equipment; Owner is a function, resolved to an organisation per port; Source tells whether our users decide or
// another system's answer is mirrored.
type Requirement struct {
	Kind    string `yaml:"kind"`
	Subject string `yaml:"subject"`
	Owner   string `yaml:"owner"`
	Due     string `yaml:"due"`
	Source  string `yaml:"source"`
}

// Risk is a result for the joint inspection, such as documents or inspect.
type Risk struct {
	Level string `yaml:"level"`
}

// Deadline starts a legal clock: Kind is due within a span of the event From. The span is After, or Months of the
// calendar, or what the expression Within says, a duration of the subject, for a limit that is configuration: where
// nobody has set it, the deadline is undecided. Warn are the spans after which somebody should be reminded.
type Deadline struct {
	Kind   string `yaml:"kind"`
	After  Days   `yaml:"after,omitempty"`
	Months int    `yaml:"months,omitempty"`
	Within string `yaml:"within,omitempty"`
	From   string `yaml:"from"`
	Warn   []Days `yaml:"warn,omitempty"`
}

// Days is a span in a clause: a whole number of days (14d) or a Go duration (36h).
type Days string

// Duration is the span, a day being 24 hours; false for text that is none, or not positive.
func (d Days) Duration() (time.Duration, bool) {
	text, scale := string(d), time.Duration(1)
	if n := len(text); n > 1 && text[n-1] == 'd' {
		text, scale = text[:n-1]+"h", 24
	}
	span, err := time.ParseDuration(text)
	return span * scale, err == nil && span > 0 && span*scale/scale == span
}

// ProblemDemand is a fault in the document, at a path.
type ProblemDemand struct {
	Path     string            `yaml:"path"`
	Severity string            `yaml:"severity"`
	Args     []string          `yaml:"args,omitempty"`
	Message  map[string]string `yaml:"message,omitempty"`
}

// file is a clause's file. Unknown keys are errors.
type file struct {
	Name        string            `yaml:"name"`
	Title       map[string]string `yaml:"title"`
	Explanation map[string]string `yaml:"explanation"`
	Citation    string            `yaml:"citation"`
	Source      Source            `yaml:"source"`
	Effective   struct {
		From string `yaml:"from"`
		To   string `yaml:"to"`
	} `yaml:"effective"`
	Mode    string      `yaml:"mode"`
	Subject string      `yaml:"subject"`
	Scope   ClauseScope `yaml:"scope"`
	Each    string      `yaml:"each"`
	When    string      `yaml:"when"`
	Demands struct {
		Problem     *ProblemDemand `yaml:"problem"`
		Requirement *Requirement   `yaml:"requirement"`
		Risk        *Risk          `yaml:"risk"`
		Deadline    *Deadline      `yaml:"deadline"`
	} `yaml:"demands"`
}

func (f *file) clause(name string) *Clause {
	c := &Clause{Name: f.Name, File: name, Title: f.Title, Explanation: f.Explanation, Message: f.Explanation, Citation: f.Citation,
		Source: f.Source, From: f.Effective.From, To: f.Effective.To, DryRun: f.Mode == ModeDryRun, Subject: f.Subject,
		Scope: f.Scope, Each: f.Each, When: f.When, Requirement: f.Demands.Requirement, Risk: f.Demands.Risk,
		Deadline: f.Demands.Deadline, Problem: f.Demands.Problem}
	if c.Problem != nil && c.Problem.Message != nil {
		c.Message = c.Problem.Message
	}
	return c
}

// The modes of a clause: active judges, dry run judges and changes nothing.
const (
	ModeActive = "active"
	ModeDryRun = "dry_run"
)
