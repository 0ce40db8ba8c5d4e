package singlewindow

import (
	"cmp"
	"slices"
	"strings"

	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/exchange/table"
	"github.com/guomen/guomen/port"
)

// The types behind the tables, by short names so that a row fits a line.
type (
	doc   = declaration.Document
	item  = declaration.Item
	party = declaration.Party
	paper = declaration.SupportingDocument
)

// dec is a DecMessage while it is read or written: the document, and fields that only together say something.
type dec struct {
	doc
	trade, owner, overseas, receiver firm // 境内收发货人, 消费使用或生产销售单位, 境外发货人, 境外收货人
	agent, copier                    firm // 申报单位, 录入单位
	country                          port.Country
	fee                              triple
	journey                          string
}

// firm is a party with the codes as the messages write them.
type firm struct{ code, scc, name, address string }

// triple is a cost 运费, 保费, 杂费: what kind of number it is, the number, its currency. Only a total (3) is money.
type triple struct{ mark, rate, currency string }

// Papers that stand in the head keep the name of their element as their type, within this category.
const headPaper = "DecHead"

func head(name string) table.Member[dec] {
	return leafOf(name, "", func(_ *table.Reader, d *dec, value string) {
		d.Documents = append(d.Documents, paper{Category: headPaper, Type: name, ID: value})
	}, func(d *dec) string {
		for i := range d.Documents {
			if p := &d.Documents[i]; p.Category == headPaper && p.Type == name {
				return p.ID
			}
		}
		return ""
	})
}

// remark is a text of the head, or of a line, that the model keeps as a statement by the element's name.
func remark[T any](name, of string, at func(*T) *[]declaration.Statement) table.Member[T] {
	return leafOf(name, "", func(_ *table.Reader, t *T, value string) {
		*at(t) = append(*at(t), declaration.Statement{Code: name, Type: of, Text: value})
	}, func(t *T) string {
		for _, s := range *at(t) {
			if s.Code == name && s.Type == of {
				return s.Text
			}
		}
		return ""
	})
}

func ofDec(at func(*dec) *firm, field func(*firm) *string) func(*dec) *string {
	return func(d *dec) *string { return field(at(d)) }
}

// firms are the elements of one party.
func firms(at func(*dec) *firm, code, scc, name string) []table.Member[dec] {
	return []table.Member[dec]{
		table.Text(code, "", ofDec(at, func(f *firm) *string { return &f.code })),
		table.Text(scc, "", ofDec(at, func(f *firm) *string { return &f.scc })),
		table.Text(name, "", ofDec(at, func(f *firm) *string { return &f.name })),
	}
}

// decClass is DecMessage 报关单报文.
var decClass = table.Class[dec]{
	table.In("DecHead", headMembers...),
	table.In("DecLists", table.Many("DecList", "items", func(d *dec) *[]item { return &d.Items }, lineClass)),
	table.In("DecContainers", table.Many("Container", "equipment", func(d *dec) *[]declaration.Equipment { return &d.Equipment }, table.Class[declaration.Equipment]{
		table.Text("ContainerId", "id", func(e *declaration.Equipment) *string { return &e.ID }),
	})),
	table.In("DecLicenseDocus", table.Some("LicenseDocu", "documents", func(d *dec) *[]paper { return &d.Documents }, table.Class[paper]{
		table.Text("DocuCode", "type", func(p *paper) *string { return &p.Type }),
		table.Text("CertCode", "id", func(p *paper) *string { return &p.ID }),
	}, func(p paper) bool { return p.Category != headPaper && p.Category != edocPaper }, paper{})),
	table.In("DecFreeTxt",
		previous("RelId"), previous("RelManNo"),
		table.Text("BonNo", "warehouse", func(d *dec) *string { return &d.Warehouse.ID }),
		table.Text("VoyNo", "batch", func(d *dec) *string { return &d.journey }),
		table.Text("CusFie", "location", func(d *dec) *string { return &d.Location.ID }),
	),
	table.In("DecSign",
		table.Text("OperName", "authenticator", func(d *dec) *string { return &d.Authenticator }),
		table.Text("ClientSeqNo", "reference", func(d *dec) *string { return &d.Reference }),
		table.Text("Sign", "authentication", func(d *dec) *string { return &d.Signature }),
	),
	table.Some("EdocRealation", "documents", func(d *dec) *[]paper { return &d.Documents }, table.Class[paper]{
		table.Text("EdocID", "id", func(p *paper) *string { return &p.ID }),
		table.Text("EdocCode", "type", func(p *paper) *string { return &p.Type }),
		table.Text("EdocCopId", "name", func(p *paper) *string { return &p.Name }),
		table.Text("SignUnit", "issuer", func(p *paper) *string { return &p.Issuer }),
		when("SignTime", "effective", func(p *paper) *port.Time { return &p.Effective }),
	}, func(p paper) bool { return p.Category == edocPaper }, paper{Category: edocPaper}),
}

