package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// Roles by the letter that the table below has for them.
var letters = map[rune]identity.Role{
	't': identity.Trader, 'b': identity.Broker, 'c': identity.Carrier, 'C': identity.Customs, 'I': identity.Inspection, 'Q': identity.Quarantine,
	'B': identity.BorderInspection, 'T': identity.Transport, 'P': identity.PortOperator, 'Y': identity.YardOperator, 'O': identity.PortOffice,
	'R': identity.Region, 'A': identity.Administrator, 'd': identity.Device, 's': identity.CustomsSystem, '-': identity.Public,
}

const (
	everybody = "-tbcCIQBTPYORAds"
	known     = "tbcCIQBTPYORAds"
	officers  = "CIQBTPYO"
	overseers = officers + "RAds"
)

// none is an id of nothing, and deferral a body that lets a requirement wait.
const (
	none     = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
	deferral = `{"until":"2099-01-01T00:00:00Z","conditions":"c","law":"l"}`
)

// routes says a second time, by hand, who is let in where, and how the route is asked. What stands in the program's table
// and not here, or the other way round, fails.
var routes = map[string]struct{ who, path, body string }{
	"GET /healthz":                           {everybody, "/healthz", ""},
	"GET /readyz":                            {everybody, "/readyz", ""},
	"GET /metrics":                           {everybody, "/metrics", ""},
	"GET /openapi.json":                      {everybody, "/openapi.json", ""},
	"GET /assets/{name}":                     {everybody, "/assets/none.js", ""},
	"GET /login":                             {everybody, "/login", ""},
	"POST /login":                            {everybody, "/login", "token=none"},
	"POST /logout":                           {everybody, "/logout", "x=y"},
	"POST /preferences":                      {everybody, "/preferences", "theme=dark"},
	"/":                                      {everybody, "/nowhere", ""},
	"/v1/":                                   {known, "/v1/nowhere", ""},
	"POST /v1/messages":                      {"tbcsYP", "/v1/messages?port=" + string(here), "nothing"},
	"POST /v1/manifests":                     {"tbc", "/v1/manifests?port=" + string(here), "{}"},
	"POST /v1/declarations":                  {"tb", "/v1/declarations?port=" + string(here), "{}"},
	"POST /v1/declarations/{id}/amendments":  {"tb", "/v1/declarations/none/amendments", "{}"},
	"POST /v1/declarations/{id}/withdrawal":  {"tb", "/v1/declarations/none/withdrawal", "{}"},
	"GET /v1/messages/{id}/answers":          {known, "/v1/messages/none/answers", ""},
	"GET /v1/receipts/{id}":                  {known, "/v1/receipts/none", ""},
	"GET /v1/movements":                      {known, "/v1/movements", ""},
	"GET /v1/movements/{id}":                 {known, "/v1/movements/none", ""},
	"GET /v1/movements/{id}/crew":            {"B", "/v1/movements/none/crew", ""},
	"POST /v1/movements/{id}/crew":           {"ctb", "/v1/movements/none/crew", `{"crew":[{"name":"n","document":"passport","number":"1"}]}`},
	"GET /v1/consignments/{id}":              {known, "/v1/consignments/none", ""},
	"GET /v1/events":                         {known, "/v1/events", ""},
	"GET /v1/ports":                          {known, "/v1/ports", ""},
	"GET /v1/ports/{port}":                   {known, "/v1/ports/" + string(here), ""},
	"GET /v1/rules":                          {known, "/v1/rules", ""},
	"GET /v1/rules/{name}":                   {known, "/v1/rules/customs.item_hs", ""},
	"POST /v1/rules/{name}/test":             {"RA", "/v1/rules/customs.item_hs/test", "{}"},
	"POST /v1/rules/{name}/proposals":        {"RA", "/v1/rules/customs.item_hs/proposals", "{}"},
	"POST /v1/rules/{name}/replay":           {"RA", "/v1/rules/customs.item_hs/replay", "{}"},
	"POST /v1/rules/{name}/activation":       {"RA", "/v1/rules/customs.item_hs/activation", "{}"},
	"GET /v1/requirements":                   {officers + "RA", "/v1/requirements", ""},
	"GET /v1/ledgers/{ledger}/checkpoint":    {overseers, "/v1/ledgers/none/checkpoint", ""},
	"GET /v1/ledgers/{ledger}/proof":         {overseers, "/v1/ledgers/none/proof?seq=1", ""},
	"GET /v1/passes":                         {overseers, "/v1/passes?port=none", ""},
	"GET /v1/facts":                          {overseers, "/v1/facts?ledger=none", ""},
	"GET /v1/statistics/release-times":       {overseers, "/v1/statistics/release-times", ""},
	"POST /v1/requirements/{id}/verdicts":    {officers, "/v1/requirements/none/verdicts", `{"result":"met"}`},
	"POST /v1/movements/{id}/orders":         {"CIQBT", "/v1/movements/none/orders", `{"kind":"inspection","due":"exit_gate","reason":"r"}`},
	"POST /v1/requirements/{id}/deferral":    {officers, "/v1/requirements/none/deferral", deferral},
	"POST /v1/movements/{id}/detachments":    {"CIBPY", "/v1/movements/none/detachments", `{"subject":"` + none + `","reason":"r"}`},
	"POST /v1/movements/{id}/attachments":    {"CIPY", "/v1/movements/none/attachments", `{"unit":"` + none + `"}`},
	"POST /v1/consignments/{id}/stocktaking": {"Y", "/v1/consignments/none/stocktaking", `{"found":1,"reason":"r"}`},
	"POST /v1/movements/{id}/diversion":      {"tbcCBO", "/v1/movements/none/diversion", `{"to":"none","reason":"r"}`},
	"GET /v1/claims":                         {officers + "RA", "/v1/claims?key=batch|1", ""},
	"POST /v1/movements/{id}/override":       {"CBO", "/v1/movements/none/override", `{"decision":"open","reason":"r"}`},
	"POST /v1/lanes/{lane}/readings":         {"d", "/v1/lanes/none/readings", `{"plate":"0001УБА"}`},
	"POST /v1/ports/{port}/statuses":         {"AR", "/v1/ports/none/statuses", `{"status":"none"}`},
	"GET /v1/tokens":                         {"A", "/v1/tokens", ""},
	"POST /v1/tokens":                        {"A", "/v1/tokens", `{"organisation":"x","role":"nobody"}`},
	"DELETE /v1/tokens/{id}":                 {"A", "/v1/tokens/none", ""},
	"GET /{$}":                               {known, "/", ""},
	"GET /ports/{port}":                      {known, "/ports/" + string(here), ""},
	"GET /live/map":                          {known, "/live/map", ""},
	"GET /live/ports/{port}":                 {known, "/live/ports/" + string(here), ""},
	"GET /movements/{movement}":              {known, "/movements/none", ""},
	"GET /live/movements/{movement}":         {known, "/live/movements/none", ""},
	"GET /search":                            {known, "/search?q=none", ""},
	"POST /movements/{movement}/override":    {"CBO", "/movements/none/override", "decision=open&reason=r"},
}

