package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/guomen/guomen/internal/api"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/text"
	"github.com/guomen/guomen/rulebook"
)

// ruleLine is what rules test says of one file.
type ruleLine struct {
	File     string             `json:"file"`
	Rule     string             `json:"rule"`
	OK       bool               `json:"ok"`
	Outcomes []rulebook.Outcome `json:"outcomes"`
	Problems []errs.Problem     `json:"problems"`
}

// runRules tries clauses' files on their documents, without a server.
func runRules(_ context.Context, args []string, out io.Writer) error {
	f := flags("rules test", "[flags] AUTHORITY/CLAUSE.yaml…\nThe documents are those of AUTHORITY/testdata/CLAUSE/: pass-*.json, fail-*.json, undecided-*.json.")
	language := f.String("language", string(text.Chinese), "language of the messages")
	if len(args) > 0 && args[0] == "test" {
		args = args[1:]
	} else if len(args) == 0 || !strings.HasPrefix(args[0], "-") {
		f.Usage()
		return fmt.Errorf("%w: rules test FILE…", errUsage)
	}
	if err := parse(f, args, 1, -1); err != nil {
		return err
	}
	catalogue, err := text.Load()
	if err != nil {
		return err
	}
	bad := false
	for _, file := range f.Args() {
		trial, err := tryFile(file)
		if err != nil {
			return fmt.Errorf("%w: %w", errUsage, err)
		}
		line := ruleLine{file, trial.Rule, len(trial.Problems) == 0, trial.Outcomes, api.Told(catalogue, text.Language(*language), trial.Problems)}
		if line.Outcomes == nil {
			line.Outcomes = []rulebook.Outcome{}
		}
		if err := printLine(out, line); err != nil {
			return err
		}
		bad = bad || !line.OK
	}
	if bad {
		return errData
	}
	return nil
}

// tryFile reads a clause and the documents beside it, and tries it. It is called by its folder and file.
func tryFile(file string) (rulebook.Trial, error) {
	whole, err := filepath.Abs(file)
	if err != nil {
		return rulebook.Trial{}, err
	}
	data, err := os.ReadFile(whole)
	if err != nil {
		return rulebook.Trial{}, err
	}
	clause := strings.TrimSuffix(filepath.Base(whole), ".yaml")
	rule := filepath.Base(filepath.Dir(whole)) + "." + clause
	names, err := filepath.Glob(filepath.Join(filepath.Dir(whole), "testdata", clause, "*.json"))
	if err != nil {
		return rulebook.Trial{}, err
	}
	slices.Sort(names)
	var documents []rulebook.Document
	for _, name := range names {
		document, err := os.ReadFile(name)
		if err != nil {
			return rulebook.Trial{}, err
		}
		documents = append(documents, rulebook.Document{Name: strings.TrimSuffix(filepath.Base(name), ".json"), Text: string(document)})
	}
	return rulebook.Try(rule, string(data), documents), nil
}