// edocPaper is the category of an electronic document that was sent along 随附单据.
const edocPaper = "Edoc"

// previous is the number of what the goods came under before 关联报关单, 关联备案.
func previous(name string) table.Member[dec] {
	return leafOf(name, "", func(_ *table.Reader, d *dec, value string) {
		d.Previous = append(d.Previous, declaration.PreviousDocument{Type: name, ID: value})
	}, func(d *dec) string {
		for _, p := range d.Previous {
			if p.Type == name {
				return p.ID
			}
		}
		return ""
	})
}

func docStatements(d *dec) *[]declaration.Statement   { return &d.Statements }
func itemStatements(i *item) *[]declaration.Statement { return &i.Statements }

var headMembers = func() table.Class[dec] {
	c := table.Class[dec]{
		table.Text("SeqNo", "window_number", func(d *dec) *string { return &d.Window }),
		direction,
	}
	c = append(c, firms(func(d *dec) *firm { return &d.agent }, "AgentCode", "AgentCodeScc", "AgentName")...)
	c = append(c, head("ApprNo"),
		table.Text("BillNo", "waybill", func(d *dec) *string { return &d.Waybill }),
		head("ContrNo"),
		table.Text("CustomMaster", "office", func(d *dec) *port.CustomsOffice { return &d.Office }),
		table.Text("DespPortCode", "loading_place", func(d *dec) *string { return &d.LoadingPlace.ID }),
		table.Text("FeeCurr", "freight", func(d *dec) *string { return &d.fee.currency }),
		feeMark,
		table.Text("FeeRate", "freight", func(d *dec) *string { return &d.fee.rate }),
		kilograms("GrossWet", "gross_mass", func(d *dec) *port.Kilograms { return &d.GrossMass }),
		table.Text("GoodsPlace", "location", func(d *dec) *string { return &d.Location.Name }),
		table.Text("IEPort", "exit_office", func(d *dec) *port.CustomsOffice { return &d.ExitOffice }),
		head("LicenseNo"), head("ManualNo"),
		remark("MarkNo", headPaper, docStatements),
		kilograms("NetWt", "net_mass", func(d *dec) *port.Kilograms { return &d.NetMass }),
		remark("NoteS", headPaper, docStatements))
	c = append(c, firms(func(d *dec) *firm { return &d.owner }, "OwnerCode", "OwnerCodeScc", "OwnerName")...)
	c = append(c, table.Number("PackNo", "packages", func(d *dec) *int64 { return &d.Packages }))
	c = append(c, firms(func(d *dec) *firm { return &d.trade }, "TradeCode", "TradeCoScc", "TradeName")...)
	c = append(c,
		same("TradeCodeScc", "", func(d *dec) *string { return &d.trade.scc }), // as the import client spells it
		table.Text("TradeCountry", "dispatch", func(d *dec) *port.Country { return &d.country }),
		table.Text("TradeMode", "procedure", func(d *dec) *string { return &d.Procedure }),
		mode,
		table.Text("TrafName", "border_means", func(d *dec) *string { return &d.Border.ID }),
		table.Text("TransMode", "terms", func(d *dec) *string { return &d.Terms.Condition }),
		table.Text("EntryId", "number", func(d *dec) *port.DeclarationNumber { return &d.Number }),
	)
	c = append(c, firms(func(d *dec) *firm { return &d.copier }, "CopCode", "CopCodeScc", "CopName")...)
	return append(c,
		table.Text("EntryType", "type", func(d *dec) *string { return &d.Type }),
		table.Text("OverseasConsignorCode", "", func(d *dec) *string { return &d.overseas.code }),
		table.Text("OverseasConsignorCname", "", func(d *dec) *string { return &d.overseas.name }),
		same("OverseasConsignorEname", "", func(d *dec) *string { return &d.overseas.name }), // kept where there is no Chinese name
		table.Text("OverseasConsignorAddr", "", func(d *dec) *string { return &d.overseas.address }),
		table.Text("OverseasConsigneeCode", "", func(d *dec) *string { return &d.receiver.code }),
		table.Text("OverseasConsigneeEname", "", func(d *dec) *string { return &d.receiver.name }),
	)
}()

