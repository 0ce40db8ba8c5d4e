package web

import (
	"fmt"
	"html/template"

	"github.com/guomen/guomen/internal/text"
	"github.com/guomen/guomen/port"
)

// functions are what templates can call, in one language:
//
//	say KEY ARGS…      a text of the catalogue
//	word GROUP VALUE   the name of an enumeration's value: key word.GROUP.VALUE; the value as it is where it has none
//	named KEY VALUE    a text of the catalogue, or the plain value where it has none
//	label V            the name of a value that knows its catalogue key, such as a port.Mode
//	words W            a [Words]
//	number N           an integer or [Figure] with its digits grouped
//	mass M, kilograms M  a [Mass] in tonnes or kilograms, with the unit
//	span D             a [Span] or port.Duration in hours and minutes, with units
//	plate P            a port.Plate as [Plate], for the template "plate"
//	stamp T, short T, clock T, day T   a port.Time as <time>: all of it, day and minute, time of day, date
//	percent A B        A of B as a whole percentage
//	icon NAME          a drawing from icon.svg, hidden from readers of the text
//	iconHref NAME      its address, for use inside a drawing
//	asset NAME         the address of a file, with the digest of its content
func functions(s *Shell, language text.Language) template.FuncMap {
	f := Format{Language: language, catalogue: s.catalogue}
	return template.FuncMap{
		"say":       f.say,
		"named":     func(key string, value any) string { return f.named(key, stringOf(value)) },
		"word":      f.Word,
		"words":     f.Words,
		"number":    f.number,
		"label":     f.Label,
		"mass":      f.Mass,
		"kilograms": f.Kilograms,
		"span":      f.span,
		"plate":     PlateOf,
		"stamp":     func(t port.Time) template.HTML { return f.moment(t, f.Stamp) },
		"short":     func(t port.Time) template.HTML { return f.moment(t, f.Short) },
		"clock":     func(t port.Time) template.HTML { return f.moment(t, f.Clock) },
		"day":       func(t port.Time) template.HTML { return f.moment(t, f.Day) },
		"percent":   percent,
		"icon":      s.icon,
		"iconHref":  s.iconHref,
		"asset":     s.assetPath,
	}
}

// placeholders let a file be parsed alone, to see which templates it defines.
func placeholders() template.FuncMap {
	all := functions(&Shell{}, text.Chinese)
	for name := range all {
		all[name] = func(...any) string { return "" }
	}
	return all
}

func (s *Shell) iconHref(name string) string { return s.assetPath("icon.svg") + "#" + name }

func (s *Shell) icon(name string) template.HTML {
	return template.HTML(`<svg class="icon" aria-hidden="true" width="16" height="16"><use href="` + template.HTMLEscapeString(s.iconHref(name)) + `"/></svg>`)
}

// percent is a of b as a whole percentage, 0 to 100; 0 where b is 0.
func percent(a, b int64) int64 {
	if b <= 0 {
		return 0
	}
	return min(max(100*a/b, 0), 100)
}

func (f Format) say(key string, args ...any) string {
	texts := make([]string, len(args))
	for i, arg := range args {
		switch v := arg.(type) {
		case string:
			texts[i] = v
		case Words:
			texts[i] = f.Words(v)
		case Figure:
			texts[i] = f.Figure(v)
		case int:
			texts[i] = f.Number(int64(v))
		case int64:
			texts[i] = f.Number(v)
		default:
			texts[i] = fmt.Sprint(v)
		}
	}
	return f.catalogue.Say(f.Language, key, texts...)
}

func (f Format) number(v any) (string, error) {
	switch v := v.(type) {
	case int:
		return f.Number(int64(v)), nil
	case int64:
		return f.Number(v), nil
	case Figure:
		return f.Figure(v), nil
	}
	return "", fmt.Errorf("number of a %T", v)
}

func (f Format) span(v any) (string, error) {
	switch v := v.(type) {
	case port.Duration:
		return f.Span(v), nil
	case Span:
		return f.MaybeSpan(v), nil
	}
	return "", fmt.Errorf("span of a %T", v)
}

func (f Format) moment(t port.Time, write func(port.Time) string) template.HTML {
	if t == 0 {
		return template.HTML(template.HTMLEscapeString(absent))
	}
	return template.HTML(`<time datetime="` + t.Std().In(Beijing).Format("2006-01-02T15:04:05-07:00") + `">` +
		template.HTMLEscapeString(write(t)) + `</time>`)
}
