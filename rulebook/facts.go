package rulebook

import (
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// Mode is how a clause stands: it judges, it is run dry, or it is silent.
type Mode string

// The modes.
const (
	Active Mode = "active"
	DryRun Mode = "dry_run"
	Silent Mode = "retired"
)

// Valid tells a known mode.
func (m Mode) Valid() bool { return m == Active || m == DryRun || m == Silent }

// Document is one that a clause is tried on, named as beside the build's clauses: pass-coal, fail-coal@ceke-road,
// undecided-unknown+closed_loop. Text is JSON.
type Document struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Installed: a build whose own book is another than the last one's has been started. What was judged before is judged
// again before it opens anything.
type Installed struct {
	Book   string `json:"book"` // digest of the build's clauses
	Engine int    `json:"engine"`
}

// FactName is rulebook.installed.v1.
func (Installed) FactName() string { return "rulebook.installed.v1" }

// Proposed: somebody has written a version of a clause, and it has said of its documents what their names ask for. It
// judges nothing yet. Versions of a clause are numbered from 1.
type Proposed struct {
	ID        port.ID    `json:"id"` // of the clause among the region's, the same for all its versions
	Rule      string     `json:"rule"`
	Version   int        `json:"version"`
	Text      string     `json:"text"` // the whole file
	Documents []Document `json:"documents"`
	Author    string     `json:"author"`
	Engine    int        `json:"engine"` // that tried it
	Reason    string     `json:"reason,omitempty"`
}

// FactName is rule.proposed.v1.
func (Proposed) FactName() string { return "rule.proposed.v1" }

// Activated: from an instant on a clause judges by a version, or is run dry. Version 0 is the build's own. Of several
// that have an instant behind them, the one recorded last counts.
type Activated struct {
	ID        port.ID   `json:"id"`
	Rule      string    `json:"rule"`
	Version   int       `json:"version"`
	Mode      Mode      `json:"mode"` // active or dry_run
	From      port.Time `json:"from"`
	Activator string    `json:"activator"`
	Author    string    `json:"author,omitempty"` // of the version; empty for the build's own
	Reason    string    `json:"reason"`
	Citation  string    `json:"citation"`
}

// FactName is rule.activated.v1.
func (Activated) FactName() string { return "rule.activated.v1" }

// Retired: from an instant on a clause is silent, the build's own of that name too, until a version is activated. Version
// is the proposal that a second person stands behind.
type Retired struct {
	ID        port.ID   `json:"id"`
	Rule      string    `json:"rule"`
	Version   int       `json:"version"`
	From      port.Time `json:"from"`
	Activator string    `json:"activator"`
	Author    string    `json:"author"`
	Reason    string    `json:"reason"`
	Citation  string    `json:"citation"`
}

// FactName is rule.retired.v1.
func (Retired) FactName() string { return "rule.retired.v1" }

// Facts are one zero value of each fact of this package.
func Facts() []ledger.Body { return []ledger.Body{Installed{}, Proposed{}, Activated{}, Retired{}} }