var direction = leafOf("IEFlag", "direction", func(r *table.Reader, d *dec, value string) {
	switch value {
	case "I":
		d.Direction = port.Import
	case "E":
		d.Direction = port.Export
	default:
		r.Fail("singlewindow.code", table.Clip(value))
	}
}, func(d *dec) string {
	return map[port.Direction]string{port.Import: "I", port.Export: "E"}[d.Direction]
})

// total is the mark of a cost that is given as a sum of money.
const total = "3"

var feeMark = leafOf("FeeMark", "freight", func(r *table.Reader, d *dec, value string) {
	if d.fee.mark = value; value != total {
		r.Warn("", "singlewindow.rate")
	}
}, func(d *dec) string { return d.fee.mark })

// modes turn the Chinese codes of modes of transport 运输方式 into those of UN/ECE Recommendation 19.
var modes = [...][2]string{{"2", "1"}, {"3", "2"}, {"4", "3"}, {"5", "4"}, {"6", "5"}}

// chinese marks a code of a Chinese list that the international one does not have.
const chinese = "CN"

var mode = leafOf("TrafMode", "border_means/mode", func(_ *table.Reader, d *dec, value string) {
	d.Border.Mode = chinese + value
	for _, m := range modes {
		if m[0] == value {
			d.Border.Mode = m[1]
		}
	}
}, func(d *dec) string {
	for _, m := range modes {
		if m[1] == d.Border.Mode {
			return m[0]
		}
	}
	return strings.TrimPrefix(d.Border.Mode, chinese)
})

// lineClass is one line of goods, DecList.
var lineClass = table.Class[item]{
	table.Text("CodeTS", "hs", func(i *item) *port.HSCode { return &i.HS }),
	remark("GModel", "DecList", itemStatements),
	table.Text("GName", "description", func(i *item) *string { return &i.Description }),
	table.Number("GNo", "number", func(i *item) *int64 { return &i.Number }),
	origin("OriginCountry", func(c *declaration.Coded) *string { return &c.ID }),
	origin("OrigPlaceCode", func(c *declaration.Coded) *string { return &c.Region }),
	price,
	currency,
	amountOf("GQty", "quantity", func(i *item) *port.Quantity { return &i.Quantity }),
	legal("FirstQty", 0), legal("SecondQty", 1),
	table.Text("GUnit", "unit", func(i *item) *string { return &i.Unit }),
	legalUnit("FirstUnit", 0), legalUnit("SecondUnit", 1),
	table.Text("DestinationCountry", "destination", func(i *item) *port.Country { return &i.Destination }),
	table.Text("DistrictCode", "destination_region", func(i *item) *string { return &i.DestinationRegion }),
	inspection,
	leaves("Uncode", "dangerous_goods", func(i *item) *[]string { return &i.Dangerous }),
	table.In("DecGoodsLimits", table.Many("DecGoodsLimit", "documents", func(i *item) *[]paper { return &i.Documents }, table.Class[paper]{
		table.Text("LicTypeCode", "type", func(p *paper) *string { return &p.Type }),
		table.Text("LicenceNo", "id", func(p *paper) *string { return &p.ID }),
		amountOf("LicWrtofQty", "quantity", func(p *paper) *port.Quantity { return &p.Quantity }),
	})),
}

