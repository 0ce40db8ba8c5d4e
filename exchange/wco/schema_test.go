package wco

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// element is an element of a published schema.
type element struct {
	Name     string     `xml:"name,attr"`
	Type     string     `xml:"type,attr"`
	Children []*element `xml:"complexType>sequence>element"`
}

// schema reads the element structure of an XML schema of the material: the type named like its root, or the root's own.
func schema(t *testing.T, path, root string) *element {
	t.Helper()
	base := os.Getenv("GUOMEN_MATERIAL")
	if base == "" {
		base = filepath.Join("..", "..", "..", "shared", "material")
	}
	data, err := os.ReadFile(filepath.Join(base, "wco_dms_hmrc", "schemas", "wco", path))
	if err != nil {
		t.Skip("no material: ", err)
	}
	var file struct {
		Elements []*element `xml:"element"`
		Types    []struct {
			Name     string     `xml:"name,attr"`
			Children []*element `xml:"sequence>element"`
		} `xml:"complexType"`
	}
	if err := xml.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	types := map[string][]*element{}
	for _, c := range file.Types {
		types[c.Name] = c.Children
	}
	var resolve func(e *element)
	resolve = func(e *element) {
		if len(e.Children) == 0 {
			e.Children = types[e.Type]
		}
		for _, c := range e.Children {
			resolve(c)
		}
	}
	for _, e := range file.Elements {
		if e.Name == root {
			resolve(e)
			return e
		}
	}
	t.Fatalf("%s has no element %s", path, root)
	return nil
}

// leaves calls visit for every element that holds a value, with the names that lead to it.
func (e *element) leaves(above []string, visit func(path []string, typed string)) {
	path := append(above[:len(above):len(above)], e.Name)
	for _, c := range e.Children {
		c.leaves(path, visit)
	}
	if len(e.Children) == 0 && e.Type != "" { // without a type it refers to another schema
		visit(path, e.Type)
	}
}

// TestSchemas: every element of the published schemas has its place. Each is read alone, written and read again.
func TestSchemas(t *testing.T) {
	for _, test := range []struct{ file, root string }{
		{"declaration/WCO_DEC_2_DMS.xsd", "Declaration"},
		{"declaration/CANCEL.xsd", "Declaration"},
		{"notification/WCO_RES_2_DMS.xsd", "Response"},
	} {
		t.Run(filepath.Base(test.file), func(t *testing.T) {
			count := 0
			schema(t, test.file, test.root).leaves(nil, func(path []string, typed string) {
				count++
				alone(t, path, typed)
			})
			t.Logf("%d elements", count)
		})
	}
}

// alone reads a message with one value in it.
func alone(t *testing.T, path []string, typed string) {
	t.Helper()
	leaf, attribute := "X1", ""
	switch {
	case strings.HasSuffix(typed, "AmountType"):
		leaf, attribute = "1.5", ` currencyID="CNY"`
	case strings.HasSuffix(typed, "DateTimeType"):
		leaf = `<DateTimeString formatCode="304">20261122080000Z</DateTimeString>`
	case strings.HasSuffix(typed, "MeasureType") && !strings.Contains(typed, "Packaging"):
		leaf, attribute = "1", ` unitCode="KGM"`
	case strings.HasSuffix(typed, "QuantityType"), strings.HasSuffix(typed, "NumericType"), strings.HasSuffix(typed, "MeasureType"):
		leaf = "1"
	}
	file := leaf
	for i := len(path) - 1; i >= 0; i-- {
		file = "<" + path[i] + attribute + ">" + file + "</" + path[i] + ">"
		attribute = ""
	}
	m, problems, err := readAny([]byte(file))
	if err != nil || len(problems) > 0 {
		t.Errorf("%s: %v %v", file, problems, err)
		return
	}
	again := written(t, m)
	second, _, err := readAny(again)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(m.Document, second.Document); diff != "" {
		t.Errorf("%s: %s", file, diff)
	}
	if value := strings.TrimSuffix(leaf, "Z</DateTimeString>"); !strings.Contains(string(again), value) && path[len(path)-1] != "SequenceNumeric" {
		t.Errorf("%s is not written:\n%s", file, string(again))
	}
}

// TestOrder: what is written keeps the order of the schemas, for every file of the material.
func TestOrder(t *testing.T) {
	roots := map[string]*element{
		"Declaration": schema(t, "declaration/WCO_DEC_2_DMS.xsd", "Declaration"),
		"Response":    schema(t, "notification/WCO_RES_2_DMS.xsd", "Response"),
	}
	material(t, func(t *testing.T, _ string, data []byte) {
		m, _, err := readAny(data)
		if err != nil {
			t.Skip("not read")
		}
		again := written(t, m)
		if err := ordered(again, roots); err != nil {
			t.Error(err)
		}
	})
}

// ordered walks a message and sees that children stand in the order of the schema. What the schema lacks passes.
func ordered(data []byte, roots map[string]*element) error {
	type level struct {
		of   *element // nil outside the schema
		last int
	}
	var stack []level
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.StartElement:
			var next level
			switch {
			case len(stack) == 0 || len(stack) == 1:
				next.of = roots[token.Name.Local]
			default:
				above := &stack[len(stack)-1]
				if above.of == nil {
					break
				}
				for i, c := range above.of.Children {
					if c.Name != token.Name.Local {
						continue
					}
					if i < above.last {
						return fmt.Errorf("%s stands too late in %s", c.Name, above.of.Name)
					}
					above.last, next.of = i, c
				}
			}
			stack = append(stack, next)
		}
	}
}
