package exchangeweb

import (
	"cmp"
	"context"
	"crypto/sha256"
	"net/http"
	"reflect"
	"strconv"

	"github.com/go-json-experiment/json"

	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/internal/api"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
)

// Routes adds the routes of documents and receipts.
func (in *Intake) Routes(a *api.API) {
	receipt := reflect.TypeFor[Accepted]()
	a.Raw("POST", "/v1/messages", "Send a message in any supported format; with Accept: application/edifact EDIFACT is answered by CONTRL and CUSRES 报文", nil, receipt, in.lodge(a, ""))
	a.Raw("POST", "/v1/manifests", "Lodge a manifest 舱单", reflect.TypeFor[manifest.Document](), receipt, in.lodge(a, exchange.KindManifest))
	a.Raw("POST", "/v1/declarations", "Lodge a declaration 报关单", reflect.TypeFor[declaration.Document](), receipt, in.lodge(a, exchange.KindDeclaration))
	a.Raw("POST", "/v1/declarations/{id}/amendments", "Amend a declaration 修改", reflect.TypeFor[Amendment](), receipt, in.amend(a))
	api.Post(a, "/v1/declarations/{id}/withdrawal", "Withdraw a declaration 撤销", in.withdraw)
	api.Get(a, "/v1/receipts/{id}", "What became of a command 回执", in.receipt)
	api.Get(a, "/v1/messages/{id}/answers", "What came back on a message 答复", in.answers)
}

// Accepted is the answer to a document: its receipt, and what is worth knowing though nothing is wrong.
type Accepted struct {
	ledger.Receipt
	Problems []errs.Problem `json:"problems,omitempty"`
}

func (in *Intake) lodge(a *api.API, kind exchange.Kind) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		sent, err := sentBy(w, r)
		if err != nil {
			return err
		}
		sent.Kind = kind
		sent.Hint = exchange.Hint{Format: r.URL.Query().Get("format"), Kind: cmp.Or(kind, exchange.Kind(r.URL.Query().Get("kind")))}
		if kind != "" {
			sent.Hint.Format = "json"
		}
		result, err := in.Submit(r.Context(), sent)
		if kind == "" && wantsOwn(r) {
			if answer := in.own(a, sent, result, err); answer != nil {
				return writeOwn(w, err, answer)
			}
		}
		if err != nil {
			return err
		}
		return a.Write(w, http.StatusAccepted, Accepted{result.Receipt, a.Told(api.Language(r.Context()), result.Problems)})
	}
}

// Amendment is a new document for a declaration, and why.
type Amendment struct {
	Reason   string               `json:"reason,omitempty"`
	Document declaration.Document `json:"document"`
}

func (in *Intake) amend(a *api.API) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		sent, err := sentBy(w, r)
		if err != nil {
			return err
		}
		id, name, err := in.named(r.PathValue("id"))
		if err != nil {
			return err
		}
		var body Amendment
		if err := json.Unmarshal(sent.Data, &body, json.RejectUnknownMembers(true)); err != nil {
			return errs.Bad([]errs.Problem{errs.At("", "body.malformed", err.Error())})
		}
		at := port.PortID(name[len("port:"):])
		law, judged := in.Law.Declaration(at, &body.Document, in.Engine.Now())
		problems := once(declaration.Check(&body.Document), law)
		do := ledger.Decision(declaration.Amend{Kind: in.Kinds.Declarations, Declaration: id, Document: body.Document, Judged: judged, Reason: body.Reason})
		if refusal := errs.Bad(problems); refusal != nil {
			do = ledger.Refuse{Err: refusal}
		}
		receipt, err := in.give(r.Context(), name, sent, do)
		if err != nil {
			return err
		}
		return a.Write(w, http.StatusAccepted, Accepted{receipt, a.Told(api.Language(r.Context()), problems)})
	}
}

// named finds the ledger of a thing by its id.
func (in *Intake) named(text string) (port.ID, ledger.Name, error) {
	id, err := port.ParseID(text)
	if err == nil {
		if name, ok := in.Engine.NameOf(id); ok && len(name) > 5 && name[:5] == "port:" {
			return id, name, nil
		}
	}
	return id, "", errs.New(errs.Missing, "declaration.unknown", "declaration %q", text)
}

func (in *Intake) give(ctx context.Context, name ledger.Name, sent Sent, do ledger.Decision) (ledger.Receipt, error) {
	number, _ := in.Engine.Number(name)
	return in.Engine.Submit(ctx, ledger.Command{
		ID: in.Engine.NewID(number), Ledger: name, Actor: sent.By.Actor(), Priority: ledger.Lodgement, Key: sent.Key,
		Body: sha256.Sum256(sent.Data), Submission: sent.Data, Media: sent.Media, Do: do,
	})
}

// Withdrawal is why a declaration is taken back.
type Withdrawal struct {
	ID   string `path:"id"`
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body struct {
		Reason string `json:"reason" maxLength:"1000"`
	}
}

