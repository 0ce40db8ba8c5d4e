// Package api is the JSON side of HTTP: operations with typed input and output (huma makes the OpenAPI document from
// the Go types and validates by it), raw operations for documents and streams, and the one way in which an error
// becomes an answer (RFC 9457).
package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/text"
	"github.com/guomen/guomen/port"
)

// MaxBody bounds a JSON body that is not a document: verdicts and orders are short texts.
const MaxBody = 64 << 10

// API is the set of JSON operations on one mux.
type API struct {
	mux       *http.ServeMux
	huma      huma.API
	catalogue *text.Catalogue
	log       *slog.Logger
}

// New makes an API on a mux and adds /openapi.json.
func New(mux *http.ServeMux, catalogue *text.Catalogue, log *slog.Logger, version string) *API {
	a := &API{mux: mux, catalogue: catalogue, log: log}
	config := huma.DefaultConfig("Guomen 国门", version)
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.CreateHooks = nil // no $schema links in answers
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer"}}
	config.Security = []map[string][]string{{"token": {}}}
	config.FieldsOptionalByDefault = true
	config.Transformers = []huma.Transformer{a.translate}
	number := reflect.TypeFor[float64]()
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	config.Components.Schemas.RegisterTypeAlias(reflect.TypeFor[port.Kilograms](), number)
	config.Components.Schemas.RegisterTypeAlias(reflect.TypeFor[port.Quantity](), number)
	config.Components.Schemas.RegisterTypeAlias(reflect.TypeFor[port.Time](), reflect.TypeFor[instant]())
	config.Components.Schemas.RegisterTypeAlias(reflect.TypeFor[port.ID](), reflect.TypeFor[string]())
	a.huma = humago.New(mux, config)
	return a
}

// Cursor is where the next page of a list begins, as its query's after takes it. Its JSON is null at the end of the list,
// and always there, so that a reader can tell the end from a list that has no pages.
type Cursor string

// MarshalJSON writes the cursor, null where there is no next page.
func (c Cursor) MarshalJSON() ([]byte, error) {
	if c == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(c))
}

// Schema is a string or null.
func (Cursor) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Nullable: true, Description: "after of the next page; null: the end"}
}

// instant stands for port.Time in the schema: RFC 3339.
type instant string

// schemaName names a schema by package and type: "declaration.Document" and "manifest.Document" are two.
func schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name := t.Name()
	if name == "" {
		return hint
	}
	if i := strings.IndexByte(name, '['); i >= 0 { // a generic type: its own name and its argument's
		argument := name[i+1 : len(name)-1]
		argument = argument[strings.LastIndexByte(argument, '/')+1:]
		name = name[:i] + "." + argument
	}
	path := t.PkgPath()
	return path[strings.LastIndexByte(path, '/')+1:] + "." + strings.NewReplacer("[", ".", "]", "", "*", "").Replace(name)
}

// Spec is the OpenAPI document.
func (a *API) Spec(w http.ResponseWriter, _ *http.Request) error {
	return a.Write(w, http.StatusOK, a.huma.OpenAPI())
}

// Output is a JSON answer.
type Output[T any] struct{ Body T }

// Get adds a typed operation that reads.
func Get[I, T any](a *API, path, summary string, handler func(context.Context, *I) (T, error)) {
	add(a, http.MethodGet, path, summary, http.StatusOK, handler)
}

// Post adds a typed operation that writes; it answers 202 with a receipt.
func Post[I, T any](a *API, path, summary string, handler func(context.Context, *I) (T, error)) {
	add(a, http.MethodPost, path, summary, http.StatusAccepted, handler)
}

// Delete adds a typed operation that takes something back; what was is kept, so it answers 202 with a receipt too.
func Delete[I, T any](a *API, path, summary string, handler func(context.Context, *I) (T, error)) {
	add(a, http.MethodDelete, path, summary, http.StatusAccepted, handler)
}

func add[I, T any](a *API, method, path, summary string, status int, handler func(context.Context, *I) (T, error)) {
	operation := huma.Operation{
		OperationID: operationID(method, path), Method: method, Path: path, Summary: summary, DefaultStatus: status, MaxBodyBytes: MaxBody,
		Responses: a.refusals(),
	}
	huma.Register(a.huma, operation, func(ctx context.Context, in *I) (*Output[T], error) {
		body, err := handler(ctx, in)
		if err != nil {
			p := a.problem(ctx, err)
			return nil, huma.ErrorWithHeaders(p, p.headers())
		}
		return &Output[T]{body}, nil
	})
}

// refusals documents how every operation refuses.
func (a *API) refusals() map[string]*huma.Response {
	schema := a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "")
	return map[string]*huma.Response{"default": {
		Description: "Refused (RFC 9457)", Content: map[string]*huma.MediaType{"application/problem+json": {Schema: schema}},
	}}
}

