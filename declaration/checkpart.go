package declaration

import (
	"strconv"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/review"
	"github.com/guomen/guomen/port"
)

func (c *checker) parties(d *Document) {
	c.party("declarant", &d.Declarant)
	c.party("agent", &d.Agent)
	c.party("importer", &d.Importer)
	c.party("exporter", &d.Exporter)
	c.party("consignee", &d.Consignee)
	c.party("consignor", &d.Consignor)
	c.party("carrier", &d.Carrier)
	c.party("submitter", &d.Submitter)
}

func (c *checker) party(name string, p *Party) {
	c.In(name)
	c.who(p)
	c.Out()
}

func (c *checker) who(p *Party) {
	c.Firm("id", p.ID)
	c.Text("customs_code", p.Customs, review.Code)
	c.Text("name", p.Name, review.Name)
	c.Text("function", p.Function, review.Code)
	c.Text("contact", p.Contact, review.Name)
	c.coded("communications", p.Communications)
	a := &p.Address
	if *a == (Address{}) {
		return
	}
	c.In("address")
	c.Text("type", a.Type, review.Code)
	c.Text("line", a.Line, review.Name)
	c.Text("city", a.City, review.Name)
	c.Text("postcode", a.Postcode, review.Code)
	c.Text("subdivision_code", a.SubdivisionCode, review.Code)
	c.Text("subdivision", a.Subdivision, review.Name)
	review.Identifier(&c.Review, "country", a.Country)
	c.Out()
}

func (c *checker) places(d *Document) {
	c.means("border_means", &d.Border)
	c.means("arrival_means", &d.Arrival)
	c.means("departure_means", &d.Departure)
	review.Identifier(&c.Review, "destination", d.Destination)
	c.Text("destination_region", d.DestinationRegion, review.Code)
	review.Identifier(&c.Review, "dispatch", d.Dispatch)
	if c.AtMost("routing", len(d.Routing), MaxParts) {
		for i := range d.Routing {
			c.At("routing", i)
			review.Identifier(&c.Review, "", d.Routing[i])
			c.Out()
		}
	}
	c.location("location", &d.Location)
	c.location("loading_place", &d.LoadingPlace)
	c.In("warehouse")
	c.code(&d.Warehouse)
	c.Out()
}

func (c *checker) means(name string, m *Means) {
	c.In(name)
	c.Text("id", m.ID, review.ID)
	c.Text("id_type", m.IDType, review.Code)
	c.Text("name", m.Name, review.Name)
	c.Text("type", m.Type, review.Code)
	c.Text("mode", m.Mode, review.Code)
	review.Identifier(&c.Review, "nationality", m.Nationality)
	c.Text("journey", m.Journey, review.ID)
	c.Out()
}

func (c *checker) location(name string, l *Location) {
	c.In(name)
	c.Text("name", l.Name, review.Name)
	c.Text("id", l.ID, review.ID)
	c.Text("type", l.Type, review.Code)
	c.Text("qualification", l.Qualification, review.Code)
	c.Text("line", l.Line, review.Name)
	c.Text("city", l.City, review.Name)
	c.Text("postcode", l.Postcode, review.Code)
	review.Identifier(&c.Review, "country", l.Country)
	c.Out()
}

func (c *checker) money(d *Document) {
	c.amount("invoice", d.Invoice)
	c.Text("invoice_number", d.InvoiceNumber, review.ID)
	c.Time("invoice_issued", d.InvoiceIssued)
	if c.AtMost("exchange_rates", len(d.Rates), MaxParts) {
		for i := range d.Rates {
			c.At("exchange_rates", i)
			c.Text("currency", d.Rates[i].Currency, review.Code)
			c.Text("rate", d.Rates[i].Rate, review.Code)
			c.Out()
		}
	}
	c.amount("freight", d.Freight)
	c.Text("freight_payment", d.FreightPay, review.Code)
	c.Text("transaction_nature", d.Nature, review.Code)
	c.In("terms")
	c.Text("condition", d.Terms.Condition, review.Code)
	c.Text("description", d.Terms.Description, review.Name)
	c.Text("place", d.Terms.Place, review.Code)
	c.Text("place_name", d.Terms.PlaceName, review.Name)
	c.Text("relationship", d.Terms.Relationship, review.Code)
	c.Out()
	if c.AtMost("guarantees", len(d.Guarantees), MaxParts) {
		for i := range d.Guarantees {
			g := &d.Guarantees[i]
			c.At("guarantees", i)
			c.Text("id", g.ID, review.ID)
			c.Text("reference", g.Reference, review.ID)
			c.Text("security", g.Security, review.Code)
			c.Text("access", g.Access, review.Code)
			c.Text("office", string(g.Office), review.Code)
			c.amount("amount", g.Amount)
			c.Out()
		}
	}
	if c.AtMost("authorisations", len(d.Holders), MaxParts) {
		for i := range d.Holders {
			c.At("authorisations", i)
			c.Text("holder", d.Holders[i].Holder, review.ID)
			c.Text("category", d.Holders[i].Category, review.Code)
			c.Out()
		}
	}
	c.coded("transport_documents", d.Transport)
}

// amount checks a sum of money where there is one: its currency is warned of, a broken fraction is an error.
func (c *checker) amount(name string, m port.Money) {
	if m.IsZero() {
		return
	}
	severity := errs.Error
	if _, err := port.ParseCurrency(string(m.Currency)); err != nil {
		severity = errs.Warning
	}
	c.Text(name, string(m.Currency), review.Code)
	c.Value(name, m.Check(), severity)
}