// leafOf is an element of T whose value is put and fetched by functions; empty is absent.
func leafOf[T any](name, json string, put func(r *table.Reader, t *T, value string), fetch func(*T) string) table.Member[T] {
	return table.Member[T]{
		Name: name,
		Read: func(r *table.Reader, t *T) error {
			value, err := r.Leaf(json, "", nil)
			if err == nil && value != "" {
				put(r, t, strings.Clone(value))
			}
			return err
		},
		Write: func(w *table.Writer, t *T) { w.Leaf(name, fetch(t), "", "") },
	}
}

func origin(name string, field func(*declaration.Coded) *string) table.Member[item] {
	return leafOf(name, "origin", func(_ *table.Reader, i *item, value string) {
		if len(i.Origin) == 0 {
			i.Origin = make([]declaration.Coded, 1)
		}
		*field(&i.Origin[0]) = value
	}, func(i *item) string {
		if len(i.Origin) == 0 {
			return ""
		}
		return *field(&i.Origin[0])
	})
}

// kilograms is a mass without a unit.
func kilograms[T any](name, json string, at func(*T) *port.Kilograms) table.Member[T] {
	m := table.Mass(name, json, at)
	m.Write = func(w *table.Writer, t *T) {
		if k := *at(t); k != 0 {
			w.Leaf(name, k.String(), "", "")
		}
	}
	return m
}

// amountOf is a quantity whose unit stands in another element.
func amountOf[T any](name, json string, at func(*T) *port.Quantity) table.Member[T] {
	return leafOf(name, json, func(r *table.Reader, t *T, value string) {
		q, err := port.ParseQuantity(value)
		if r.Value(err) {
			r.Zero(q == 0)
			*at(t) = q
		}
	}, func(t *T) string {
		if q := *at(t); q != 0 {
			return q.String()
		}
		return ""
	})
}

// legalAt is the place of a legal quantity 法定数量, the first or the second.
func legalAt(i *item, n int) *declaration.Measure {
	for len(i.Legal) <= n {
		i.Legal = append(i.Legal, declaration.Measure{})
	}
	return &i.Legal[n]
}

func legal(name string, n int) table.Member[item] {
	return leafOf(name, "legal_quantities", func(r *table.Reader, i *item, value string) {
		if q, err := port.ParseQuantity(value); r.Value(err) {
			legalAt(i, n).Value = q
		}
	}, func(i *item) string {
		if len(i.Legal) <= n || i.Legal[n].Value == 0 {
			return ""
		}
		return i.Legal[n].Value.String()
	})
}

func legalUnit(name string, n int) table.Member[item] {
	return leafOf(name, "legal_quantities", func(_ *table.Reader, i *item, value string) {
		legalAt(i, n).Unit = value
	}, func(i *item) string {
		if len(i.Legal) <= n {
			return ""
		}
		return i.Legal[n].Unit
	})
}

func nothing(p paper) bool {
	p.Category = ""
	return p == paper{}
}

func noAmount(m port.Money) bool { return m.Minor == 0 && m.Fraction == 0 }

// The total of a line and its currency stand apart, in either order.
var (
	price = leafOf("DeclTotal", "price", func(r *table.Reader, i *item, value string) {
		m, err := port.ParseMoney(value, i.Price.Currency)
		if r.Value(err) {
			r.Zero(m.IsZero())
			i.Price = m
		}
	}, func(i *item) string {
		if noAmount(i.Price) {
			return ""
		}
		return i.Price.String()
	})
	currency = leafOf("TradeCurr", "price", func(r *table.Reader, i *item, value string) {
		amount := "0"
		if !noAmount(i.Price) {
			amount = i.Price.String()
		}
		m, err := port.ParseMoney(amount, port.Currency(value))
		if r.Value(err) {
			i.Price = m
		}
	}, func(i *item) string { return string(i.Price.Currency) })
)

