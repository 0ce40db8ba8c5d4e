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

	ManifestAccepted      RequirementKind = "manifest_accepted"      // 舱单接受
	Confirmed             RequirementKind = "confirmed"              // 承运确报: the carrier has confirmed the crossing
	ArrivalReported       RequirementKind = "arrival_reported"       // 运抵报告
	Tallied               RequirementKind = "tallied"                // 理货报告
	DestinationInspection RequirementKind = "destination_inspection" // 目的地检查
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

// Clock is a legal clock: Kind must be done within After, or within Months of the calendar, of the event From. It names
// the clause that starts it.
type Clock struct {
	Kind   ClockKind  `json:"kind"`
	From   string     `json:"from"`
	After  Duration   `json:"after"` // microseconds; zero where months count
	Months int64      `json:"months,omitempty"`
	Warn   []Duration `json:"warn,omitempty"` // after these somebody should be reminded
	Rule   string     `json:"rule"`
}

// DueFrom is when what the clock is for must be done, given when its event was.
func (c *Clock) DueFrom(event Time) Time {
	if c.Months > 0 {
		return event.AddMonths(int(c.Months))
	}
	return event.Add(c.After)
}

// ClockKind names what a clock is for.
type ClockKind string

// The clocks that the platform knows the end of.
const (
	DeclarationDue     ClockKind = "declaration"            // 海关法第24条: the import declaration, 14 days from the entry of the conveyance
	FullDeclarationDue ClockKind = "full_declaration"       // 两步申报的完整申报, 14 days from the entry of the conveyance
	SaleDue            ClockKind = "undeclared_sale"        // 海关法第30条: what nobody declares for three months customs may sell 变卖
	TaxDue             ClockKind = "tax"                    // 关税法第43条: 15 days from the declaration, unless released by then
	EarlyArrivalDue    ClockKind = "early_arrival"          // 提前申报的出口货物运抵: three days from the declaration
	TallyDue           ClockKind = "tally"                  // 理货报告: six hours
	DestinationDue     ClockKind = "destination_inspection" // 目的地检查: the port's own limit from the take-away
	MisloadedDue       ClockKind = "misloaded_return"       // 误卸、溢卸货物退运: three months
	CarStayDue         ClockKind = "small_car_stay"         // 小车停留期限
)

// ClockKinds lists the clocks.
func ClockKinds() []ClockKind {
	return []ClockKind{DeclarationDue, FullDeclarationDue, SaleDue, TaxDue, EarlyArrivalDue, TallyDue, DestinationDue, MisloadedDue, CarStayDue}
}

// The events that clocks count from, and the platform's stamp of each.
const (
	FromEntry    = "entry_declared" // 运输工具申报进境: the entry gate
	FromArrival  = "arrived"        // 货物运抵监管场所: the entry gate too, where the supervised place begins
	FromDeclared = "declared"       // 完成申报: the first declaration that stands
	FromTakenOut = "taken_out"      // 提离: the goods have left custody
)

// ClockEvents lists the events.
func ClockEvents() []string { return []string{FromEntry, FromArrival, FromDeclared, FromTakenOut} }
