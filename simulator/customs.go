package simulator

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"time"

	"github.com/guomen/guomen/port"
)

// The outside customs system, at ports where it decides on release: it answers declarations with WCO RES messages.

// Functions of an answer (WCO RES), and what they say.
const (
	resAccepted = "01"
	resRejected = "03"
	resInspect  = "05"
	resPapers   = "06"
	resReleased = "08"
)

// res is a WCO RES message, as little of it as says what is answered.
type res struct {
	XMLName  xml.Name `xml:"urn:wco:datamodel:WCO:DocumentMetaData-DMS:2 MetaData"`
	Model    string   `xml:"urn:wco:datamodel:WCO:DocumentMetaData-DMS:2 WCODataModelVersionCode"`
	Type     string   `xml:"urn:wco:datamodel:WCO:DocumentMetaData-DMS:2 WCOTypeName"`
	Response response `xml:"urn:wco:datamodel:WCO:RES-DMS:2 Response"`
}

type response struct {
	Function  string `xml:"FunctionCode"`
	Reference string `xml:"FunctionalReferenceID"`
	Issued    struct {
		Text struct {
			Format string `xml:"formatCode,attr"`
			Value  string `xml:",chardata"`
		} `xml:"DateTimeString"`
	} `xml:"IssueDateTime"`
	Declaration struct {
		Reference string `xml:"FunctionalReferenceID"`
		ID        string `xml:"ID,omitempty"`
	} `xml:"Declaration"`
}

// formatSeconds is UN/EDIFACT 2379 code 304: CCYYMMDDHHMMSS and the zone.
const formatSeconds = "304"

// newRES writes an answer. number is the declaration's, empty where customs has not given one.
func newRES(function, own, reference, number string, issued time.Time) ([]byte, error) {
	m := res{Model: "3.6", Type: "RES", Response: response{Function: function, Reference: own}}
	m.Response.Issued.Text.Format = formatSeconds
	m.Response.Issued.Text.Value = issued.In(beijing).Format("20060102150405") + "+08"
	m.Response.Declaration.Reference, m.Response.Declaration.ID = reference, number
	data, err := xml.Marshal(m)
	return append([]byte(xml.Header), data...), err
}

// heardDeclaration: a declaration has been lodged. Where customs answers through messages it accepts it and gives it a
// number; goods that no vehicle brings get one after a while.
func (w *world) heardDeclaration(id port.ID) {
	p := w.docket.papers[id]
	if toldReference(p.reference) {
		return
	}
	if n := find(w.docket.lot(p.lot).needs, port.CustomsRelease); n != nil && n.source == port.Mirrored {
		w.after(w.dice("accept", p.reference).about(w.profile.Times.Accept.Value), func() { w.answer(id, resAccepted, "accepted") })
	}
	if p.document != nil {
		w.after(bringAfter, func() { w.bring(id) })
	}
}

// reply answers the last declaration of a consignment with what customs finds.
func (w *world) reply(n *need, result port.Result) {
	l := w.docket.lots[n.subject]
	if l == nil || len(l.papers) == 0 {
		return
	}
	function := resReleased
	switch result {
	case port.ResultInspect, port.ResultHeld: // RES has no hold; what is held is examined
		function = resInspect
	case port.ResultDocuments:
		function = resPapers
	case port.ResultRefused:
		function = resRejected
	}
	w.answer(l.papers[len(l.papers)-1], function, strconv.Itoa(n.round))
}

// answer sends an answer to a declaration.
func (w *world) answer(id port.ID, function, name string) {
	p := w.docket.papers[id]
	if p == nil {
		return // withdrawn or closed
	}
	number := string(p.number)
	if number == "" {
		number = fmt.Sprintf("%018d", w.dice("number", p.reference).Uint64N(1e18))
	}
	own := fmt.Sprintf("RES%015d", w.dice("answer", p.reference, name).Uint64N(1e15))
	data, err := newRES(function, own, p.reference, number, w.cfg.Clock())
	if err != nil {
		w.log.Error("an answer cannot be written", "error", err)
		return
	}
	w.send("answer", "customs_system", "/v1/messages?port="+string(w.id), id.String()+"/answer/"+function+"/"+name, "application/xml", data, nil)
}
