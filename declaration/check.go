package declaration

import (
	"strconv"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/review"
	"github.com/guomen/guomen/port"
)

// Limits on lists. MaxItems: the WCO Data Model numbers lines with up to five digits and its profiles stop at 999; 9,999
// is what the largest aggregated declarations need. MaxParts: no line of a real declaration met has more than 30 of any
// part; a declaration of 999 containers exists only on ships.
const (
	MaxItems = 9999
	MaxParts = 999
)

// Check makes the checks that need no law: that the document says which transaction it is and which way the goods go,
// that its lines are numbered, that texts and lists keep to their limits. Identifiers that only Chinese documents have
// are warned of, since a foreign declaration is read and judged too.
func Check(d *Document) []errs.Problem {
	c := checker{}
	c.header(d)
	c.parties(d)
	c.places(d)
	c.money(d)
	c.common(d.Parties, d.Equipment, d.Charges, d.Taxes)
	c.papers(d.Documents, d.Previous, d.Statements)
	c.amendments(d.Amendments)
	c.safety(d.Safety)
	if c.AtMost("items", len(d.Items), MaxItems) {
		c.items(d)
	}
	return c.Problems()
}

// checker is a review with the parts of a declaration.
type checker struct{ review.Review }

func (c *checker) header(d *Document) {
	c.Require("reference", d.Reference != "")
	c.Text("reference", d.Reference, review.Reference)
	if d.Direction != "" || !d.Partial() {
		c.Require("direction", d.Direction != "")
		c.Choice("direction", string(d.Direction), string(port.Import), string(port.Export), string(port.Transit))
	}
	c.Text("function", d.Function, review.Code)
	c.Text("type", d.Type, review.Code)
	c.Text("procedure", d.Procedure, review.Code)
	c.Choice("steps", d.Steps, StepSummary, StepFull)
	c.Text("version", d.Version, review.Code)
	c.Text("window_number", d.Window, review.Reference)
	c.Text("specific_circumstance", d.Special, review.Code)
	c.Text("waybill", d.Waybill, review.ID)
	c.Text("waybill_type", d.WaybillType, review.Code)
	c.Text("issue_place", d.IssuePlace, review.Code)
	c.Text("containerised", d.InContainer, review.Code)
	c.Text("ucr", d.UCR, review.ID)
	c.Text("trader_reference", d.TraderReference, review.ID)
	c.Text("authentication", d.Signature, review.Text)
	c.Text("authenticator", d.Authenticator, review.Name)
	review.Identifier(&c.Review, "number", d.Number)
	review.Identifier(&c.Review, "office", d.Office)
	review.Identifier(&c.Review, "exit_office", d.ExitOffice)
	review.Identifier(&c.Review, "supervising_office", d.Supervisor)
	review.Identifier(&c.Review, "presentation_office", d.Presentation)
	if d.Batch != "" { // no other country has batch numbers, so a wrong one is a mistake
		c.Value("batch", d.Batch.Check(), errs.Error)
	}
	c.Time("issued", d.Issued)
	c.Time("accepted", d.Accepted)
	c.Time("exit_at", d.Exit)
	review.NotNegative(&c.Review, "packages", d.Packages)
	review.NotNegative(&c.Review, "loading_lists", d.LoadingLists)
	review.NotNegative(&c.Review, "goods_items", d.GoodsItems)
	review.NotNegative(&c.Review, "gross_mass", d.GrossMass)
	review.NotNegative(&c.Review, "net_mass", d.NetMass)
}

func (c *checker) items(d *Document) {
	if len(d.Items) == 0 && !d.Partial() {
		c.Fail("items", "declaration.no_items")
	}
	if d.GoodsItems != 0 && d.GoodsItems != int64(len(d.Items)) && !d.Partial() {
		c.Warn("goods_items", "declaration.goods_items", strconv.FormatInt(d.GoodsItems, 10), strconv.Itoa(len(d.Items)))
	}
	var seen map[int64]int
	for i := range d.Items {
		it := &d.Items[i]
		c.At("items", i)
		c.item(it)
		// Most documents number their lines in order, which needs no memory.
		if seen == nil && it.Number != int64(i+1) {
			seen = map[int64]int{}
			for j := range i {
				seen[int64(j+1)] = j
			}
		}
		switch first, twice := seen[it.Number]; {
		case it.Number <= 0 || it.Number > MaxItems:
			c.Fail("number", "declaration.item_number", strconv.Itoa(MaxItems))
		case twice:
			c.Fail("number", "declaration.item_twice", strconv.FormatInt(it.Number, 10), strconv.Itoa(first+1))
		case seen != nil:
			seen[it.Number] = i
		}
		c.Out()
	}
}

func (c *checker) item(it *Item) {
	c.Text("description", it.Description, review.Text)
	review.Identifier(&c.Review, "hs", it.HS)
	c.coded("classifications", it.Classes)
	if c.AtMost("dangerous_goods", len(it.Dangerous), MaxParts) {
		for i, number := range it.Dangerous {
			c.At("dangerous_goods", i)
			c.Text("", number, review.Code)
			c.Out()
		}
	}
	c.coded("origin", it.Origin)
	review.Identifier(&c.Review, "dispatch", it.Dispatch)
	review.Identifier(&c.Review, "destination", it.Destination)
	c.Text("destination_region", it.DestinationRegion, review.Code)
	review.NotNegative(&c.Review, "gross_mass", it.GrossMass)
	review.NotNegative(&c.Review, "net_mass", it.NetMass)
	review.NotNegative(&c.Review, "quantity", it.Quantity)
	c.Text("unit", it.Unit, review.Code)
	if c.AtMost("legal_quantities", len(it.Legal), MaxParts) {
		for i := range it.Legal {
			c.At("legal_quantities", i)
			review.NotNegative(&c.Review, "value", it.Legal[i].Value)
			c.Text("unit", it.Legal[i].Unit, review.Code)
			c.Out()
		}
	}
	c.amount("price", it.Price)
	c.amount("statistical_value", it.Statistical)
	c.amount("customs_value", it.Value)
	c.Text("valuation", it.Valuation, review.Code)
	if c.AtMost("valuation_adjustments", len(it.Adjustments), MaxParts) {
		for i, adjustment := range it.Adjustments {
			c.At("valuation_adjustments", i)
			c.Text("", adjustment, review.Code)
			c.Out()
		}
	}
	c.Text("transaction_nature", it.Nature, review.Code)
	c.Text("ucr", it.UCR, review.ID)
	c.Text("trader_reference", it.TraderReference, review.ID)
	c.party("consignee", &it.Consignee)
	c.party("consignor", &it.Consignor)
	c.common(it.Parties, it.Equipment, it.Charges, it.Taxes)
	c.papers(it.Documents, it.Previous, it.Statements)
	if c.AtMost("procedures", len(it.Procedures), MaxParts) {
		for i := range it.Procedures {
			c.At("procedures", i)
			c.Text("current", it.Procedures[i].Current, review.Code)
			c.Text("previous", it.Procedures[i].Previous, review.Code)
			c.Out()
		}
	}
	if c.AtMost("packaging", len(it.Packaging), MaxParts) {
		for i := range it.Packaging {
			p := &it.Packaging[i]
			c.At("packaging", i)
			c.Text("type", p.Type, review.Code)
			c.Text("marks", p.Marks, review.Text)
			c.Text("material", p.Material, review.Name)
			review.NotNegative(&c.Review, "quantity", p.Quantity)
			c.Out()
		}
	}
}
