package wco

import (
	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/exchange/table"
)

type answer = exchange.Answer

// responseClass is the whole of RES. The first Declaration is the one that is answered; a second one holds what customs
// changed in it. The times of refusal and cancellation stand in the declaration and belong to the answer.
var responseClass = table.Class[answer]{
	table.Text("FunctionCode", "function", func(a *answer) *string { return &a.Function }),
	table.Text("FunctionalReferenceID", "reference", func(a *answer) *string { return &a.Reference }),
	when("IssueDateTime", "issued", func(a *answer) *instant { return &a.Issued }),
	table.Many("AdditionalInformation", "statements", func(a *answer) *[]statement { return &a.Statements }, statementClass),
	table.Many("Amendment", "amendments", func(a *answer) *[]amendment { return &a.Amendments }, amendmentClass),
	table.In("AppealOffice", table.Text("ID", "appeal_office", func(a *answer) *office { return &a.Appeal })),
	table.One("Bank", "bank", func(a *answer) *exchange.Account { return &a.Bank }, table.Class[exchange.Account]{
		table.Text("ReferenceID", "bank", func(b *exchange.Account) *string { return &b.Bank }),
		table.Text("ID", "number", func(b *exchange.Account) *string { return &b.Number }),
	}),
	table.Many("ContactOffice", "offices", func(a *answer) *[]exchange.Office { return &a.Offices }, table.Class[exchange.Office]{
		table.Text("ID", "id", func(o *exchange.Office) *office { return &o.ID }),
		table.Many("Communication", "communications", func(o *exchange.Office) *[]coded { return &o.Communications }, communicationClass),
	}),
	table.Many("Error", "errors", func(a *answer) *[]exchange.Objection { return &a.Errors }, table.Class[exchange.Objection]{
		table.Text("Description", "text", func(o *exchange.Objection) *string { return &o.Text }),
		table.Text("ValidationCode", "code", func(o *exchange.Objection) *string { return &o.Code }),
		table.Many("Pointer", "pointers", func(o *exchange.Objection) *[]pointer { return &o.Pointers }, pointerClass),
	}),
	table.Many("Status", "statuses", func(a *answer) *[]exchange.Status { return &a.Statuses }, table.Class[exchange.Status]{
		when("EffectiveDateTime", "effective", func(s *exchange.Status) *instant { return &s.Effective }),
		table.Text("NameCode", "code", func(s *exchange.Status) *string { return &s.Code }),
		when("ReleaseDateTime", "released", func(s *exchange.Status) *instant { return &s.Released }),
		table.Many("Pointer", "pointers", func(s *exchange.Status) *[]pointer { return &s.Pointers }, pointerClass),
	}),
	declarations(),
}

// answeredClass is the Declaration of an answer: that of DEC with two times more, where the schema of RES has them.
var answeredClass = func() (c table.Class[answer]) {
	for _, m := range table.Lift(declarationClass, func(a *answer) *doc { return &a.Declaration }) {
		c = append(c, m)
		switch m.Name {
		case "AcceptanceDateTime":
			c = append(c, when("CancellationDateTime", "", func(a *answer) *instant { return &a.Cancelled }))
		case "ID":
			c = append(c, when("RejectionDateTime", "", func(a *answer) *instant { return &a.Rejected }))
		}
	}
	return c
}()

// declarations reads the first Declaration of an answer as what it is about and the others as what was changed.
func declarations() table.Member[answer] {
	first := table.One("Declaration", "declaration", func(a *answer) *answer { return a }, answeredClass)
	further := table.Many("Declaration", "changed", func(a *answer) *[]doc { return &a.Changed }, declarationClass)
	return table.Member[answer]{
		Name: "Declaration",
		Many: true,
		Read: func(r *table.Reader, a *answer) error {
			if r.Again() {
				return further.Read(r, a)
			}
			return first.Read(r, a)
		},
		Write: func(w *table.Writer, a *answer) {
			first.Write(w, a)
			for i := range a.Changed {
				w.Space = decSpace // the schema of RES takes it from that of DEC
				w.Root("Declaration", func() { declarationClass.Write(w, &a.Changed[i]) })
			}
		},
	}
}
