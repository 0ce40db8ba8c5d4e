package identity

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/guomen/guomen/internal/errs"
)

// Access says who may use a route. A page that anybody may read is public; everything else names its roles.
type Access struct {
	Public bool
	Roles  []Role
}

// May tells whether a role is let in.
func (a Access) May(r Role) bool { return a.Public || slices.Contains(a.Roles, r) }

// Open is access for everybody.
var Open = Access{Public: true}

// For is access for the named roles.
func For(roles ...Role) Access { return Access{Roles: roles} }

// Anyone is access for every role that a token can have.
func Anyone() Access { return Access{Roles: Roles()} }

// Table is the one table of who may use which route, by the route's pattern ("GET /v1/ports/{port}").
type Table map[string]Access

// Guard is the one place where authorisation is checked. Every request is matched to its pattern first; a pattern that
// the table does not know is a bug and answers 500, never 200. sign reads who is asking; fail writes an error.
type Guard struct {
	Table Table
	Sign  func(*http.Request) (Principal, error)
	Fail  func(w http.ResponseWriter, r *http.Request, err error)
}

// Wrap puts the guard before a mux.
func (g Guard) Wrap(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		principal, err := g.Sign(r)
		if err != nil {
			g.Fail(w, r, err)
			return
		}
		r = r.WithContext(With(r.Context(), principal))
		_, pattern := mux.Handler(r)
		if pattern == "" {
			mux.ServeHTTP(w, r) // no such route: the mux answers 404 or 405
			return
		}
		access, ok := g.Table[pattern]
		switch {
		case !ok:
			g.Fail(w, r, errs.New(errs.Broken, "", "route %q is not in the access table", pattern))
		case access.May(principal.Role):
			mux.ServeHTTP(w, r)
		case principal.Role == Public:
			g.Fail(w, r, errs.New(errs.Unauthenticated, "access.sign_in", "%s without a token", pattern))
		default:
			g.Fail(w, r, errs.New(errs.Denied, "access.denied", "%s as %s", pattern, principal.Role))
		}
	})
}

// Check fails when a table names a role that does not exist, lets nobody in, or has a pattern that is neither METHOD
// /PATH nor a path for every method.
func (t Table) Check() error {
	for pattern, access := range t {
		method, path, ok := strings.Cut(pattern, " ")
		if !ok {
			method, path = "", pattern
		}
		if method != strings.ToUpper(method) || !strings.HasPrefix(path, "/") {
			return fmt.Errorf("access table: %q is no METHOD /PATH", pattern)
		}
		if !access.Public && len(access.Roles) == 0 {
			return fmt.Errorf("access table: %q lets nobody in", pattern)
		}
		for _, role := range access.Roles {
			if !role.Valid() {
				return fmt.Errorf("access table: %q names role %q", pattern, role)
			}
		}
	}
	return nil
}
