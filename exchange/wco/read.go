package wco

import (
	"strings"

	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/exchange/table"
	"github.com/guomen/guomen/internal/errs"
)

// Format is what exchange reads DEC and RES by.
func Format() exchange.Format {
	return exchange.Format{
		Name: "wco",
		Owns: func(o exchange.Opening) bool { return o.Syntax == exchange.XML && rootOf(o.Root, o.Space) >= 0 },
		Read: read,
	}
}

// message is a message while it is read.
type message struct {
	envelope exchange.Envelope
	dec      *doc
	res      *answer
	root     exchange.Spot
}

// roots are the elements that a message may begin with. The wrapper of a service request is passed through to what it
// carries; its own header speaks of the service's user, not of goods, and is warned of like anything that is not modelled.
var roots = table.Class[message]{
	table.In("MetaData", envelope...),
	wrapper("submitDeclarationRequest"),
	wrapper("cancelDeclarationRequest"),
	declarationRoot,
	responseRoot,
}

func wrapper(name string) table.Member[message] {
	detail := table.In("requestDetail", table.In("MetaData", envelope...))
	detail.Foreign = true
	request := table.In(name, detail)
	request.Foreign = true
	return request
}

// rootOf finds the table for a root; -1 where it is none of ours.
func rootOf(name, space string) int {
	i := roots.Find(name, 0)
	if i >= 0 && !roots[i].Foreign && !wcoSpace(space) {
		return -1
	}
	return i
}

var envelope = table.Class[message]{
	table.Text("WCODataModelVersionCode", "", func(m *message) *string { return &m.envelope.Model }),
	table.Text("WCOTypeName", "", func(m *message) *string { return &m.envelope.Type }),
	table.Text("ResponsibleCountryCode", "", func(m *message) *string { return &m.envelope.Country }),
	table.Text("ResponsibleAgencyName", "", func(m *message) *string { return &m.envelope.Agency }),
	table.Text("AgencyAssignedCustomizationCode", "", func(m *message) *string { return &m.envelope.Customization }),
	table.Text("AgencyAssignedCustomizationVersionCode", "", func(m *message) *string { return &m.envelope.Version }),
	declarationRoot,
	responseRoot,
}

var (
	declarationRoot = payload("Declaration", func(m *message) *doc { m.dec = new(doc); return m.dec }, declarationClass)
	responseRoot    = payload("Response", func(m *message) *answer { m.res = new(answer); return m.res }, responseClass)
)

// payload is the document within a message. Paths begin at it.
func payload[T any](name string, at func(*message) *T, c table.Class[T]) table.Member[message] {
	return table.Member[message]{Name: name, Read: func(r *table.Reader, m *message) error {
		if m.dec != nil || m.res != nil {
			r.Fail("xml.repeated", name)
			return r.XML.Skip()
		}
		return r.Rooted(func() error {
			m.root = r.Spot()
			return c.Read(r, at(m))
		})
	}}
}

func read(data []byte, kind exchange.Kind) (exchange.Message, []errs.Problem, error) {
	src := string(data)
	r, m, err := readMessage(src, nil)
	if err != nil {
		if exchange.OutcomeOf(err) == exchange.Unsupported {
			return exchange.Message{}, nil, err
		}
		return exchange.Message{}, nil, exchange.NotRead(append(r.Problems, errs.Problems(err)...)...)
	}
	out := exchange.Message{Format: "wco", Kind: exchange.KindDeclaration, Document: m.dec, Envelope: m.envelope, Locate: func(pointers []string) []exchange.Spot { return locate(src, pointers) }}
	switch {
	case r.Failed:
		return exchange.Message{}, nil, exchange.NotRead(r.Problems...)
	case m.res != nil:
		out.Kind, out.Document = exchange.KindResponse, m.res
		settle(&m.res.Declaration)
		for i := range m.res.Changed {
			settle(&m.res.Changed[i])
		}
	default:
		settle(m.dec)
	}
	if kind != "" && kind != out.Kind {
		p := errs.At(m.root.Path, "exchange.kind", string(out.Kind), string(kind))
		p.Line = m.root.Line
		return exchange.Message{}, nil, exchange.NotRead(p)
	}
	return out, r.Problems, nil
}

// readMessage reads a whole message by the tables, and marks the places that are wanted.
func readMessage(src string, wanted map[string]exchange.Spot) (*table.Reader, *message, error) {
	m := &message{}
	r, err := table.NewReader(src, wcoSpace)
	if r.Wanted = wanted; err == nil {
		err = walk(r, m)
	}
	if err != nil {
		return r, nil, exchange.Malformed(err, r.Path(true))
	}
	switch name := m.envelope.Type; {
	case m.dec == nil && m.res == nil:
		return r, nil, exchange.NotOurs(wholly("wco.empty"))
	case name != "" && name != "DEC" && name != "RES":
		return r, nil, exchange.NotOurs(wholly("wco.type", table.Clip(name)))
	}
	if v := m.envelope.Model; v != "" && v != "3.6" {
		p := wholly("wco.version", table.Clip(v))
		p.Severity = errs.Warning
		r.Report(p)
	}
	return r, m, nil
}

func walk(r *table.Reader, m *message) error {
	if _, err := r.XML.Next(); err != nil { // the first token is the root's start: text before it is an error
		return err
	}
	r.Enter()
	root := rootOf(r.XML.Name(), r.XML.Space())
	if root < 0 {
		return exchange.Opening{Syntax: exchange.XML, Root: r.XML.Name(), Space: r.XML.Space(), Line: r.Line()}.NotOurs()
	}
	if err := roots[root].Read(r, m); err != nil {
		return err
	}
	r.Leave()
	_, err := r.XML.Next() // nothing may follow
	return err
}

// wholly is a problem of the message as such.
func wholly(rule string, args ...string) errs.Problem {
	p := errs.At("", rule, args...)
	p.Line = 1
	return p
}

// wcoSpace tells a namespace of the data model, of any profile and version. Customs systems also send answers without any.
func wcoSpace(space string) bool {
	return space == "" || strings.HasPrefix(space, "urn:wco:datamodel:")
}

// aliases lead from the fields that settle makes to those that they are made of.
var aliases = []struct{ field, from string }{
	{"/hs", "/classifications/0"},
	{"/batch", "/border_means/journey"},
	{"/waybill", "/transport_documents/0"},
	{"/direction", "/type"},
}

// locate finds places of the model in the file, which has been read before and so is readable.
func locate(src string, pointers []string) []exchange.Spot {
	real := make([]string, len(pointers))
	for i, pointer := range pointers {
		real[i] = pointer
		for _, a := range aliases {
			if whole, ok := strings.CutSuffix(pointer, a.field); ok {
				real[i] = whole + a.from
			}
		}
	}
	r, _, err := readMessage(src, exchange.Around(real))
	if err != nil {
		return make([]exchange.Spot, len(pointers))
	}
	spots := make([]exchange.Spot, len(pointers))
	for i, pointer := range real {
		spots[i] = exchange.Nearest(r.Wanted, pointer)
	}
	return spots
}
