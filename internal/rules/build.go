package rules

import (
	"reflect"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"
)

var scopeType = reflect.TypeFor[Scope]()

// builder compiles clauses and gathers what is wrong with them.
type builder struct {
	schema       *Schema
	scope        *typ
	environments map[string]*environment
	clauses      []*clause
	wrong        []error
}

// environment is what the expressions of clauses with one subject and one list see.
type environment struct {
	cel       *cel.Env
	variables map[string]variable
	walk      *walk
}

// rule is a clause that is being compiled.
type rule struct {
	*builder
	*source
	*file
	entry *Entry
}

// add compiles one file.
func (b *builder) add(entry *Entry) {
	source, read, err := parse(entry.File, entry.Data)
	if err != nil {
		b.wrong = append(b.wrong, err)
		return
	}
	if entry.Mode != "" {
		read.Mode = entry.Mode
	}
	before := len(b.wrong)
	r := rule{b, source, read, entry}
	r.words()
	compiled := &clause{Clause: *read.clause(entry.File)}
	r.dates(compiled)
	r.goods(compiled)
	r.demands(compiled)
	if env := r.environment(); env != nil {
		compiled.walk = env.walk
		if condition := r.expression(env, "when", read.When); condition.kind == boolKind {
			compiled.when = condition.b
		} else if condition.kind != 0 {
			r.fail("when", "a condition is a bool, not a %s", condition.kind)
		}
		r.problem(env, compiled)
		r.within(env, compiled)
	}
	if len(b.wrong) == before {
		b.clauses = append(b.clauses, compiled)
	}
}

func (r rule) fail(key, message string, args ...any) {
	r.wrong = append(r.wrong, r.errorAt(key, message, args...))
}

// environment finds or makes what the clause's expressions see.
func (r rule) environment() *environment {
	key := r.Subject + " " + r.Each
	if known := r.environments[key]; known != nil {
		return known
	}
	about := r.schema.subjects[r.Subject]
	if about == nil {
		r.fail("subject", "there is no subject %q", r.Subject)
		return nil
	}
	if len(r.Scope.Goods) > 0 && about.goods == nil {
		r.fail("scope.goods", "a %s has no goods", r.Subject)
	}
	root := about.root
	made := &environment{variables: map[string]variable{
		r.Subject: {rootSlot, root}, "scope": {scopeSlot, r.scope}, "now": {nowSlot, timeCell}}}
	if r.Each != "" {
		if made.walk = walkOf(root, r.Each); made.walk == nil {
			r.fail("each", "%s has no list %s, or more than %d in one another", r.Subject, r.Each, maxEach)
			return nil
		}
		made.variables["item"] = variable{itemSlot, made.walk.item()}
		for i := range made.walk.hops {
			made.variables[indexNames[i]] = variable{firstIndexSlot + i, intCell}
		}
	}
	types := map[string]*typ{}
	for name, v := range made.variables {
		types[name] = v.t
	}
	var err error
	if made.cel, err = r.schema.environment(types); err != nil {
		r.fail("subject", "%v", err)
		return nil
	}
	r.environments[key] = made
	return made
}

// expression checks and compiles one CEL expression; kind 0 where that failed.
func (r rule) expression(env *environment, key, text string) code {
	switch {
	case strings.TrimSpace(text) == "":
		r.fail(key, "an expression is missing")
		return code{}
	case len(text) > MaxExpression:
		r.fail(key, "an expression has at most %d bytes", MaxExpression)
		return code{}
	case r.folded(key):
		r.fail(key, "an expression of several lines is written with |, which keeps them")
		return code{}
	}
	checked, issues := env.cel.Compile(text)
	if issues.Err() != nil {
		for _, issue := range issues.Errors() {
			r.wrong = append(r.wrong, r.errorIn(key, issue.Location.Line(), issue.Location.Column()+1, issue.Message))
		}
		return code{}
	}
	compiled, err := r.schema.compile(checked, env.variables)
	if err != nil {
		line, column := 1, 1
		if u, ok := err.(unsupported); ok {
			line, column = u.at.Line(), u.at.Column()+1
		}
		r.wrong = append(r.wrong, r.errorIn(key, line, column, err.Error()))
		return code{}
	}
	return compiled
}

// problem compiles what a problem says of its place.
func (r rule) problem(env *environment, c *clause) {
	if c.Problem == nil {
		return
	}
	levels := 0
	if env.walk != nil {
		levels = len(env.walk.hops)
	}
	var ok bool
	if c.path, ok = pathOf(r.schema.subjects[r.Subject].root, c.Problem.Path, levels); !ok {
		r.fail("demands.problem.path", "%s has no place %q", r.Subject, c.Problem.Path)
	}
	for i, arg := range c.Problem.Args {
		value := r.expression(env, "demands.problem.args["+strconv.Itoa(i)+"]", arg)
		switch value.kind {
		case stringKind:
			c.args = append(c.args, value.s)
		case intKind:
			c.args = append(c.args, func(f *frame) (string, bool) {
				v, ok := value.n(f)
				return strconv.FormatInt(v, 10), ok
			})
		case doubleKind:
			c.args = append(c.args, func(f *frame) (string, bool) {
				v, ok := value.d(f)
				return strconv.FormatFloat(v, 'f', -1, 64), ok
			})
		case 0:
		default:
			r.fail("demands.problem.args", "a %s cannot be shown", value.kind)
		}
	}
}

// within compiles the span of a clock that is configuration.
func (r rule) within(env *environment, c *clause) {
	if c.Deadline == nil || c.Deadline.Within == "" {
		return
	}
	value := r.expression(env, "demands.deadline.within", c.Deadline.Within)
	switch value.kind {
	case spanKind:
		c.within = value.n
	case 0:
	default:
		r.fail("demands.deadline.within", "a span is a duration, not a %s", value.kind)
	}
}
