package exchange

import (
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/review"
	"github.com/guomen/guomen/port"
)

// The functions of an answer: what customs says about a declaration. The codes are those of WCO RES messages in the
// profile that was published with samples (hmrc/customs-declarations, Example_DMS_notifications), to which other formats'
// receipts are mapped.
const (
	AnswerAccepted      = "01" // the declaration is accepted 接受申报
	AnswerReceived      = "02" // it is registered, ahead of the goods
	AnswerRejected      = "03" // it is refused, with errors 退单
	AnswerInspection    = "05" // the goods will be examined 查验
	AnswerDocuments     = "06" // documents are asked for
	AnswerChanged       = "07" // customs has changed it, after an examination
	AnswerReleased      = "08" // the goods are released 放行
	AnswerCleared       = "09" // the goods are cleared 结关
	AnswerInvalidated   = "10" // the declaration is cancelled 撤销
	AnswerRequest       = "11" // what became of a request to amend or cancel
	AnswerTax           = "13" // taxes are assessed or paid 税费
	AnswerBalance       = "14" // the account does not suffice
	AnswerReminder      = "15" // something is due soon
	AnswerExited        = "16" // the goods have left the territory
	AnswerExitRequested = "18" // evidence is asked for that the goods have left
)

// The functions of an answer on a manifest or a pass document, which WCO RES has no codes for. Acceptance, refusal and
// release are those above.
const (
	AnswerNoLoading       = "no_loading"       // 拒装: it may not be loaded
	AnswerNoUnloading     = "no_unloading"     // 禁卸: it may not be unloaded
	AnswerCrossed         = "crossed"          // 过卡: the gate has been passed
	AnswerCrossingRefused = "crossing_refused" // 拒绝过卡
	AnswerGateReleased    = "gate_released"    // 卡口放行: it may pass the gate, after an examination
)

// Answer is what an authority's system says about a declaration, a manifest or a pass document 回执, whatever format it
// came in. A mirrored requirement follows it.
type Answer struct {
	Function  string    `json:"function"`            // as written, see the constants
	Reference string    `json:"reference,omitempty"` // the answer's own number
	Issued    port.Time `json:"issued,omitzero"`

	// Declaration is the declaration as far as the answer repeats it: the declarant's reference and the number that
	// customs has given say which it is; version, acceptance and the tax lines stand in it too.
	Declaration declaration.Document   `json:"declaration,omitzero"`
	Batch       port.BatchNumber       `json:"batch,omitempty"` // the crossing, where the answer is on its manifest or confirmation
	Pass        string                 `json:"pass,omitempty"`  // the pass document 核放单, where the answer is on one
	Parts       []Part                 `json:"parts,omitempty"` // what is said of single waybills and boxes of the crossing
	Rejected    port.Time              `json:"rejected,omitzero"`
	Cancelled   port.Time              `json:"cancelled,omitzero"`
	Changed     []declaration.Document `json:"changed,omitempty"` // the parts that customs changed, as they now are

	Statuses   []Status                `json:"statuses,omitempty"`
	Errors     []Objection             `json:"errors,omitempty"`
	Statements []declaration.Statement `json:"statements,omitempty"` // additional information, with time limits
	Amendments []declaration.Amendment `json:"amendments,omitempty"` // which places customs changed
	Bank       Account                 `json:"bank,omitzero"`        // where to pay
	Offices    []Office                `json:"offices,omitempty"`    // whom to ask
	Appeal     port.CustomsOffice      `json:"appeal_office,omitempty"`
}

// The kinds of part.
const (
	PartWaybill   = "waybill"
	PartContainer = "container"
)

// Part is what an answer says of one waybill or box. Function is as an answer's.
type Part struct {
	Kind     string `json:"kind"`
	Number   string `json:"number"`
	Function string `json:"function"`
	Code     string `json:"code,omitempty"` // as the authority wrote it
	Text     string `json:"text,omitempty"`
}

// Status is a state of the declaration, coded by the authority, and since when.
type Status struct {
	Code      string                `json:"code,omitempty"`
	Effective port.Time             `json:"effective,omitzero"`
	Released  port.Time             `json:"released,omitzero"`
	Pointers  []declaration.Pointer `json:"pointers,omitempty"`
}

// Objection is one error that the authority finds, and where.
type Objection struct {
	Code     string                `json:"code,omitempty"` // the authority's validation code
	Text     string                `json:"text,omitempty"`
	Pointers []declaration.Pointer `json:"pointers,omitempty"`
}

// Account is a bank account: Bank is the bank's code, Number the account's.
type Account struct {
	Bank   string `json:"bank,omitempty"`
	Number string `json:"number,omitempty"`
}

// Office is an office to turn to.
type Office struct {
	ID             port.CustomsOffice  `json:"id,omitempty"`
	Communications []declaration.Coded `json:"communications,omitempty"`
}

// Result is the finding that an answer means for the requirement "released by customs". It is false where the answer
// decides nothing: accepted, received, changed, taxes, reminders.
func (a *Answer) Result() (port.Result, bool) {
	switch a.code() {
	case AnswerReleased, AnswerCleared, AnswerGateReleased:
		return port.ResultMet, true
	case AnswerInspection:
		return port.ResultInspect, true
	case AnswerDocuments:
		return port.ResultDocuments, true
	case AnswerNoLoading, AnswerNoUnloading:
		return port.ResultHeld, true
	case AnswerRejected, AnswerInvalidated, AnswerCrossingRefused:
		return port.ResultRefused, true
	}
	return "", false
}

// code is the function with two digits: the data model's format is n..2, so 8 is 08.
func (a *Answer) code() string {
	if len(a.Function) == 1 {
		return "0" + a.Function
	}
	return a.Function
}

// TextKey names, in the catalogue, the label of what the answer says.
func (a *Answer) TextKey() string { return "enum.answer." + a.code() }

// check asks that an answer says what it answers, and what.
func (a *Answer) check() []errs.Problem {
	r := &review.Review{}
	r.Require("function", a.Function != "")
	r.Text("function", a.Function, review.Code)
	if a.Batch != "" || a.Pass != "" {
		review.Identifier(r, "batch", a.Batch)
		r.Text("pass", a.Pass, review.Code)
	} else {
		r.In("declaration")
		r.Require("reference", a.Declaration.Reference != "" || a.Declaration.Number != "" || a.Declaration.Window != "")
		r.Out()
	}
	return r.Problems()
}

// Limit is the earliest time by which the answer asks for something; absent where it sets none.
func (a *Answer) Limit() port.Time {
	var earliest port.Time
	for _, s := range a.Statements {
		if s.Limit != 0 && (earliest == 0 || s.Limit < earliest) {
			earliest = s.Limit
		}
	}
	return earliest
}
