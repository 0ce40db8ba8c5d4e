package webtest

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"text/template/parse"
	"unicode"

	"golang.org/x/net/html"

	"github.com/guomen/guomen/internal/text"
)

// Templates searches the *.tmpl files of a folder: every key that they ask the catalogue for must be there in every
// language, and no word that people read may stand in them.
func Templates(t *testing.T, files fs.FS) {
	t.Helper()
	catalogue := Catalogue(t)
	names, err := fs.Glob(files, "*.tmpl")
	if err != nil || len(names) == 0 {
		t.Fatalf("templates: %v, %v", names, err)
	}
	for _, name := range names {
		body, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		root := parse.New(name)
		root.Mode = parse.SkipFuncCheck
		trees := map[string]*parse.Tree{}
		if _, err := root.Parse(string(body), "{{", "}}", trees); err != nil {
			t.Fatal(err)
		}
		for _, tree := range trees {
			if tree.Root != nil {
				keys(tree.Root, func(key string, exact bool) {
					for _, language := range text.Languages {
						if !known(catalogue, language, key, exact) {
							t.Errorf("%s: %s has no text for %q", name, language, key)
						}
					}
				})
			}
		}
		spoken(t, name, string(body))
	}
}

// known tells whether a language has a key, or, of a key that a template composes, any that begins so.
func known(catalogue *text.Catalogue, language text.Language, key string, exact bool) bool {
	if exact {
		return catalogue.Has(language, key)
	}
	for _, other := range catalogue.Keys(language) {
		if strings.HasPrefix(other, key) {
			return true
		}
	}
	return false
}

// keys finds the first argument of every call of say, word and named below a node. Of {{named KEY VALUE}} a key that is
// written out must exist; one that is composed need not, for it falls back on the value.
func keys(node parse.Node, found func(key string, exact bool)) {
	switch n := node.(type) {
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, child := range n.Nodes {
			keys(child, found)
		}
	case *parse.ActionNode:
		keys(n.Pipe, found)
	case *parse.TemplateNode:
		if n.Pipe != nil {
			keys(n.Pipe, found)
		}
	case *parse.IfNode:
		branch(&n.BranchNode, found)
	case *parse.RangeNode:
		branch(&n.BranchNode, found)
	case *parse.WithNode:
		branch(&n.BranchNode, found)
	case *parse.PipeNode:
		for _, command := range n.Cmds {
			call(command, found)
		}
	}
}

func branch(n *parse.BranchNode, found func(string, bool)) {
	keys(n.Pipe, found)
	keys(n.List, found)
	keys(n.ElseList, found)
}

func call(command *parse.CommandNode, found func(string, bool)) {
	for _, argument := range command.Args {
		keys(argument, found)
	}
	name, ok := command.Args[0].(*parse.IdentifierNode)
	if !ok || len(command.Args) < 2 {
		return
	}
	switch first := command.Args[1].(type) {
	case *parse.StringNode:
		switch name.Ident {
		case "say", "named":
			found(first.Text, true)
		case "word":
			found("word."+first.Text+".", false)
		}
	case *parse.PipeNode:
		if name.Ident != "say" || len(first.Cmds) != 1 || len(first.Cmds[0].Args) < 2 {
			return
		}
		if prefix, ok := first.Cmds[0].Args[1].(*parse.StringNode); ok {
			found(prefix.Text, false)
		}
	}
}

var actions = regexp.MustCompile(`(?s)\{\{.*?\}\}`)

// spoken reports words between the tags of a template, and in the attributes that are read aloud. What stands in <code>
// is an example of a number, not a word.
func spoken(t *testing.T, name, body string) {
	t.Helper()
	tokens := html.NewTokenizer(strings.NewReader(actions.ReplaceAllString(body, "")))
	code := 0
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return
		case html.TextToken:
			if said := strings.TrimSpace(string(tokens.Text())); code == 0 && strings.IndexFunc(said, unicode.IsLetter) >= 0 {
				t.Errorf("%s: %q belongs in the catalogue", name, said)
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			tag := tokens.Token()
			if tag.Data == "code" {
				code++
			}
			for _, a := range tag.Attr {
				switch a.Key {
				case "title", "alt", "aria-label", "placeholder":
					if strings.IndexFunc(a.Val, unicode.IsLetter) >= 0 {
						t.Errorf("%s: %s %q belongs in the catalogue", name, a.Key, a.Val)
					}
				}
			}
		case html.EndTagToken:
			if tag := tokens.Token(); tag.Data == "code" {
				code--
			}
		}
	}
}

// Areas checks that every language has the same keys under each prefix.
func Areas(t *testing.T, prefixes ...string) {
	t.Helper()
	catalogue := Catalogue(t)
	for _, language := range text.Languages {
		for _, key := range catalogue.Keys(language) {
			for _, prefix := range prefixes {
				if !strings.HasPrefix(key, prefix) {
					continue
				}
				for _, other := range text.Languages {
					if !catalogue.Has(other, key) {
						t.Errorf("%s has %q and %s has not", language, key, other)
					}
				}
			}
		}
	}
}