// patterns reads what is registered on a mux out of its own tree, since the mux lists it nowhere else.
func patterns(t testing.TB, mux *http.ServeMux) (list []string) {
	t.Helper()
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return
			}
			v = v.Elem()
		}
		if p := v.FieldByName("pattern"); !p.IsNil() {
			list = append(list, p.Elem().FieldByName("str").String())
		}
		children := v.FieldByName("children")
		for i := range children.FieldByName("s").Len() {
			walk(children.FieldByName("s").Index(i).FieldByName("value"))
		}
		for _, key := range children.FieldByName("m").MapKeys() {
			walk(children.FieldByName("m").MapIndex(key))
		}
		walk(v.FieldByName("multiChild"))
		walk(v.FieldByName("emptyChild"))
	}
	walk(reflect.ValueOf(mux).Elem().FieldByName("tree"))
	slices.Sort(list)
	return slices.Compact(list)
}

// TestEveryRouteIsInTheTable holds the mux, the access table, the published API and the table above to each other.
func TestEveryRouteIsInTheTable(t *testing.T) {
	w := newWorld(t, "memory:", identity.Principal{})
	registered := patterns(t, w.site.mux)
	var table, expected, published []string
	for pattern := range accessTable() {
		table = append(table, pattern)
	}
	for pattern := range routes {
		expected = append(expected, pattern)
	}
	slices.Sort(table)
	slices.Sort(expected)
	if diff := cmp.Diff(registered, table); diff != "" {
		t.Errorf("registered (-) and in accessTable (+):\n%s", diff)
	}
	if diff := cmp.Diff(registered, expected); diff != "" {
		t.Errorf("registered (-) and in this test (+):\n%s", diff)
	}
	if err := accessTable().Check(); err != nil {
		t.Error(err)
	}

	spec := w.ask(t, "", "GET", "/openapi.json", "")
	var document struct {
		Paths map[string]map[string]struct {
			Responses map[string]any `json:"responses"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(spec.body, &document); err != nil {
		t.Fatal(err)
	}
	for path, methods := range document.Paths {
		for method, operation := range methods {
			published = append(published, strings.ToUpper(method)+" "+path)
			if operation.Responses["default"] == nil {
				t.Errorf("%s %s does not say how it refuses", method, path)
			}
		}
	}
	slices.Sort(published)
	api := slices.DeleteFunc(slices.Clone(registered), func(p string) bool { return !strings.Contains(p, " /v1/") })
	if diff := cmp.Diff(api, published); diff != "" {
		t.Errorf("registered under /v1 (-) and in openapi.json (+):\n%s", diff)
	}
}

// status asks a route and reads no more than the status: live pages go on.
func (w *world) status(t *testing.T, token, method, path, body string) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, w.server.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	r.Header.Set("Content-Type", "application/json")
	if !strings.HasPrefix(body, "{") {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

// TestEveryRouteEveryRole walks every route with every role and without a token: in, or turned away, as the table says.
func TestEveryRouteEveryRole(t *testing.T) {
	w := newWorld(t, "memory:", identity.Principal{})
	for pattern, route := range routes {
		method, _, ok := strings.Cut(pattern, " ")
		if !ok {
			method = "GET"
		}
		for letter, role := range letters {
			token := ""
			if role != identity.Public {
				token = w.token(role, here)
			}
			status := w.status(t, token, method, route.path, route.body)
			in := status != http.StatusUnauthorized && status != http.StatusForbidden
			if role == identity.Public && !strings.HasPrefix(route.path, "/v1/") {
				in = in && (status != http.StatusSeeOther || strings.ContainsRune(route.who, letter)) // a page sends to sign in
			}
			if pattern == "POST /login" { // 401 there is the page that says that the token is none
				in = true
			}
			if want := strings.ContainsRune(route.who, letter); in != want || status >= 500 {
				t.Errorf("%s as %s: %d, want in: %v", pattern, role, status, want)
			}
			if want := http.StatusUnauthorized; role == identity.Public && strings.HasPrefix(route.path, "/v1/") && status != want {
				t.Errorf("%s without a token: %d, want %d", pattern, status, want)
			}
		}
	}
}

// TestTokens: what is no token, or no longer one, is nobody; a token in a cookie is one too; a demonstration's visitor
// reads pages and nothing else.
func TestTokens(t *testing.T) {
	w := newWorld(t, "memory:", identity.Principal{Organisation: "region", Role: identity.Region, Person: "visitor"})
	good := w.token(identity.Trader, "")
	revoked := identity.NewToken()
	hash := identity.HashToken(revoked)
	if err := w.platform.issueTokens(t.Context(), setup, []identity.TokenIssued{{Hash: hash, Organisation: "x", Role: identity.Trader}}); err != nil {
		t.Fatal(err)
	}
	if r := w.ask(t, revoked, "GET", "/v1/ports", ""); r.status != http.StatusOK {
		t.Fatalf("before it is revoked: %d", r.status)
	}
	number, _ := w.platform.engine.Number(regionLedger)
	revoke := ledger.Command{ID: newID(number), Ledger: regionLedger, Actor: ledger.Actor{Organisation: "test", Role: "administrator"}, Do: identity.Revoke{Token: identity.TokenIssued{Hash: hash}}}
	if _, err := w.platform.engine.Submit(t.Context(), revoke); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(5 * time.Second); w.ask(t, revoked, "GET", "/v1/ports", "").status == http.StatusOK; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("a revoked token is still good after five seconds")
		}
	}
	for name, header := range map[string]string{
		"unknown": "Bearer " + identity.NewToken(), "revoked": "Bearer " + revoked, "cut": "Bearer " + good[:len(good)-1], "longer": "Bearer " + good + "A",
		"empty": "Bearer ", "no scheme": good, "another scheme": "Basic " + good, "huge": "Bearer " + strings.Repeat("A", 8000), "hash": "Bearer " + identity.HashToken(good),
	} {
		r := w.ask(t, "", "GET", "/v1/ports", "", "Authorization", header)
		if r.status != http.StatusUnauthorized || r.header.Get("WWW-Authenticate") != "Bearer" || r.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %v", name, r.status, r.header)
		}
		if page := w.ask(t, "", "GET", "/", "", "Authorization", header); page.status != http.StatusSeeOther {
			t.Errorf("%s: a page answers %d to a token that is none", name, page.status)
		}
	}
	if r := w.ask(t, "", "GET", "/v1/ports", "", "Authorization", "bearer  "+good+" "); r.status != http.StatusOK {
		t.Errorf("a scheme in small letters: %d", r.status)
	}
	if r := w.ask(t, "", "GET", "/v1/ports", "", "Cookie", "guomen_session="+good); r.status != http.StatusOK {
		t.Errorf("a session: %d", r.status)
	}
	if r := w.ask(t, "", "GET", "/v1/ports", "", "Cookie", "guomen_session="+revoked); r.status != http.StatusUnauthorized {
		t.Errorf("a revoked session: %d", r.status)
	}
	for _, path := range []string{"/", "/ports/" + string(here), "/search?q=x"} {
		if r := w.ask(t, "", "GET", path, ""); r.status != http.StatusOK {
			t.Errorf("the visitor gets %d at %s", r.status, path)
		}
	}
	for _, path := range []string{"/v1/ports", "/v1/movements", "/v1/rules", "/v1/nowhere"} {
		if r := w.ask(t, "", "GET", path, ""); r.status != http.StatusUnauthorized {
			t.Errorf("the visitor gets %d at %s", r.status, path)
		}
	}
	if r := w.ask(t, "", "POST", "/movements/none/override", "decision=open"); r.status != http.StatusUnauthorized && r.status != http.StatusSeeOther {
		t.Errorf("the visitor may override: %d", r.status)
	}
}

// resource is one thing that some may see and others may not: how to ask for it, its id in the address, and another
// address of the same kind that names nothing. What can be done only once is asked for wrongly: refused is then the
// status for those who see it.
type resource struct {
	name, method, path, missing, body string
	sees                              func(who, string) bool
	refused                           int
}

// alike are the routes that show and do the same for everybody whom the table lets in, whichever organisation and port he
// is of. Every other route stands among the resources of TestWhatOneMayNotSee, or is named here with the test that
// shows who sees what.
var alike = map[string]string{
	"GET /v1/ports": "the registry is public among those who are known", "GET /v1/ports/{port}": "so is a port's",
	"GET /v1/rules": "the law is everybody's", "GET /v1/rules/{name}": "so is a clause", "GET /v1/tokens": "administrators have no port", "POST /v1/tokens": "so they have",
	"DELETE /v1/tokens/{id}": "so they have", "POST /v1/ports/{port}/statuses": "region and administrators have no port",
	"POST /v1/rules/{name}/test": "so they have", "POST /v1/rules/{name}/proposals": "so they have", "POST /v1/rules/{name}/replay": "so they have",
	"POST /v1/rules/{name}/activation": "so they have",
	"/v1/":                             "there is nothing behind it",
	"GET /v1/claims":                   "lists, below: what is claimed is told to all of them, and who claims it to those of his port",
	"GET /v1/events":                   "lists, below: one's own organisation's only",
	"GET /v1/movements":                "lists, below", "GET /v1/requirements": "lists, below", "GET /search": "lists, below",
	"POST /v1/messages": "what is sent is one's own; for another port: TestMayLodge", "POST /v1/manifests": "so it is", "POST /v1/declarations": "so it is",
	"GET /{$}": "lists, below", "GET /live/map": "draws what the page does", "GET /ports/{port}": "lists, below", "GET /live/ports/{port}": "draws what the page does",
	"GET /live/movements/{movement}":      "draws what the page does",
	"POST /movements/{movement}/override": "does what the API's does",
}

// TestWhatOneMayNotSee: what a role may not see, it cannot tell from what does not exist.
func TestWhatOneMayNotSee(t *testing.T) {
	w := newWorld(t, "memory:", identity.Principal{})
	s := newStory(t, w, here)
	truck := s.coal("1")
	movement, receipt := s.announce(truck)
	declaration, declared := s.declare(truck)
	consignment := s.movement(movement).Carries[0].Consignment.String()
	inside := s.coal("2")
	entered, _ := s.announce(inside)
	s.declare(inside)
	s.settle(entered)
	s.read(inside, port.DueEntryGate, port.DecisionOpen)
	goods := s.movement(entered).Carries[0].Consignment.String()
	s.noted()
	nobody := func(id string) string {
		parsed, err := port.ParseID(id)
		if err != nil {
			t.Fatal(err)
		}
		return parsed.Derive(777).String()
	}

	atHere := func(x who) bool { return x.at == here || x.role == identity.CustomsSystem }
	everywhere := func(x who) bool { return x.role.Everywhere() }
	is := func(organisation string, among ...string) bool { return slices.Contains(among, organisation) }
	party := func(x who, organisation string) bool {
		return everywhere(x) || atHere(x) || is(organisation, "carrier-a", "trader-a")
	}
	owner := func(mine string) func(who, string) bool {
		return func(x who, organisation string) bool { return everywhere(x) || organisation == mine }
	}
	watcher := func(x who, _ string) bool { return everywhere(x) || atHere(x) }
	lane := string(here) + ".in-freight-01"
	verdict := `{"result":"held","reason":"r"}`
	order := `{"decision":"stop","reason":"r"}`
	resources := []resource{
		{"movement", "GET", "/v1/movements/" + movement, "/v1/movements/" + nobody(movement), "", party, 0},
		{"checkpoint", "GET", "/v1/ledgers/port:" + string(here) + "/checkpoint", "/v1/ledgers/port:nowhere-road/checkpoint", "", watcher, 0},
		{"movement's page", "GET", "/movements/" + movement, "/movements/" + nobody(movement), "", party, 0},
		{"consignment", "GET", "/v1/consignments/" + consignment, "/v1/consignments/" + nobody(consignment), "", party, 0},
		{"manifest's receipt", "GET", "/v1/receipts/" + receipt, "/v1/receipts/" + nobody(receipt), "", owner("carrier-a"), 0},
		{"declaration's receipt", "GET", "/v1/receipts/" + declared, "/v1/receipts/" + nobody(declared), "", owner("trader-a"), 0},
		{"answers", "GET", "/v1/messages/" + declared + "/answers", "/v1/messages/" + nobody(declared) + "/answers", "", owner("trader-a"), 0},
		{"passes", "GET", "/v1/passes?port=" + string(here), "/v1/passes?port=nowhere-road", "", watcher, 0},
		{"facts", "GET", "/v1/facts?ledger=port:" + string(here), "/v1/facts?ledger=port:nowhere-road", "", watcher, 0},
		{"proof", "GET", "/v1/ledgers/port:" + string(here) + "/proof?seq=1", "/v1/ledgers/port:nowhere-road/proof?seq=1", "", watcher, 0},
		{"tokens' ledger", "GET", "/v1/facts?ledger=region", "/v1/facts?ledger=port:nowhere-road", "", func(x who, _ string) bool { return x.role == identity.Administrator }, 0},
		{"release times", "GET", "/v1/statistics/release-times?port=" + string(here), "/v1/statistics/release-times?port=nowhere-road", "", watcher, 0},
		{"lane", "POST", "/v1/lanes/" + lane + "/readings", "/v1/lanes/nowhere-road.in-freight-01/readings", `{"plate":"9999УБА"}`, watcher, 0},
		{"release", "POST", "/v1/requirements/" + consignment + ".customs_release/verdicts", "/v1/requirements/" + nobody(consignment) + ".customs_release/verdicts", verdict,
			func(x who, organisation string) bool {
				return x.role == identity.Customs && organisation == "customs-ganqimaodu"
			}, 0},
		{"deferral", "POST", "/v1/requirements/" + movement + ".crew_cleared/deferral", "/v1/requirements/" + nobody(movement) + ".crew_cleared/deferral", deferral,
			func(x who, organisation string) bool {
				return x.role == identity.BorderInspection && organisation == "border-ganqimaodu"
			}, 0},
		{"order", "POST", "/v1/movements/" + movement + "/orders", "/v1/movements/" + nobody(movement) + "/orders", routes["POST /v1/movements/{id}/orders"].body, watcher, 0},
		{"detachment", "POST", "/v1/movements/" + entered + "/detachments", "/v1/movements/" + nobody(entered) + "/detachments", `{"subject":"` + goods + `","mass":1,"reason":"r"}`, watcher, 0},
		{"attachment", "POST", "/v1/movements/" + entered + "/attachments", "/v1/movements/" + nobody(entered) + "/attachments", routes["POST /v1/movements/{id}/attachments"].body, watcher, 422},
		{"stocktaking", "POST", "/v1/consignments/" + goods + "/stocktaking", "/v1/consignments/" + nobody(goods) + "/stocktaking", `{"found":30000,"reason":"r"}`, watcher, 0},
		{"diversion", "POST", "/v1/movements/" + movement + "/diversion", "/v1/movements/" + nobody(movement) + "/diversion", `{"to":"` + string(here) + `","reason":"r"}`,
			func(x who, organisation string) bool { return watcher(x, organisation) || organisation == "carrier-a" }, 422},
		{"crew's clearance", "POST", "/v1/requirements/" + movement + ".crew_cleared/verdicts", "/v1/requirements/" + nobody(movement) + ".crew_cleared/verdicts", verdict,
			func(x who, organisation string) bool {
				return x.role == identity.BorderInspection && organisation == "border-ganqimaodu"
			}, 0},
		{"override", "POST", "/v1/movements/" + movement + "/override", "/v1/movements/" + nobody(movement) + "/override", order, watcher, 0},
		{"crew", "GET", "/v1/movements/" + movement + "/crew", "/v1/movements/" + nobody(movement) + "/crew", "", watcher, 0},
		{"crew of another", "POST", "/v1/movements/" + movement + "/crew", "/v1/movements/" + nobody(movement) + "/crew", routes["POST /v1/movements/{id}/crew"].body, owner("carrier-a"), 0},
		{"amendment", "POST", "/v1/declarations/" + declaration + "/amendments", "/v1/declarations/" + nobody(declaration) + "/amendments", s.amendment(truck), owner("trader-a"), 0},
		{"withdrawal", "POST", "/v1/declarations/" + declaration + "/withdrawal", "/v1/declarations/" + nobody(declaration) + "/withdrawal", `{"reason":"r"}`, owner("trader-a"), 0},
	}
	table := accessTable()
	covered := map[string]bool{}
	for _, r := range resources {
		request, err := http.NewRequest(r.method, w.server.URL+r.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, pattern := w.site.mux.Handler(request)
		covered[pattern] = true
	}
	for pattern, access := range table {
		if _, same := alike[pattern]; !access.Public && covered[pattern] == same {
			t.Errorf("%s: among the resources: %v, alike for everybody: %v", pattern, covered[pattern], same)
		}
	}
	for pattern := range alike {
		if _, there := table[pattern]; !there {
			t.Errorf("alike names %s, which is no route", pattern)
		}
	}
	for _, r := range resources {
		for x, token := range w.tokens {
			principal, _ := w.platform.directory.Find(token)
			request, err := http.NewRequest(r.method, w.server.URL+r.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, pattern := w.site.mux.Handler(request); !table[pattern].May(x.role) {
				continue // turned away before, whatever it names
			}
			name := fmt.Sprintf("%s as %s (%s at %q)", r.name, principal.Organisation, x.role, x.at)
			got, want := w.ask(t, token, r.method, r.path, r.body), w.ask(t, token, r.method, r.missing, r.body)
			if want.status != http.StatusNotFound {
				t.Errorf("%s: what does not exist answers %d %s", name, want.status, want.body)
			}
			if r.sees(x, principal.Organisation) {
				if got.status >= 300 && got.status != r.refused {
					t.Errorf("%s: %d %s", name, got.status, got.body)
				}
				continue
			}
			same := strings.NewReplacer(movement, "ID", nobody(movement), "ID", consignment, "ID", nobody(consignment), "ID", declaration, "ID", nobody(declaration), "ID",
				entered, "ID", nobody(entered), "ID", goods, "ID", nobody(goods), "ID",
				string(here), "PORT", "nowhere-road", "PORT", "?port=PORT", "", "port:PORT", "LEDGER", "region", "LEDGER")
			hidden, absent := same.Replace(string(got.body)), same.Replace(string(want.body))
			if strings.HasPrefix(r.path, "/movements/") { // pages name the request that failed
				hidden, absent = strip(hidden), strip(absent)
			}
			if got.status != want.status || hidden != absent {
				t.Errorf("%s can be told from what does not exist:\n%d %s\n%d %s", name, got.status, hidden, want.status, absent)
			}
		}
	}

	// Lists show one's own and nothing else, whatever is asked for.
	for x, token := range w.tokens {
		principal, _ := w.platform.directory.Find(token)
		name := fmt.Sprintf("%s (%s at %q)", principal.Organisation, x.role, x.at)
		shown := strings.Contains(string(w.ask(t, token, "GET", "/v1/movements?port="+string(here), "").body), movement)
		if want := party(x, principal.Organisation); shown != want {
			t.Errorf("movements of %s: shown %v, want %v", name, shown, want)
		}
		found := strings.Contains(string(w.ask(t, token, "GET", "/search?q="+string(truck.batch), "", "Accept", "text/html").body), movement) ||
			strings.Contains(w.ask(t, token, "GET", "/search?q="+string(truck.batch), "").header.Get("Location"), movement)
		if want := party(x, principal.Organisation); found != want {
			t.Errorf("search by %s: found %v, want %v", name, found, want)
		}
		for _, page := range []string{"/", "/ports/" + string(here)} {
			body := string(w.ask(t, token, "GET", page, "", "Accept", "text/html").body)
			if want := party(x, principal.Organisation); strings.Contains(body, movement) != want || strings.Contains(body, truck.paper.Vehicle.Plate.Key()) && !want {
				t.Errorf("%s shows the movement to %s: %v, want %v", page, name, !want, want)
			}
		}
		events := string(w.ask(t, token, "GET", "/v1/events", "").body)
		if want := is(principal.Organisation, "carrier-a", "trader-a"); (events != "") != want {
			t.Errorf("events of %s: %s", name, events)
		}
		if table["GET /v1/claims"].May(x.role) {
			named := strings.Contains(string(w.ask(t, token, "GET", "/v1/claims?key=batch%7C"+string(truck.batch), "").body), movement)
			if want := everywhere(x) || atHere(x); named != want {
				t.Errorf("the claim names the movement to %s: %v, want %v", name, named, want)
			}
		}
		if table["GET /v1/requirements"].May(x.role) {
			for _, query := range []string{"", "?port=" + string(here), "?owner=customs_supervision", "?owner=border_inspection&port=" + string(here)} {
				queue := string(w.ask(t, token, "GET", "/v1/requirements"+query, "").body)
				if strings.Contains(queue, movement) && !everywhere(x) && !atHere(x) {
					t.Errorf("queue %s of %s shows another port's: %s", query, name, queue)
				}
				if own := x.role.Functions(); len(own) > 0 && strings.Contains(queue, `"function"`) && strings.Count(queue, `"function":"`+string(own[0])+`"`) != strings.Count(queue, `"function"`) {
					t.Errorf("queue %s of %s shows another function's: %s", query, name, queue)
				}
			}
		}
	}
}

// strip takes out of a page what names the request.
func strip(page string) string {
	var lines []string
	for line := range strings.Lines(page) {
		if !strings.Contains(line, "request") && !strings.Contains(line, "code") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}

// TestVisitorMaySignIn: who reads a demonstration without a token finds the way in as somebody; who is in is sent back.
func TestVisitorMaySignIn(t *testing.T) {
	w := newWorld(t, "memory:", identity.Principal{Organisation: "region-inner-mongolia", Role: identity.Region, Person: "visitor"})
	if page := string(w.ask(t, "", http.MethodGet, "/search", "").body); !strings.Contains(page, `href="/login?return=`) || strings.Contains(page, `action="/logout"`) {
		t.Error("a visitor is offered no way in, or one out")
	}
	if r := w.ask(t, "", http.MethodGet, "/login", ""); r.status != http.StatusOK || !strings.Contains(string(r.body), `name="token"`) {
		t.Errorf("a visitor who wants to sign in gets %d", r.status)
	}
	officer := w.token(identity.Customs, here)
	if page := string(w.ask(t, officer, http.MethodGet, "/search", "").body); strings.Contains(page, `href="/login`) || !strings.Contains(page, `action="/logout"`) {
		t.Error("an officer is offered to sign in, or no way out")
	}
}
