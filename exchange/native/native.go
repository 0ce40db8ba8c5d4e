// Package native reads and writes the platform's own JSON: a declaration, a manifest, a confirmation, a packing list, a
// reload or a report as their types say, which is also what the published schemas say.
//
// Reading is strict, because a field that is silently ignored is a field lost: names are exact, none is unknown and none
// stands twice, the text is UTF-8, numbers are numbers, nothing follows the object. The types bound how deep a document
// can nest. A good document is decoded straight into its type; only when that fails are its tokens walked again, to find
// every problem at once, each with its JSON pointer and line.
//
// Which document an object is, is told by the first name that only one of them has, or by its message, such as MT4401; a
// hint wins over that.
package native

import (
	"bytes"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/manifest"
)

// Format is what exchange reads the platform's JSON by.
func Format() exchange.Format {
	return exchange.Format{
		Name: "json",
		Owns: func(o exchange.Opening) bool { return o.Syntax == exchange.JSON },
		Read: read,
	}
}

// Write writes a document, one field a line.
func Write(to io.Writer, document any) error {
	return json.MarshalWrite(to, document, jsontext.WithIndent("\t"))
}

func read(data []byte, kind exchange.Kind) (exchange.Message, []errs.Problem, error) {
	body := bytes.TrimPrefix(data, []byte("\ufeff"))
	if kind == "" {
		kind = kindOf(body)
	}
	document := blank(kind)
	if document == nil {
		// Not well-formed is said before not ours: a cut file is no foreign file.
		if problems := examine(body, nil); len(problems) > 0 {
			return exchange.Message{}, nil, exchange.NotRead(problems...)
		}
		return exchange.Message{}, nil, exchange.NotOurs(errs.Problem{Rule: "json.kind", Severity: errs.Error, Line: 1})
	}
	if err := json.Unmarshal(body, document, json.RejectUnknownMembers(true)); err != nil {
		return exchange.Message{}, nil, exchange.NotRead(problemsOf(body, document, err)...)
	}
	return exchange.Message{
		Format: "json", Kind: kind, Document: document,
		Locate: func(pointers []string) []exchange.Spot { return locate(body, pointers) },
	}, nil, nil
}

// blank is an empty document of a kind; nil for a kind that is not written in JSON.
func blank(kind exchange.Kind) any {
	switch kind {
	case exchange.KindDeclaration:
		return new(declaration.Document)
	case exchange.KindManifest:
		return new(manifest.Document)
	case exchange.KindConfirmation:
		return new(manifest.Confirmation)
	case exchange.KindPacking:
		return new(manifest.Packing)
	case exchange.KindReload:
		return new(manifest.Reload)
	case exchange.KindReport:
		return new(cargo.Report)
	}
	return nil
}

// formed are the kinds by the message that a document says it came as: what a document of the road family has in common
// with another decides less than its name.
var formed = map[string]exchange.Kind{
	"MT1401": exchange.KindManifest, "MT2401": exchange.KindManifest, "SAS121": exchange.KindManifest,
	"MT3402": exchange.KindReport, "MT5401": exchange.KindReport, "MT5402": exchange.KindReport,
	"MT4401": exchange.KindConfirmation, "MT4402": exchange.KindConfirmation, "MT4403": exchange.KindConfirmation,
	"MT4404": exchange.KindConfirmation, "MT4405": exchange.KindConfirmation, "MT4406": exchange.KindConfirmation,
	"MT7402": exchange.KindPacking,
	"MT8401": exchange.KindReload, "MT8402": exchange.KindReload, "MT8403": exchange.KindReload, "MT8404": exchange.KindReload,
}

// kindOf looks at the names of the outermost object until one decides. Confirmations and reloads have no name before the
// vehicle and the waybills that manifests do not have too, so they say what they are by their message.
func kindOf(data []byte) exchange.Kind {
	d := jsontext.NewDecoder(bytes.NewReader(data))
	if token, err := d.ReadToken(); err != nil || token.Kind() != '{' {
		return ""
	}
	for {
		token, err := d.ReadToken()
		if err != nil || token.Kind() != '"' {
			return ""
		}
		switch token.String() {
		case "message":
			value, err := d.ReadToken()
			if err != nil {
				return ""
			}
			if value.Kind() == '"' {
				if kind, known := formed[value.String()]; known {
					return kind
				}
				continue
			}
			if value.Kind() == '{' || value.Kind() == '[' {
				return ""
			}
			continue
		case "boxes", "packer":
			return exchange.KindPacking
		case "lines", "kind", "operator", "place", "at":
			return exchange.KindReport
		case "to_plate", "plate":
			return exchange.KindReload
		case "health", "vaccination", "routing", "containers":
			return exchange.KindConfirmation
		case "items", "reference", "declarant", "importer", "exporter", "border_means":
			return exchange.KindDeclaration
		case "vehicle", "waybills", "crew", "loaded", "expected":
			return exchange.KindManifest
		}
		if d.SkipValue() != nil {
			return ""
		}
	}
}

// locate finds what pointers name. A field that is not in the file keeps its pointer, and gets the line of what it is
// missing in.
func locate(data []byte, pointers []string) []exchange.Spot {
	found := exchange.Around(pointers)
	found[""] = exchange.Spot{Line: 1}
	d := jsontext.NewDecoder(bytes.NewReader(data))
	for {
		token, err := d.ReadToken()
		if err != nil {
			break
		}
		pointer := string(d.StackPointer())
		if spot, asked := found[pointer]; asked && spot.Line == 0 && token.Kind() != '}' && token.Kind() != ']' {
			found[pointer] = exchange.Spot{Path: pointer, Line: lineBefore(data, d.InputOffset())}
		}
	}
	spots := make([]exchange.Spot, len(pointers))
	for i, pointer := range pointers {
		spots[i] = exchange.Spot{Path: pointer, Line: exchange.Nearest(found, pointer).Line}
	}
	return spots
}

// lineBefore is the line of the byte before an offset: of the token that the decoder has just read.
func lineBefore(data []byte, offset int64) int { return bytes.Count(data[:offset], []byte("\n")) + 1 }
