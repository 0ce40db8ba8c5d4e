package main

import (
	"encoding/json"
	"strings"

	"github.com/guomen/guomen/gate"
	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/text"
	"github.com/guomen/guomen/internal/web"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/movement/movementweb"
	"github.com/guomen/guomen/port"
)

// happening is what a timeline says of a fact, whatever its kind: the fields that facts about a movement share by name.
type happening struct {
	Kind      port.RequirementKind   `json:"kind"`
	Asked     port.RequirementKind   `json:"requirement"`
	Result    port.Result            `json:"result"`
	Gate      port.DuePoint          `json:"gate"`
	Decision  string                 `json:"decision"`
	Reason    string                 `json:"reason"`
	Reasons   []gate.Reason          `json:"reasons"`
	Note      string                 `json:"note"`
	Advisory  bool                   `json:"advisory"`
	Function  string                 `json:"function"` // of an outside system's answer
	Lane      port.LaneID            `json:"lane"`
	Mass      port.Kilograms         `json:"mass"`
	On        port.Kilograms         `json:"on_movement"`
	Goods     string                 `json:"goods"`
	Waybill   string                 `json:"waybill"`
	Number    port.DeclarationNumber `json:"number"`
	Window    string                 `json:"window"`
	Officer   string                 `json:"officer"`
	Automatic string                 `json:"override"` // of a gate's decision: the officer by whose order it was
	Saw       gate.Reading           `json:"saw"`
	Demand    struct {
		Kind port.RequirementKind `json:"kind"`
	} `json:"demand"`
	Document struct {
		Batch     port.BatchNumber `json:"batch"`
		Reference string           `json:"reference"`
	} `json:"document"`
}

// told says in words what a fact's body says: which requirement was decided how, which gate did what and why, which
// goods and how heavy. A body that the reader may not see, or of a shape unknown here, says nothing; the mass is that of
// the vehicle or the goods, absent where the fact has none.
func (m movements) told(name string, body json.RawMessage) (said []web.Words, mass web.Mass) {
	var h happening
	if json.Unmarshal(body, &h) != nil {
		return nil, mass
	}
	plain := func(list ...string) {
		for _, one := range list {
			if one != "" {
				said = append(said, web.Plain(one))
			}
		}
	}
	if h.Gate != "" {
		said = append(said, web.Said(h.Gate.TextKey()))
	}
	if h.Demand.Kind != "" {
		h.Kind = h.Demand.Kind
	}
	if h.Kind != "" && m.site.platform.catalogue.Has(text.Chinese, "requirement."+string(h.Kind)) { // other facts have kinds of other things
		said = append(said, m.kind(h.Kind))
	}
	if key := "answer.function." + h.Function; h.Function != "" && m.site.platform.catalogue.Has(text.Chinese, key) {
		said = append(said, web.Said(key))
	}
	if h.Asked != "" {
		said = append(said, m.kind(h.Asked))
	}
	if h.Result != "" {
		said = append(said, web.Said(h.Result.TextKey()))
	}
	if h.Advisory {
		said = append(said, web.Said("movement.fact.advisory"))
	}
	switch name {
	case gate.Decided{}.FactName():
		said = append(said, web.Said("word.decision."+h.Decision))
	case movement.Overridden{}.FactName():
		said = append(said, web.Said("word.override."+h.Decision))
	}
	for _, r := range h.Reasons {
		if r.Kind != "" {
			said = append(said, m.kind(r.Kind))
		}
		if key := "gate." + r.Code; m.site.platform.catalogue.Has(text.Chinese, key) {
			said = append(said, web.Said(key, append(r.Args, "")...))
		}
	}
	if h.Reason != "" {
		said = append(said, m.reason(h.Reason))
	}
	plain(string(h.Saw.Plate), h.Waybill, h.Goods, string(h.Document.Batch), h.Document.Reference, string(h.Number), h.Window, h.Note, h.Officer, h.Automatic)
	if _, lane, ok := strings.Cut(string(h.Lane), "."); ok {
		said = append(said, web.Said("movement.fact.lane", lane))
	}
	if weight := max(h.Mass, h.On, h.Saw.Mass); weight > 0 {
		mass = web.Some(weight)
	}
	return said, mass
}

// kind is a requirement's name, or its word on the wire where the catalogue has none.
func (m movements) kind(kind port.RequirementKind) web.Words {
	if key := "requirement." + string(kind); m.site.platform.catalogue.Has(text.Chinese, key) {
		return web.Said(key)
	}
	return web.Plain(string(kind))
}

// actor is who gave a command: the organisation by the name that the registry's data has for it, and the person.
func (m movements) actor(e *movementweb.Event) web.Words {
	return m.known(e.Actor.Organisation, identity.Role(e.Actor.Role), e.Actor.Person)
}

// known names an organisation and, behind it, a person of it. One that the registry has no name for is named by what it
// does and by its own word.
func (m movements) known(organisation string, role identity.Role, person string) web.Words {
	names := web.Plain(organisation)
	if known, ok := m.site.organisations[organisation]; ok {
		names = words(known)
	} else if key := role.TextKey(); m.site.platform.catalogue.Has(text.Chinese, key) {
		for _, language := range text.Languages {
			names.In[language] = m.site.platform.catalogue.Say(language, key) + " " + organisation
		}
	}
	if person != "" {
		for language, name := range names.In {
			names.In[language] = name + " · " + person
		}
	}
	return names
}
