package wco

import (
	"io"

	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/exchange/table"
)

// The namespaces that are written: those of the profile whose schemas were published.
const (
	metaSpace = "urn:wco:datamodel:WCO:DocumentMetaData-DMS:2"
	decSpace  = "urn:wco:datamodel:WCO:DEC-DMS:2"
	resSpace  = "urn:wco:datamodel:WCO:RES-DMS:2"
)

// Write writes a declaration as DEC. What it writes reads as the same declaration, provided that texts have no white
// space around them and lists no empty elements; only the direction must be one that the type tells (IM, EX).
func Write(to io.Writer, d *declaration.Document) error {
	return writeMessage(to, "DEC", decSpace, func(w *table.Writer) {
		w.Root("Declaration", func() { declarationClass.Write(w, spread(d)) })
	})
}

// WriteAnswer writes an answer on a declaration as RES, which has nothing for crossings and pass documents.
func WriteAnswer(to io.Writer, a *exchange.Answer) error {
	out := *a
	out.Declaration = *spread(&a.Declaration)
	out.Changed = make([]declaration.Document, len(a.Changed))
	for i := range a.Changed {
		out.Changed[i] = *spread(&a.Changed[i])
	}
	return writeMessage(to, "RES", resSpace, func(w *table.Writer) {
		w.Root("Response", func() { responseClass.Write(w, &out) })
	})
}

func writeMessage(to io.Writer, kind, space string, body func(*table.Writer)) error {
	w := &table.Writer{Depth: 1}
	w.Out = append(w.Out, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+`<md:MetaData xmlns:md="`+metaSpace+`" xmlns="`+space+`">`...)
	w.Leaf("md:WCODataModelVersionCode", "3.6", "", "")
	w.Leaf("md:WCOTypeName", kind, "", "")
	body(w)
	w.Out = append(w.Out, "\n</md:MetaData>\n"...)
	_, err := to.Write(w.Out)
	return err
}
