package rules

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/text"
)

// languages are those in which a clause must explain itself.
var languages = []text.Language{text.Chinese, text.English, text.Mongolian, text.Russian}

var tagPattern = regexp.MustCompile(`^([LPDNK]|[SG]:[0-9]+)$`)

// words checks everything that is neither expression nor date.
func (r rule) words() {
	if want := strings.ReplaceAll(strings.TrimSuffix(r.source.name, path.Ext(r.source.name)), "/", "."); r.Name != want {
		r.fail("name", "a clause is called by its folder and file, %s", want)
	}
	for key, texts := range map[string]map[string]string{"title": r.Title, "explanation": r.Explanation} {
		r.texts(key, texts)
	}
	if r.Citation == "" {
		r.fail("citation", "a clause names its law or standard")
	}
	if len(r.Source.Tags) == 0 || r.Source.Text == "" {
		r.fail("source", "a clause says where it is known from: tags and text")
	}
	confirmed := false
	for _, tag := range r.Source.Tags {
		if !tagPattern.MatchString(tag) {
			r.fail("source.tags", "%q is none of L, P, S:n, G:n, D, N, K", tag)
		}
		confirmed = confirmed || tag != "K"
	}
	switch r.Mode {
	case ModeActive:
		if !confirmed {
			r.fail("mode", "what only general knowledge (K) says is run dry")
		}
	case ModeDryRun:
	default:
		r.fail("mode", "%q is neither active nor dry_run", r.Mode)
	}
	for _, list := range []struct {
		key, place string
		words      []string
	}{
		{"scope.ports", "port", r.Scope.Ports}, {"scope.modes", "mode", r.Scope.Modes},
		{"scope.directions", "direction", r.Scope.Directions}, {"scope.regimes", "regime", r.Scope.Regimes},
	} {
		for _, word := range list.words {
			r.word(list.key, list.place, word)
		}
	}
}

func (r rule) texts(key string, texts map[string]string) {
	for _, language := range languages {
		if texts[string(language)] == "" {
			r.fail(key, "the text in %s is missing", language)
		}
	}
	for language := range texts {
		if !slices.Contains(languages, text.Language(language)) {
			r.fail(key, "nobody here reads %s", language)
		}
	}
}

func (r rule) word(key, place, word string) {
	if word == "" || !r.schema.allows(place, word) {
		r.fail(key, "there is no %s %q", place, word)
	}
}

// shanghai is the time zone of the law 北京时间. It has had no summer time since 1991.
var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// dates turns the first and the last day into the first instant and the first one after.
func (r rule) dates(c *clause) {
	day := func(key, value string, shift int) (int64, bool) {
		if value == "" {
			return 0, false
		}
		t, err := time.ParseInLocation(time.DateOnly, value, shanghai)
		if err != nil {
			r.fail(key, "a day is written as 2026-01-31")
		}
		return t.AddDate(0, 0, shift).UnixMicro(), true
	}
	c.from, c.until = firstTime, lastTime+1
	if from, ok := day("effective.from", r.Effective.From, 0); ok {
		c.from = from
	}
	if until, ok := day("effective.to", r.Effective.To, 1); ok {
		c.until = until
	}
	if c.from >= c.until {
		r.fail("effective", "the last day is before the first")
	}
	// A version speaks while it stands in the book and its law is in force.
	if !r.entry.Since.IsZero() {
		c.from = max(c.from, r.entry.Since.UnixMicro())
	}
	if !r.entry.Until.IsZero() {
		c.until = min(c.until, r.entry.Until.UnixMicro())
	}
	c.Version, c.Since, c.Until = r.entry.Version, r.entry.Since, r.entry.Until
}

func (r rule) goods(c *clause) {
	for _, prefix := range r.Scope.Goods {
		if len(prefix) < 2 || len(prefix) > 10 || strings.Trim(prefix, "0123456789") != "" {
			r.fail("scope.goods", "%q is no beginning of an HS code: 2 to 10 digits", prefix)
			continue
		}
		c.chapters.add(prefix)
	}
}

func (r rule) demands(c *clause) {
	count := 0
	if d := c.Requirement; d != nil {
		count++
		r.word("demands.requirement.kind", "kind", d.Kind)
		r.word("demands.requirement.subject", "concerns", d.Subject)
		r.word("demands.requirement.owner", "owner", d.Owner)
		r.word("demands.requirement.due", "due", d.Due)
		r.word("demands.requirement.source", "source", d.Source)
	}
	if d := c.Risk; d != nil {
		count++
		r.word("demands.risk.level", "level", d.Level)
	}
	if d := c.Deadline; d != nil {
		count++
		r.word("demands.deadline.kind", "deadline", d.Kind)
		r.word("demands.deadline.from", "from", d.From)
		r.span(c, d)
	}
	if d := c.Problem; d != nil {
		count++
		if d.Severity != string(errs.Error) && d.Severity != string(errs.Warning) {
			r.fail("demands.problem.severity", "%q is neither error nor warning", d.Severity)
		}
		if d.Message != nil {
			r.texts("demands.problem.message", d.Message)
		}
	}
	if count != 1 {
		r.fail("demands", "a clause demands exactly one of problem, requirement, risk, deadline")
	}
}

// span reads how long a clock runs, and when to remind. What Within says is compiled with the clause's expressions.
func (r rule) span(c *clause, d *Deadline) {
	spans := 0
	if d.After != "" {
		spans++
		var ok bool
		if c.after, ok = d.After.Duration(); !ok {
			r.fail("demands.deadline.after", "a span is a number of days (14d) or hours (36h)")
		}
	}
	if d.Months != 0 {
		spans++
		if d.Months < 0 || d.Months > MaxMonths {
			r.fail("demands.deadline.months", "a clock runs for 1 to %d months", MaxMonths)
		}
	}
	if d.Within != "" {
		spans++
	}
	if spans != 1 {
		r.fail("demands.deadline", "a clock has exactly one of after, months, within")
	}
	for _, text := range d.Warn {
		span, ok := text.Duration()
		if !ok || c.after == 0 || span >= c.after || len(c.warn) > 0 && span <= c.warn[len(c.warn)-1] {
			r.fail("demands.deadline.warn", "reminders are spans in their order, shorter than after")
		}
		c.warn = append(c.warn, span)
	}
}
