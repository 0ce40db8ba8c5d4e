package rulebook

import (
	"fmt"

	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/internal/rules"
	"github.com/guomen/guomen/port"
)

// benchShapes are conditions of the kinds that the law's clauses have, over the document and over its items. None holds
// for BenchDeclaration: that is how nearly every clause ends for nearly every document.
var benchShapes = []struct{ each, path, when string }{
	{"", "importer.id", `has(declaration.importer) && has(declaration.importer.id) && !valid_credit_code(declaration.importer.id)`},
	{"", "net_mass", `has(declaration.net_mass) && has(declaration.gross_mass) && declaration.net_mass > declaration.gross_mass`},
	{"", "waybill", `declaration.early && !has(declaration.waybill)`},
	{"", "batch", `!has(declaration.batch) || !valid_batch(declaration.batch)`},
	{"", "procedure", `declaration.procedure in ["1210", "9610", "9710", "9810"] && !has(declaration.documents)`},
	{"", "waybill", `!declaration.waybill.matches("^[A-Z0-9-]{3,35}$")`},
	{"items", "items[{i}].hs", `!has(item.hs) || !valid_hs(item.hs) || size(item.hs) < 6`},
	{"items", "items[{i}].net_mass", `has(item.net_mass) && has(item.gross_mass) && item.net_mass > item.gross_mass`},
	{"items", "items[{i}].price", `item.price.amount <= 0.0 && declaration.procedure == "0110"`},
	{"items", "items[{i}].origin", `item.origin.exists(o, o.id == "XX")`},
}

// benchScopes are where those conditions apply. An import by road of goods of chapter 27 is in a third of them.
var benchScopes = []string{
	"{directions: [import]}", "{modes: [road], directions: [import, transit]}",
	"{directions: [export]}", "{modes: [rail, air]}", "{ports: [erenhot-road, ceke-road]}", `{goods: ["0201", "0202", "44"]}`,
}

// BenchBook is a made-up book of sixty clauses about declarations, twenty of which are in question for BenchDeclaration:
// it measures what judging costs with a rulebook of the size that the platform expects. It is not the law.
func BenchBook() (*rules.Book, error) {
	files := map[string][]byte{}
	for i, scope := range benchScopes {
		for k, shape := range benchShapes {
			name := fmt.Sprintf("c%d%d", i, k)
			each := ""
			if shape.each != "" {
				each = "each: " + shape.each + "\n"
			}
			files["bench/"+name+".yaml"] = fmt.Appendf(nil, `name: bench.%s
title: {zh-CN: 测试, en: bench, mn: туршилт, ru: проба}
explanation: {zh-CN: 测试, en: bench, mn: туршилт, ru: проба}
citation: none
source: {tags: [D], text: made up to measure with}
mode: active
subject: declaration
scope: %s
%swhen: |
  %s
demands: {problem: {path: "%s", severity: error}}
`, name, scope, each, shape.when, shape.path)
		}
	}
	return rules.Compile(schema(), files)
}

// BenchDeclaration is an import of coal by road with five lines.
func BenchDeclaration() *declaration.Document {
	d := &declaration.Document{
		Direction: port.Import, Function: declaration.FunctionOriginal, Procedure: "0110", Reference: "BENCH-1", Early: true,
		Batch: "2606010000001", Waybill: "WB-0000001", GrossMass: 200 * port.Tonne, NetMass: 200 * port.Tonne,
		Importer: declaration.Party{ID: "91350100M000100Y43", Name: "bench"},
		Border:   declaration.Means{ID: "1234УБА", Mode: "3", Nationality: port.Mongolia},
	}
	for n := range int64(5) {
		d.Items = append(d.Items, declaration.Item{
			Number: n + 1, Description: "炼焦煤", HS: "2701121000", Origin: []declaration.Coded{{ID: "MN"}},
			GrossMass: 40 * port.Tonne, NetMass: 40 * port.Tonne, Quantity: 40_000 * port.One, Unit: "KGM",
			Price: port.Money{Minor: 2_800_000, Currency: port.Dollar},
		})
	}
	return d
}

// BenchScope is where BenchDeclaration is judged.
func BenchScope() rules.Scope {
	return Scope("ganqimaodu-road", "", 1_780_272_000_000_000)
}
