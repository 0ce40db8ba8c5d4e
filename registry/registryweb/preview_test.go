package registryweb

import (
	"net/http"
	"testing"

	"github.com/guomen/guomen/internal/web/webtest"
)

// TestPreview serves the pages with invented figures for as long as GUOMEN_PREVIEW names an address to listen on:
//
//	GUOMEN_PREVIEW=127.0.0.1:8090 go test ./registry/registryweb -run TestPreview -timeout 0
func TestPreview(t *testing.T) {
	webtest.Preview(t, func(mux *http.ServeMux) {
		shell := webtest.Shell(t, mux)
		if err := Mount(mux, shell, newFake()); err != nil {
			t.Fatal(err)
		}
	})
}
