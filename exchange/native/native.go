// Package native reads and writes the platform's own JSON: a declaration.Document or a manifest.Document as their types
// say, which is also what the published schemas say and what POST /v1/declarations and /v1/manifests take.
//
// Reading is strict, because a field that is silently ignored is a field lost: names are exact, none is unknown and none
// stands twice, the text is UTF-8, numbers are numbers, nothing follows the object. The types bound how deep a document
// can nest. A good document is decoded straight into its type; only when that fails are its tokens walked again, to find
// every problem at once, each with its JSON pointer and line.
//
// Which of the two documents an object is, is told by the first name that only one of them has; a hint wins over that.
package native

import (
	"bytes"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

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

// Write writes a declaration or a manifest, one field a line.
func Write(to io.Writer, document any) error {
	return json.MarshalWrite(to, document, jsontext.WithIndent("\t"))
}

func read(data []byte, kind exchange.Kind) (exchange.Message, []errs.Problem, error) {
	body := bytes.TrimPrefix(data, []byte("\ufeff"))
	if kind == "" {
		kind = kindOf(body)
	}
	var document any
	switch kind {
	case exchange.KindDeclaration:
		document = new(declaration.Document)
	case exchange.KindManifest:
		document = new(manifest.Document)
	default:
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

// kindOf looks at the names of the outermost object until one decides.
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
