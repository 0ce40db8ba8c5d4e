package web

import (
	"bytes"
	"compress/gzip"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
	"sync"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/text"
)

//go:embed *.tmpl
var templateFiles embed.FS

// set is every template in one language. Languages have sets of their own so that a template says {{say "key"}} and
// needs nobody to tell it which language it speaks.
type set struct {
	root  *template.Template
	owner map[string]string // template name → file that defined it
}

func newSet(s *Shell, language text.Language) *set {
	root := template.New("").Option("missingkey=error")
	return &set{root: root.Funcs(functions(s, language)), owner: map[string]string{}}
}

func (t *set) parse(files fs.FS) error {
	names, err := fs.Glob(files, "*.tmpl")
	if err != nil {
		return err
	}
	for _, name := range names {
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		alone, err := template.New(name).Funcs(placeholders()).Parse(string(body))
		if err != nil {
			return fmt.Errorf("template %s: %w", name, err)
		}
		for _, defined := range alone.Templates() {
			if defined.Name() == name {
				continue
			}
			if other, taken := t.owner[defined.Name()]; taken {
				return fmt.Errorf("template %q of %s is also in %s", defined.Name(), name, other)
			}
			t.owner[defined.Name()] = name
		}
		if _, err := t.root.New(name).Parse(string(body)); err != nil {
			return fmt.Errorf("template %s: %w", name, err)
		}
	}
	return nil
}

// layout is what the template "layout" is executed with.
type layout struct {
	Head
	Request *Request
	Body    template.HTML
	Nav     []NavEntry
	Demo    Words
	Styles  bool
	Script  bool
}

// MayEnter tells whether the reader has not signed in.
func (l layout) MayEnter() bool { return l.Request.Viewer == nil || l.Request.Viewer.Visitor }

// Render draws a page into the layout.
func (s *Shell) Render(r *Request, page Page) ([]byte, error) {
	var body bytes.Buffer
	if err := s.sets[r.Language].root.ExecuteTemplate(&body, page.Template(), page); err != nil {
		return nil, errs.Wrap(errs.Broken, err, "draw %s", page.Template())
	}
	view := layout{Head: page.Head(r), Request: r, Body: template.HTML(body.String()), Demo: s.config.Demo.Note}
	for _, entry := range s.config.Nav {
		if entry.For == nil || entry.For(r.Viewer) {
			view.Nav = append(view.Nav, entry)
		}
	}
	_, view.Styles = s.files.byName["app.css"]
	_, view.Script = s.files.byName["app.js"]
	var whole bytes.Buffer
	if err := s.sets[r.Language].root.ExecuteTemplate(&whole, "layout", view); err != nil {
		return nil, errs.Wrap(errs.Broken, err, "draw the layout of %s", page.Template())
	}
	return whole.Bytes(), nil
}

// answer draws a page and writes it. Nothing has been written when it returns an error.
func (s *Shell) answer(w http.ResponseWriter, r *Request, page Page) error {
	if with, ok := page.(withCookie); ok {
		http.SetCookie(w, with.cookie)
		page = with.Page
	}
	if to, ok := page.(redirect); ok {
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r.Request, to.to, http.StatusSeeOther)
		return nil
	}
	drawn, err := s.Render(r, page)
	if err != nil {
		return err
	}
	status := page.Head(r).Status
	if status == 0 {
		status = http.StatusOK
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(r.Language))
	h.Set("Cache-Control", "no-store") // what one viewer may see is not another's, and figures age in seconds
	h.Set("Vary", "Cookie, Accept-Language, Accept-Encoding")
	write(w, r.Request, status, drawn)
	return nil
}

var zippers = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

// zipMin is the size under which packing costs more than it saves: one network packet.
const zipMin = 1400

// write sends a body, packed where the caller takes it.
func write(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	if len(body) < zipMin || !takesGzip(r) {
		w.WriteHeader(status)
		w.Write(body)
		return
	}
	w.Header().Set("Content-Encoding", "gzip")
	w.WriteHeader(status)
	z := zippers.Get().(*gzip.Writer)
	z.Reset(w)
	z.Write(body)
	z.Close()
	zippers.Put(z)
}

func takesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name == "gzip" {
			return strings.ReplaceAll(quality, " ", "") != "q=0"
		}
	}
	return false
}
