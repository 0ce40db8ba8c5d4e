package webtest

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/guomen/guomen/internal/text"
	"github.com/guomen/guomen/internal/web"
)

// Get asks for a page as the signed-in viewer, in a language.
func Get(mux http.Handler, path string, language text.Language) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Authorization", "Bearer "+Token)
	r.Header.Set("Accept", "text/html")
	r.AddCookie(&http.Cookie{Name: "guomen_language", Value: string(language)})
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	return w
}

// Request is the signed-in viewer's request for a page, to draw fragments with.
func Request(shell *web.Shell, path string, language text.Language) *web.Request {
	return shell.Reader(httptest.NewRequest(http.MethodGet, path, nil), language, viewer())
}

// Pages asks for each page in each language and checks what holds for every page. It gives the Chinese documents.
func Pages(t *testing.T, mux http.Handler, status int, paths ...string) map[string]*html.Node {
	t.Helper()
	documents := map[string]*html.Node{}
	for _, path := range paths {
		for _, language := range text.Languages {
			w := Get(mux, path, language)
			if w.Code != status {
				t.Errorf("%s: status %d, want %d", path, w.Code, status)
				continue
			}
			document := Check(t, path+" "+string(language), w.Body.String(), language)
			if language == text.Chinese {
				documents[path] = document
			}
		}
	}
	return documents
}

// unsaid is a catalogue key that nobody has a text for, where people read. Wire names stand in <code> and <pre>.
var unsaid = regexp.MustCompile(`\b(shell|map|portpage|movement|word|enum|registry|problem|reason|requirement)\.[a-z][a-z0-9_.]*[a-z0-9_]`)

// Check parses a page and reports what is wrong with it: its language, headings, ids and the names that refer to them,
// names for drawings, fields and buttons, words without a text, and anything that the content policy forbids.
func Check(t *testing.T, name, page string, language text.Language) *html.Node {
	t.Helper()
	document, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for _, slip := range []string{"ZgotmplZ", "<no value>", "%!"} {
		if strings.Contains(page, slip) {
			t.Errorf("%s: has %q", name, slip)
		}
	}
	c := checker{t: t, name: name, language: string(language), ids: map[string]int{}}
	c.walk(document, false)
	for id, n := range c.ids {
		if n > 1 {
			t.Errorf("%s: id %q is there %d times", name, id, n)
		}
	}
	for _, id := range c.refs {
		if c.ids[id] == 0 {
			t.Errorf("%s: refers to id %q, which is not there", name, id)
		}
	}
	if len(c.headings) == 0 || c.headings[0] != 1 || slices.Contains(c.headings[1:], 1) {
		t.Errorf("%s: headings %v, want one h1, first", name, c.headings)
	}
	for i := 1; i < len(c.headings); i++ {
		if c.headings[i] > c.headings[i-1]+1 {
			t.Errorf("%s: headings %v skip a level", name, c.headings)
			break
		}
	}
	return document
}

type checker struct {
	t        *testing.T
	name     string
	language string
	ids      map[string]int
	refs     []string
	headings []int
}

func (c *checker) walk(n *html.Node, code bool) {
	if n.Type == html.ElementNode {
		c.element(n)
		code = code || n.Data == "code" || n.Data == "pre"
	}
	if n.Type == html.TextNode && !code {
		if key := unsaid.FindString(n.Data); key != "" {
			c.t.Errorf("%s: no text for %q", c.name, key)
		}
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		c.walk(child, code)
	}
}

func (c *checker) element(n *html.Node) {
	for _, a := range n.Attr {
		switch {
		case a.Key == "id":
			c.ids[a.Val]++
		case a.Key == "aria-labelledby" || a.Key == "aria-describedby" || n.Data == "label" && a.Key == "for":
			c.refs = append(c.refs, strings.Fields(a.Val)...)
		case a.Key == "style" || strings.HasPrefix(a.Key, "on"):
			c.t.Errorf("%s: <%s> has a %s attribute", c.name, n.Data, a.Key)
		case a.Key == "href" && strings.HasPrefix(a.Val, "#") && len(a.Val) > 1:
			c.refs = append(c.refs, a.Val[1:])
		case a.Key == "title" || a.Key == "alt" || a.Key == "aria-label" || a.Key == "placeholder":
			if key := unsaid.FindString(a.Val); key != "" {
				c.t.Errorf("%s: no text for %q", c.name, key)
			}
		}
	}
	switch n.Data {
	case "html":
		if got := Attribute(n, "lang"); got != c.language {
			c.t.Errorf("%s: lang %q, want %q", c.name, got, c.language)
		}
	case "h1", "h2", "h3", "h4":
		c.headings = append(c.headings, int(n.Data[1]-'0'))
	case "script":
		if Attribute(n, "src") == "" {
			c.t.Errorf("%s: has a script inside", c.name)
		}
	case "style":
		c.t.Errorf("%s: has a style inside", c.name)
	case "img":
		if !has(n, "alt") {
			c.t.Errorf("%s: an img has no alt", c.name)
		}
	case "svg":
		if Attribute(n, "aria-label") == "" && !hidden(n) && Find(n, "title") == nil {
			c.t.Errorf("%s: an svg of class %q has no name", c.name, Attribute(n, "class"))
		}
	case "th":
		if Attribute(n, "scope") == "" {
			c.t.Errorf("%s: a th has no scope", c.name)
		}
	case "a", "button", "summary":
		if strings.TrimSpace(Text(n)) == "" && Attribute(n, "aria-label") == "" {
			c.t.Errorf("%s: a %s has no words", c.name, n.Data)
		}
	case "input", "select", "textarea":
		if kind := Attribute(n, "type"); kind != "hidden" && Attribute(n, "id") == "" && ancestor(n, "label") == nil {
			c.t.Errorf("%s: field %q has no label", c.name, Attribute(n, "name"))
		}
	}
}

// hidden tells whether an element or one around it is hidden from readers of the text.
func hidden(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if Attribute(n, "aria-hidden") == "true" {
			return true
		}
	}
	return false
}

func ancestor(n *html.Node, name string) *html.Node {
	for n = n.Parent; n != nil; n = n.Parent {
		if n.Data == name {
			return n
		}
	}
	return nil
}

func has(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

// Attribute is the value of an element's attribute; empty where it has none.
func Attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// Find is the first element of a name below a node; nil where there is none.
func Find(n *html.Node, name string) *html.Node {
	return first(n, func(n *html.Node) bool { return n.Data == name })
}

// ByID is the element with an id; nil where there is none.
func ByID(n *html.Node, id string) *html.Node {
	return first(n, func(n *html.Node) bool { return Attribute(n, "id") == id })
}

func first(n *html.Node, want func(*html.Node) bool) *html.Node {
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		if child.Type == html.ElementNode && want(child) {
			return child
		}
		if found := first(child, want); found != nil {
			return found
		}
	}
	return nil
}

// Text is all text below a node.
func Text(n *html.Node) string {
	if n == nil {
		return ""
	}
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		b.WriteString(Text(child))
	}
	return b.String()
}
