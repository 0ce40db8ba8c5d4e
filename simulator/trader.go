package simulator

import (
	"time"

	"github.com/guomen/guomen/declaration"
)

// earlyLeast is how long before arrival an early declaration is lodged at the latest.
const earlyLeast = 10 * time.Minute

// plead gives the trader of what a vehicle carries an occasion to declare. He takes the one that the plan has him take.
// What an earlier run of the simulator has left undeclared is declared when the vehicle is held for it; what visitors
// announce is theirs to declare.
func (w *world) plead(c *crossing, occasion Timing) {
	load := c.load()
	if c.declared || len(c.paper.Waybills) == 0 || load == nil && (occasion != DeclareChased || w.printer.runOf(c.paper.Batch) < 0) {
		return
	}
	firm, early, wait := demoFirm(w.dice("trader", c.name())), false, w.dice("chase", c.name()).about(w.profile.Times.Chase.Value)
	if load != nil {
		taken := load.Declare
		if taken == DeclareLate {
			taken = DeclareUsual // on the same occasion, only later
		}
		if taken != occasion {
			return
		}
		firm = load.Trader
		switch occasion {
		case DeclareEarly:
			early, wait = true, min(load.Wait, c.arrive.Sub(w.now())-earlyLeast)
		case DeclareUsual:
			wait = load.Wait
		}
	}
	c.declared = true
	w.after(max(wait, 0), func() {
		if c.stage == gone || w.docket.declared(c.movement) {
			return
		}
		w.ask("declaration", "trader", "/v1/declarations?port="+string(w.id), c.name()+"declaration", w.printer.declaration(&c.paper, firm, early), func(a answer) {
			if a.ok() {
				w.tally.count(w.id, "declared."+string(occasion))
			}
		})
	})
}

// amendment is the body of an amendment.
type amendment struct {
	Reason   string               `json:"reason"`
	Document declaration.Document `json:"document"`
}

// amend sends the papers that customs asks for, as an amendment of the declaration.
func (w *world) amend(c *crossing) {
	load, v := c.load(), w.docket.vehicles[c.movement]
	if load == nil || v == nil || len(v.carries) == 0 {
		return
	}
	l := w.docket.lots[v.carries[0]]
	if l == nil || len(l.papers) == 0 {
		return
	}
	id := l.papers[len(l.papers)-1]
	w.after(w.dice("amend", c.name()).about(w.profile.Times.Chase.Value), func() {
		document := w.printer.declaration(&c.paper, load.Trader, load.Declare == DeclareEarly)
		document.Version = "2"
		document.Documents = []declaration.SupportingDocument{{Category: "C", Type: "380", ID: "DEMO-" + string(c.paper.Batch), Name: "发票（演示）"}}
		w.ask("amendment", "trader", "/v1/declarations/"+id.String()+"/amendments", c.name()+"amendment", amendment{"papers_added", document}, func(a answer) {
			if a.ok() {
				w.tally.count(w.id, "amended")
			}
		})
	})
}