func (c *checker) coded(name string, list []Coded) {
	if !c.AtMost(name, len(list), MaxParts) {
		return
	}
	for i := range list {
		c.At(name, i)
		c.code(&list[i])
		c.Out()
	}
}

func (c *checker) code(v *Coded) {
	c.Text("id", v.ID, review.ID)
	c.Text("type", v.Type, review.Code)
	c.Text("region", v.Region, review.Code)
}

// common checks the lists that the document and its lines both have.
func (c *checker) common(parties []RoleParty, equipment []Equipment, charges []Charge, taxes []Tax) {
	if c.AtMost("parties", len(parties), MaxParts) {
		for i := range parties {
			p := &parties[i]
			c.At("parties", i)
			c.Choice("kind", p.Kind, PartyAEO, PartyBuyer, PartyPayer, PartySeller, PartySurety, PartyConsignor)
			c.Text("role", p.Role, review.Code)
			c.who(&p.Party)
			c.Out()
		}
	}
	if c.AtMost("equipment", len(equipment), MaxParts) {
		for i := range equipment {
			c.At("equipment", i)
			c.equipment(&equipment[i])
			c.Out()
		}
	}
	if c.AtMost("charges", len(charges), MaxParts) {
		for i := range charges {
			c.At("charges", i)
			c.Text("type", charges[i].Type, review.Code)
			c.amount("amount", charges[i].Amount)
			c.Out()
		}
	}
	if c.AtMost("taxes", len(taxes), MaxParts) {
		for i := range taxes {
			c.At("taxes", i)
			c.tax(&taxes[i])
			c.Out()
		}
	}
}

func (c *checker) equipment(e *Equipment) {
	review.Identifier(&c.Review, "id", port.ContainerNumber(e.ID))
	if c.AtMost("seals", len(e.Seals), MaxParts) {
		for i, seal := range e.Seals {
			c.At("seals", i)
			c.Text("", seal, review.ID)
			c.Out()
		}
	}
}

func (c *checker) tax(t *Tax) {
	c.Text("type", t.Type, review.Code)
	c.Text("regime", t.Regime, review.Code)
	c.Text("method", t.Method, review.Code)
	c.Text("quota", t.Quota, review.Code)
	c.Text("rate", t.Rate, review.Code)
	c.amount("base", t.Base)
	c.Text("base_unit", t.BaseUnit, review.Code)
	c.amount("assessed", t.Assessed)
	c.amount("deducted", t.Deducted)
	c.amount("payable", t.Payable)
	c.Text("reference", t.Reference, review.ID)
	c.Time("due", t.Due)
	if c.AtMost("guarantees", len(t.Guarantees), MaxParts) {
		for i, reference := range t.Guarantees {
			c.At("guarantees", i)
			c.Text("", reference, review.ID)
			c.Out()
		}
	}
}

func (c *checker) papers(documents []SupportingDocument, previous []PreviousDocument, statements []Statement) {
	if c.AtMost("documents", len(documents), MaxParts) {
		for i := range documents {
			p := &documents[i]
			c.At("documents", i)
			c.Text("category", p.Category, review.Code)
			c.Text("type", p.Type, review.Code)
			c.Text("id", p.ID, review.ID)
			c.Text("name", p.Name, review.Name)
			c.Text("exemption", p.Exemption, review.Code)
			c.Text("issuer", p.Issuer, review.Name)
			c.Text("issuer_role", p.IssuerRole, review.Code)
			c.Text("unit", p.Unit, review.Code)
			c.Time("effective", p.Effective)
			review.NotNegative(&c.Review, "quantity", p.Quantity)
			c.amount("amount", p.Amount)
			c.Out()
		}
	}
	if c.AtMost("previous", len(previous), MaxParts) {
		for i := range previous {
			c.At("previous", i)
			c.Text("category", previous[i].Category, review.Code)
			c.Text("type", previous[i].Type, review.Code)
			c.Text("id", previous[i].ID, review.ID)
			review.NotNegative(&c.Review, "line", previous[i].Line)
			c.Out()
		}
	}
	if c.AtMost("statements", len(statements), MaxParts) {
		for i := range statements {
			s := &statements[i]
			c.At("statements", i)
			c.Text("code", s.Code, review.Code)
			c.Text("type", s.Type, review.Code)
			c.Text("text", s.Text, review.Text)
			c.Time("limit", s.Limit)
			c.pointers(s.Pointers)
			c.Out()
		}
	}
}

func (c *checker) pointers(pointers []Pointer) {
	if !c.AtMost("pointers", len(pointers), MaxParts) {
		return
	}
	for i := range pointers {
		c.At("pointers", i)
		c.Text("section", pointers[i].Section, review.Code)
		c.Text("tag", pointers[i].Tag, review.Code)
		c.Out()
	}
}

func (c *checker) amendments(amendments []Amendment) {
	if !c.AtMost("amendments", len(amendments), MaxParts) {
		return
	}
	for i := range amendments {
		c.At("amendments", i)
		c.Text("reason", amendments[i].Reason, review.Code)
		c.pointers(amendments[i].Pointers)
		c.Out()
	}
}

func (c *checker) safety(items []SafetyItem) {
	if !c.AtMost("safety_items", len(items), MaxItems) {
		return
	}
	for i := range items {
		c.At("safety_items", i)
		if n := items[i].Number; n <= 0 || n > MaxItems {
			c.Fail("number", "declaration.item_number", strconv.Itoa(MaxItems))
		}
		c.party("consignor", &items[i].Consignor)
		c.Text("freight_payment", items[i].FreightPay, review.Code)
		c.Out()
	}
}
