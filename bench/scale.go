//go:build linux

package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/seed-32bd42cb/betterauth/bench/load"
	"github.com/seed-32bd42cb/betterauth/bench/scale"
)

// scaling compares a large site with a small one: the same server over two
// databases of one PostgreSQL, which get the same requests in turns.
type scaling struct {
	settings
	size, base string
	seed       uint64
	sql        string
	fillOnly   bool
	tenants    bool

	dir   string
	sites []*site
}

// site is a filled database and the server over it.
type site struct {
	scale.Data
	size     string
	url      string
	server   *process
	node     *process // the reference, or nil
	measured map[string]*samples
}

type samples struct{ ours, node []sample }

func mainScale(args []string) {
	s := scaling{}
	f := flag.NewFlagSet("scale", flag.ExitOnError)
	f.StringVar(&s.size, "size", "100%", "size of the large site; 100% has a million users")
	f.StringVar(&s.base, "base", "1%", "size of the small site")
	f.Uint64Var(&s.seed, "seed", 1, "the same seed gives the same rows")
	f.IntVar(&s.runs, "runs", 5, "measured runs of each case on each site, in turns")
	f.DurationVar(&s.time, "time", 3*time.Second, "of one run")
	f.IntVar(&s.connections, "connections", 2, "kept-alive connections")
	f.StringVar(&s.only, "only", "", "comma-separated substrings of cases to run")
	f.StringVar(&s.sql, "sql", "", "file with SQL to run on each database before measuring, such as further indexes")
	f.StringVar(&s.ours, "ours", "", "the betterauth binary (scale.sh builds it)")
	f.StringVar(&s.node, "node", "", "folder of the reference, after npm ci; empty leaves it out")
	f.StringVar(&s.output, "output", "", "write the table to this file too")
	f.BoolVar(&s.fillOnly, "fill", false, "only fill the databases, print their addresses and keep them until interrupted")
	f.BoolVar(&s.tenants, "organization", true, "with the plugin organization, which older servers do not have")
	_ = f.Parse(args) // exits
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := s.run(ctx); err != nil {
		log.Fatal(err)
	}
}

func (s *scaling) run(ctx context.Context) (err error) {
	if s.dir, err = os.MkdirTemp("", "scale"); err != nil {
		return err
	}
	defer os.RemoveAll(s.dir)
	if err := os.Chmod(s.dir, 0o755); err != nil { // PostgreSQL's account needs access
		return err
	}
	// Not the locale C, in which an index serves more searches than in that of a
	// usual database.
	db, err := startPostgres(ctx, s.dir, "C.UTF-8")
	if err != nil {
		return err
	}
	defer db.close()
	for _, size := range []string{s.base, s.size} {
		made, err := s.make(ctx, db.url, size)
		if err != nil {
			return fmt.Errorf("%s: %w", size, err)
		}
		defer made.stop()
		s.sites = append(s.sites, made)
	}
	if s.fillOnly {
		for _, at := range s.sites {
			fmt.Println(at.size, at.url)
		}
		<-ctx.Done()
		return nil
	}
	var out io.Writer = os.Stdout
	if s.output != "" {
		file, err := os.Create(s.output)
		if err != nil {
			return err
		}
		defer file.Close()
		out = io.MultiWriter(os.Stdout, file)
	}
	if err := s.measureAll(ctx); err != nil {
		return err
	}
	return s.print(out)
}

// share reads a size such as 1%.
func share(size string) (float64, error) {
	percent, err := strconv.ParseFloat(strings.TrimSuffix(size, "%"), 64)
	return percent / 100, err
}

