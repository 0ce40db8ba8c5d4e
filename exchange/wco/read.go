package wco

import (
	"strings"

	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/exchange/markup"
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
var roots = class[message]{
	in("MetaData", envelope...),
	wrapper("submitDeclarationRequest"),
	wrapper("cancelDeclarationRequest"),
	declarationRoot,
	responseRoot,
}

func wrapper(name string) member[message] {
	detail := in("requestDetail", in("MetaData", envelope...))
	detail.foreign = true
	request := in(name, detail)
	request.foreign = true
	return request
}

// rootOf finds the table for a root; -1 where it is none of ours.
func rootOf(name, space string) int {
	i := roots.find(name, 0)
	if i >= 0 && !roots[i].foreign && !wcoSpace(space) {
		return -1
	}
	return i
}

var envelope = class[message]{
	text("WCODataModelVersionCode", "", func(m *message) *string { return &m.envelope.Model }),
	text("WCOTypeName", "", func(m *message) *string { return &m.envelope.Type }),
	text("ResponsibleCountryCode", "", func(m *message) *string { return &m.envelope.Country }),
	text("ResponsibleAgencyName", "", func(m *message) *string { return &m.envelope.Agency }),
	text("AgencyAssignedCustomizationCode", "", func(m *message) *string { return &m.envelope.Customization }),
	text("AgencyAssignedCustomizationVersionCode", "", func(m *message) *string { return &m.envelope.Version }),
	declarationRoot,
	responseRoot,
}

var (
	declarationRoot = payload("Declaration", func(m *message) *doc { m.dec = new(doc); return m.dec }, declarationClass)
	responseRoot    = payload("Response", func(m *message) *answer { m.res = new(answer); return m.res }, responseClass)
)

// payload is the document within a message. Paths begin at it.
func payload[T any](name string, at func(*message) *T, c class[T]) member[message] {
	return member[message]{name: name, read: func(r *reader, m *message) error {
		if m.dec != nil || m.res != nil {
			r.fail("wco.repeated", name)
			return r.xml.Skip()
		}
		outer := r.steps
		r.steps = append([]step(nil), outer[len(outer)-1])
		m.root = r.spot()
		if r.wanted != nil {
			r.wanted[""] = m.root
		}
		if err := c.read(r, at(m)); err != nil {
			return err
		}
		r.steps = outer
		return nil
	}}
}

func read(data []byte, kind exchange.Kind) (exchange.Message, []errs.Problem, error) {
	src := string(data)
	r := &reader{src: src, steps: make([]step, 0, 16)}
	m, err := r.message()
	if err != nil {
		if exchange.OutcomeOf(err) == exchange.Unsupported {
			return exchange.Message{}, nil, err
		}
		return exchange.Message{}, nil, exchange.NotRead(append(r.problems, errs.Problems(err)...)...)
	}
	out := exchange.Message{Format: "wco", Kind: exchange.KindDeclaration, Document: m.dec, Envelope: m.envelope, Locate: func(pointers []string) []exchange.Spot { return locate(src, pointers) }}
	switch {
	case r.failed:
		return exchange.Message{}, nil, exchange.NotRead(r.problems...)
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
	return out, r.problems, nil
}

// message reads a whole message by the tables.
func (r *reader) message() (*message, error) {
	m := &message{}
	err := r.walk(m)
	if err != nil {
		return nil, exchange.Malformed(err, r.path(true))
	}
	switch name := m.envelope.Type; {
	case m.dec == nil && m.res == nil:
		return nil, exchange.NotOurs(r.wholly("wco.empty"))
	case name != "" && name != "DEC" && name != "RES":
		return nil, exchange.NotOurs(r.wholly("wco.type", clip(name)))
	}
	if v := m.envelope.Model; v != "" && v != "3.6" {
		p := r.wholly("wco.version", clip(v))
		p.Severity = errs.Warning
		r.report(p)
	}
	return m, nil
}

func (r *reader) walk(m *message) error {
	xml, err := markup.New(r.src)
	if err != nil {
		r.xml = new(markup.Reader)
		return err
	}
	r.xml = xml
	if _, err := xml.Next(); err != nil { // the first token is the root's start: text before it is an error
		return err
	}
	r.enter()
	root := rootOf(xml.Name(), xml.Space())
	if root < 0 {
		return exchange.Opening{Syntax: exchange.XML, Root: xml.Name(), Space: xml.Space(), Line: r.line()}.NotOurs()
	}
	if err := roots[root].read(r, m); err != nil {
		return err
	}
	r.leave()
	_, err = xml.Next() // nothing may follow
	return err
}

// wholly is a problem of the message as such.
func (r *reader) wholly(rule string, args ...string) errs.Problem {
	p := errs.At("", rule, args...)
	p.Line = 1
	return p
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
	r := &reader{src: src, wanted: exchange.Around(real)}
	if _, err := r.message(); err != nil {
		return make([]exchange.Spot, len(pointers))
	}
	spots := make([]exchange.Spot, len(pointers))
	for i, pointer := range real {
		spots[i] = exchange.Nearest(r.wanted, pointer)
	}
	return spots
}
