package rules

import (
	"fmt"

	"pgregory.net/rapid"
)

// writer writes random well-typed expressions.
type writer struct {
	t    *rapid.T
	vars []writerVar
}

type writerVar struct{ name, kind string }

func (w *writer) pick(options ...string) string { return rapid.SampledFrom(options).Draw(w.t, "pick") }

// item is what a list may hold.
func (w *writer) item() string {
	return w.pick("string", "int", "double", "part", "paper", "bool", "time", "span")
}

func (w *writer) names(kind string) (names []string) {
	for i, v := range w.vars {
		shadowed := false
		for _, later := range w.vars[i+1:] {
			shadowed = shadowed || later.name == v.name
		}
		if v.kind == kind && !shadowed {
			names = append(names, v.name)
		}
	}
	return names
}

// scalar writes an expression of a kind; depth bounds its size.
func (w *writer) scalar(kind string, depth int) string {
	leaf := depth <= 0 || rapid.IntRange(0, 4).Draw(w.t, "leaf") == 0
	if leaf {
		return w.leaf(kind)
	}
	d := depth - 1
	switch w.pick("own", "own", "own", "conditional", "index") {
	case "conditional":
		return fmt.Sprintf("(%s ? %s : %s)", w.scalar("bool", d), w.scalar(kind, d), w.scalar(kind, d))
	case "index":
		return fmt.Sprintf("%s[%s]", w.list(kind, d), w.scalar("int", d))
	}
	switch kind {
	case "bool":
		return w.truth(d)
	case "string":
		return w.pick(
			fmt.Sprintf("(%s + %s)", w.scalar("string", d), w.scalar("string", d)),
			fmt.Sprintf("lower(%s)", w.scalar("string", d)),
			w.leaf("string"))
	case "int":
		return w.pick(
			fmt.Sprintf("(%s %s %s)", w.scalar("int", d), w.pick("+", "-", "*", "/", "%"), w.scalar("int", d)),
			fmt.Sprintf("-(%s)", w.scalar("int", d)),
			fmt.Sprintf("size(%s)", w.list(w.item(), d)),
			fmt.Sprintf("%s.size()", w.scalar("string", d)),
			fmt.Sprintf("int(%s)", w.scalar("double", d)))
	case "double":
		return w.pick(
			fmt.Sprintf("(%s %s %s)", w.scalar("double", d), w.pick("+", "-", "*", "/"), w.scalar("double", d)),
			fmt.Sprintf("-(%s)", w.scalar("double", d)),
			fmt.Sprintf("double(%s)", w.scalar("int", d)))
	case "time":
		return fmt.Sprintf("(%s %s %s)", w.scalar("time", d), w.pick("+", "-"), w.scalar("span", d))
	}
	return w.pick(
		fmt.Sprintf("(%s - %s)", w.scalar("time", d), w.scalar("time", d)),
		fmt.Sprintf("(%s %s %s)", w.scalar("span", d), w.pick("+", "-"), w.scalar("span", d)))
}

func (w *writer) truth(d int) string {
	kind := w.pick("bool", "string", "int", "double", "time", "span")
	switch w.pick("logic", "logic", "logic", "not", "compare", "compare", "equal", "in", "text", "has", "loop", "loop", "call") {
	case "logic":
		return fmt.Sprintf("(%s %s %s)", w.scalar("bool", d), w.pick("&&", "||"), w.scalar("bool", d))
	case "not":
		return "!" + w.scalar("bool", d)
	case "compare":
		return fmt.Sprintf("(%s %s %s)", w.scalar(kind, d), w.pick("<", "<=", ">", ">="), w.scalar(kind, d))
	case "equal":
		return fmt.Sprintf("(%s %s %s)", w.scalar(kind, d), w.pick("==", "!="), w.scalar(kind, d))
	case "in":
		return fmt.Sprintf("(%s in %s)", w.scalar(kind, d), w.list(kind, d))
	case "text":
		return w.pick(
			fmt.Sprintf("%s.%s(%s)", w.scalar("string", d), w.pick("startsWith", "endsWith", "contains"), w.scalar("string", d)),
			fmt.Sprintf("%s.matches(%s)", w.scalar("string", d), w.pick(`"^[a-c]+$"`, `"."`, `"a|é"`)))
	case "has":
		return fmt.Sprintf("has(%s.%s)", w.object("paper", d), w.pick("id", "code", "count"))
	case "call":
		return w.pick(fmt.Sprintf("even(%s)", w.scalar("string", d)),
			fmt.Sprintf("prefix(%s, %s)", w.scalar("string", d), w.scalar("string", d)))
	}
	return w.loop(w.pick("all", "exists", "exists_one"), w.item(), "bool", d)
}

// loop writes list.macro(x, body). Nesting is bounded by the engine, so loops nest only so far.
func (w *writer) loop(macro, item, body string, d int) string {
	if len(w.vars) >= MaxNesting-2 {
		return w.leaf(body)
	}
	over := w.list(item, d)
	name := w.pick("x", "y", "doc", "z")
	w.vars = append(w.vars, writerVar{name, item})
	inner := w.scalar(body, d)
	w.vars = w.vars[:len(w.vars)-1]
	return fmt.Sprintf("%s.%s(%s, %s)", over, macro, name, inner)
}

