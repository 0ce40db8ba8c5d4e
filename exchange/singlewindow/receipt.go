package singlewindow

import (
	"slices"

	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/exchange/table"
	"github.com/guomen/guomen/port"
)

type answer = exchange.Answer

// manifestAnswers are the response codes of the road manifest 回执类型 (domain facts §2.4), and 0, the client's "called".
// That the data centre could not store a message, or not pass it on, is a refusal: customs does not have it.
var manifestAnswers = map[string]string{
	"01": exchange.AnswerAccepted, "02": exchange.AnswerReceived, "03": exchange.AnswerRejected,
	"11": exchange.AnswerReleased, "12": exchange.AnswerNoLoading, "13": exchange.AnswerNoUnloading,
	"0": exchange.AnswerReceived, "T": exchange.AnswerReceived, "D": exchange.AnswerReceived,
	"E1": exchange.AnswerReceived, "E2": exchange.AnswerRejected, "E3": exchange.AnswerReceived, "E4": exchange.AnswerRejected,
}

// declarationAnswers are the codes in CHANNEL of DEC_RESULT, as public integrations list them; the ones that they do not
// agree on, or that speak of inspection papers only, are left out and refused. 放行交单 asks for the papers.
var declarationAnswers = map[string]string{
	"7": exchange.AnswerReceived, "L": exchange.AnswerReceived, "S0": exchange.AnswerReceived, "E0": exchange.AnswerReceived, "E1": exchange.AnswerReceived,
	"J": exchange.AnswerAccepted, "G": exchange.AnswerAccepted, "W": exchange.AnswerAccepted,
	"P": exchange.AnswerReleased, "I": exchange.AnswerReleased, "K": exchange.AnswerReleased, "B": exchange.AnswerReleased, "R": exchange.AnswerCleared,
	"C": exchange.AnswerInspection, "S": exchange.AnswerInspection,
	"F": exchange.AnswerDocuments, "N": exchange.AnswerDocuments, "H": exchange.AnswerDocuments, "M": exchange.AnswerReceived,
	"E": exchange.AnswerRejected, "Y": exchange.AnswerRejected, "Z": exchange.AnswerRejected, "f0": exchange.AnswerRejected, "F1": exchange.AnswerRejected,
	"D": exchange.AnswerInvalidated, "A": exchange.AnswerInvalidated, "T": exchange.AnswerTax,
	"SpL": exchange.AnswerReceived, "SpJ": exchange.AnswerAccepted, "SpE": exchange.AnswerRejected, // 概要申报
	"SpC": exchange.AnswerInspection, "SpK": exchange.AnswerReleased, "Sp1": exchange.AnswerDocuments,
}

// calls are the codes of what an import client was told: 0, or why not.
var calls = map[string]string{"0": exchange.AnswerReceived}

// The results in receipts of pass documents. SAS221 and SAS251 answer the declaration of the pass, SAS223 and SAS253 say
// that it passed a gate, SAS224 is what became of an examination 查验处置 (domain facts §3.6).
var (
	passAnswers    = map[string]string{"1": exchange.AnswerAccepted, "3": exchange.AnswerRejected}
	gateAnswers    = map[string]string{"1": exchange.AnswerCrossed}
	examineAnswers = map[string]string{"2": exchange.AnswerCrossingRefused, "3": exchange.AnswerGateReleased}
)

// outcome is an answer while it is read: the code as written, and its words.
type outcome struct {
	answer answer
	code   string
	text   string
}

// coded is the element of a code that says what is decided. An unknown code is refused, lest it decide nothing in silence.
func coded[T any](name string, meaning map[string]string, other string, code, function func(*T) *string) table.Member[T] {
	return table.Member[T]{
		Name: name,
		Read: func(r *table.Reader, t *T) error {
			value, err := r.Leaf("function", "", nil)
			if err != nil || value == "" {
				return err
			}
			*code(t) = string(append([]byte(nil), value...))
			*function(t) = meaning[value]
			if *function(t) == "" {
				*function(t) = other
			}
			if *function(t) == "" {
				r.Fail("singlewindow.code", table.Clip(value))
			}
			return nil
		},
		Write: func(w *table.Writer, t *T) { w.Leaf(name, *code(t), "", "") },
	}
}

func code(o *outcome) *string     { return &o.code }
func words(o *outcome) *string    { return &o.text }
func function(o *outcome) *string { return &o.answer.Function }

func partCode(p *exchange.Part) *string     { return &p.Code }
func partFunction(p *exchange.Part) *string { return &p.Function }

func decl(o *outcome) *declaration.Document { return &o.answer.Declaration }

// settle turns code and words into the answer's status and, where it refuses, its objection.
func (o *outcome) settle() *answer {
	a := &o.answer
	if a.Function == "" {
		return a // its check says that an answer says nothing
	}
	if o.code != "" {
		a.Statuses = append(a.Statuses, exchange.Status{Code: o.code, Effective: a.Issued})
	}
	switch {
	case a.Function == exchange.AnswerRejected:
		a.Errors = append(a.Errors, exchange.Objection{Code: o.code, Text: o.text})
	case o.text != "":
		a.Statements = append(a.Statements, declaration.Statement{Text: o.text})
	}
	return a
}

