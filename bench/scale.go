//go:build linux

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/seed-32bd42cb/betterauth/bench/scale"
)

// scaling compares a large site with a small one: the same server over two
// databases of one PostgreSQL, which get requests of the same kind in turns.
type scaling struct {
	settings
	size, base string
	seed       uint64
	fillOnly   bool
	tenants    bool

	dir      string
	sites    []*site
	client   http.Client
	measured []comparison
}

// comparison holds the times of the answers of one case, by site.
type comparison struct {
	name string
	ours [][]time.Duration
	node [][]time.Duration
}

// site is a filled database and the server over it.
type site struct {
	scale.Data
	size   string
	url    string
	config string // path of the config file
	server *process
	node   *process // the reference, or nil
}

func mainScale(args []string) {
	s := scaling{}
	f := flag.NewFlagSet("scale", flag.ExitOnError)
	f.StringVar(&s.size, "size", "100%", "size of the large site; 100% has a million users")
	f.StringVar(&s.base, "base", "1%", "size of the small site")
	f.Uint64Var(&s.seed, "seed", 1, "the same seed gives the same rows")
	f.DurationVar(&s.time, "time", 15*time.Second, "of each case")
	f.StringVar(&s.only, "only", "", "comma-separated substrings of cases to run")
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
	at := &site{size: size}
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
	at.config = file
	if text, err := exec.CommandContext(ctx, s.ours, "migrate", "--config", file).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("migrate: %w\n%s", err, text)
	}
	fmt.Fprintf(os.Stderr, "== %s: %d users, %d sessions, %d organizations, %d keys ==\n", size, at.Users, at.Sessions, at.Organizations, at.Keys)
	if err := at.Fill(ctx, at.url, os.Stderr); err != nil {
		return nil, err
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

// execute runs one statement, which may be empty.
func execute(ctx context.Context, url, sql string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.PgConn().Exec(ctx, sql).ReadAll()
	return err
}

// measureAll runs the cases, and those of searches again with the indexes for them.
func (s *scaling) measureAll(ctx context.Context) error {
	for i, k := range scaleCases {
		if err := s.measure(ctx, k, fmt.Sprintf("%d of %d", i+1, len(scaleCases))); err != nil {
			return fmt.Errorf("%s: %w", k.name, err)
		}
	}
	for _, at := range s.sites {
		begin := time.Now()
		if text, err := exec.CommandContext(ctx, s.ours, "migrate", "--search-indexes", "--config", at.config).CombinedOutput(); err != nil {
			return fmt.Errorf("search indexes: %w\n%s", err, text)
		}
		fmt.Fprintf(os.Stderr, "search indexes at %s: %v\n", at.size, time.Since(begin).Round(100*time.Millisecond))
	}
	for _, k := range scaleCases {
		if strings.Contains(k.name, "search") {
			k.name += ", indexed"
			if err := s.measure(ctx, k, "again"); err != nil {
				return fmt.Errorf("%s: %w", k.name, err)
			}
		}
	}
	return nil
}

func (s *scaling) wanted(k scaleCase) bool {
	if k.organization() && !s.tenants {
		return false
	}
	return s.only == "" || slices.ContainsFunc(strings.Split(s.only, ","), func(part string) bool { return strings.Contains(k.name, part) })
}

// measure sends the requests of a case to the sites in turns, one by one over one
// connection to each, so that other activity on the machine affects all of them.
// The first tenth is a warm-up and is not counted.
func (s *scaling) measure(ctx context.Context, k scaleCase, label string) error {
	if !s.wanted(k) {
		return nil
	}
	fmt.Fprintf(os.Stderr, "%s: %s\n", label, k.name)
	m := comparison{name: k.name, ours: make([][]time.Duration, len(s.sites)), node: make([][]time.Duration, len(s.sites))}
	begin := time.Now()
	for n := 0; ; n++ {
		passed := time.Since(begin)
		if passed > s.time || ctx.Err() != nil {
			break
		}
		for j, at := range s.sites {
			took, err := s.once(ctx, k, at, at.server, n)
			if err != nil {
				return err
			}
			if passed > s.time/10 {
				m.ours[j] = append(m.ours[j], took)
			}
			// The reference takes longer, and fewer answers are enough for a median.
			if at.node == nil || k.oursOnly || n%4 > 0 {
				continue
			}
			if took, err = s.once(ctx, k, at, at.node, n); err != nil {
				return err
			}
			if passed > s.time/10 {
				m.node[j] = append(m.node[j], took)
			}
		}
	}
	s.measured = append(s.measured, m)
	return ctx.Err()
}

func (s *scaling) once(ctx context.Context, k scaleCase, at *site, p *process, n int) (time.Duration, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.address+"/api/auth"+k.path, nil)
	if err != nil {
		return 0, err
	}
	k.prepare(at, n, req)
	begin := time.Now()
	res, err := s.client.Do(req)
	if err != nil {
		return 0, err
	}
	body, err := io.ReadAll(res.Body)
	took := time.Since(begin)
	if err = errors.Join(err, res.Body.Close()); err == nil && (res.StatusCode != http.StatusOK || string(body) == "null") {
		err = fmt.Errorf("%s at %s: %s %.300s\n%s", p.name, at.size, res.Status, body, p.said())
	}
	return took, err
}
