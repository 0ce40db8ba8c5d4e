package web

import (
	"net/http"
	"slices"
	"time"

	"github.com/guomen/guomen/internal/text"
)

// Theme is the reader's choice of light or dark.
type Theme string

// The themes. Auto follows the reader's system.
const (
	Auto  Theme = "auto"
	Light Theme = "light"
	Dark  Theme = "dark"
)

// Themes lists them in the order offered.
var Themes = [...]Theme{Auto, Light, Dark}

const (
	languageCookie = "guomen_language"
	themeCookie    = "guomen_theme"
)

// preferenceAge is how long a choice of language or theme is remembered.
const preferenceAge = 400 * 24 * time.Hour // the longest that browsers keep a cookie

// languageOf is the reader's choice, else what the browser asks for, else Chinese.
func languageOf(r *http.Request) text.Language {
	if cookie, err := r.Cookie(languageCookie); err == nil && slices.Contains(text.Languages, text.Language(cookie.Value)) {
		return text.Language(cookie.Value)
	}
	return text.Choose(r.Header.Get("Accept-Language"))
}

func themeOf(r *http.Request) Theme {
	if cookie, err := r.Cookie(themeCookie); err == nil && slices.Contains(Themes[:], Theme(cookie.Value)) {
		return Theme(cookie.Value)
	}
	return Auto
}

// setPreferences takes the header's small forms (language, theme) and goes back to where the reader was.
func (s *Shell) setPreferences(r *Request) (Page, error) {
	page := SeeOther(local(r.PostFormValue("return")))
	expires := time.Now().Add(preferenceAge)
	if language := text.Language(r.PostFormValue("language")); slices.Contains(text.Languages, language) {
		page = withCookie{Page: page, cookie: s.cookie(languageCookie, string(language), expires)}
	}
	if theme := Theme(r.PostFormValue("theme")); slices.Contains(Themes[:], theme) {
		page = withCookie{Page: page, cookie: s.cookie(themeCookie, string(theme), expires)}
	}
	return page, nil
}

// LanguageChoice is one entry of the language switch.
type LanguageChoice struct {
	Language text.Language
	Name     string // in the language itself
	Chosen   bool
}

// Languages are what the reader can choose from.
func (r *Request) Languages() []LanguageChoice {
	choices := make([]LanguageChoice, len(text.Languages))
	for i, language := range text.Languages {
		choices[i] = LanguageChoice{Language: language, Name: r.shell.catalogue.Say(language, "shell.language.own_name"), Chosen: language == r.Language}
	}
	return choices
}

// Themes are what the reader can choose from.
func (r *Request) Themes() []Theme { return Themes[:] }