func (w *writer) list(item string, d int) string {
	options := []string{"leaf", "leaf"}
	if d > 0 && len(w.vars) < MaxNesting-2 {
		options = append(options, "filter", "map", "conditional")
	}
	switch w.pick(options...) {
	case "filter":
		return w.loop2("filter", item, item, d-1)
	case "map":
		if item != "part" && item != "paper" {
			return w.loop2("map", w.item(), item, d-1)
		}
		if item == "paper" {
			return w.loop2("map", "part", item, d-1)
		}
	case "conditional":
		return fmt.Sprintf("(%s ? %s : %s)", w.scalar("bool", d-1), w.list(item, d-1), w.list(item, d-1))
	}
	switch item {
	case "bool":
		return w.pick("[true]", fmt.Sprintf("[%s, %s]", w.leaf("bool"), w.leaf("bool")))
	case "time":
		return w.pick(w.doc()+".stamps", fmt.Sprintf("[%s, %s]", w.leaf("time"), w.leaf("time")))
	case "span":
		return fmt.Sprintf("[%s, %s]", w.leaf("span"), w.leaf("span"))
	case "string":
		return w.pick(`[["a"], ["b", "doc"]][`+w.leaf("int")+`]`, w.doc()+".parts.map(z, z.tags)[0]", `["a", "b", "doc"]`, fmt.Sprintf("[%s, %s]", w.leaf("string"), w.leaf("string")), w.object("part", d)+".tags")
	case "int":
		return w.pick("[1, 2, 3]", w.doc()+".counts", fmt.Sprintf("[%s]", w.leaf("int")), "[1,2,3,4,5,6,7,8,9,10]")
	case "double":
		return w.pick("[1.0, 0.5]", w.doc()+".masses", fmt.Sprintf("[%s, %s]", w.leaf("double"), w.leaf("double")))
	case "paper":
		return w.pick(w.object("part", d)+".papers", fmt.Sprintf("[%s, %s]", w.object("paper", d-1), w.object("paper", d-1)))
	}
	return w.doc() + ".parts"
}

func (w *writer) loop2(macro, item, value string, d int) string {
	over := w.list(item, d)
	name := w.pick("x", "y", "z")
	w.vars = append(w.vars, writerVar{name, item})
	defer func() { w.vars = w.vars[:len(w.vars)-1] }()
	if macro == "filter" {
		return fmt.Sprintf("%s.filter(%s, %s)", over, name, w.scalar("bool", d))
	}
	body := ""
	if value == "paper" {
		body = w.object("paper", d)
	} else {
		body = w.scalar(value, d)
	}
	if w.pick("plain", "kept") == "kept" {
		body = w.scalar("bool", d) + ", " + body
	}
	return fmt.Sprintf("%s.map(%s, %s)", over, name, body)
}

// doc is the document, unless a loop's variable hides it.
func (w *writer) doc() string {
	for _, v := range w.vars {
		if v.name == "doc" {
			return ".doc"
		}
	}
	return "doc"
}

func (w *writer) object(kind string, d int) string {
	options := w.names(kind)
	if kind == "paper" {
		options = append(options, w.doc()+".owner", w.object("part", d)+".owner")
		if d > 0 {
			options = append(options, w.object("part", d-1)+".papers["+w.leaf("int")+"]")
		}
	} else {
		options = append(options, w.doc()+".parts["+w.pick("0", "1", "2")+"]")
	}
	return w.pick(options...)
}

func (w *writer) leaf(kind string) string {
	options := w.names(kind)
	doc := w.doc()
	switch kind {
	case "bool":
		options = append(options, "true", "false", doc+".ready", w.object("part", 0)+".fresh", "has("+doc+".code)", "has("+doc+".ready)",
			"has("+doc+".name)", "has("+doc+".owner.id)", "has("+doc+".parts)", "has("+w.object("part", 0)+".owner.count)")
	case "string":
		options = append(options, `""`, `"a"`, `"Aé"`, doc+".name", doc+".code", w.object("paper", 0)+".id", w.object("paper", 0)+".code",
			w.object("part", 0)+".name", w.object("part", 0)+".initial", doc+".boss.id")
	case "int":
		options = append(options, "0", "1", "-1", "2", "9223372036854775807", "-9223372036854775807", doc+".small", doc+".big",
			w.object("part", 0)+".number", w.object("paper", 0)+".count")
	case "double":
		options = append(options, "0.0", "1.5", "-2.0", "1e300", doc+".ratio", doc+".gross", w.object("part", 0)+".mass",
			w.object("part", 0)+".net", w.object("part", 0)+".double")
	case "time":
		options = append(options, "now", doc+".seen", doc+".due", doc+".boss.seen", `timestamp("2026-01-01T00:00:00+08:00")`)
	case "span":
		options = append(options, `duration("1h")`, `duration("-90m")`, `duration("2000000h")`)
	}
	return w.pick(options...)
}
