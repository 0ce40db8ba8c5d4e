package singlewindow

import (
	"encoding/base64"
	"strings"

	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/exchange/markup"
	"github.com/guomen/guomen/exchange/table"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/manifest"
)

// message is a message while it is read.
type message struct {
	envelope exchange.Envelope
	kind     exchange.Kind
	document any
	root     exchange.Spot
	inner    bool // it stands in the Data of another one
}

// roots are the elements that a message may begin with. They are made when they are needed, because the Data of DxpMsg
// begins with one of them again.
func roots() table.Class[message] {
	return table.Class[message]{
		{Name: "Manifest", Read: readManifest},
		{Name: "ImportMessage", Read: importMessage.Read},
		{Name: "Signature", Read: signature.Read},
		packageMember,
		{Name: "DxpMsg", Read: table.Class[message]{dxpInfo, {Name: "Data", Read: readData}}.Read},
		{Name: "DEC_DATA", Read: table.Class[message]{resultMember}.Read},
		decMember, importMember, commonMember, resultMember,
	}
}

// rootOf finds the table for a root; nil where it is none of ours.
func rootOf(name, space string) *table.Member[message] {
	all := roots()
	i := all.Find(name, 0)
	if i < 0 || !ours(space) || name == "Manifest" && space != "" && !strings.HasPrefix(space, manifestSpace) {
		return nil
	}
	return &all[i]
}

// payload is a document within a message. Paths begin at it.
func payload(name string, read func(r *table.Reader, m *message) error) table.Member[message] {
	return table.Member[message]{Name: name, Read: func(r *table.Reader, m *message) error {
		if m.document != nil {
			r.Fail("xml.repeated", name)
			return r.XML.Skip()
		}
		return r.Rooted(func() error {
			m.root = r.Spot()
			return read(r, m)
		})
	}}
}

// answered is a receipt as the payload of a message.
func answered(name string, c table.Class[outcome], settle func(*outcome) *answer) table.Member[message] {
	return payload(name, func(r *table.Reader, m *message) error {
		var o outcome
		if err := c.Read(r, &o); err != nil {
			return err
		}
		m.kind, m.document = exchange.KindResponse, settle(&o)
		return nil
	})
}

var (
	importMember = answered("DecImportResponse", importClass, (*outcome).settle)
	commonMember = answered("CommonResponeMessage", commonClass, (*outcome).settle)
	resultMember = answered("DEC_RESULT", resultClass, (*outcome).settle)
	decMember    = payload("DecMessage", func(r *table.Reader, m *message) error {
		var d dec
		if err := decClass.Read(r, &d); err != nil {
			return err
		}
		m.kind, m.document = exchange.KindDeclaration, d.settle(r)
		return nil
	})
)

// envelopeText is a text of the envelope.
func envelopeText(name string, at func(*exchange.Envelope) *string) table.Member[message] {
	return table.Text(name, "", func(m *message) *string { return at(&m.envelope) })
}

var (
	typeOf     = func(e *exchange.Envelope) *string { return &e.Type }
	idOf       = func(e *exchange.Envelope) *string { return &e.ID }
	functionOf = func(e *exchange.Envelope) *string { return &e.Function }
	senderOf   = func(e *exchange.Envelope) *string { return &e.Sender }
	receiverOf = func(e *exchange.Envelope) *string { return &e.Receiver }
	sentOf     = func(e *exchange.Envelope) *string { return &e.Sent }
	versionOf  = func(e *exchange.Envelope) *string { return &e.Version }
)

// readManifest reads Manifest: a head, and a Declaration or what was answered to one. The namespace says which message it
// is; without one, the head does, which stands first.
func readManifest(r *table.Reader, m *message) error {
	named := ""
	if rest, ok := strings.CutPrefix(r.XML.Space(), manifestSpace); ok {
		named, _, _ = strings.Cut(rest, ":")
	}
	return table.Class[message]{
		table.In("Head",
			envelopeText("MessageID", idOf), envelopeText("FunctionCode", functionOf), envelopeText("MessageType", typeOf),
			envelopeText("SenderID", senderOf), envelopeText("ReceiverID", receiverOf), envelopeText("SendTime", sentOf), envelopeText("Version", versionOf),
		),
		payload("Declaration", func(r *table.Reader, m *message) error {
			is := named
			if is == "" {
				is = m.envelope.Type
			}
			if _, known := forms[is]; !known {
				return exchange.NotOurs(at(r, "singlewindow.type", table.Clip(is)))
			}
			if m.envelope.Type != "" && m.envelope.Type != is {
				r.Fail("singlewindow.types", table.Clip(is), table.Clip(m.envelope.Type))
			}
			m.envelope.Type = is
			return readRoad(r, m, is)
		}),
		answered("Response", responseClass, settleResponse),
	}.Read(r, m)
}

