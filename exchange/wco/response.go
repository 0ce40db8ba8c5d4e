package wco

import "github.com/guomen/guomen/exchange"

type answer = exchange.Answer

// responseClass is the whole of RES. The first Declaration is the one that is answered; a second one holds what customs
// changed in it. The times of refusal and cancellation stand in the declaration and belong to the answer.
var responseClass = class[answer]{
	text("FunctionCode", "function", func(a *answer) *string { return &a.Function }),
	text("FunctionalReferenceID", "reference", func(a *answer) *string { return &a.Reference }),
	when("IssueDateTime", "issued", func(a *answer) *instant { return &a.Issued }),
	many("AdditionalInformation", "statements", func(a *answer) *[]statement { return &a.Statements }, statementClass),
	many("Amendment", "amendments", func(a *answer) *[]amendment { return &a.Amendments }, amendmentClass),
	in("AppealOffice", text("ID", "appeal_office", func(a *answer) *office { return &a.Appeal })),
	one("Bank", "bank", func(a *answer) *exchange.Account { return &a.Bank }, class[exchange.Account]{
		text("ReferenceID", "bank", func(b *exchange.Account) *string { return &b.Bank }),
		text("ID", "number", func(b *exchange.Account) *string { return &b.Number }),
	}),
	many("ContactOffice", "offices", func(a *answer) *[]exchange.Office { return &a.Offices }, class[exchange.Office]{
		text("ID", "id", func(o *exchange.Office) *office { return &o.ID }),
		many("Communication", "communications", func(o *exchange.Office) *[]coded { return &o.Communications }, communicationClass),
	}),
	many("Error", "errors", func(a *answer) *[]exchange.Objection { return &a.Errors }, class[exchange.Objection]{
		text("Description", "text", func(o *exchange.Objection) *string { return &o.Text }),
		text("ValidationCode", "code", func(o *exchange.Objection) *string { return &o.Code }),
		many("Pointer", "pointers", func(o *exchange.Objection) *[]pointer { return &o.Pointers }, pointerClass),
	}),
	many("Status", "statuses", func(a *answer) *[]exchange.Status { return &a.Statuses }, class[exchange.Status]{
		when("EffectiveDateTime", "effective", func(s *exchange.Status) *instant { return &s.Effective }),
		text("NameCode", "code", func(s *exchange.Status) *string { return &s.Code }),
		when("ReleaseDateTime", "released", func(s *exchange.Status) *instant { return &s.Released }),
		many("Pointer", "pointers", func(s *exchange.Status) *[]pointer { return &s.Pointers }, pointerClass),
	}),
	declarations(),
}

// answeredClass is the Declaration of an answer: that of DEC with two times more, where the schema of RES has them.
var answeredClass = func() (c class[answer]) {
	for _, m := range lift(declarationClass, func(a *answer) *doc { return &a.Declaration }) {
		c = append(c, m)
		switch m.name {
		case "AcceptanceDateTime":
			c = append(c, when("CancellationDateTime", "", func(a *answer) *instant { return &a.Cancelled }))
		case "ID":
			c = append(c, when("RejectionDateTime", "", func(a *answer) *instant { return &a.Rejected }))
		}
	}
	return c
}()

// declarations reads the first Declaration of an answer as what it is about and the others as what was changed.
func declarations() member[answer] {
	first := one("Declaration", "declaration", func(a *answer) *answer { return a }, answeredClass)
	further := many("Declaration", "changed", func(a *answer) *[]doc { return &a.Changed }, declarationClass)
	return member[answer]{
		name: "Declaration",
		many: true,
		read: func(r *reader, a *answer) error {
			if r.answered {
				return further.read(r, a)
			}
			r.answered = true
			return first.read(r, a)
		},
		write: func(w *writer, a *answer) {
			first.write(w, a)
			for i := range a.Changed {
				w.space = decSpace // the schema of RES takes it from that of DEC
				w.root("Declaration", func() { declarationClass.write(w, &a.Changed[i]) })
			}
		},
	}
}