// ciq is the type of a classification 检验检疫编码.
const ciq = "CIQ"

var inspection = leafOf("CiqCode", "classifications", func(_ *table.Reader, i *item, value string) {
	i.Classes = append(i.Classes, declaration.Coded{ID: value, Type: ciq})
}, func(i *item) string {
	for _, c := range i.Classes {
		if c.Type == ciq {
			return c.ID
		}
	}
	return ""
})

// settle fills what single fields do not say. The current element is the message.
func (d *dec) settle(r *table.Reader) *doc {
	out := &d.doc
	switch {
	case d.fee.mark == total:
		fee, err := port.ParseMoney(cmp.Or(d.fee.rate, "0"), port.Currency(d.fee.currency))
		if r.Value(err) {
			out.Freight = fee
		}
	default:
		if d.fee.rate != "" {
			r.Warn("/DecHead/FeeRate", "singlewindow.rate")
		}
		if d.fee.currency != "" {
			r.Warn("/DecHead/FeeCurr", "singlewindow.rate")
		}
	}
	out.Agent, out.Submitter = d.agent.party(), d.copier.party()
	trade, owner, overseas, receiver := d.trade.party(), d.owner.party(), d.overseas.party(), d.receiver.party()
	if d.Direction == port.Export {
		out.Exporter, out.Consignor, out.Importer, out.Consignee, out.Destination = trade, owner, receiver, overseas, d.country
	} else {
		out.Importer, out.Consignee, out.Exporter, out.Consignor, out.Dispatch = trade, owner, overseas, receiver, d.country
	}
	out.Declarant = out.Agent
	// Templates name every list and leave it empty.
	out.Equipment = slices.DeleteFunc(out.Equipment, func(e declaration.Equipment) bool { return e.ID == "" })
	out.Documents = slices.DeleteFunc(out.Documents, nothing)
	for i := range out.Items {
		out.Items[i].Documents = slices.DeleteFunc(out.Items[i].Documents, nothing)
	}
	if batch := port.BatchNumber(d.journey); d.Border.Mode == "3" && batch.Check() == nil {
		out.Batch = batch
	} else {
		out.Border.Journey = d.journey
	}
	return out
}

// spread is the opposite of settle.
func spread(from *doc) *dec {
	d := &dec{doc: *from, agent: firmOf(&from.Agent), copier: firmOf(&from.Submitter)}
	if d.Direction == port.Export {
		d.trade, d.owner, d.receiver, d.overseas, d.country = firmOf(&from.Exporter), firmOf(&from.Consignor), firmOf(&from.Importer), firmOf(&from.Consignee), from.Destination
	} else {
		d.trade, d.owner, d.overseas, d.receiver, d.country = firmOf(&from.Importer), firmOf(&from.Consignee), firmOf(&from.Exporter), firmOf(&from.Consignor), from.Dispatch
	}
	d.journey = cmp.Or(string(from.Batch), from.Border.Journey)
	if !noAmount(from.Freight) {
		d.fee = triple{total, from.Freight.String(), string(from.Freight.Currency)}
	}
	return d
}

func (f *firm) party() party {
	p := party{ID: cmp.Or(f.scc, f.code), Name: f.name}
	if f.scc != "" {
		p.Customs = f.code
	}
	p.Address.Line = f.address
	return p
}

func firmOf(p *party) firm {
	f := firm{code: p.ID, name: p.Name, address: p.Address.Line}
	const social = 18
	if p.Customs != "" || len(p.ID) == social {
		f.scc, f.code = p.ID, p.Customs
	}
	return f
}
