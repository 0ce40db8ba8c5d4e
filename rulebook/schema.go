package rulebook

import (
	"math"

	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/internal/rules"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

// The kinds of requirement that clauses make, beside those that package port knows by name.
const (
	ManifestAccepted  port.RequirementKind = "manifest_accepted"  // 舱单接受
	CrewCleared       port.RequirementKind = "crew_cleared"       // 边防检查: crew and vehicle
	VehicleCleared    port.RequirementKind = "vehicle_cleared"    // 边防检查 of a vehicle without crew
	QuarantineCleared port.RequirementKind = "quarantine_cleared" // 检疫查验
	RoadPermitValid   port.RequirementKind = "road_permit_valid"  // 行车许可证核验
	Disinfected       port.RequirementKind = "disinfected"        // 消毒
)

// Kinds lists the kinds of requirement that the book may ask for; the catalogue names each under requirement.<kind>.
func Kinds() []port.RequirementKind {
	return []port.RequirementKind{port.CustomsRelease, port.Weighed, ManifestAccepted, CrewCleared, VehicleCleared,
		QuarantineCleared, RoadPermitValid, Disinfected}
}

// The kinds of deadline, and the event that their clocks start from: the conveyance's declared entry 运输工具申报进境.
const (
	DeclarationDue     = "declaration"      // 进口申报期限
	FullDeclarationDue = "full_declaration" // 完整申报期限
	EntryDeclared      = "entry_declared"
)

// The regimes of a port: of ordinary days, and under closed-loop epidemic control 闭环管理.
const (
	NormalRegime = "normal"
	ClosedLoop   = "closed_loop"
)

// PapersCorrected 单证更正 is what the platform asks of customs where a changed law objects to a document that was taken in
// before: the document stands, and nothing opens on it until it is put right or let pass. No clause may demand it.
const PapersCorrected port.RequirementKind = "papers_corrected"

// The names of subjects in clauses.
const (
	declarationSubject = "declaration"
	manifestSubject    = "manifest"
	movementSubject    = "movement"
	readingSubject     = "reading"
)

// schema says what clauses may speak about.
func schema() *rules.Schema {
	s := rules.NewSchema()
	rules.Number[port.Kilograms](s, 1e6)
	rules.Number[port.Quantity](s, 1e6)
	rules.Stamp[port.Time](s)
	rules.Span[port.Duration](s)
	rules.Computed(s, "amount", amount)
	rules.Computed(s, "partial", (*declaration.Document).Partial)

	rules.Func(s, "valid_batch", func(v string) bool { return port.BatchNumber(v).Check() == nil })
	rules.Func(s, "valid_container", func(v string) bool { return port.ContainerNumber(v).Check() == nil })
	rules.Func(s, "valid_credit_code", func(v string) bool { return port.SocialCreditCode(v).Check() == nil })
	rules.Func(s, "valid_hs", func(v string) bool { return port.HSCode(v).Check() == nil })
	rules.Func(s, "hs_prefix", func(code, prefix string) bool { return port.HSCode(code).HasPrefix(port.HSCode(prefix)) })
	rules.Func(s, "plate_key", func(v string) string { return port.Plate(v).Key() })

	rules.Subject[declaration.Document](s, declarationSubject, "items")
	rules.Subject[manifest.Document](s, manifestSubject, "waybills")
	rules.Subject[Movement](s, movementSubject, "")
	rules.Subject[Reading](s, readingSubject, "")

	s.Allow("mode", words(port.Modes())...)
	s.Allow("direction", words(port.Directions())...)
	s.Allow("kind", words(Kinds())...)
	s.Allow("concerns", words([]port.SubjectKind{port.MovementSubject, port.ConsignmentSubject, port.PersonSubject, port.EquipmentSubject})...)
	s.Allow("owner", words(port.Functions())...)
	s.Allow("due", words(port.DuePoints())...)
	s.Allow("source", string(port.Here), string(port.Mirrored))
	s.Allow("level", string(port.ResultDocuments), string(port.ResultInspect), string(port.ResultHeld), string(port.ResultRefused))
	s.Allow("deadline", DeclarationDue, FullDeclarationDue)
	s.Allow("from", EntryDeclared)
	return s
}

// amount is a sum of money in whole units of its currency, for comparing; sums are never made of it.
func amount(m *port.Money) float64 {
	return (float64(m.Minor) + float64(m.Fraction)/1e6) / math.Pow10(m.Currency.Exponent())
}

func words[T ~string](values []T) []string {
	all := make([]string, len(values))
	for i, value := range values {
		all[i] = string(value)
	}
	return all
}
