package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/text"
	"github.com/guomen/guomen/internal/web"
	"github.com/guomen/guomen/port"
	"github.com/guomen/guomen/registry"
	"github.com/guomen/guomen/simulator"
)

// demoFactor is how much faster than life the demonstration runs unless told otherwise: a truck's half day at the port
// passes in some ten minutes.
const demoFactor = 60

// runDemo runs the whole platform on an embedded database with simulated live traffic.
func runDemo(ctx context.Context, args []string, out io.Writer) error {
	f := flags("demo", "[flags]")
	data := f.String("data", "", "folder for the database and tokens.json; default: a temporary one, removed at the end")
	listen := f.String("listen", "127.0.0.1:8080", "address to listen on")
	speed := f.Float64("speed", demoFactor, "simulated seconds in a second; 0: no traffic")
	seed := f.Uint64("seed", 1, "seed of the traffic")
	places := f.String("ports", "", "ports with traffic, with commas between; default: every open road and rail port")
	tale := f.String("story", "", "tell a story beside the traffic (--speed 0: instead of it), step by step; help lists them")
	pace := f.Duration("story-pace", 8*time.Second, "time between a story's steps where standard input is no terminal")
	language := f.String("language", string(text.Chinese), "language of a story: zh-CN or en")
	verbose := f.Bool("v", false, "log every request")
	if err := parse(f, args, 0, 0); err != nil {
		return err
	}
	teller, err := newTelling(*tale, *pace, text.Choose(*language), os.Stdin, os.Stderr)
	if err != nil {
		return err
	}
	if *tale == "help" {
		return teller.list(out)
	}
	level := "warn"
	if *verbose {
		level = "debug"
	}
	log, err := newLog(level)
	if err != nil {
		return err
	}
	dir := *data
	if dir == "" {
		if dir, err = os.MkdirTemp("", "guomen-demo-"); err != nil {
			return errs.Wrap(errs.Unavailable, err, "make a temporary folder")
		}
		defer os.RemoveAll(dir)
	} else if err := os.MkdirAll(dir, 0o750); err != nil {
		return errs.Wrap(errs.Unavailable, err, "make %s", dir)
	}
	p, err := openPlatform(ctx, "sqlite:"+filepath.Join(dir, "guomen.db"), config{Hash: ledger.SHA256, Cipher: ledger.AES256GCM}, log)
	if err != nil {
		return err
	}
	defer func() { _ = p.close() }()
	tokens, err := demoTokens(ctx, p)
	if err != nil {
		return err
	}
	if err := demoHours(ctx, p); err != nil {
		return err
	}
	file := filepath.Join(dir, "tokens.json")
	if err := writeTokens(file, tokens.main); err != nil {
		return err
	}
	s, err := newSite(p, siteConfig{
		Visitor: identity.Principal{Organisation: "region-inner-mongolia", Role: identity.Region, Person: "visitor"},
		Demo:    web.Demo{Note: demoNote(*speed), TokenFile: file, Roles: tokens.offered()},
	})
	if err != nil {
		return err
	}
	p.run(ctx)
	simulation, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer func() { // the platform closes behind its traffic
		stop()
		running.Wait()
	}()
	return s.listen(ctx, *listen, func(url string) {
		fmt.Fprintf(os.Stderr, "国门 Guomen demo: %s  (tokens: %s)\n", url, file)
		var traffic *simulator.Simulator
		if *speed > 0 {
			traffic, err = simulator.New(simulator.Config{Server: local(url), Tokens: tokens.find, Seed: *seed, Speed: *speed, Ports: portsOf(*places), Start: workingHour(time.Now()), Log: log})
			if err != nil {
				log.Error("there is no simulation", "error", err)
			} else {
				running.Go(func() {
					if err := traffic.Run(simulation); err != nil && simulation.Err() == nil {
						log.Error("the simulation has stopped", "error", err)
					}
				})
			}
		}
		if *tale != "" {
			running.Go(func() {
				if err := teller.tell(simulation, url, tokens.find, traffic); err != nil {
					log.Error("the story has stopped", "error", err)
				}
			})
		}
	})
}

// demoNote says on every page what of it is made up: how fast time runs, and how many vehicles do what is not the rule.
func demoNote(speed float64) web.Words {
	if speed <= 0 {
		return web.Said("shell.demo.quiet")
	}
	rates := simulator.DefaultRates()
	percent := func(share simulator.Sourced[float64]) string { return strconv.FormatFloat(share.Value*100, 'g', 3, 64) }
	return web.Said("shell.demo.note", strconv.FormatFloat(speed, 'g', -1, 64), percent(rates.Inspected), percent(rates.Held), percent(rates.WeightOff), percent(rates.NoShow), percent(rates.Unannounced))
}

// portsOf takes a list of ports apart.
func portsOf(list string) (ids []port.PortID) {
	for one := range strings.SplitSeq(list, ",") {
		if one = strings.TrimSpace(one); one != "" {
			ids = append(ids, port.PortID(one))
		}
	}
	return ids
}

