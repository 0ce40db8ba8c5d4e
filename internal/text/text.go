// Package text is the one catalogue of everything that people read. A key is a dotted path ("page.map.title"); texts
// live in catalogue/<language>/<area>.json, one file an area so that a capability can bring its own words.
// Placeholders are {0}, {1}… and are filled as they are; escaping is the template's work.
package text

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strconv"
	"strings"
	"sync/atomic"
)

// Language is a BCP 47 tag that the platform speaks.
type Language string

// The languages. Chinese is the default and the one every key must have.
const (
	Chinese   Language = "zh-CN"
	Mongolian Language = "mn"
	Russian   Language = "ru"
	English   Language = "en"
)

// Languages lists those that a reader can choose now. Mongolian and Russian follow with the pages for drivers.
var Languages = []Language{Chinese, English}

//go:embed catalogue
var files embed.FS

// Catalogue holds every text of every language. Add is for before it is shared; Lay may be called while others read.
type Catalogue struct {
	texts map[Language]map[string]string
	laid  atomic.Pointer[map[Language]map[string]string]
}

// Load reads the embedded catalogue. It fails on a key given twice or a file that is not a flat object of strings.
func Load() (*Catalogue, error) {
	c := &Catalogue{texts: map[Language]map[string]string{}}
	err := fs.WalkDir(files, "catalogue", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".json" {
			return err
		}
		data, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		var texts map[string]string
		if err := json.Unmarshal(data, &texts); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return c.Add(Language(path.Base(path.Dir(name))), texts)
	})
	return c, err
}

// Add brings more texts of one language, such as a rulebook's explanations.
func (c *Catalogue) Add(language Language, texts map[string]string) error {
	all := c.texts[language]
	if all == nil {
		all = map[string]string{}
		c.texts[language] = all
	}
	for key, text := range texts {
		if _, twice := all[key]; twice {
			return fmt.Errorf("text %s: %q is given twice", language, key)
		}
		all[key] = text
	}
	return nil
}

// Lay puts texts before all others, in place of what was laid before: words of what changes while the program runs. The
// map is the catalogue's from then on.
func (c *Catalogue) Lay(texts map[Language]map[string]string) { c.laid.Store(&texts) }

// find is a language's own text of a key.
func (c *Catalogue) find(language Language, key string) (string, bool) {
	if laid := c.laid.Load(); laid != nil {
		if text, ok := (*laid)[language][key]; ok {
			return text, true
		}
	}
	text, ok := c.texts[language][key]
	return text, ok
}

// Say gives the text of a key, its placeholders filled. A key that a language lacks is said in Chinese, then in
// English; one that nobody has comes back as it is, and a test sees to it that no page asks for one.
func (c *Catalogue) Say(language Language, key string, args ...string) string {
	text, ok := c.find(language, key)
	for _, other := range []Language{Chinese, English} {
		if ok {
			break
		}
		text, ok = c.find(other, key)
	}
	if !ok {
		return key
	}
	if len(args) == 0 || !strings.Contains(text, "{") {
		return text
	}
	pairs := make([]string, 0, 2*len(args))
	for i, arg := range args {
		pairs = append(pairs, "{"+strconv.Itoa(i)+"}", arg)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// Has tells whether a language itself has a key.
func (c *Catalogue) Has(language Language, key string) bool {
	_, ok := c.find(language, key)
	return ok
}

// Keys lists a language's keys in order.
func (c *Catalogue) Keys(language Language) []string {
	keys := make([]string, 0, len(c.texts[language]))
	for key := range c.texts[language] {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

// Choose picks the language for an Accept-Language header or a tag; Chinese where nothing fits.
func Choose(wanted string) Language {
	for part := range strings.SplitSeq(wanted, ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		for _, language := range Languages {
			if strings.EqualFold(tag, string(language)) || strings.EqualFold(strings.SplitN(tag, "-", 2)[0], strings.SplitN(string(language), "-", 2)[0]) {
				return language
			}
		}
	}
	return Chinese
}
