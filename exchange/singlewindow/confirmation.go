package singlewindow

import (
	"github.com/guomen/guomen/exchange/table"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

type confirmation = manifest.Confirmation

// confirmationClass is 承运确报, MT4401 to MT4406. Who drives (Master) is personal data, which travels apart and is not
// kept here.
var confirmationClass = table.Class[confirmation]{
	table.Text("DeclarationOfficeID", "office", func(c *confirmation) *port.CustomsOffice { return &c.Office }),
	table.Text("ID", "batch", func(c *confirmation) *port.BatchNumber { return &c.Batch }),
	table.In("Carrier", table.Text("ID", "carrier", func(c *confirmation) *string { return &c.Carrier })),
	repeated("Consignment", table.Class[confirmation]{
		once(table.In("BorderTransportMeans",
			when("ArrivalDateTime", "expected", func(c *confirmation) *port.Time { return &c.Expected }),
			readOnly(once(when("DepartureDateTime", "expected", func(c *confirmation) *port.Time { return &c.Expected }), func(c *confirmation) bool { return c.Expected != 0 })),
			table.Text("ID", "vehicle/plate", func(c *confirmation) *port.Plate { return &c.Vehicle.Plate }),
			table.Text("Name", "vehicle/mark", func(c *confirmation) *string { return &c.Vehicle.Mark }),
			fixed[confirmation]("TypeCode", "3", "4"),
			table.Number("CrewQuantity", "crew", func(c *confirmation) *int64 { return &c.Crew }),
			table.In("Itinerary", leaves("RoutingCountryCode", "routing", func(c *confirmation) *[]port.Country { return &c.Routing })),
			master,
			trailer,
		), func(c *confirmation) bool { return c.Vehicle != manifest.Vehicle{} }),
		table.Many("TransportContractDocument", "waybills", func(c *confirmation) *[]string { return &c.Waybills }, table.Class[string]{
			table.Text("ID", "", table.Self[string]),
		}),
		table.Many("TransportEquipment", "containers", func(c *confirmation) *[]manifest.Container { return &c.Containers }, containerClass),
	}),
}

var master = table.Member[confirmation]{
	Name: "Master",
	Read: func(r *table.Reader, _ *confirmation) error {
		r.Warn("", "singlewindow.person")
		return r.XML.Skip()
	},
	Write: func(*table.Writer, *confirmation) {},
}

// trailer is the first 托架/拖挂车; the model has room for one.
var trailer = func() table.Member[confirmation] {
	c := table.Class[confirmation]{
		table.Text("ID", "vehicle/trailer", func(c *confirmation) *port.Plate { return &c.Vehicle.Trailer }),
		table.Mass("TareWeight", "vehicle/trailer_tare", func(c *confirmation) *port.Kilograms { return &c.Vehicle.TrailerTare }),
	}
	m := repeated("TransportEquipment", c)
	m.Read = func(r *table.Reader, t *confirmation) error {
		if r.Again() {
			r.Warn("", "singlewindow.second_trailer")
			return r.XML.Skip()
		}
		return c.Read(r, t)
	}
	return m
}()

// settleConfirmation fills what the kind of the message says.
func settleConfirmation(c *confirmation, message, function string) {
	f := forms[message]
	c.Message, c.Function, c.Direction, c.Loaded = message, function, f.direction, f.loaded
	known(&c.Vehicle)
}