// responseClass is the Response of an MT message 通关回执: on the crossing as such, its boxes and its waybills.
var responseClass = table.Class[outcome]{
	table.Text("ID", "batch", func(o *outcome) *port.BatchNumber { return &o.answer.Batch }),
	table.In("AdditionalInformation",
		coded("StatementCode", manifestAnswers, "", code, function),
		table.Text("StatementDescription", "statements", words),
	),
	table.In("BorderTransportMeans", parts("TransportEquipment", exchange.PartContainer, table.Class[exchange.Part]{
		table.Text("ID", "number", func(p *exchange.Part) *string { return &p.Number }),
		partInformation,
	})),
	parts("Consignment", exchange.PartWaybill, table.Class[exchange.Part]{
		partInformation,
		table.In("TransportContractDocument", table.Text("ID", "number", func(p *exchange.Part) *string { return &p.Number })),
	}),
	table.In("ResponseType", // of the client's own receipt
		readOnly(once(coded("Code", manifestAnswers, exchange.AnswerRejected, code, function), func(o *outcome) bool { return o.code != "" })),
		same("Text", "statements", words),
	),
}

var partInformation = table.In("AdditionalInformation",
	coded("StatementCode", manifestAnswers, "", partCode, partFunction),
	table.Text("StatementDescription", "text", func(p *exchange.Part) *string { return &p.Text }),
)

func parts(name, kind string, c table.Class[exchange.Part]) table.Member[outcome] {
	return table.Some(name, "parts", func(o *outcome) *[]exchange.Part { return &o.answer.Parts }, c,
		func(p exchange.Part) bool { return p.Kind == kind }, exchange.Part{Kind: kind})
}

// settleResponse gives an answer that speaks of its parts only the gravest of their words: one waybill that may not
// be unloaded holds the vehicle that it is on.
func settleResponse(o *outcome) *answer {
	a := &o.answer
	if a.Function == "" {
		for _, p := range a.Parts {
			if a.Function == "" || gravity(p.Function) > gravity(a.Function) {
				a.Function, o.code = p.Function, p.Code
			}
		}
	}
	return o.settle()
}

// gravity ranks what is said of a part: a hold above a wait, and a wait above a release.
func gravity(function string) int {
	a := answer{Function: function}
	result, decided := a.Result()
	switch {
	case !decided:
		result = port.ResultUndecided
	case result == port.ResultMet:
		return 0
	}
	return slices.Index(port.Results(), result)
}

// importClass is DecImportResponse, what an import client was told of a declaration.
var importClass = table.Class[outcome]{
	coded("ResponseCode", calls, exchange.AnswerRejected, code, function),
	table.Text("ErrorMessage", "statements", words),
	table.Text("ClientSeqNo", "declaration/reference", func(o *outcome) *string { return &decl(o).Reference }),
	table.Text("SeqNo", "declaration/window_number", func(o *outcome) *string { return &decl(o).Window }),
}

// commonClass is CommonResponeMessage, the same of pass documents and checklists.
var commonClass = table.Class[outcome]{
	table.Text("SeqNo", "declaration/window_number", func(o *outcome) *string { return &decl(o).Window }),
	table.Text("EtpsPreentNo", "declaration/reference", func(o *outcome) *string { return &decl(o).Reference }),
	table.Text("CheckInfo", "statements", words),
	coded("DealFlag", calls, exchange.AnswerRejected, code, function),
}

// resultClass is DEC_RESULT, what customs says of a declaration 业务回执.
var resultClass = table.Class[outcome]{
	table.Text("CUS_CIQ_NO", "declaration/window_number", func(o *outcome) *string { return &decl(o).Window }),
	same("SEQ_NO", "declaration/window_number", func(o *outcome) *string { return &decl(o).Window }), // of older clients
	entry,
	dashed("NOTICE_DATE", "issued", func(o *outcome) *port.Time { return &o.answer.Issued }),
	coded("CHANNEL", declarationAnswers, "", code, function),
	table.Text("NOTE", "statements", words),
	table.Text("CUSTOM_MASTER", "declaration/office", func(o *outcome) *port.CustomsOffice { return &decl(o).Office }),
	dashed("D_DATE", "declaration/accepted", func(o *outcome) *port.Time { return &decl(o).Accepted }),
}

// entry is the declaration's number. Before customs has given one, receipts repeat the window's number there.
var entry = func() table.Member[outcome] {
	m := table.Text("ENTRY_ID", "declaration/number", func(o *outcome) *port.DeclarationNumber { return &decl(o).Number })
	read := m.Read
	m.Read = func(r *table.Reader, o *outcome) error {
		err := read(r, o)
		if d := decl(o); string(d.Number) == d.Window {
			d.Number = ""
		}
		return err
	}
	return m
}()

// passClass is the body of a receipt on a pass document: what was decided, and the pass.
func passClass(meaning map[string]string) table.Class[outcome] {
	pass := table.Class[outcome]{
		same("passportNo", "pass", func(o *outcome) *string { return &o.answer.Pass }),
		same("sasPassportPreentNo", "declaration/window_number", func(o *outcome) *string { return &decl(o).Window }),
		table.Text("masterCuscd", "declaration/office", func(o *outcome) *port.CustomsOffice { return &decl(o).Office }),
	}
	return table.Class[outcome]{
		table.In("HdeApprResult",
			table.Text("etpsPreentNo", "declaration/window_number", func(o *outcome) *string { return &decl(o).Window }),
			table.Text("businessId", "pass", func(o *outcome) *string { return &o.answer.Pass }),
			coded("manageResult", meaning, "", code, function),
			when("manageDate", "issued", func(o *outcome) *port.Time { return &o.answer.Issued }),
			table.Text("rmk", "statements", words),
		),
		table.In("SasPassportBsc", pass...),
		table.In("Sas2stepPassportBsc", pass...),
	}
}
