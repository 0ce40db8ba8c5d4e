package claim

import (
	"cmp"
	"strings"

	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

// The kinds of requirement that hold answers. The rulebook says when a document makes one; this package says what of the
// document is then claimed.
const (
	BatchUnique       port.RequirementKind = "batch_unique"              // 批次号全区唯一
	ContainerFree     port.RequirementKind = "container_free"            // 集装箱未在其他在途车次上
	PermitBalance     port.RequirementKind = "permit_balance"            // 行车许可证尚可使用
	DeclarationUnique port.RequirementKind = "declaration_number_unique" // 报关单号全区唯一
)

// claimed says what a document claims under one kind of requirement.
type claimed struct {
	requirement port.RequirementKind
	kind        string // of the key
	terms       Terms
	manifest    func(*manifest.Document) []string
	declaration func(*declaration.Document) []string
}

// containerKey is the kind of key of a container.
const containerKey = "container"

// claims is the whole of it.
//
// A batch number names one crossing, and the vehicles that share a waybill share it [S:63]. Permit C is good for one
// round trip [S:80], so once in each direction; the format of its number is unknown, so it is taken as written.
var claims = [...]claimed{
	{requirement: BatchUnique, kind: "batch", terms: Terms{Limit: 1, Shared: true}, manifest: func(d *manifest.Document) []string { return []string{string(d.Batch)} }},
	{requirement: ContainerFree, kind: containerKey, terms: Terms{Limit: 1}, manifest: containers},
	{requirement: PermitBalance, kind: "permit", terms: Terms{Limit: 1, Counted: true}, manifest: func(d *manifest.Document) []string {
		if permit := strings.TrimSpace(d.Vehicle.Permit); permit != "" {
			return []string{permit + "|" + string(d.Direction)}
		}
		return nil
	}},
	{requirement: DeclarationUnique, kind: "declaration", terms: Terms{Limit: 1}, declaration: func(d *declaration.Document) []string { return []string{string(d.Number)} }},
}

// containers are the boxes of a manifest, by the number without blanks and hyphens.
func containers(d *manifest.Document) []string {
	var numbers []string
	for _, unit := range d.Units() {
		if unit.Kind == port.ContainerBox {
			numbers = append(numbers, boxNumber(unit.Number))
		}
	}
	return numbers
}

// boxNumber is a container's number as it is claimed.
func boxNumber(written string) string {
	number, _ := port.ParseContainer(written) // a wrong check digit still gives the number
	return cmp.Or(string(number), written)
}

// Kinds lists the kinds of requirement that hold answers.
func Kinds() []port.RequirementKind {
	kinds := make([]port.RequirementKind, len(claims))
	for i := range claims {
		kinds[i] = claims[i].requirement
	}
	return kinds
}

// Wish is one thing that a document claims.
type Wish struct {
	Named
	For     port.ID // the subject of the requirement
	Subject port.SubjectKind
	Terms   Terms
}

// OfManifest lists what a manifest claims: of each kind that its judgement demands, every key once.
func OfManifest(b *manifest.Lodged) []Wish {
	return wishes(b.Judged.Demands, b.Movement, func(c *claimed) []string {
		if c.manifest == nil {
			return nil
		}
		return c.manifest(&b.Document)
	})
}

// OfChange lists what a changed manifest claims: all that it now names, or what it names besides.
func OfChange(b *manifest.Changed) []Wish {
	return OfManifest(&manifest.Lodged{Movement: b.Movement, Document: b.Document, Judged: b.Judged})
}

// OfBox is what is claimed of one container by a movement.
func OfBox(number string) Named {
	return Named{Requirement: ContainerFree, Key: NewKey(containerKey, boxNumber(number))}
}

// OfDeclaration lists what a declaration claims.
func OfDeclaration(b *declaration.Lodged) []Wish {
	return wishes(b.Judged.Demands, b.Consignment, func(c *claimed) []string {
		if c.declaration == nil {
			return nil
		}
		return c.declaration(&b.Document)
	})
}

// OfAmendment lists what an amended declaration claims.
func OfAmendment(b *declaration.Amended) []Wish {
	return OfDeclaration(&declaration.Lodged{Declaration: b.Declaration, Consignment: b.Consignment, Document: b.Document, Judged: b.Judged})
}

func wishes(demands []port.Demand, subject port.ID, keys func(*claimed) []string) []Wish {
	var list []Wish
	for i := range demands {
		for j := range claims {
			if claims[j].requirement != demands[i].Kind {
				continue
			}
			seen := map[string]bool{"": true}
			for _, number := range keys(&claims[j]) {
				if !seen[number] {
					seen[number] = true
					list = append(list, Wish{
						Named: Named{Requirement: demands[i].Kind, Key: NewKey(claims[j].kind, number)},
						For:   subject, Subject: demands[i].Subject, Terms: claims[j].terms,
					})
				}
			}
		}
	}
	return list
}

// counted tells a kind of which what is used for good is gone.
func counted(kind port.RequirementKind) bool {
	for i := range claims {
		if claims[i].requirement == kind {
			return claims[i].terms.Counted
		}
	}
	return false
}

// SettlementOf is what becomes of a claim whose subject needs it no longer: it goes with who is diverted; what is counted
// is used up by a vehicle that has passed; anything else is given back.
func SettlementOf(kind port.RequirementKind, reason EndReason) Settlement {
	switch {
	case reason == EndDiverted:
		return Transfer
	case reason == EndLeft && counted(kind):
		return Confirm
	}
	return Release
}
