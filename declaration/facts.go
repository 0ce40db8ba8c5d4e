package declaration

import (
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// Lodged: a trader has declared goods, and the rulebook has no objection. Judged.Demands are what the law asks of the
// consignment because of it.
type Lodged struct {
	Declaration  port.ID     `json:"declaration"`
	Consignment  port.ID     `json:"consignment"`
	Organisation string      `json:"organisation"`
	Document     Document    `json:"document"`
	Judged       port.Judged `json:"judged"`
	Goods        port.PortID `json:"goods,omitempty"` // the port that has the goods, where it is another than this

	written []byte // what follows the ids, encoded before the command queued; nil: not yet
}

// AppendJSON writes the fact as its JSON encoding is.
func (l Lodged) AppendJSON(to []byte) ([]byte, error) {
	if l.written == nil {
		var err error
		if l.written, err = l.write(); err != nil {
			return to, err
		}
	}
	to = append(to, `{"declaration":"`...)
	to = l.Declaration.AppendTo(to)
	to = append(to, `","consignment":"`...)
	to = l.Consignment.AppendTo(to)
	to = append(to, '"', ',')
	return append(to, l.written...), nil
}

// write encodes everything but the ids, which are only known when it is decided.
func (l Lodged) write() ([]byte, error) {
	data, err := ledger.Encode(struct {
		Organisation string      `json:"organisation"`
		Document     *Document   `json:"document"`
		Judged       port.Judged `json:"judged"`
		Goods        port.PortID `json:"goods,omitempty"`
	}{l.Organisation, &l.Document, l.Judged, l.Goods})
	if err != nil {
		return nil, err
	}
	return data[1:], nil
}

// FactName is declaration.lodged.v1.
func (Lodged) FactName() string { return "declaration.lodged.v1" }

// Amended: the declarant has replaced the document (修改). What had been decided on the old one is open again.
type Amended struct {
	Declaration port.ID     `json:"declaration"`
	Consignment port.ID     `json:"consignment"`
	Version     int         `json:"version"`
	Reason      string      `json:"reason,omitempty"`
	Document    Document    `json:"document"`
	Judged      port.Judged `json:"judged"`
}

// FactName is declaration.amended.v1.
func (Amended) FactName() string { return "declaration.amended.v1" }

// Withdrawn: the declarant has withdrawn it (撤销).
type Withdrawn struct {
	Declaration port.ID `json:"declaration"`
	Consignment port.ID `json:"consignment"`
	Reason      string  `json:"reason,omitempty"`
}

// FactName is declaration.withdrawn.v1.
func (Withdrawn) FactName() string { return "declaration.withdrawn.v1" }

// Answered: an outside customs system has answered (WCO RES). Function is the answer's code as sent; Result is what it
// means for the release, empty where it decides nothing.
type Answered struct {
	Declaration port.ID                `json:"declaration"`
	Consignment port.ID                `json:"consignment"`
	Function    string                 `json:"function"`
	Result      port.Result            `json:"result,omitempty"`
	Number      port.DeclarationNumber `json:"number,omitempty"`
	Window      string                 `json:"window,omitempty"` // number that the single window has given 统一编号
	Issued      port.Time              `json:"issued,omitempty"`
	Reason      string                 `json:"reason,omitempty"`
}

// FactName is declaration.answered.v1.
func (Answered) FactName() string { return "declaration.answered.v1" }

// Closed: the goods have left custody and nothing is left to decide (结关).
type Closed struct {
	Declaration port.ID `json:"declaration"`
}

// FactName is declaration.closed.v1.
func (Closed) FactName() string { return "declaration.closed.v1" }

// Covered: a declaration of several waybills (归并) concerns this consignment as it does the one that its own facts name.
// What says what has happened to the declaration: one of those facts' names.
type Covered struct {
	Declaration port.ID     `json:"declaration"`
	Consignment port.ID     `json:"consignment"`
	What        string      `json:"what"`
	Waybill     string      `json:"waybill,omitempty"`
	Goods       port.PortID `json:"goods,omitempty"` // as of the declaration, where it is lodged
	Steps       string      `json:"steps,omitempty"`
	Judged      port.Judged `json:"judged,omitzero"`
	Result      port.Result `json:"result,omitempty"` // of an answer
	Reason      string      `json:"reason,omitempty"`
}

// FactName is declaration.covered.v1.
func (Covered) FactName() string { return "declaration.covered.v1" }
