package exchange_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/internal/text"
)

// ruleName is what the rules of messages look like in the source.
var ruleName = regexp.MustCompile(`^(exchange|xml|wco|singlewindow|json|edifact|document|declaration|manifest|passenger)\.[a-z_]+$`)

// TestCatalogue finds every rule that reading and checking can report, and asks for its text in every language.
func TestCatalogue(t *testing.T) {
	files := []string{"../declaration/check.go", "../declaration/checkpart.go", "../manifest/check.go", "../passenger/check.go", "../internal/review/review.go"}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	rules := 0
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			literal, ok := n.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			rule, err := strconv.Unquote(literal.Value)
			if err != nil || !ruleName.MatchString(rule) {
				return true
			}
			rules++
			for _, language := range text.Languages {
				if !catalogue.Has(language, "problem."+rule) {
					t.Errorf("%s: %s has no text in %s", name, rule, language)
				}
			}
			return true
		})
	}
	if rules < 60 {
		t.Errorf("found only %d rules", rules)
	}
	for _, key := range enumKeys() {
		for _, language := range text.Languages {
			if !catalogue.Has(language, key) {
				t.Errorf("%s has no text in %s", key, language)
			}
		}
	}
}

func enumKeys() (keys []string) {
	for _, k := range []exchange.Kind{exchange.KindDeclaration, exchange.KindManifest, exchange.KindResponse, exchange.KindConfirmation, exchange.KindPacking, exchange.KindReload, exchange.KindReport, exchange.KindPassengers} {
		keys = append(keys, k.TextKey())
	}
	for _, o := range []exchange.Outcome{exchange.Accepted, exchange.Rejected, exchange.Unreadable, exchange.Unsupported} {
		keys = append(keys, o.TextKey())
	}
	for _, function := range []string{
		exchange.AnswerAccepted, exchange.AnswerReceived, exchange.AnswerRejected, exchange.AnswerInspection, exchange.AnswerDocuments,
		exchange.AnswerChanged, exchange.AnswerReleased, exchange.AnswerCleared, exchange.AnswerInvalidated, exchange.AnswerRequest,
		exchange.AnswerTax, exchange.AnswerBalance, exchange.AnswerReminder, exchange.AnswerExited, exchange.AnswerExitRequested,
		exchange.AnswerNoLoading, exchange.AnswerNoUnloading, exchange.AnswerCrossed, exchange.AnswerCrossingRefused, exchange.AnswerGateReleased,
	} {
		a := exchange.Answer{Function: function}
		keys = append(keys, a.TextKey())
	}
	return keys
}
