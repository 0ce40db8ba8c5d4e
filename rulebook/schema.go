package rulebook

import (
	"math"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/claim"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/internal/rules"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

// The kinds of requirement that clauses make, beside those that package port knows by name.
const (
	FiguresAgree      port.RequirementKind = "figures_agree"      // 单证相符
	CrewCleared       port.RequirementKind = "crew_cleared"       // 边防检查: crew and vehicle
	VehicleCleared    port.RequirementKind = "vehicle_cleared"    // 边防检查 of a vehicle without crew
	PersonCleared     port.RequirementKind = "person_cleared"     // 边防检查 of one traveller
	QuarantineCleared port.RequirementKind = "quarantine_cleared" // 检疫查验 of the conveyance
	QuarantineResult  port.RequirementKind = "quarantine_result"  // 检疫结果 of the goods
	SanitaryTreatment port.RequirementKind = "sanitary_treatment" // 卫生处理 of the conveyance
	QuarantineTreated port.RequirementKind = "quarantine_treated" // 检疫处理 of the goods: 除害, 退回, 销毁
	TransitClosed     port.RequirementKind = "transit_closed"     // 过境货物核销
	RoadPermitValid   port.RequirementKind = "road_permit_valid"  // 行车许可证核验
	Disinfected       port.RequirementKind = "disinfected"        // 消毒
)

// Kinds lists the kinds of requirement that the book may ask for; the catalogue names each under requirement.<kind>.
func Kinds() []port.RequirementKind {
	return append([]port.RequirementKind{port.CustomsRelease, port.Weighed, port.Tallied, port.DestinationInspection, port.ManifestAccepted, port.Confirmed,
		port.ArrivalReported, FiguresAgree, CrewCleared, VehicleCleared, PersonCleared, QuarantineCleared, QuarantineResult, SanitaryTreatment,
		QuarantineTreated, TransitClosed, RoadPermitValid, Disinfected}, claim.Kinds()...)
}

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

	confirmationSubject = "confirmation"
	reportSubject       = "report"
	crosscheckSubject   = "check"
	examinationSubject  = "examination"
	purchaseSubject     = "purchase"
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
	rules.Computed(s, "numbered", (*manifest.Document).Numbered)
	rules.Computed(s, "inland", (*manifest.Document).Inland)

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
	rules.Subject[manifest.Confirmation](s, confirmationSubject, "")
	rules.Subject[cargo.Report](s, reportSubject, "")
	rules.Subject[Crosscheck](s, crosscheckSubject, "")
	rules.Subject[Examination](s, examinationSubject, "")
	rules.Subject[Purchase](s, purchaseSubject, "")

	s.Allow("mode", words(port.Modes())...)
	s.Allow("direction", words(port.Directions())...)
	s.Allow("kind", words(Kinds())...)
	s.Allow("concerns", words([]port.SubjectKind{port.MovementSubject, port.ConsignmentSubject, port.PersonSubject, port.EquipmentSubject})...)
	s.Allow("owner", words(port.Functions())...)
	s.Allow("due", words(port.DuePoints())...)
	s.Allow("source", string(port.Here), string(port.Mirrored))
	s.Allow("level", string(port.ResultDocuments), string(port.ResultInspect), string(port.ResultHeld), string(port.ResultRefused))
	s.Allow("deadline", words(port.ClockKinds())...)
	s.Allow("from", port.ClockEvents()...)
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
