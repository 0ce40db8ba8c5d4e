package markup

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// trace writes what a reader comes upon in one line: <a>, 'text', </a>, so that a test reads like the document.
func trace(src string) (string, error) {
	r, err := New(src)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for {
		kind, err := r.Next()
		if err != nil {
			return b.String(), err
		}
		switch kind {
		case Start:
			b.WriteString("<" + expanded(r.Space(), r.Name()))
			for _, a := range r.Attrs() {
				fmt.Fprintf(&b, " %s=%q", expanded(a.Space, a.Name), a.Value)
			}
			b.WriteString(">")
		case Text:
			fmt.Fprintf(&b, "'%s'", r.Text())
		case End:
			b.WriteString("</" + expanded(r.Space(), r.Name()) + ">")
		case EOF:
			return b.String(), nil
		}
	}
}

func expanded(space, name string) string {
	if space == "" {
		return name
	}
	return "{" + space + "}" + name
}

func TestReads(t *testing.T) {
	for _, test := range []struct{ name, src, want string }{
		{"element", `<a/>`, `<a></a>`},
		{"mark and declaration", "\ufeff<?xml version='1.0' encoding=\"utf-8\" standalone='yes' ?>\n<a>1</a>\n", `<a>'1'</a>`},
		{"attributes", `<a b="1" c='"2"' d="&lt;&#65;&#x42;"/>`, `<a b="1" c="\"2\"" d="<AB"></a>`},
		{"white space in attributes", "<a b=\"1\r\n2\t3\"/>", `<a b="1 2 3"></a>`},
		{"references", `<a>&amp;&lt;&gt;&quot;&apos;&#x4E2D;</a>`, `<a>'&<>"'中'</a>`},
		{"line ends", "<a>1\r\n2\r3\n</a>", "<a>'1\n2\n3\n'</a>"},
		{"cdata", `<a>1<![CDATA[<2>&amp;]]>3</a>`, `<a>'1''<2>&amp;''3'</a>`},
		{"comments and instructions", `<?pi x?><!-- a - b --><a>1<!----><?p?>2</a><!-- end --><?pi?>`, `<a>'1''2'</a>`},
		{"namespaces", `<p:a xmlns:p="u" xmlns="v" p:x="1" y="2"><b/><b xmlns=""/></p:a>`, `<{u}a {u}x="1" y="2"><{v}b></{v}b><b></b></{u}a>`},
		{"namespace ends", `<a><b xmlns:p="u"><p:c/></b><b xmlns:p="v"><p:c/></b></a>`, `<a><b><{u}c></{u}c></b><b><{v}c></{v}c></b></a>`},
		{"xml prefix", `<a xml:lang="zh"/>`, `<a {` + xmlSpace + `}lang="zh"></a>`},
		{"other scripts", `<报关单 编号="1">甘其毛都</报关单>`, `<报关单 编号="1">'甘其毛都'</报关单>`},
		{"white space in tags", "<a\n b = '1'\t></a\n>", `<a b="1"></a>`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := trace(test.src)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRefuses(t *testing.T) {
	many := func(n int, one string) string { return strings.Repeat(one, n) }
	for _, test := range []struct {
		src  string
		rule string
		line int
	}{
		{"", "xml.empty", 1},
		{" \n ", "xml.empty", 2},
		{"text", "xml.empty", 1},
		{"<", "xml.truncated", 1},
		{"<a", "xml.truncated", 1},
		{"<a>", "xml.unclosed", 1},
		{"<a>\n<b>", "xml.unclosed", 2},
		{"<a b='1", "xml.truncated", 1},
		{"<a><!-- x", "xml.truncated", 1},
		{"<a><![CDATA[", "xml.truncated", 1},
		{"<a>\n<!-- one\ntwo -- three\n--></a>", "xml.comment", 3},
		{"<a><!-- x ---></a>", "xml.comment", 1},
		{"<a>\n</b>", "xml.mismatched", 2},
		{"</a>", "xml.unopened", 1},
		{"<a/></a>", "xml.unopened", 1},
		{"<a/><b/>", "xml.trailing", 1},
		{"<a/>\nb", "xml.trailing", 2},
		{"<a/><![CDATA[]]>", "xml.trailing", 1},
		{"<!DOCTYPE a><a/>", "xml.doctype", 1},
		{"<!DOCTYPE a [<!ENTITY b 'c'>]>\n<a>&b;</a>", "xml.doctype", 1},
		{"<a>&b;</a>", "xml.entity", 1},
		{"<a>& b</a>", "xml.entity", 1},
		{"<a>&#0;</a>", "xml.entity", 1},
		{"<a>&#xD800;</a>", "xml.entity", 1},
		{"<a>&#99999999999;</a>", "xml.entity", 1},
		{"<a>&#+1;</a>", "xml.entity", 1},
		{"<a>]]></a>", "xml.cdata", 1},
		{"<a b/>", "xml.attribute", 1},
		{"<a b=1/>", "xml.attribute", 1},
		{"<a b='<'/>", "xml.attribute", 1},
		{"<a b='1'c='2'/>", "xml.attribute", 1},
		{"<a b='1' b='2'/>", "xml.attribute_twice", 1},
		{"<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>", "xml.attribute_twice", 1},
		{"<a xmlns:p='u' xmlns:p='v'/>", "xml.attribute_twice", 1},
		{"<p:a/>", "xml.prefix", 1},
		{"<a p:b='1'/>", "xml.prefix", 1},
		{"<a xmlns:p=''/>", "xml.prefix", 1},
		{"<a xmlns:xml='u'/>", "xml.prefix", 1},
		{"<1a/>", "xml.name", 1},
		{"<a:b:c xmlns:a='u'/>", "xml.name", 1},
		{"<:a/>", "xml.name", 1},
		{"<a: xmlns:a='u'/>", "xml.name", 1},
		{"< a/>", "xml.name", 1},
		{"<a></a b>", "xml.tag", 1},
		{" <?xml version='1.0'?><a/>", "xml.declaration", 1},
		{"<?xml encoding='UTF-8'?><a/>", "xml.declaration", 1},
		{"<?xml version='1.0' standalone='yes' encoding='UTF-8'?><a/>", "xml.declaration", 1},
		{"<?xml version='1.1'?><a/>", "xml.version", 1},
		{"<?xml version='1.0' encoding='GB18030'?><a/>", "xml.encoding", 1},
		{"<a>\n\x00</a>", "xml.character", 2},
		{"<a>\x1b</a>", "xml.character", 1},
		{"<a>\uffff</a>", "xml.character", 1},
		{"<a>\n\n\xff</a>", "xml.utf8", 3},
		{"<a>\xed\xa0\x80</a>", "xml.utf8", 1},
		{many(MaxDepth+1, "<a>"), "xml.depth", 1},
		{"<a>" + many(MaxText+1, "x") + "</a>", "xml.text_length", 1},
		{"<" + many(MaxName+1, "a") + "/>", "xml.name_length", 1},
	} {
		t.Run(test.rule, func(t *testing.T) {
			_, err := trace(test.src)
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("%.80q: got %v, want %s", test.src, err, test.rule)
			}
			if e.Rule != test.rule || e.Line != test.line {
				t.Errorf("%.80q: got %s on line %d, want %s on line %d", test.src, e.Rule, e.Line, test.rule, test.line)
			}
		})
	}
}

func TestAttributeLimit(t *testing.T) {
	var b strings.Builder
	b.WriteString("<a")
	for i := range MaxAttributes + 1 {
		fmt.Fprintf(&b, " b%d='x'", i)
	}
	b.WriteString("/>")
	_, err := trace(b.String())
	var e *Error
	if !errors.As(err, &e) || e.Rule != "xml.attributes" {
		t.Errorf("got %v, want xml.attributes", err)
	}
}

func TestSkip(t *testing.T) {
	r, err := New("<a><b><b/>x</b><c/><d/></a>")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for {
		kind, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if kind == EOF {
			break
		}
		if kind != Start {
			continue
		}
		names = append(names, r.Name())
		if r.Name() == "b" || r.Name() == "c" {
			if err := r.Skip(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got, want := strings.Join(names, " "), "a b c d"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// oracle is trace by the standard library, which takes more than we do.
func oracle(src string) (string, error) {
	src = strings.TrimPrefix(src, "\ufeff")
	d := xml.NewDecoder(strings.NewReader(src))
	var b strings.Builder
	for {
		token, err := d.Token()
		if err == io.EOF {
			return b.String(), nil
		}
		if err != nil {
			return b.String(), err
		}
		switch token := token.(type) {
		case xml.StartElement:
			b.WriteString("<" + expanded(token.Name.Space, token.Name.Local))
			for _, a := range token.Attr {
				if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
					continue
				}
				fmt.Fprintf(&b, " %s=%q", expanded(a.Name.Space, a.Name.Local), blanks(a.Value))
			}
			b.WriteString(">")
		case xml.CharData:
			b.Write(token)
		case xml.EndElement:
			b.WriteString("</" + expanded(token.Name.Space, token.Name.Local) + ">")
		}
	}
}

// FuzzReader holds the reader against encoding/xml: what we take, it reads the same way, and nothing panics.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{
		`<a b="1">x&amp;y<c/></a>`,
		`<?xml version="1.0" encoding="UTF-8"?><!-- c --><p:a xmlns:p="u"><p:b x='1'>中&#65;</p:b><![CDATA[z]]></p:a>`,
		"<a>\r\n<b/>\r</a>\n<?pi?>",
		`<a xmlns="u"><b xmlns=""/></a>`,
		`<!DOCTYPE a><a>&b;</a>`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		got, err := trace(src)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Rule == "" || e.Line < 1 || e.Offset < 0 || e.Offset > len(src) {
				t.Fatalf("%q: %#v", src, err)
			}
			return
		}
		want, err := oracle(src)
		if err != nil {
			// encoding/xml has the names of XML's fourth edition and knows nothing of some characters of the fifth.
			if strings.Contains(err.Error(), "invalid XML name") || strings.Contains(err.Error(), "expected element name") || strings.Contains(err.Error(), "expected attribute name") || strings.Contains(err.Error(), "expected target name") || strings.Contains(err.Error(), "invalid UTF-8") {
				t.Skip()
			}
			t.Fatalf("%q: taken, but encoding/xml says %v", src, err)
		}
		flat := strings.NewReplacer("''", "", "'", "").Replace
		if white(flat(got)) != white(flat(want)) {
			t.Fatalf("%q:\n got %s\nwant %s", src, got, want)
		}
	})
}

// white drops white space: encoding/xml reports it outside the root, we do not.
func white(s string) string {
	return strings.Map(func(c rune) rune {
		if c == ' ' || c == '\n' || c == '\t' || c == '\r' {
			return -1
		}
		return c
	}, s)
}

func BenchmarkReader(b *testing.B) {
	src := "<?xml version='1.0'?><m:a xmlns:m='urn:m' xmlns='urn:d'>" + strings.Repeat("\n\t<Group><ID>12345</ID><Amount currencyID=\"CNY\">1.50</Amount></Group>", 100) + "</m:a>"
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		r, err := New(src)
		if err != nil {
			b.Fatal(err)
		}
		for {
			kind, err := r.Next()
			if err != nil {
				b.Fatal(err)
			}
			if kind == EOF {
				break
			}
		}
	}
}
