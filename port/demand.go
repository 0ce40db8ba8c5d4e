package port

// Source says whose word decides a kind of requirement at a port.
type Source string

// The sources. Here: our users decide. Mirrored: an outside system's receipt decides, as with China customs; a verdict
// entered here is then advisory.
const (
	Here     Source = "here"
	Mirrored Source = "mirrored"
)

// SubjectKind is the kind of thing that a requirement belongs to.
type SubjectKind string

// The kinds of subject.
const (
	MovementSubject    SubjectKind = "movement"
	ConsignmentSubject SubjectKind = "consignment"
	PersonSubject      SubjectKind = "person"
	EquipmentSubject   SubjectKind = "equipment"
)

// Owner is who has to act on a requirement: a function, and the organisation that has it at the port.
type Owner struct {
	Function     Function `json:"function"`
	Organisation string   `json:"organisation,omitempty"`
}

// RequirementKind names what is required, such as customs_release or crew_cleared. The rulebook brings the kinds; the
// catalogue has their names under "requirement.<kind>".
type RequirementKind string

// The kinds that the platform itself knows by name, because a machine meets them or opens them.
const (
	CustomsRelease RequirementKind = "customs_release" // 海关放行
	Weighed        RequirementKind = "weighed"         // 过磅
	Announced      RequirementKind = "announced"       // 舱单或确报: the vehicle has been announced
)

// Demand is one requirement that the rulebook asks for, as judged: what, of whom, by when, and by which clauses.
type Demand struct {
	Kind      RequirementKind `json:"kind"`
	Subject   SubjectKind     `json:"subject"`
	Owner     Owner           `json:"owner"`
	Due       DuePoint        `json:"due"`
	Source    Source          `json:"source"`
	Rules     []string        `json:"rules"`              // the clauses' names
	Citation  string          `json:"citation,omitempty"` // of the first
	Undecided bool            `json:"undecided,omitempty"`
}

// Judged says under which law a document was judged and what that law asked for. Book names the book by digest; Region
// is the sequence of the region's ledger up to which its data was known, At the instant whose law it was.
type Judged struct {
	Book    string   `json:"book"`
	Engine  int      `json:"engine"`
	Region  uint64   `json:"region,omitempty"`
	At      Time     `json:"at,omitempty"`
	Ran     int      `json:"ran"`
	Demands []Demand `json:"demands,omitempty"`
	Clocks  []Clock  `json:"clocks,omitempty"` // legal clocks that start for the subject
	Risks   []string `json:"risks,omitempty"`
	DryRun  []string `json:"dry_run,omitempty"` // clauses in dry run that would have spoken
}

// Clock is a legal clock: Kind must be done within After of the event From. It names the clause that starts it.
type Clock struct {
	Kind  ClockKind `json:"kind"`
	From  string    `json:"from"`
	After Duration  `json:"after"` // microseconds
	Rule  string    `json:"rule"`
}

// ClockKind names what a clock is for.
type ClockKind string

// The clocks that the platform knows the end of.
const (
	DeclarationDue     ClockKind = "declaration"      // 海关法第24条: the import declaration, 14 days from the entry of the conveyance
	FullDeclarationDue ClockKind = "full_declaration" // 两步申报的完整申报, 14 days from the entry of the conveyance
)

// FromEntry is the event that starts both: the conveyance's declared entry. The platform's stamp of it is the entry gate.
const FromEntry = "entry_declared"