// demoHours records freight hours for the open road ports, whose real ones were mostly not found: round the clock, so
// that traffic at any hour is lawful. The source of each is demo, and pages say so.
func demoHours(ctx context.Context, p *platform) error {
	var facts []registry.Fact
	state, now := p.registry(), p.engine.Now()
	for _, one := range state.Ports() {
		if one.Mode != port.Road || state.OverallOn(one.ID, registry.DayOf(now)) != registry.StatusOpen || state.OpenAt(one.ID, registry.Freight, port.Import, now) == registry.OpeningOpen {
			continue
		}
		facts = append(facts, registry.HoursSet{
			Port: one.ID, Side: registry.SideHere, Scope: registry.Scope{Traffic: registry.Freight}, Zone: "Asia/Shanghai", Kind: registry.HoursAllDay,
			Provenance: registry.Provenance{Source: "demo", Note: "made up for the demonstration"},
		})
	}
	if len(facts) == 0 {
		return nil
	}
	number, _ := p.engine.Number(regionLedger)
	_, err := p.engine.Submit(ctx, ledger.Command{
		ID: newID(number), Ledger: regionLedger, Actor: ledger.Actor{Organisation: "guomen", Role: "demo"}, Priority: ledger.Lodgement, Do: loadFacts{facts},
	})
	if err != nil {
		return err
	}
	return p.readRegion(ctx, 0)
}

// workingHour is the simulated hour at which the traffic begins: ten in the morning in Beijing, when every gate is open
// and the lanes are full, whatever the hour at which somebody wants to see it.
func workingHour(now time.Time) time.Time {
	day := now.In(beijing)
	return time.Date(day.Year(), day.Month(), day.Day(), 10, 0, 0, 0, beijing)
}

// local is the address by which the simulation, in the same process, reaches a server that listens everywhere.
func local(url string) string {
	host, number, err := net.SplitHostPort(strings.TrimPrefix(url, "http://"))
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		return "http://127.0.0.1:" + number
	}
	return url
}

// demoPort is the port that tokens.json's officers belong to: the busiest.
const demoPort port.PortID = "ganqimaodu-road"

// tokenSet is the tokens of a demonstration: main are those for people, one a role; ports those of the simulated
// officers and devices.
type tokenSet struct {
	main map[identity.Role]string
	all  map[tokenKey]string
}

type tokenKey struct {
	role identity.Role
	port port.PortID
}

// find is how the simulation gets its tokens: of a role at a port, or of a role that belongs to no port.
func (t tokenSet) find(role string, at port.PortID) string {
	if token, ok := t.all[tokenKey{identity.Role(role), at}]; ok {
		return token
	}
	return t.all[tokenKey{identity.Role(role), ""}]
}

func (t tokenSet) offered() []web.DemoRole {
	var list []web.DemoRole
	for _, role := range identity.Roles() {
		if token, ok := t.main[role]; ok && role != identity.Device && role != identity.CustomsSystem {
			list = append(list, web.DemoRole{Name: web.Said(role.TextKey()), Token: token})
		}
	}
	return list
}

// demoTokens gives every role and every carrier of the simulation a token, and the simulated officers and devices of every
// road and rail port one each. They are
// made anew at every start: only their hashes are kept.
func demoTokens(ctx context.Context, p *platform) (tokenSet, error) {
	set := tokenSet{main: map[identity.Role]string{}, all: map[tokenKey]string{}}
	var issued []identity.TokenIssued
	give := func(role identity.Role, organisation, person string, at port.PortID) string {
		secret := identity.NewToken()
		issued = append(issued, identity.TokenIssued{Hash: identity.HashToken(secret), Organisation: organisation, Role: role, Person: person, Port: at})
		return secret
	}
	state := p.registry()
	for _, role := range identity.Roles() {
		organisation, at := "demo-"+string(role), port.PortID("")
		switch {
		case len(role.Functions()) > 0:
			at = demoPort
			organisation = officeOf(state, at, role)
		case role == identity.Device:
			at = demoPort
		case role == identity.CustomsSystem:
			organisation = "outside-customs-system"
		}
		set.main[role] = give(role, organisation, "demo "+string(role), at)
		if at == "" {
			set.all[tokenKey{role, ""}] = give(role, "simulated-"+string(role), "simulation", "")
		}
	}
	for _, firm := range simulator.DefaultProfile().Carriers {
		set.all[tokenKey{identity.Role(firm.Role()), ""}] = give(identity.Carrier, "carrier-"+firm.Key, "simulation", "")
	}
	for _, one := range state.Ports() {
		if one.Mode == port.Air {
			continue
		}
		for _, role := range identity.Roles() {
			if len(role.Functions()) > 0 || role == identity.Device {
				set.all[tokenKey{role, one.ID}] = give(role, officeOf(state, one.ID, role), "simulation", one.ID)
			}
		}
	}
	return set, p.issueTokens(ctx, setup, issued)
}

// officeOf is the organisation that acts in a role at a port.
func officeOf(state *registry.State, at port.PortID, role identity.Role) string {
	for _, function := range role.Functions() {
		if organisation, ok := state.Owner(at, function); ok {
			return string(organisation)
		}
	}
	return string(role) + "-" + string(at.Site())
}

// writeTokens writes {role: token}, readable by its owner only.
func writeTokens(path string, tokens map[identity.Role]string) error {
	data, err := json.Marshal(tokens, json.Deterministic(true), jsontext.Multiline(true))
	if err != nil {
		return err
	}
	return errs.Wrap(errs.Unavailable, os.WriteFile(path, append(data, '\n'), 0o600), "write %s", path)
}