// translate turns what huma itself refuses (a body that is no JSON, a parameter out of range) into our problem: one form
// for every refusal. huma's own words, which are English, fill the message.
func (a *API) translate(ctx huma.Context, _ string, answer any) (any, error) {
	theirs, ok := answer.(*huma.ErrorModel)
	if !ok {
		return answer, nil
	}
	kind := errs.Invalid
	switch {
	case theirs.Status == http.StatusRequestEntityTooLarge:
		kind = errs.TooLarge
	case theirs.Status >= http.StatusInternalServerError:
		kind = errs.Broken
		a.log.Error("a request broke", "error", theirs.Detail)
	}
	language := Language(ctx.Context())
	p := &Problem{Type: "urn:guomen:problem:" + kind.String(), Title: a.catalogue.Say(language, "error."+kind.String()), Status: theirs.Status}
	var problems []errs.Problem
	for _, detail := range theirs.Errors {
		if kind == errs.Invalid && detail != nil {
			problems = append(problems, errs.At(strings.TrimPrefix(detail.Location, "body."), "request.invalid", detail.Message))
		}
	}
	if kind == errs.Invalid && len(problems) == 0 {
		problems = []errs.Problem{errs.At("", "request.invalid", theirs.Detail)}
	}
	p.Problems = a.Told(language, problems)
	return p, nil
}

func operationID(method, path string) string {
	return strings.ToLower(method) + strings.NewReplacer("/v1/", "-", "/", "-", "{", "", "}", "").Replace(path)
}

// Raw adds an operation that reads its own body or writes its own answer. body and answer document it; nil: none.
func (a *API) Raw(method, path, summary string, body, answer reflect.Type, handler func(http.ResponseWriter, *http.Request) error) {
	operation := &huma.Operation{OperationID: operationID(method, path), Method: method, Path: path, Summary: summary, Responses: a.refusals()}
	registry := a.huma.OpenAPI().Components.Schemas
	if body != nil {
		operation.RequestBody = &huma.RequestBody{Content: map[string]*huma.MediaType{"application/json": {Schema: registry.Schema(body, true, "")}}}
	}
	response := &huma.Response{Description: summary}
	if answer != nil {
		response.Content = map[string]*huma.MediaType{"application/json": {Schema: registry.Schema(answer, true, "")}}
	}
	operation.Responses["200"] = response
	a.huma.OpenAPI().AddOperation(operation)
	a.mux.HandleFunc(method+" "+path, func(w http.ResponseWriter, r *http.Request) {
		if err := handler(w, r); err != nil {
			a.Fail(w, r, err)
		}
	})
}

// Write answers with JSON.
func (a *API) Write(w http.ResponseWriter, status int, body any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return errs.Wrap(errs.Broken, err, "encode %T", body)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	w.WriteHeader(status)
	_, _ = w.Write(data) // the reader may have gone
	return nil
}

// Problem is RFC 9457 with our list of problems.
type Problem struct {
	Type     string         `json:"type"`
	Title    string         `json:"title"`
	Status   int            `json:"status"`
	Detail   string         `json:"detail,omitempty"`
	Rule     string         `json:"rule,omitempty"` // what was broken as a whole, such as exchange.unsupported
	Problems []errs.Problem `json:"problems,omitempty"`
}

// Error is the title.
func (p *Problem) Error() string { return p.Title }

// GetStatus is what huma answers with.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is what huma answers with.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

type languageKey struct{}

// WithLanguage notes the reader's language for messages.
func WithLanguage(r *http.Request) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), languageKey{}, text.Choose(r.Header.Get("Accept-Language"))))
}

// Language is the reader's language; Chinese where he has not said.
func Language(ctx context.Context) text.Language {
	if language, ok := ctx.Value(languageKey{}).(text.Language); ok {
		return language
	}
	return text.Chinese
}

// problem turns an error into what the caller is told. What has no kind is our fault and shows nothing of inside.
func (a *API) problem(ctx context.Context, err error) *Problem {
	language := Language(ctx)
	kind := errs.KindOf(err)
	if kind == 0 || kind == errs.Broken {
		a.log.Error("a request broke", "error", err)
	}
	p := &Problem{Type: "urn:guomen:problem:" + kind.String(), Title: a.catalogue.Say(language, "error."+kind.String()), Status: kind.Status()}
	var failed *errs.Failed
	if errors.As(err, &failed) {
		if failed.Rule != "" {
			p.Detail = a.catalogue.Say(language, "problem."+failed.Rule, argsOf(failed)...)
		}
		p.Rule, p.Problems = failed.Rule, a.Told(language, failed.Problems)
	}
	return p
}

// argsOf are what fills the detail's text: those of the problem that says the same about a place.
func argsOf(failed *errs.Failed) []string {
	for _, p := range failed.Problems {
		if p.Rule == failed.Rule {
			return p.Args
		}
	}
	return nil
}

// Told gives problems their messages in a language.
func (a *API) Told(language text.Language, problems []errs.Problem) []errs.Problem {
	return Told(a.catalogue, language, problems)
}

// Told gives problems their messages in a language.
func Told(catalogue *text.Catalogue, language text.Language, problems []errs.Problem) []errs.Problem {
	told := make([]errs.Problem, len(problems))
	for i, p := range problems {
		if p.Message == "" {
			p.Message = catalogue.Say(language, "problem."+p.Rule, p.Args...)
		}
		told[i] = p
	}
	return told
}

// headers are those that go with a refusal: a queue that is full asks for patience.
func (p *Problem) headers() http.Header {
	h := http.Header{}
	switch p.Status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		h.Set("Retry-After", "1")
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", "Bearer")
	}
	return h
}

// Fail answers an error.
func (a *API) Fail(w http.ResponseWriter, r *http.Request, err error) {
	p := a.problem(r.Context(), err)
	maps.Copy(w.Header(), p.headers())
	w.Header().Set("Content-Type", "application/problem+json")
	data, _ := json.Marshal(p) // strings and numbers only
	w.WriteHeader(p.Status)
	_, _ = w.Write(data)
}