func readRoad(r *table.Reader, m *message, is string) error {
	m.kind = forms[is].kind
	if m.kind == exchange.KindConfirmation {
		c := new(manifest.Confirmation)
		if err := confirmationClass.Read(r, c); err != nil {
			return err
		}
		settleConfirmation(c, is, m.envelope.Function)
		m.document = c
		return nil
	}
	var d road
	if err := classes[is].Read(r, &d); err != nil {
		return err
	}
	d.settle(is, m.envelope.Function)
	m.document = d.document()
	return nil
}

// importMessage is the envelope of the import client 导入客户端.
var importMessage = table.Class[message]{
	table.In("SWImpHead",
		envelopeText("CopMsgId", idOf), importType, envelopeText("FunctionCode", functionOf), plain("Format", "xml"), plain("Compress", "0"),
		envelopeText("Version", versionOf),
	),
	table.In("SWImpData", decMember),
}

var importType = table.Member[message]{Name: "MsgType", Read: func(r *table.Reader, m *message) error {
	value, err := r.Leaf("", "", nil)
	if m.envelope.Type = strings.Clone(value); err == nil && value != "SWDEC001" && value != "" {
		return exchange.NotOurs(at(r, "singlewindow.type", table.Clip(value)))
	}
	return err
}}

// plain is a word of the envelope that says how its content is written; another than the usual one cannot be read.
func plain(name, usual string) table.Member[message] {
	return table.Member[message]{Name: name, Read: func(r *table.Reader, _ *message) error {
		value, err := r.Leaf("", "", nil)
		if err == nil && value != "" && !strings.EqualFold(value, usual) {
			return exchange.NotOurs(at(r, "singlewindow.written", name, table.Clip(value)))
		}
		return err
	}}
}

// signature is a signed message. The signature itself proves nothing to the platform and is not kept.
var signature = table.Class[message]{table.In("Object", packageMember)}

var packageMember = table.In("Package",
	table.In("EnvelopInfo",
		envelopeText("version", versionOf), envelopeText("message_id", idOf), envelopeText("message_type", typeOf),
		envelopeText("sender_id", senderOf), envelopeText("receiver_id", receiverOf), envelopeText("send_time", sentOf),
	),
	table.In("DataInfo",
		table.In("PocketInfo", pocket("total_pocket_qty"), pocket("cur_pocket_no")),
		table.In("BussinessData",
			payload("PassPortMessage", func(r *table.Reader, m *message) error {
				var p pass
				if err := passMessage.Read(r, &p); err != nil {
					return err
				}
				m.kind, m.document = exchange.KindManifest, p.settle(r)
				return nil
			}),
			answered("SAS221", passClass(passAnswers), (*outcome).settle),
			answered("SAS223", passClass(gateAnswers), (*outcome).settle),
			answered("SAS224", passClass(examineAnswers), (*outcome).settle),
			answered("SAS251", passClass(passAnswers), (*outcome).settle),
			answered("SAS253", passClass(gateAnswers), (*outcome).settle),
			checklist("InvtMessage"), checklist("INV201"), checklist("INV202"), checklist("INV211"),
		),
	),
)

// pocket is the number of pieces that a message was cut into; a piece alone cannot be read.
func pocket(name string) table.Member[message] {
	return table.Member[message]{Name: name, Read: func(r *table.Reader, _ *message) error {
		value, err := r.Leaf("", "", nil)
		if err == nil && value != "" && value != "1" {
			r.Fail("singlewindow.pocket", table.Clip(value))
		}
		return err
	}}
}

// checklist refuses what speaks of a bonded account 核注清单.
func checklist(name string) table.Member[message] {
	return table.Member[message]{Name: name, Read: func(r *table.Reader, m *message) error {
		return exchange.NotOurs(at(r, "singlewindow.checklist", table.Clip(m.envelope.Type)))
	}}
}

// dxpInfo is the head of DxpMsg, the envelope of the data exchange 数据交换平台.
var dxpInfo = table.In("TransInfo",
	envelopeText("CopMsgId", idOf), envelopeText("SenderId", senderOf),
	table.In("ReceiverIds", envelopeText("ReceiverId", receiverOf)),
	envelopeText("CreatTime", sentOf), envelopeText("MsgType", typeOf),
)

