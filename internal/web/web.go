// Package web is the shell that every page of Guomen stands in: one layout, one look, the languages, who is reading,
// the failures, the files that pages load, and the streams that keep a page moving.
//
// A page is a struct with a template beside it, in the folder of its capability. The capability's web package hands its
// templates to the shell and its handlers to [Shell.Handle]; a handler returns a [Page] or an error and never touches
// the response. The shell draws the page into the layout in the reader's language, or the error as a page, or as
// application/problem+json for callers that ask for JSON.
//
// Pages are drawn by the server and are whole without script. Where a page moves, it names a stream
// ([Shell.HandleLive]) that sends the fragments of it that have changed; the very templates that drew the page draw the
// fragments. No page holds a script, a style or a style attribute: the content security policy allows none.
package web

import (
	"io/fs"
	"log/slog"
	"net/http"
	"sync/atomic"

	"github.com/guomen/guomen/internal/text"
)

// Page is one page: typed data and the template that draws it.
type Page interface {
	// Template names the template that draws what stands between the layout's header and footer. It is executed with
	// the page itself.
	Template() string
	// Head says what the layout needs to know.
	Head(r *Request) Head
}

// Head is what a page tells the layout.
type Head struct {
	Title   string // of the document, in the reader's language, without the product's name
	Section string // path of the navigation entry that the page belongs to
	Live    string // address of the page's live stream; empty where it has none
	Search  string // what the search box holds
	Status  int    // HTTP status; 0 is 200
	Bare    bool   // without navigation and search: signing in
}

// Config is what the shell is given once, when the program starts. Its zero value works: nobody can sign in, and pages
// that need a viewer refuse.
type Config struct {
	Door   Door       // who is reading; nil: nobody ever is
	Nav    []NavEntry // in the order shown
	Secure bool       // cookies are sent over TLS only; set wherever TLS ends, here or before us
	Demo   Demo       // what the sign-in page of a demonstration offers; empty elsewhere
}

// NavEntry is one entry of the navigation.
type NavEntry struct {
	Path string             // such as "/"
	Key  string             // catalogue key of its name
	Icon string             // a name in icon.svg
	For  func(*Viewer) bool // who sees it; nil: everybody
}

// Shell draws pages. Its methods are safe for concurrent use once every template and route has been added.
type Shell struct {
	catalogue *text.Catalogue
	logger    *slog.Logger
	config    Config
	files     assets
	sets      map[text.Language]*set
	origin    http.CrossOriginProtection
	streams   atomic.Int64
}

// New makes a shell with its own templates and files. It fails where an embedded file is damaged.
func New(catalogue *text.Catalogue, logger *slog.Logger, config Config) (*Shell, error) {
	if config.Door == nil {
		config.Door = noDoor{}
	}
	files, err := loadAssets()
	if err != nil {
		return nil, err
	}
	s := &Shell{catalogue: catalogue, logger: logger, config: config, files: files, sets: map[text.Language]*set{}}
	for _, language := range text.Languages {
		s.sets[language] = newSet(s, language)
	}
	return s, s.Templates(templateFiles)
}

// Templates adds the *.tmpl files at the root of files, which belong to one capability. It fails on a template that
// does not parse and on a name that another capability has taken. All are added before the first page is drawn.
func (s *Shell) Templates(files fs.FS) error {
	for _, set := range s.sets {
		if err := set.parse(files); err != nil {
			return err
		}
	}
	return nil
}

// Mount adds the shell's own routes: the files under /assets/, signing in and out, the preferences, and the page for
// every address that nobody else has. These routes need no viewer.
func (s *Shell) Mount(mux *http.ServeMux) {
	mux.HandleFunc("GET /assets/{name}", s.serveAsset)
	s.HandlePublic(mux, "GET /login", s.showLogin)
	s.HandlePublic(mux, "POST /login", s.signIn)
	s.HandlePublic(mux, "POST /logout", s.signOut)
	s.HandlePublic(mux, "POST /preferences", s.setPreferences)
	s.HandlePublic(mux, "/", missing)
}

// Asset gives a file of the front-end build, such as map.json; false where the front end has not been built.
func (s *Shell) Asset(name string) ([]byte, bool) {
	file, ok := s.files.byName[name]
	return file.body, ok
}