// make fills a new database and starts a server over it.
func (s *scaling) make(ctx context.Context, server, size string) (*site, error) {
	part, err := share(size)
	if err != nil {
		return nil, err
	}
	at := &site{size: size, measured: map[string]*samples{}}
	if at.Data, err = scale.New(part, s.seed); err != nil {
		return nil, err
	}
	name := fmt.Sprintf("site%d", len(s.sites))
	if err := execute(ctx, server, "CREATE DATABASE "+name); err != nil {
		return nil, err
	}
	at.url = strings.Replace(server, "/postgres?", "/"+name+"?", 1)
	file := filepath.Join(s.dir, name+".yaml")
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(file, []byte(scaleConfig(at.url, address, s.tenants)), 0o600); err != nil {
		return nil, err
	}
	if text, err := exec.CommandContext(ctx, s.ours, "migrate", "--config", file).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("migrate: %w\n%s", err, text)
	}
	fmt.Fprintf(os.Stderr, "== %s: %d users, %d sessions, %d organizations, %d keys ==\n", size, at.Users, at.Sessions, at.Organizations, at.Keys)
	if err := at.Fill(ctx, at.url, os.Stderr); err != nil {
		return nil, err
	}
	if s.sql != "" {
		text, err := os.ReadFile(s.sql)
		if err != nil {
			return nil, err
		}
		begin := time.Now()
		if err := execute(ctx, at.url, string(text)); err != nil {
			return nil, err
		}
		fmt.Fprintf(os.Stderr, "%s: %v\n", s.sql, time.Since(begin).Round(100*time.Millisecond))
	}
	if s.fillOnly {
		return at, nil
	}
	if at.server, err = launch(ctx, ours, address, nil, s.ours, "serve", "--config", file, "--listen", address); err != nil {
		return nil, err
	}
	if s.node == "" {
		return at, nil
	}
	if address, err = freeAddress(); err != nil {
		return nil, err
	}
	env := []string{"BENCH_DATABASE=" + at.url, "BENCH_LISTEN=" + address, "BENCH_SECRET=" + secret, "NODE_ENV=production"}
	at.node, err = launch(ctx, reference, address, env, nodeBinary(s.node), filepath.Join(s.node, "scale.mjs"))
	return at, err
}

func (a *site) stop() {
	for _, p := range []*process{a.server, a.node} {
		if p != nil {
			p.stop()
		}
	}
}

// execute runs SQL, which may be several statements.
func execute(ctx context.Context, url, sql string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.PgConn().Exec(ctx, sql).ReadAll()
	return err
}

// measureAll runs each case on the sites in turns, so that other activity on the
// machine affects both. The first turn is a warm-up.
func (s *scaling) measureAll(ctx context.Context) error {
	for i, k := range scaleCases {
		if !s.wanted(k.name) || k.organization() && !s.tenants {
			continue
		}
		fmt.Fprintf(os.Stderr, "%d of %d: %s\n", i+1, len(scaleCases), k.name)
		for turn := -1; turn < s.runs; turn++ {
			for j := range s.sites {
				at := s.sites[(j+max(turn, 0))%len(s.sites)]
				if err := s.turn(ctx, at, k, turn < 0); err != nil {
					return fmt.Errorf("%s, %s: %w", k.name, at.size, err)
				}
			}
		}
	}
	return nil
}

func (s *scaling) wanted(name string) bool {
	return s.only == "" || slices.ContainsFunc(strings.Split(s.only, ","), func(part string) bool { return strings.Contains(name, part) })
}

// turn is one run of a case on a site, on our server and on the reference.
func (s *scaling) turn(ctx context.Context, at *site, k scaleCase, warm bool) error {
	kept := at.measured[k.name]
	if kept == nil {
		kept = &samples{}
		at.measured[k.name] = kept
	}
	for _, p := range []*process{at.server, at.node} {
		if p == nil {
			continue
		}
		one, err := s.once(ctx, at, k, p)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		switch {
		case warm:
		case p == at.server:
			kept.ours = append(kept.ours, one)
		default:
			kept.node = append(kept.node, one)
		}
	}
	return nil
}

func (s *scaling) once(ctx context.Context, at *site, k scaleCase, p *process) (sample, error) {
	before, err := p.cpu()
	if err != nil {
		return sample{}, err
	}
	r, err := load.Run(ctx, k.request(at, p), load.Bounds{Connections: s.connections, Requests: 200_000, Time: s.time})
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