// readData reads the message that is written into Data in base64. What is wrong in it has its path behind Data's, and the
// line of Data, since its own lines are nowhere to be seen.
func readData(r *table.Reader, m *message) error {
	text, err := r.Leaf("", "", nil)
	if err != nil {
		return err
	}
	data, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		r.Fail("singlewindow.base64")
		return nil
	}
	if data, err = markup.UTF8(data); err != nil {
		return within(r, exchange.Malformed(err, ""))
	}
	wanted := map[string]exchange.Spot{}
	for pointer := range r.Wanted {
		wanted[pointer] = exchange.Spot{}
	}
	if r.Wanted == nil {
		wanted = nil
	}
	inner, content, err := readMessage(string(data), wanted, true)
	for _, p := range inner.Problems {
		r.Report(moved(r, p))
	}
	r.Failed = r.Failed || inner.Failed
	if err != nil {
		return within(r, err)
	}
	for pointer, spot := range inner.Wanted {
		if spot.Line != 0 {
			r.Wanted[pointer] = exchange.Spot{Path: r.Path(true) + "/" + spot.Path, Line: r.Line()}
		}
	}
	m.kind, m.document = content.kind, content.document
	m.root = exchange.Spot{Path: r.Path(true) + "/" + content.root.Path, Line: r.Line()}
	if content.envelope.Type != "" {
		m.envelope.Type = content.envelope.Type
	}
	return nil
}

// within is an error of the message in Data, with its problems moved there.
func within(r *table.Reader, err error) error {
	problems := errs.Problems(err)
	for i := range problems {
		problems[i] = moved(r, problems[i])
	}
	if exchange.OutcomeOf(err) == exchange.Unsupported && len(problems) > 0 {
		return exchange.NotOurs(problems[0])
	}
	return exchange.NotRead(problems...)
}

func moved(r *table.Reader, p errs.Problem) errs.Problem {
	p.Path, p.Line = strings.TrimSuffix(r.Path(true)+"/"+p.Path, "/"), r.Line()
	return p
}

// at is a problem at the current element.
func at(r *table.Reader, rule string, args ...string) errs.Problem {
	p := errs.At(r.Path(true), rule, args...)
	p.Line = r.Line()
	return p
}

func read(data []byte, kind exchange.Kind) (exchange.Message, []errs.Problem, error) {
	src := string(data)
	r, m, err := readMessage(src, nil, false)
	switch {
	case exchange.OutcomeOf(err) == exchange.Unsupported:
		return exchange.Message{}, nil, err
	case err != nil:
		return exchange.Message{}, nil, exchange.NotRead(append(r.Problems, errs.Problems(err)...)...)
	case r.Failed:
		return exchange.Message{}, nil, exchange.NotRead(r.Problems...)
	case kind != "" && kind != m.kind:
		p := errs.At(m.root.Path, "exchange.kind", string(m.kind), string(kind))
		p.Line = m.root.Line
		return exchange.Message{}, nil, exchange.NotRead(p)
	}
	return exchange.Message{
		Format: formatName, Kind: m.kind, Document: m.document, Envelope: m.envelope,
		Locate: func(pointers []string) []exchange.Spot { return locate(src, pointers) },
	}, r.Problems, nil
}

// readMessage reads a whole message by the tables, and marks the places that are wanted. What was read until an error is
// given too.
func readMessage(src string, wanted map[string]exchange.Spot, inner bool) (*table.Reader, *message, error) {
	m := &message{inner: inner}
	r, err := table.NewReader(src, ours)
	r.Lenient, r.Wanted = true, wanted
	if err == nil {
		err = walk(r, m)
	}
	switch {
	case err != nil:
		return r, m, exchange.Malformed(err, r.Path(true))
	case m.document == nil && r.Failed:
		return r, m, exchange.NotRead()
	case m.document == nil && m.envelope.Type != "":
		return r, m, exchange.NotOurs(wholly("singlewindow.type", table.Clip(m.envelope.Type)))
	case m.document == nil:
		return r, m, exchange.NotOurs(wholly("singlewindow.empty"))
	}
	return r, m, nil
}

func walk(r *table.Reader, m *message) error {
	if _, err := r.XML.Next(); err != nil { // the first token is the root's start: text before it is an error
		return err
	}
	r.Enter()
	root := rootOf(r.XML.Name(), r.XML.Space())
	if root == nil || m.inner && root.Name == "DxpMsg" {
		return exchange.Opening{Syntax: exchange.XML, Root: r.XML.Name(), Space: r.XML.Space(), Line: r.Line()}.NotOurs()
	}
	if err := root.Read(r, m); err != nil {
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

// locate finds places of the model in the file, which has been read before and so is readable.
func locate(src string, pointers []string) []exchange.Spot {
	read := make([]string, len(pointers))
	for i, pointer := range pointers {
		read[i] = pointer
		if rest, ok := strings.CutPrefix(pointer, "/lines/"); ok { // reports are read as waybills
			read[i] = "/waybills/" + strings.Replace(rest, "/waybill", "/number", 1)
		}
		if whole, ok := strings.CutSuffix(read[i], "/goods"); ok && !strings.Contains(whole, "/items/") { // of the first line
			read[i] = whole + "/items/0/goods"
		}
	}
	spots := make([]exchange.Spot, len(pointers))
	r, _, err := readMessage(src, exchange.Around(read), false)
	if err != nil {
		return spots
	}
	for i, pointer := range read {
		spots[i] = exchange.Nearest(r.Wanted, pointer)
	}
	return spots
}
