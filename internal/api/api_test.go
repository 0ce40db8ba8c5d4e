package api

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/text"
)

type question struct {
	Name string `path:"name"`
	Few  int    `query:"few" minimum:"1" maximum:"9" default:"3"`
	Body struct {
		Word string `json:"word" required:"true" maxLength:"5"`
	}
}

type echo struct {
	Name string `json:"name"`
	Few  int    `json:"few"`
	Word string `json:"word"`
}

func testAPI(t *testing.T, log io.Writer) (*API, *http.ServeMux) {
	t.Helper()
	catalogue, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	a := New(mux, catalogue, slog.New(slog.NewTextHandler(log, nil)), "test")
	Post(a, "/v1/echo/{name}", "Echo", func(_ context.Context, q *question) (echo, error) {
		switch q.Name {
		case "busy":
			return echo{}, errs.New(errs.Busy, "queue.full", "inside")
		case "secret":
			return echo{}, errs.New(errs.Broken, "", "the inside of the thing")
		case "odd":
			return echo{}, io.ErrUnexpectedEOF
		case "gone":
			return echo{}, errs.Missed("port", "port.unknown", "nosuch")
		case "bad":
			return echo{}, errs.Bad([]errs.Problem{errs.At("a", "batch.format", "1"), {Path: "b", Rule: "batch.format", Severity: errs.Warning, Args: []string{"2"}}})
		}
		return echo{q.Name, q.Few, q.Body.Word}, nil
	})
	return a, mux
}

// TestRefusals: huma's refusals and ours have one form and tell nothing of inside.
func TestRefusals(t *testing.T) {
	var log strings.Builder
	_, mux := testAPI(t, &log)
	for _, c := range []struct {
		path, body string
		status     int
		paths      []string
		says       string
	}{
		{"/v1/echo/x", `{"word":"hello"}`, 202, nil, `"few":3`},
		{"/v1/echo/x?few=10", `{"word":"hello"}`, 422, []string{"query.few"}, "invalid"},
		{"/v1/echo/x", `{"word":"too long"}`, 422, []string{"word"}, "invalid"},
		{"/v1/echo/x?few=0", `{"words":1}`, 422, []string{"query.few", "body", "words"}, "invalid"},
		{"/v1/echo/x", `{`, 400, []string{"body"}, "invalid"},
		{"/v1/echo/x", `{"word":"` + strings.Repeat("x", MaxBody) + `"}`, 413, nil, "too_large"},
		{"/v1/echo/busy", `{"word":"a"}`, 429, nil, "busy"},
		{"/v1/echo/secret", `{"word":"a"}`, 500, nil, "broken"},
		{"/v1/echo/odd", `{"word":"a"}`, 500, nil, "unknown"},
		{"/v1/echo/bad", `{"word":"a"}`, 422, []string{"a", "b"}, "invalid"},
	} {
		r := httptest.NewRequest("POST", c.path, strings.NewReader(c.body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept-Language", "en")
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, WithLanguage(r))
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%s: %d %s, want %d", c.path, w.Code, w.Body, c.status)
		}
		if w.Code < 300 {
			continue
		}
		var p Problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Header().Get("Content-Type") != "application/problem+json" || p.Status != c.status || p.Title == "" || p.Type != "urn:guomen:problem:"+c.says {
			t.Errorf("%s: %v %s %s", c.path, err, w.Header().Get("Content-Type"), w.Body)
		}
		var paths []string
		for _, one := range p.Problems {
			paths = append(paths, one.Path)
			if one.Message == "" || strings.HasPrefix(one.Message, "problem.") {
				t.Errorf("%s: a problem without words: %+v", c.path, one)
			}
		}
		if strings.Join(paths, " ") != strings.Join(c.paths, " ") {
			t.Errorf("%s: problems at %v, want %v", c.path, paths, c.paths)
		}
		if strings.Contains(w.Body.String(), "inside") || strings.Contains(w.Body.String(), "EOF") {
			t.Errorf("%s tells what is inside: %s", c.path, w.Body)
		}
		if (w.Header().Get("Retry-After") != "") != (c.status == 429) {
			t.Errorf("%s: Retry-After %q", c.path, w.Header().Get("Retry-After"))
		}
	}
	if !strings.Contains(log.String(), "the inside of the thing") || !strings.Contains(log.String(), "EOF") || strings.Contains(log.String(), "queue.full") {
		t.Errorf("the operator reads %s", log.String())
	}
}

func TestLanguage(t *testing.T) {
	for header, want := range map[string]text.Language{"": text.Chinese, "en-GB,en;q=0.9": text.English, "fr, zh": text.Chinese, "fr": text.Chinese} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept-Language", header)
		if got := Language(WithLanguage(r).Context()); got != want {
			t.Errorf("%q is answered in %s, want %s", header, got, want)
		}
	}
	if got := Language(context.Background()); got != text.Chinese {
		t.Errorf("who says nothing is answered in %s", got)
	}
}

// TestDetail: what fills a problem's text fills the detail that says the same.
func TestDetail(t *testing.T) {
	a, _ := testAPI(t, io.Discard)
	for _, c := range []struct {
		err  error
		want string
	}{
		{errs.Missed("port", "port.unknown", "nosuch"), a.catalogue.Say(text.Chinese, "problem.port.unknown", "nosuch")},
		{errs.New(errs.Busy, "queue.full", "inside"), a.catalogue.Say(text.Chinese, "problem.queue.full")},
		{errs.Bad([]errs.Problem{errs.At("a", "batch.format", "1")}), a.catalogue.Say(text.Chinese, "problem.document.invalid")},
	} {
		if got := a.problem(t.Context(), c.err); got.Detail != c.want {
			t.Errorf("%v: got %q, want %q", c.err, got.Detail, c.want)
		}
	}
}

// TestCursor: the end of a list is told, not left out.
func TestCursor(t *testing.T) {
	for cursor, want := range map[Cursor]string{"": `{"next":null}`, "01\"": `{"next":"01\""}`} {
		data, err := json.Marshal(struct {
			Next Cursor `json:"next"`
		}{cursor})
		if err != nil || string(data) != want {
			t.Errorf("%q: %s %v, want %s", cursor, data, err, want)
		}
		var back struct{ Next Cursor }
		if err := json.Unmarshal(data, &back); err != nil || back.Next != cursor {
			t.Errorf("%s reads as %q, %v", data, back.Next, err)
		}
	}
}