func (in *Intake) withdraw(ctx context.Context, input *Withdrawal) (ledger.Receipt, error) {
	id, name, err := in.named(input.ID)
	if err != nil {
		return ledger.Receipt{}, err
	}
	said, err := json.Marshal(map[string]string{"declaration": input.ID, "reason": input.Body.Reason}, json.Deterministic(true))
	if err != nil {
		return ledger.Receipt{}, errs.Wrap(errs.Broken, err, "encode a withdrawal")
	}
	sent := Sent{Data: said, Media: "application/json", Key: input.Key, By: identity.From(ctx)} // a key is for one declaration
	return in.give(ctx, name, sent, declaration.Withdraw{Kind: in.Kinds.Declarations, Declaration: id, Reason: input.Body.Reason})
}

// ByID names one thing.
type ByID struct {
	ID string `path:"id"`
}

// receipt finds a receipt; another organisation's cannot be told from one that does not exist.
func (in *Intake) receipt(ctx context.Context, input *ByID) (ledger.Receipt, error) {
	unknown := errs.New(errs.Missing, "receipt.unknown", "no receipt %q", input.ID)
	id, err := port.ParseID(input.ID)
	if err != nil {
		return ledger.Receipt{}, unknown
	}
	receipt, _, err := in.Engine.ReceiptOf(ctx, id)
	if err != nil {
		return ledger.Receipt{}, err
	}
	owner, err := in.Engine.Owner(ctx, id)
	if err != nil {
		return ledger.Receipt{}, err
	}
	if by := identity.From(ctx); owner != by.Organisation && !by.Role.Everywhere() {
		return ledger.Receipt{}, unknown
	}
	return receipt, nil
}

// Answer is one thing that came back on a message: what happened, in order.
type Answer struct {
	Ledger   ledger.Name          `json:"ledger"`
	Seq      uint64               `json:"seq"`
	Name     string               `json:"name"`
	At       port.Time            `json:"at"`
	Function string               `json:"function,omitempty"` // of an outside system's answer
	Kind     port.RequirementKind `json:"kind,omitempty"`     // of a verdict
	Result   port.Result          `json:"result,omitempty"`
	Reason   string               `json:"reason,omitempty"`
	Note     string               `json:"note,omitempty"`
}

// Answers is a list of answers. Reply says the same in the sender's own format, where that has answers: CONTRL and
// CUSRES for EDIFACT.
type Answers struct {
	Items []Answer   `json:"items"`
	Next  api.Cursor `json:"next"`
	Reply string     `json:"reply,omitempty"`
}

// answersWalk bounds how many facts of the ledger are looked at for one page of answers: half a day of the busiest port,
// which is read in some tenths of a second.
const answersWalk = 20_000

// AnswersQuery names a message, and where the last page of its answers ended.
type AnswersQuery struct {
	ByID
	After uint64 `query:"after" maximum:"17592186044415" doc:"next of the page before"`
}

// answers walks the ledger from the message on and gives what is about it: its declaration and that one's consignment,
// or its movement. Next is there as long as the ledger goes on; a page may be empty.
func (in *Intake) answers(ctx context.Context, input *AnswersQuery) (Answers, error) {
	receipt, err := in.receipt(ctx, &input.ByID)
	if err != nil {
		return Answers{Items: []Answer{}}, err
	}
	list, err := in.since(ctx, receipt, input.After)
	if err == nil {
		list.Reply, err = in.reply(ctx, receipt, list.Items)
	}
	return list, err
}

// since is one page of what has happened to the subject of a receipt.
func (in *Intake) since(ctx context.Context, receipt ledger.Receipt, from uint64) (Answers, error) {
	list := Answers{Items: []Answer{}}
	if receipt.Subject.IsZero() {
		return list, nil
	}
	subject := receipt.Subject
	if about, ok, err := ledger.ReadIn(ctx, in.Engine, receipt.Ledger, in.Kinds.Declarations, receipt.Subject); err != nil {
		return list, err
	} else if ok {
		subject = about.Consignment
	}
	after := max(receipt.Last, from)
	for end := after + answersWalk; ; {
		facts, err := in.Engine.Facts(ctx, receipt.Ledger, after, 2048, 0)
		if err != nil {
			return list, err
		}
		for i := range facts {
			f := &facts[i]
			a := Answer{Ledger: f.Ledger, Seq: f.Seq, Name: f.Name, At: f.At}
			switch b := f.Body.(type) {
			case declaration.Answered:
				if b.Declaration != receipt.Subject {
					continue
				}
				a.Function, a.Result, a.Reason, a.Kind = b.Function, b.Result, b.Reason, port.CustomsRelease
			case movement.Decided:
				if b.Subject != subject {
					continue
				}
				a.Kind, a.Result, a.Reason, a.Note = b.Kind, b.Result, b.Reason, b.Note
			case declaration.Closed:
				if b.Declaration != receipt.Subject {
					continue
				}
			default:
				continue
			}
			list.Items = append(list.Items, a)
		}
		if len(facts) == 0 {
			return list, nil
		}
		if after = facts[len(facts)-1].Seq; after >= end {
			list.Next = api.Cursor(strconv.FormatUint(after, 10))
			return list, nil
		}
	}
}
