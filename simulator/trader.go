package simulator

import (
	"strconv"
	"time"

	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/port"
)

// earlyLeast is how long before arrival an early declaration is lodged at the latest.
const earlyLeast = 10 * time.Minute

// plead gives the trader of what a vehicle carries an occasion to declare. He takes the one that the plan has him take.
// What an earlier run of the simulator has left undeclared is declared when the vehicle is held for it; what visitors
// announce is theirs to declare.
func (w *world) plead(c *crossing, occasion Timing) {
	load := c.load()
	if c.declared || len(c.paper.Waybills) == 0 || c.plan().Fetch {
		return
	}
	if len(c.traders) > 0 {
		w.pleadTrain(c, occasion)
		return
	}
	if load == nil && (occasion != DeclareChased || !w.demos(c)) {
		return
	}
	early, wait := false, w.dice("chase", c.name()).about(w.profile.Times.Chase.Value)
	if load != nil {
		taken := load.Declare
		if taken == DeclareLate {
			taken = DeclareUsual // on the same occasion, only later
		}
		if taken != occasion {
			return
		}
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
		w.ask("declaration", "trader", "/v1/declarations?port="+string(w.id), c.name()+"declaration", w.printer.declaration(&c.paper, 0, w.trader(c), early && w.ahead(c)), func(a answer) {
			if a.ok() {
				w.tally.count(w.id, "declared."+string(occasion))
			}
		})
	})
}

// ahead tells whether a vehicle has not come: only then is a declaration an early one (公告2014年第74号). A minute is left
// for the papers to get there.
func (w *world) ahead(c *crossing) bool {
	return c.stage == coming && c.arrive.After(w.now().Add(time.Minute)) || (c.stage == queued || c.stage == waiting) && c.gate == port.DueEntryGate
}

// pleadTrain has each consignee of a train declare his goods: some before it comes, the others when it is there.
func (w *world) pleadTrain(c *crossing, occasion Timing) {
	for i, trader := range c.traders {
		early := w.dice("early", c.name(), strconv.Itoa(i)).chance(w.cfg.Rates.Early.Value)
		if early != (occasion == DeclareEarly) || occasion == DeclareChased {
			continue
		}
		w.after(w.dice("declare", c.name(), strconv.Itoa(i)).between(0, w.profile.Times.Declare.Value), func() {
			if c.stage == gone {
				return
			}
			w.ask("declaration", "trader", "/v1/declarations?port="+string(w.id), c.name()+"declaration/"+strconv.Itoa(i), w.printer.declaration(&c.paper, i, trader, early && w.ahead(c)), func(a answer) {
				if a.ok() {
					w.tally.count(w.id, "declared."+string(occasion))
				}
			})
		})
	}
	c.declared = occasion == DeclareUsual
}

// amendment is the body of an amendment.
type amendment struct {
	Reason   string               `json:"reason"`
	Document declaration.Document `json:"document"`
}

// amend sends the papers that customs asks for, as an amendment of the declaration.
func (w *world) amend(c *crossing) {
	v := w.docket.vehicles[c.movement]
	if v == nil || len(v.carries) != 1 || len(c.paper.Waybills) != 1 || !w.demos(c) {
		return
	}
	l := w.docket.lots[v.carries[0].lot]
	if l == nil || len(l.papers) == 0 {
		return
	}
	p := w.docket.papers[l.papers[len(l.papers)-1]]
	w.after(w.dice("amend", c.name()).about(w.profile.Times.Chase.Value), func() {
		document := w.printer.declaration(&c.paper, 0, w.trader(c), p.early)
		document.Version = "2"
		document.Documents = []declaration.SupportingDocument{{Category: "C", Type: "380", ID: "DEMO-" + string(c.paper.Batch), Name: "发票（演示）"}}
		w.ask("amendment", "trader", "/v1/declarations/"+p.id.String()+"/amendments", c.name()+"amendment", amendment{"papers_added", document}, func(a answer) {
			if a.ok() {
				w.tally.count(w.id, "amended")
			}
		})
	})
}

// demos tells whether a vehicle is the simulator's own, of this run or an earlier one.
func (w *world) demos(c *crossing) bool { return c.truck != nil || w.printer.runOf(c.paper.Batch) >= 0 }

// trader is whose goods a vehicle carries.
func (w *world) trader(c *crossing) Firm {
	if load := c.load(); load != nil {
		return load.Trader
	}
	return demoFirm(w.dice("trader", c.name()))
}
