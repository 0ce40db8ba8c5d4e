package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

// The front-end build (frontend/) fills dist; a clone without npm embeds the placeholder alone.
//
//go:embed dist
var distFiles embed.FS

//go:embed icon.svg mark.svg
var drawingFiles embed.FS

// asset is one file that pages load.
type asset struct {
	name   string // as in the folder: app.css
	path   string // as in pages: /assets/app-0123456789ab.css
	kind   string // media type
	body   []byte
	packed []byte // gzip; empty where packing does not pay
}

type assets struct {
	byName map[string]asset
	byPath map[string]asset
}

// loadAssets reads the embedded files and names each by the digest of its content, so that a browser may keep it for
// ever and still never mixes two versions.
func loadAssets() (assets, error) {
	all := assets{byName: map[string]asset{}, byPath: map[string]asset{}}
	for _, folder := range []fs.FS{distFiles, drawingFiles} {
		err := fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || path.Base(name) == "placeholder.txt" {
				return err
			}
			body, err := fs.ReadFile(folder, name)
			if err != nil {
				return err
			}
			file := newAsset(path.Base(name), body)
			all.byName[file.name], all.byPath[path.Base(file.path)] = file, file
			return nil
		})
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

func newAsset(name string, body []byte) asset {
	digest := sha256.Sum256(body)
	extension := path.Ext(name)
	file := asset{
		name: name,
		path: "/assets/" + strings.TrimSuffix(name, extension) + "-" + hex.EncodeToString(digest[:6]) + extension,
		kind: mediaType(extension),
		body: body,
	}
	var packed bytes.Buffer
	z, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	z.Write(body)
	z.Close()
	if packed.Len() < len(body)*9/10 {
		file.packed = packed.Bytes()
	}
	return file
}

// mediaType does not depend on what the machine has in /etc/mime.types.
func mediaType(extension string) string {
	switch extension {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".json":
		return "application/json"
	}
	if kind := mime.TypeByExtension(extension); kind != "" {
		return kind
	}
	return "application/octet-stream"
}

// assetPath is a file's address in pages. A file that has not been built keeps its plain name, which answers 404.
func (s *Shell) assetPath(name string) string {
	if file, ok := s.files.byName[name]; ok {
		return file.path
	}
	return "/assets/" + name
}

// serveAsset answers /assets/NAME. The name with the present digest may be kept for ever; the plain name, or one with
// the digest of another version (a page from before an upgrade), gives what there is now and must be asked for again.
func (s *Shell) serveAsset(w http.ResponseWriter, r *http.Request) {
	protect(w.Header())
	name := r.PathValue("name")
	file, ok := s.files.byPath[name]
	caching := "public, max-age=31536000, immutable"
	if !ok {
		caching = "no-cache"
		if file, ok = s.files.byName[plainName(name)]; !ok {
			http.NotFound(w, r)
			return
		}
	}
	h := w.Header()
	h.Set("Cache-Control", caching)
	h.Set("Content-Type", file.kind)
	h.Set("Vary", "Accept-Encoding")
	h.Set("ETag", `"`+path.Base(file.path)+`"`)
	if r.Header.Get("If-None-Match") == h.Get("ETag") {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := file.body
	if len(file.packed) > 0 && takesGzip(r) {
		h.Set("Content-Encoding", "gzip")
		body = file.packed
	}
	w.Write(body)
}

// plainName takes a digest of twelve digits out of a name: app-0123456789ab.css is app.css.
func plainName(name string) string {
	extension := path.Ext(name)
	stem := strings.TrimSuffix(name, extension)
	if at := len(stem) - 13; at > 0 && stem[at] == '-' {
		if _, err := hex.DecodeString(stem[at+1:]); err == nil {
			return stem[:at] + extension
		}
	}
	return name
}

// Bundled is the front-end build's own list of the packages that it holds, with their licences (JSON); false where the
// program was built without it.
func Bundled() ([]byte, bool) {
	data, err := distFiles.ReadFile("dist/licenses.json")
	return data, err == nil
}
