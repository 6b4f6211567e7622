//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/bench/load"
)

// The servers, in the order of the tables.
const (
	reference = "reference"
	ours      = "us"
	earlier   = "before"
	bare      = "floor"
)

// bench is one database's measurement.
type bench struct {
	settings
	dir      string
	database string
	out      io.Writer
	cookies  map[string]string // by setup
	people   people
	client   client // of the setup with the identity provider
	measured []measured
	lives    []life
}

// measured holds the runs of one case on one server.
type measured struct {
	kase, server string
	runs         []sample
}

// sample is one run.
type sample struct {
	rate     float64       // answers per second
	p50, p99 time.Duration // time of an answer
	cpu      time.Duration // processor time of the server per answer
}

// life holds the measurements of a process from start to end of a setup.
type life struct {
	server, setup string
	started       time.Duration
	idle, loaded  memory
}

func (b *bench) servers() []string {
	list := []string{ours, bare}
	if b.before != "" {
		list = append([]string{earlier}, list...)
	}
	if b.node != "" {
		list = append([]string{reference}, list...)
	}
	return list
}

// start starts a server in a setup.
func (b *bench) start(ctx context.Context, name, setup string) (*process, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	env := []string{"BENCH_DATABASE=" + b.database, "BENCH_LISTEN=" + address, "BENCH_SECRET=" + secret, "BENCH_SETUP=" + setup, "NODE_ENV=production"}
	switch name {
	case bare:
		return launch(ctx, name, address, env, b.floor)
	case reference:
		return b.startReference(ctx, address, env)
	}
	file := filepath.Join(b.dir, setup+".yaml")
	text := config(b.database, address, setup)
	if name == ours {
		text += pagesOn
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return nil, err
	}
	binary := b.ours
	if name == earlier {
		binary = b.before
	}
	return launch(ctx, name, address, env, binary, "serve", "--config", file, "--listen", address)
}

func (b *bench) startReference(ctx context.Context, address string, env []string) (*process, error) {
	return launch(ctx, reference, address, env, nodeBinary(b.node), "--disable-warning=ExperimentalWarning", filepath.Join(b.node, "server.mjs"))
}

// nodeBinary returns the Node of a folder, or the installed one.
func nodeBinary(folder string) string {
	if found, _ := filepath.Glob(filepath.Join(folder, "node_modules/node-linux-*/bin/node")); len(found) > 0 {
		return found[0]
	}
	return "node"
}

// prepare creates the tables, a user, and the cookies of a session for each
// setup.
func (b *bench) prepare(ctx context.Context) error {
	file := filepath.Join(b.dir, "migrate.yaml")
	if err := os.WriteFile(file, []byte(config(b.database, "127.0.0.1:3210", providers)), 0o600); err != nil {
		return err
	}
	if text, err := exec.CommandContext(ctx, b.ours, "migrate", "--config", file).CombinedOutput(); err != nil {
		return fmt.Errorf("migrate: %w\n%s", err, text)
	}
	if err := b.register(ctx, file); err != nil {
		return err
	}
	b.cookies = map[string]string{}
	for i, setup := range setups {
		p, err := b.start(ctx, ours, setup)
		if err != nil {
			return err
		}
		path, body := "/sign-in/email", `{"email":"`+email+`","password":"`+password+`"}`
		if i == 0 {
			path, body = "/sign-up/email", `{"name":"Ada Lovelace","email":"`+email+`","password":"`+password+`"}`
		}
		b.cookies[setup], err = signIn(ctx, p, path, body)
		p.stop()
		if err != nil {
			return err
		}
	}
	return nil
}

func signIn(ctx context.Context, p *process, path, body string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+p.address+"/api/auth"+path, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", agent)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	text, _ := io.ReadAll(res.Body)
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s: %s %s\n%s", path, res.Status, text, p.said())
	}
	return cookiesOf(res), nil
}

// runSetup runs the cases of a setup on all servers in turns.
func (b *bench) runSetup(ctx context.Context, setup string) error {
	todo := slices.DeleteFunc(slices.Clone(cases), func(k kase) bool { return k.setup != setup || !b.wanted(k.name) })
	if len(todo) == 0 {
		return nil
	}
	var running []*process
	defer func() {
		for _, p := range running {
			p.stop()
		}
	}()
	for _, name := range b.servers() {
		p, err := b.start(ctx, name, setup)
		if err != nil {
			return err
		}
		running = append(running, p)
	}
	time.Sleep(time.Second)
	for _, p := range running {
		var err error
		if p.idle, err = p.memory(); err != nil {
			return err
		}
	}
	for _, k := range todo {
		if err := b.runCase(ctx, k, running); err != nil {
			return fmt.Errorf("%s: %w", k.name, err)
		}
	}
	for _, p := range running {
		loaded, err := p.memory()
		if err != nil {
			return err
		}
		b.lives = append(b.lives, life{p.name, setup, p.started, p.idle, loaded})
	}
	return nil
}

func (b *bench) wanted(name string) bool {
	return b.only == "" || slices.ContainsFunc(strings.Split(b.only, ","), func(part string) bool { return strings.Contains(name, part) })
}

// runCase runs a case on each server in turn, so that other activity on the
// machine affects all of them. The first, longer turn is a warm-up and is not
// counted.
func (b *bench) runCase(ctx context.Context, k kase, running []*process) error {
	results := make([]measured, len(running))
	for turn := -1; turn < b.runs; turn++ {
		for i := range running {
			// Each turn begins with another server.
			i = (i + max(turn, 0)) % len(running)
			s, err := b.measure(ctx, k, running[i], running)
			if err != nil {
				return fmt.Errorf("%s: %w", running[i].name, err)
			}
			if turn >= 0 {
				results[i].runs = append(results[i].runs, s)
			}
			results[i].kase, results[i].server = k.name, running[i].name
		}
	}
	b.measured = append(b.measured, results...)
	return nil
}

func (b *bench) measure(ctx context.Context, k kase, p *process, running []*process) (sample, error) {
	bounds := load.Bounds{Connections: b.connections, Requests: 200_000, Time: b.time}
	if k.password {
		bounds.Time *= 2
	}
	var f flow
	if k.flow != nil {
		us := running[slices.IndexFunc(running, func(p *process) bool { return p.name == ours })]
		var err error
		if f, err = k.flow(b, ctx, us); err != nil {
			return sample{}, err
		}
		if f.once {
			bounds.Requests = len(f.bodies)
		}
	}
	before, err := p.cpu()
	if err != nil {
		return sample{}, err
	}
	r, err := load.Run(ctx, b.request(k, p, f), bounds)
	if err != nil {
		return sample{}, err
	}
	after, err := p.cpu()
	if err != nil {
		return sample{}, err
	}
	if r.Failed+r.Lost > 0 || r.Requests == 0 {
		return sample{}, fmt.Errorf("%d lost, %d failed: %s\n%s", r.Lost, r.Failed, r.FirstBad, p.said())
	}
	return sample{rate: r.Rate(), p50: r.P50, p99: r.P99, cpu: (after - before) / time.Duration(r.Requests)}, nil
}
