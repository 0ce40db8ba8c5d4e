package main

import "github.com/guomen/guomen/internal/identity"

// accessTable says who may use which route. It is the only place where that stands; a route that is not here answers
// nobody, and a test walks every route with every role. What a role may see of what a route shows (its own
// organisation's, its own port's) is decided where the thing is read.
func accessTable() identity.Table {
	anyone := identity.Anyone()
	senders := identity.For(identity.Trader, identity.Broker, identity.Carrier, identity.CustomsSystem, identity.YardOperator, identity.PortOperator)
	// Who has goods and conveyances in hand between the gates.
	handlers := identity.For(identity.YardOperator, identity.PortOperator, identity.Customs, identity.Inspection)
	declarants := identity.For(identity.Trader, identity.Broker)
	officers := identity.For(identity.Customs, identity.Inspection, identity.Quarantine, identity.BorderInspection, identity.Transport,
		identity.PortOperator, identity.YardOperator, identity.PortOffice)
	overseers := identity.For(append([]identity.Role{identity.Region, identity.Administrator, identity.Device, identity.CustomsSystem}, officers.Roles...)...)
	// Who may open or stop a gate by hand: those who answer for what goes through it.
	commanders := identity.For(identity.Customs, identity.BorderInspection, identity.PortOffice)
	// Who writes the region's rules and decides on them: those whose office is no port's. A rule binds every authority and
	// a replay reads every port, so no authority's role alone will do; that two persons stand behind a change is checked
	// by their names, whatever their roles.
	legislators := identity.For(identity.Region, identity.Administrator)
	return identity.Table{
		// Everybody.
		"GET /healthz": identity.Open, "GET /readyz": identity.Open, "GET /metrics": identity.Open, "GET /openapi.json": identity.Open,
		"GET /assets/{name}": identity.Open, "GET /login": identity.Open, "POST /login": identity.Open, "POST /logout": identity.Open,
		"POST /preferences": identity.Open, "/": identity.Open,

		// What is no route of ours, for those who are known: nobody else learns what there is.
		"/v1/": anyone,

		// Documents.
		"POST /v1/messages": senders, "POST /v1/manifests": identity.For(identity.Trader, identity.Broker, identity.Carrier),
		"POST /v1/declarations": declarants, "POST /v1/declarations/{id}/amendments": declarants, "POST /v1/declarations/{id}/withdrawal": declarants,
		"GET /v1/messages/{id}/answers": anyone, "GET /v1/receipts/{id}": anyone,

		// What is going on.
		"GET /v1/movements": anyone, "GET /v1/movements/{id}": anyone, "GET /v1/consignments/{id}": anyone, "GET /v1/events": anyone,
		"GET /v1/ports": anyone, "GET /v1/ports/{port}": anyone, "GET /v1/rules": anyone, "GET /v1/rules/{name}": anyone,
		"GET /v1/requirements":                identity.For(append([]identity.Role{identity.Region, identity.Administrator}, officers.Roles...)...),
		"GET /v1/ledgers/{ledger}/checkpoint": overseers, "GET /v1/ledgers/{ledger}/proof": overseers,
		"GET /v1/passes": overseers, "GET /v1/facts": overseers, "GET /v1/statistics/release-times": overseers,

		// Deciding.
		"POST /v1/requirements/{id}/verdicts": officers, "POST /v1/movements/{id}/override": commanders,
		"POST /v1/movements/{id}/crew": identity.For(identity.Carrier, identity.Trader, identity.Broker), "GET /v1/movements/{id}/crew": identity.For(identity.BorderInspection),
		"POST /v1/lanes/{lane}/readings":      identity.For(identity.Device),
		"POST /v1/movements/{id}/orders":      identity.For(identity.Customs, identity.Inspection, identity.Quarantine, identity.BorderInspection, identity.Transport),
		"POST /v1/requirements/{id}/deferral": officers,
		"POST /v1/movements/{id}/detachments": identity.For(append([]identity.Role{identity.BorderInspection}, handlers.Roles...)...),
		"POST /v1/movements/{id}/attachments": handlers, "POST /v1/consignments/{id}/stocktaking": identity.For(identity.YardOperator),
		"POST /v1/movements/{id}/diversion": identity.For(append([]identity.Role{identity.Carrier, identity.Trader, identity.Broker}, commanders.Roles...)...),
		"GET /v1/claims":                    identity.For(append([]identity.Role{identity.Region, identity.Administrator}, officers.Roles...)...),

		// Rules.
		"POST /v1/rules/{name}/test": legislators, "POST /v1/rules/{name}/proposals": legislators, "POST /v1/rules/{name}/replay": legislators,
		"POST /v1/rules/{name}/activation": legislators,

		// Administration.
		"POST /v1/ports/{port}/statuses": identity.For(identity.Administrator, identity.Region),
		"GET /v1/tokens":                 identity.For(identity.Administrator), "POST /v1/tokens": identity.For(identity.Administrator), "DELETE /v1/tokens/{id}": identity.For(identity.Administrator),

		// Pages.
		"GET /{$}": anyone, "GET /ports/{port}": anyone, "GET /live/map": anyone, "GET /live/ports/{port}": anyone,
		"GET /movements/{movement}": anyone, "GET /live/movements/{movement}": anyone, "GET /search": anyone,
		"POST /movements/{movement}/override": commanders,
	}
}
