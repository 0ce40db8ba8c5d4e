package web

import (
	"fmt"
	"strconv"
	"time"

	"github.com/guomen/guomen/internal/text"
	"github.com/guomen/guomen/port"
)

// Beijing is the time that pages show, whatever the reader's own: the ports work by it (北京时间, no daylight saving).
var Beijing = time.FixedZone("Asia/Shanghai", 8*60*60)

// absent is what is shown where nothing was recorded. It is never a zero.
const absent = "—"

// Maybe is a value that may be unknown: an absent figure is absent, never zero.
type Maybe[T any] struct {
	Value T
	Known bool
}

// Some is a value that somebody has counted, weighed or timed.
func Some[T any](value T) Maybe[T] { return Maybe[T]{Value: value, Known: true} }

// What pages count, weigh and time.
type (
	Figure = Maybe[int64]
	Mass   = Maybe[port.Kilograms]
	Span   = Maybe[port.Duration]
)

// Words is something said to people: a text of the catalogue, or a name that data carries in the languages it has.
type Words struct {
	Key  string                   // of the catalogue; empty: In
	Args []string                 // for the key's placeholders
	In   map[text.Language]string // a name by language; "" is the one for all
}

// Said are the words of a catalogue key.
func Said(key string, args ...string) Words { return Words{Key: key, Args: args} }

// Named is a name in Chinese and English.
func Named(chinese, english string) Words {
	return Words{In: map[text.Language]string{text.Chinese: chinese, text.English: english}}
}

// Plain is a name that is the same in every language.
func Plain(name string) Words { return Words{In: map[text.Language]string{"": name}} }

// IsZero tells words that nobody gave.
func (w Words) IsZero() bool { return w.Key == "" && len(w.In) == 0 }

// Format writes values the way readers of one language write them.
type Format struct {
	Language  text.Language
	catalogue *text.Catalogue
}

// FormatFor is the format of a language, over a catalogue.
func FormatFor(catalogue *text.Catalogue, language text.Language) Format {
	return Format{Language: language, catalogue: catalogue}
}

// Words says words; a name that the language lacks is given in Chinese, then in any language that has it.
func (f Format) Words(w Words) string {
	if w.Key != "" {
		return f.catalogue.Say(f.Language, w.Key, w.Args...)
	}
	for _, language := range []text.Language{f.Language, "", text.Chinese, text.English} {
		if name := w.In[language]; name != "" {
			return name
		}
	}
	return ""
}

// Word names a value of an enumeration by the key word.GROUP.VALUE; a value that has no name is given as it is.
func (f Format) Word(group string, value any) string {
	name := stringOf(value)
	if name == "" {
		return absent
	}
	return f.named("word."+group+"."+name, name)
}

// Label names a value that knows its own key in the catalogue, as the enumerations of port do.
func (f Format) Label(value interface{ TextKey() string }) string {
	name := stringOf(value)
	if name == "" {
		return absent
	}
	return f.named(value.TextKey(), name)
}

// named is the text of a key, or the plain value where the catalogue has none.
func (f Format) named(key, value string) string {
	if said := f.catalogue.Say(f.Language, key); said != key {
		return said
	}
	return value
}

// Number groups digits by three, as both Chinese and English readers do in tables.
func (f Format) Number(n int64) string {
	digits := strconv.FormatInt(n, 10)
	start := 0
	if n < 0 {
		start = 1
	}
	for at := len(digits) - 3; at > start; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}

// Figure is a number, or a dash where it is unknown.
func (f Format) Figure(v Figure) string {
	if !v.Known {
		return absent
	}
	return f.Number(v.Value)
}

// Mass writes a mass in tonnes: one decimal under a hundred tonnes, none above; in Chinese 万吨 from 100,000 t.
func (f Format) Mass(m Mass) string {
	if !m.Known {
		return absent
	}
	tonnes := m.Value / port.Tonne
	switch {
	case f.Language == text.Chinese && tonnes >= 100_000:
		return f.catalogue.Say(f.Language, "shell.unit.wan_tonnes", decimal(int64(m.Value/(port.Tonne/100)), 6, 2))
	case m.Value != 0 && tonnes < 100:
		return f.catalogue.Say(f.Language, "shell.unit.tonnes", decimal(int64(m.Value/(port.Tonne/100)), 2, 1))
	}
	return f.catalogue.Say(f.Language, "shell.unit.tonnes", f.Number(int64(tonnes)))
}

// Kilograms writes a mass in whole kilograms, as scales show it.
func (f Format) Kilograms(m Mass) string {
	if !m.Known {
		return absent
	}
	return f.catalogue.Say(f.Language, "shell.unit.kilograms", f.Number(int64(m.Value/port.Kilogram)))
}

// decimal writes n, whose last places digits stand behind the point, cut to show digits.
func decimal(n int64, places, show int) string {
	digits := fmt.Sprintf("%0*d", places+1, n)
	at := len(digits) - places
	return digits[:at] + "." + digits[at:at+show]
}

// MaybeSpan is a span, or a dash where it is unknown.
func (f Format) MaybeSpan(d Span) string {
	if !d.Known {
		return absent
	}
	return f.Span(d.Value)
}

// Span writes a duration with at most two units, rounded down; a negative one is absent.
func (f Format) Span(d port.Duration) string {
	say := func(key string, n ...port.Duration) string {
		args := make([]string, len(n))
		for i := range n {
			args[i] = f.Number(int64(n[i]))
		}
		return f.catalogue.Say(f.Language, "shell.span."+key, args...)
	}
	switch {
	case d < 0:
		return absent
	case d < port.Minute:
		return say("seconds", d/port.Second)
	case d < port.Hour:
		return say("minutes", d/port.Minute)
	case d < 2*port.Day:
		return say("hours", d/port.Hour, d%port.Hour/port.Minute)
	}
	return say("days", d/port.Day, d%port.Day/port.Hour)
}

// Stamp is a date and time to the second.
func (f Format) Stamp(t port.Time) string { return f.layout(t, "shell.layout.stamp") }

// Short is a day of the year and a time to the minute.
func (f Format) Short(t port.Time) string { return f.layout(t, "shell.layout.short") }

// Clock is a time of day to the second.
func (f Format) Clock(t port.Time) string { return f.layout(t, "shell.layout.clock") }

// Day is a date.
func (f Format) Day(t port.Time) string { return f.layout(t, "shell.layout.day") }

func (f Format) layout(t port.Time, key string) string {
	if t == 0 {
		return absent
	}
	return t.Std().In(Beijing).Format(f.catalogue.Say(f.Language, key))
}
