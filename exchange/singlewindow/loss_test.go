package singlewindow

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"math/big"
	"reflect"
	"strings"
	"testing"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/port"
)

// value is one text of a file, found by the standard library and not by our reader, with its path and line.
type value struct {
	path, text string
	line       int
}

func values(t *testing.T, data []byte) (list []value) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(data))
	var path []string
	var text strings.Builder
	line := 0
	for {
		token, err := d.Token()
		if err == io.EOF {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			path = append(path, token.Name.Local)
			text.Reset()
			line, _ = d.InputPos()
		case xml.CharData:
			text.Write(token)
		case xml.EndElement:
			if got := strings.TrimSpace(text.String()); got != "" {
				list = append(list, value{strings.Join(path, "/"), got, line})
			}
			text.Reset()
			path = path[:len(path)-1]
		}
	}
}

// texts are all the values of a document, numbers by their meaning.
func texts(v reflect.Value, into map[string]bool) {
	switch x := v.Interface().(type) {
	case port.Money:
		into[number(x.String())], into[string(x.Currency)] = true, true
		return
	case port.Kilograms:
		into[number(x.String())] = true
		return
	case port.Quantity:
		into[number(x.String())] = true
		return
	case port.Time:
		into["time "+x.String()] = true
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		texts(v.Elem(), into)
	case reflect.String:
		into[v.String()] = true
	case reflect.Int64:
		into[number(fmt.Sprint(v.Int()))] = true
	case reflect.Struct:
		for i := range v.NumField() {
			texts(v.Field(i), into)
		}
	case reflect.Slice:
		for i := range v.Len() {
			texts(v.Index(i), into)
		}
	}
}

func number(text string) string {
	if r, ok := new(big.Rat).SetString(text); ok && !strings.ContainsAny(text, "/eEpPxX_") {
		return "number " + r.RatString()
	}
	return "no number"
}

// meant are the elements that are kept by meaning: the direction, the mode of transport, the way of a pass.
var meant = map[string]bool{
	"IEFlag": true, "TrafMode": true, "VoyNo": true, "FeeMark": true, "PassportTypecd": true, "IoTypecd": true, "DclTypecd": true, "TypeCode": true,
	"Format": true, "Compress": true, "total_pocket_qty": true, "cur_pocket_no": true, "VehicleWt": true, "ENTRY_ID": true,
}

// TestNoLoss: every text of every message that is read is in what was read from it, or was warned of: the element itself,
// or one around it, by its path.
func TestNoLoss(t *testing.T) {
	checked := 0
	look := func(t *testing.T, data []byte) {
		m, problems, err := readAny(data)
		if err != nil {
			return
		}
		kept := map[string]bool{}
		texts(reflect.ValueOf(m.Document), kept)
		texts(reflect.ValueOf(m.Envelope), kept)
		for _, v := range values(t, data) {
			checked++
			name := v.path[strings.LastIndexByte(v.path, '/')+1:]
			moment, isTime := parseTime(v.text)
			switch {
			case kept[v.text], kept[number(v.text)], isTime && kept["time "+moment.String()]:
			case meant[name]:
			case strings.HasSuffix(name, "Measure") && kept[number(v.text+"000")]: // tonnes
			case strings.Contains(v.text, `\`): // several numbers in one
			case warned(problems, v.path):
			default:
				t.Errorf("line %d, %s: %q is lost", v.line, v.path, v.text)
			}
		}
	}
	samples(t, func(t *testing.T, _ string, data []byte) { look(t, data) })
	t.Run("material", func(t *testing.T) { material(t, func(t *testing.T, _ string, data []byte) { look(t, data) }) })
	t.Logf("%d values looked for", checked)
}

// warned tells whether an element at a path, or one around it, was warned of. Paths of problems begin at the document.
func warned(problems []errs.Problem, path string) bool {
	for _, p := range problems {
		if p.Severity != errs.Warning {
			continue
		}
		var plain []string
		for _, step := range strings.Split(p.Path, "/") {
			step, _, _ = strings.Cut(step, "[")
			plain = append(plain, step)
		}
		if at := strings.Join(plain, "/"); strings.Contains("/"+path+"/", "/"+at+"/") {
			return true
		}
	}
	return false
}
