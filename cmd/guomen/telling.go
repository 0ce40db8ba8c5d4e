package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/text"
	"github.com/guomen/guomen/port"
	"github.com/guomen/guomen/simulator"
)

// telling is how a demonstration tells a story: each step is said in a language with the page to look at; then the
// presenter presses Enter, or where nobody sits there, some time passes.
type telling struct {
	story     simulator.Story
	catalogue *text.Catalogue
	language  text.Language
	pace      time.Duration
	lines     <-chan struct{} // one a line that the presenter enters; nil: there is no presenter
	to        io.Writer
}

// newTelling prepares a story; of an empty name and of help, none. The presenter is who types at a terminal.
func newTelling(name string, pace time.Duration, language text.Language, from *os.File, to io.Writer) (*telling, error) {
	t := &telling{language: language, pace: pace, to: to}
	var err error
	if t.catalogue, err = text.Load(); err != nil {
		return nil, err
	}
	if name == "" || name == "help" {
		return t, nil
	}
	story, ok := simulator.FindStory(name)
	if !ok {
		return nil, errs.New(errs.Invalid, "", "there is no story %q; --story help lists them", name)
	}
	t.story = story
	if info, err := from.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		t.lines = linesOf(from)
	}
	return t, nil
}

// linesOf tells of every line that is entered. Its goroutine ends with the input, which for a terminal is the end of the
// program: a read of a terminal cannot be broken off.
func linesOf(from io.Reader) <-chan struct{} {
	lines := make(chan struct{})
	go func() {
		defer close(lines)
		for scanner := bufio.NewScanner(from); scanner.Scan(); {
			lines <- struct{}{}
		}
	}()
	return lines
}

// list says which stories there are.
func (t *telling) list(to io.Writer) error {
	for _, s := range simulator.Stories() {
		if _, err := fmt.Fprintf(to, "%-18s%s (%s)\n", s.Name, t.catalogue.Say(t.language, "story."+s.Name+".begin"), s.Port); err != nil {
			return err
		}
	}
	return nil
}

// tell tells the story, and again as often as the presenter wants it.
func (t *telling) tell(ctx context.Context, url string, tokens func(string, port.PortID) string, traffic *simulator.Simulator) error {
	stage := simulator.Stage{Server: local(url), Tokens: tokens, Traffic: traffic, Step: func(ctx context.Context, key, path string, args ...string) error {
		fmt.Fprintf(t.to, "\n● %s\n  %s%s\n", t.catalogue.Say(t.language, key, args...), url, path)
		if strings.HasSuffix(key, ".end") {
			return nil
		}
		return t.wait(ctx, "story.next")
	}}
	for ctx.Err() == nil {
		if _, err := t.story.Tell(ctx, stage); err != nil || t.lines == nil {
			return err
		}
		if err := t.wait(ctx, "story.again"); err != nil || t.lines == nil {
			return err
		}
	}
	return nil
}

// wait waits for the presenter, or for the pace; a context that ends meanwhile is no error.
func (t *telling) wait(ctx context.Context, prompt string) error {
	if t.lines != nil {
		fmt.Fprintf(t.to, "  %s", t.catalogue.Say(t.language, prompt))
		select {
		case _, ok := <-t.lines:
			if !ok { // the terminal is gone
				t.lines = nil
			}
		case <-ctx.Done():
		}
		return nil
	}
	select {
	case <-time.After(t.pace):
	case <-ctx.Done():
	}
	return nil
}
