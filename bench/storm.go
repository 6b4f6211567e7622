//go:build linux

package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/seed-32bd42cb/betterauth/bench/load"
)

// startups is how often each server is started to time its first answer.
const startups = 5

// runStorm times first answers, then sends many sign-ins at once, and watches
// what the server's memory peaks at and whether any call is lost.
func (b *bench) runStorm(ctx context.Context) error {
	w := tabwriter.NewWriter(b.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "\nserver\tfirst answer\t%d sign-ins at once in\tpeak RSS\tlost\tnot 200\tRSS 10 s later\t\n", b.storm)
	for _, name := range b.servers() {
		if err := b.stormOn(ctx, name, w); err != nil {
			return fmt.Errorf("storm on %s: %w", name, err)
		}
	}
	return w.Flush()
}

func (b *bench) stormOn(ctx context.Context, name string, w *tabwriter.Writer) error {
	var started []time.Duration
	for range startups {
		p, err := b.start(ctx, name, stored)
		if err != nil {
			return err
		}
		started = append(started, p.started)
		p.stop()
	}
	p, err := b.start(ctx, name, stored)
	if err != nil {
		return err
	}
	defer p.stop()
	if err := p.resetPeak(); err != nil {
		return err
	}
	k := kase{name: "sign-in", setup: stored, path: "/sign-in/email", body: (*bench).signIns}
	r, err := load.Run(ctx, b.request(k, p), load.Bounds{Connections: b.storm, Requests: b.storm, Time: time.Minute, Patience: 5 * time.Minute})
	if err != nil {
		return err
	}
	peak, err := p.peak()
	if err != nil {
		return err
	}
	time.Sleep(10 * time.Second)
	after, err := p.memory()
	fmt.Fprintf(w, "%s\t%v\t%v\t%s\t%d\t%d\t%s\t\n", name, median(started).Round(100*time.Microsecond), r.Elapsed.Round(10*time.Millisecond),
		megabytes(peak), r.Lost, r.Failed, megabytes(after.rss))
	return err
}
