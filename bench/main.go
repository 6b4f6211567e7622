//go:build linux

// Command bench puts the same load on three servers over the same database, in
// turns: the npm reference in Node, this server's binary, and a floor that does
// only what every server has to do. It prints the measurements and two ratios:
// this server to the floor, and the reference to this server. README.md explains
// the table. The measurements are made from outside the processes, through /proc.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"
)

// settings are the command's flags.
type settings struct {
	runs        int
	time        time.Duration
	connections int
	storm       int
	storms      int
	databases   string
	only        string
	ours        string
	before      string
	floor       string
	node        string
	output      string
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "scale" {
		mainScale(os.Args[2:])
		return
	}
	s := settings{}
	flag.IntVar(&s.runs, "runs", 5, "measured runs of each case on each server, in turns")
	flag.DurationVar(&s.time, "time", 3*time.Second, "of one run; password cases take twice as long")
	flag.IntVar(&s.connections, "connections", 8, "kept-alive connections")
	flag.IntVar(&s.storm, "storm", 500, "sign-ins at once in the storm; 0 leaves it out")
	flag.IntVar(&s.storms, "storms", 1, "storms on each server, in turns")
	flag.StringVar(&s.databases, "db", "sqlite,postgres", "databases")
	flag.StringVar(&s.only, "only", "", "comma-separated substrings of cases to run; storm is one")
	flag.StringVar(&s.ours, "ours", "", "the betterauth binary (run.sh builds it)")
	flag.StringVar(&s.before, "before", "", "another betterauth binary, to be put beside")
	flag.StringVar(&s.floor, "floor", "", "the floor binary (run.sh builds it)")
	flag.StringVar(&s.node, "node", "node", "folder of the reference, after npm ci; empty leaves it out")
	flag.StringVar(&s.output, "output", "", "write the tables to this file too")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, s); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, s settings) (err error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil { // PostgreSQL's account needs access
		return err
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
	for name := range strings.SplitSeq(s.databases, ",") {
		if err := runOn(ctx, s, filepath.Join(dir, name), name, out); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func runOn(ctx context.Context, s settings, dir, name string, out io.Writer) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	db, err := openDatabase(ctx, name, dir)
	if err != nil {
		return err
	}
	defer db.close()
	b := &bench{settings: s, dir: dir, database: db.url, out: out}
	if err := b.prepare(ctx); err != nil {
		return err
	}
	fmt.Fprintf(out, "\n== %s ==\n", name)
	for _, setup := range setups {
		if err := b.runSetup(ctx, setup); err != nil {
			return fmt.Errorf("%s: %w", setup, err)
		}
	}
	if len(b.measured) > 0 {
		b.printCases()
		b.printProcesses()
	}
	if s.storm > 0 && b.wanted("storm") {
		return b.runStorm(ctx)
	}
	return nil
}
