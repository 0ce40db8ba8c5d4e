package singlewindow

import (
	"cmp"
	"io"
	"strconv"
	"strings"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/exchange/table"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

const prologue = `<?xml version="1.0" encoding="UTF-8"?>`

// Write writes a document as the message that its kind and its Message name: a declaration as DecMessage; a manifest,
// confirmation, reload or report as its MT message, with the envelope's names in the head. What it writes reads as the
// same document, as far as such a message has room for it.
func Write(to io.Writer, document any, envelope exchange.Envelope) error {
	w := &table.Writer{Out: []byte(prologue)}
	if message, kind := messageOf(document); forms[message].kind != kind {
		return errs.New(errs.Invalid, "exchange.kind_unsupported", "a %T that came as %q has no message here", document, message)
	}
	switch d := document.(type) {
	case *declaration.Document:
		w.Space = decSpace
		w.Root("DecMessage", func() { decClass.Write(w, spread(d)) })
	case *manifest.Document:
		writeRoad(w, &road{doc: *d}, d.Message, d.Function, envelope)
	case *manifest.Confirmation:
		writeManifest(w, d.Message, d.Function, envelope, func() {
			w.Root("Declaration", func() { confirmationClass.Write(w, d) })
		})
	case *manifest.Reload:
		writeRoad(w, roadOfReload(d), d.Message, d.Function, envelope)
	case *cargo.Report:
		writeRoad(w, roadOfReport(d), d.Message, d.Function, envelope)
	}
	_, err := to.Write(append(w.Out, '\n'))
	return err
}

// messageOf is the message of the road family that a document is written as, and the kind that it must be of; both are
// empty for a declaration, which is of no family.
func messageOf(document any) (string, exchange.Kind) {
	switch d := document.(type) {
	case *declaration.Document:
		return "", ""
	case *manifest.Document:
		return d.Message, exchange.KindManifest
	case *manifest.Confirmation:
		return d.Message, exchange.KindConfirmation
	case *manifest.Reload:
		return d.Message, exchange.KindReload
	case *cargo.Report:
		return d.Message, exchange.KindReport
	}
	return "", "none"
}

func writeRoad(w *table.Writer, d *road, message, function string, envelope exchange.Envelope) {
	writeManifest(w, message, function, envelope, func() {
		w.Root("Declaration", func() { classes[message].Write(w, d) })
	})
}

// writeManifest writes Manifest with its head around a body.
func writeManifest(w *table.Writer, message, function string, e exchange.Envelope, body func()) {
	w.Space = manifestSpace + message + ":1"
	w.Root("Manifest", func() {
		w.Root("Head", func() {
			w.Leaf("MessageID", e.ID, "", "")
			w.Leaf("FunctionCode", function, "", "")
			w.Leaf("MessageType", message, "", "")
			w.Leaf("SenderID", e.Sender, "", "")
			w.Leaf("ReceiverID", e.Receiver, "", "")
			w.Leaf("SendTime", e.Sent, "", "")
			w.Leaf("Version", cmp.Or(e.Version, "1.0"), "", "")
		})
		body()
	})
}

func roadOfReload(l *manifest.Reload) *road {
	d := &road{doc: manifest.Document{Office: l.Office, Batch: l.Batch, Reason: l.Reason}, next: crossing{l.To, l.ToPlate}}
	d.doc.Vehicle.Plate = l.Plate
	for _, number := range l.Waybills {
		d.doc.Waybills = append(d.doc.Waybills, manifest.Waybill{Number: number})
	}
	return d
}

// roadOfReport gives the seals of a line to its first box: a report tells them of the waybill.
func roadOfReport(r *cargo.Report) *road {
	d := &road{doc: manifest.Document{Office: r.Office, Batch: r.Batch}, place: r.Place, agent: r.Operator, at: r.At}
	d.doc.Vehicle.Plate = r.Plate
	for _, line := range r.Lines {
		w := manifest.Waybill{Number: line.Waybill, GrossMass: line.GrossMass, Packages: line.Packages}
		for i, number := range line.Containers {
			box := manifest.Container{Number: number}
			if i == 0 {
				box.Seals = line.Seals
			}
			w.Containers = append(w.Containers, box)
		}
		d.doc.Waybills, d.remarks = append(d.doc.Waybills, w), append(d.remarks, line.Remark)
	}
	return d
}

// mostWords bounds the words of an answer, in characters: an answer is no log.
const mostWords = 1000

// reply answers a message as its sender's system takes it: an MT message by one with a Response, a declaration by
// DecImportResponse and, once something has been decided, DEC_RESULT, a pass document by CommonResponeMessage. A message
// that cannot be read is answered as far as its head went. Answers themselves are not answered.
func reply(data []byte, reply exchange.Reply) []byte {
	_, m, _ := readMessage(string(data), nil, false)
	w := &table.Writer{Out: []byte(prologue)}
	switch _, road := forms[m.envelope.Type]; {
	case m.kind == exchange.KindResponse:
		return nil
	case road:
		writeResponse(w, m, reply)
	case m.kind == exchange.KindDeclaration || m.envelope.Type == "SWDEC001":
		writeDeclared(w, m, reply)
	case m.envelope.Type == "SAS121":
		writePassed(w, m, reply)
	default:
		return nil
	}
	return append(w.Out, '\n')
}

// said is what has been decided last among the news, as the code of an answer; empty where nothing has.
func said(reply exchange.Reply) (function string, last exchange.News) {
	for _, n := range reply.News {
		a := answer{Function: n.Function}
		_, known := a.Result()
		switch {
		case known:
			function, last = n.Function, n
		case n.Kind != port.CustomsRelease:
		case n.Result == port.ResultMet:
			function, last = exchange.AnswerReleased, n
		case n.Result == port.ResultInspect:
			function, last = exchange.AnswerInspection, n
		case n.Result == port.ResultDocuments:
			function, last = exchange.AnswerDocuments, n
		case n.Result == port.ResultRefused:
			function, last = exchange.AnswerRejected, n
		}
	}
	return function, last
}

// inWords is what is wrong, one problem after another with its place.
func inWords(problems []errs.Problem) string {
	var b strings.Builder
	for _, p := range problems {
		if p.Severity == errs.Warning {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("; ")
		}
		b.WriteString(p.Path)
		if p.Line > 0 {
			b.WriteString(":" + strconv.Itoa(p.Line))
		}
		b.WriteString(" " + cmp.Or(p.Message, p.Rule))
	}
	if runes := []rune(b.String()); len(runes) > mostWords {
		return string(runes[:mostWords]) + "…"
	}
	return strings.TrimSpace(b.String())
}

// codeOf is the first code of a list that means a function.
func codeOf(function string, codes [][2]string) string {
	for _, c := range codes {
		if c[1] == function {
			return c[0]
		}
	}
	return ""
}

var responseCodes = [][2]string{
	{"01", exchange.AnswerAccepted}, {"02", exchange.AnswerReceived}, {"03", exchange.AnswerRejected}, {"11", exchange.AnswerReleased}, {"11", exchange.AnswerCleared},
	{"12", exchange.AnswerNoLoading}, {"13", exchange.AnswerNoUnloading},
}

var channelCodes = [][2]string{
	{"P", exchange.AnswerReleased}, {"R", exchange.AnswerCleared}, {"C", exchange.AnswerInspection}, {"N", exchange.AnswerDocuments}, {"E", exchange.AnswerRejected}, {"D", exchange.AnswerInvalidated},
}

// writeResponse answers an MT message: 01 or 03, or what has been decided since.
func writeResponse(w *table.Writer, m *message, reply exchange.Reply) {
	o := outcome{code: "01", text: ""}
	if reply.Outcome != exchange.Accepted {
		o.code, o.text = "03", inWords(reply.Problems)
	} else if function, news := said(reply); codeOf(function, responseCodes) != "" {
		o.code, o.text = codeOf(function, responseCodes), news.Note
	}
	switch d := m.document.(type) {
	case *manifest.Document:
		o.answer.Batch = d.Batch
	case *manifest.Confirmation:
		o.answer.Batch = d.Batch
	case *manifest.Reload:
		o.answer.Batch = d.Batch
	case *cargo.Report:
		o.answer.Batch = d.Batch
	}
	e := exchange.Envelope{
		ID: cmp.Or(reply.Number, m.envelope.ID), Sender: m.envelope.Receiver, Receiver: m.envelope.Sender, Version: m.envelope.Version,
		Sent: strings.Replace(reply.At.Std().In(beijing).Format("20060102150405.000"), ".", "", 1),
	}
	const receipt = "11" // 通关回执
	writeManifest(w, m.envelope.Type, receipt, e, func() {
		w.Root("Response", func() { responseClass.Write(w, &o) })
	})
}

// writeDeclared answers a declaration.
func writeDeclared(w *table.Writer, m *message, reply exchange.Reply) {
	var o outcome
	if d, ok := m.document.(*declaration.Document); ok {
		o.answer.Declaration = declaration.Document{Reference: d.Reference, Number: d.Number, Window: cmp.Or(d.Window, reply.Number), Office: d.Office}
	}
	function, news := said(reply)
	if code := codeOf(function, channelCodes); code != "" && reply.Outcome == exchange.Accepted {
		o.code, o.text, o.answer.Issued = code, cmp.Or(news.Note, news.Reason), news.At
		w.Root("DEC_RESULT", func() { resultClass.Write(w, &o) })
		return
	}
	if o.code = "0"; reply.Outcome != exchange.Accepted {
		o.code, o.text = "1", inWords(reply.Problems)
	}
	w.Space = decSpace
	w.Root("DecImportResponse", func() { importClass.Write(w, &o) })
}

// writePassed answers a pass document.
func writePassed(w *table.Writer, m *message, reply exchange.Reply) {
	o := outcome{code: "0"}
	if reply.Outcome != exchange.Accepted {
		o.code, o.text = "1", inWords(reply.Problems)
	}
	o.answer.Declaration.Window = reply.Number
	if d, ok := m.document.(*manifest.Document); ok {
		o.answer.Declaration.Reference = d.Reference
	}
	w.Root("CommonResponeMessage", func() { commonClass.Write(w, &o) })
}
