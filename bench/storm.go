//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/seed-32bd42cb/betterauth/bench/load"
)

const (
	// startups is how often each server is started to measure the time of its
	// first answer.
	startups = 5
	// checkEvery is the time between two requests of a checker for its session.
	checkEvery = 5 * time.Millisecond
	checkers   = 2
	// quiet is how long sessions are requested before the storm.
	quiet = 3 * time.Second
)

// storm holds the measurements of one server during many simultaneous sign-ins.
type storm struct {
	server        string
	started       []time.Duration
	took          []time.Duration
	before, while []load.Result // for clients that are signed in
	pages         []load.Result // the sign-in page in the storm, of this server
	peak, after   int64
	lost, failed  int
}

// runStorm measures first answers. It then sends many sign-ins at once and
// measures the server's peak of memory, lost requests, and the times of signed-in
// clients, whose sessions are checked from the cookie cache at the same time.
func (b *bench) runStorm(ctx context.Context) error {
	storms := make([]storm, len(b.servers()))
	for turn := range b.storms {
		for i := range storms {
			// Each turn begins with another server.
			i = (i + turn) % len(storms)
			storms[i].server = b.servers()[i]
			if err := b.stormOn(ctx, &storms[i]); err != nil {
				return fmt.Errorf("storm on %s: %w", storms[i].server, err)
			}
		}
	}
	return b.printStorms(storms)
}

func (b *bench) printStorms(storms []storm) error {
	w := tabwriter.NewWriter(b.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "\nserver\tfirst answer\t%d sign-ins at once in\tpeak RSS\tlost\tnot 200\tRSS 10 s later\t\n", b.storm)
	for _, s := range storms {
		fmt.Fprintf(w, "%s\t%v\t%v\t%s\t%d\t%d\t%s\t\n", s.server, median(s.started).Round(100*time.Microsecond),
			median(s.took).Round(10*time.Millisecond), megabytes(s.peak), s.lost, s.failed, megabytes(s.after))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w, "\nget-session, cookie cache\tp50\tp99\tmost\tin the storm: p50\tp99\tmost\tchecks\t")
	for _, s := range storms {
		fmt.Fprintf(w, "%s\t%v\t%v\t%v\t%v\t%v\t%v\t%d\t\n", s.server, p50(s.before), p99(s.before), most(s.before),
			p50(s.while), p99(s.while), most(s.while), s.while[0].Requests)
	}
	printPages(w, storms)
	return w.Flush()
}

func p50(list []load.Result) time.Duration {
	return short(median(each(list, func(r load.Result) time.Duration { return r.P50 })))
}

func p99(list []load.Result) time.Duration {
	return short(median(each(list, func(r load.Result) time.Duration { return r.P99 })))
}

func most(list []load.Result) time.Duration {
	return short(median(each(list, func(r load.Result) time.Duration { return r.Max })))
}

func (b *bench) stormOn(ctx context.Context, s *storm) error {
	for range startups {
		p, err := b.start(ctx, s.server, cached)
		if err != nil {
			return err
		}
		s.started = append(s.started, p.started)
		p.stop()
	}
	p, err := b.start(ctx, s.server, cached)
	if err != nil {
		return err
	}
	defer p.stop()
	before, err := b.check(ctx, p, quiet, nil)
	if err != nil {
		return err
	}
	if err := p.resetPeak(); err != nil {
		return err
	}
	signIns, while, page, err := b.signInAndCheck(ctx, p, s.server == ours)
	if err != nil {
		return err
	}
	if s.server == ours {
		s.pages = append(s.pages, page)
	}
	peak, err := p.peak()
	if err != nil {
		return err
	}
	time.Sleep(10 * time.Second)
	after, err := p.memory()
	s.took, s.before, s.while = append(s.took, signIns.Elapsed), append(s.before, before), append(s.while, while)
	s.peak, s.after = max(s.peak, peak), max(s.after, after.rss)
	s.lost, s.failed = s.lost+signIns.Lost, s.failed+signIns.Failed
	return err
}

// signInAndCheck sends the storm and checks sessions, and the sign-in page of a server that has one, until it is over.
func (b *bench) signInAndCheck(ctx context.Context, p *process, hasPage bool) (signIns, while, page load.Result, err error) {
	over, read := make(chan struct{}), make(chan struct{})
	var unread error
	go func() {
		defer close(over)
		k := kase{name: "sign-in", setup: cached, path: "/sign-in/email", body: (*bench).signIns}
		signIns, err = load.Run(ctx, b.request(k, p, flow{}), load.Bounds{Connections: b.storm, Requests: b.storm, Time: time.Minute, Patience: 5 * time.Minute})
	}()
	time.Sleep(200 * time.Millisecond) // until all requests are running
	go func() {
		defer close(read)
		if hasPage {
			page, unread = b.checkPage(ctx, p, over)
		}
	}()
	while, failure := b.check(ctx, p, 10*time.Minute, over)
	<-over
	<-read
	return signIns, while, page, errors.Join(err, failure, unread)
}

// check repeatedly requests a session, at a pace that leaves the server idle.
func (b *bench) check(ctx context.Context, p *process, during time.Duration, until <-chan struct{}) (load.Result, error) {
	k := kase{name: "get-session", setup: cached, path: "/get-session", cookies: true}
	r, err := load.Run(ctx, b.request(k, p, flow{}), load.Bounds{Connections: checkers, Requests: 1 << 30, Time: during, Pause: checkEvery, Until: until})
	if err == nil && r.Failed+r.Lost > 0 {
		err = fmt.Errorf("%d checks lost, %d failed: %s", r.Lost, r.Failed, r.FirstBad)
	}
	return r, err
}
