//go:build linux

package main

import (
	"context"
	"fmt"
	"net/http"
	"text/tabwriter"
	"time"

	"github.com/seed-32bd42cb/betterauth/bench/load"
)

// pagesOn is what the config of this server has besides, so that it serves its pages.
const pagesOn = "ui: { enabled: true }\n"

// checkPage repeatedly requests the sign-in page, as somebody does who opens it during the storm. Only this server has
// one.
func (b *bench) checkPage(ctx context.Context, p *process, until <-chan struct{}) (load.Result, error) {
	r, err := load.Run(ctx, load.Request{Method: http.MethodGet, URL: "http://" + p.address + "/sign-in", Header: http.Header{"User-Agent": {agent}}},
		load.Bounds{Connections: checkers, Requests: 1 << 30, Time: 10 * time.Minute, Pause: checkEvery, Until: until})
	if err == nil && r.Failed+r.Lost > 0 {
		err = fmt.Errorf("%d pages lost, %d failed: %s", r.Lost, r.Failed, r.FirstBad)
	}
	return r, err
}

func printPages(w *tabwriter.Writer, storms []storm) {
	for _, s := range storms {
		if len(s.pages) > 0 {
			fmt.Fprintln(w, "\nsign-in page in the storm\tp50\tp99\tmost\tpages\t")
			fmt.Fprintf(w, "%s\t%v\t%v\t%v\t%d\t\n", s.server, p50(s.pages), p99(s.pages), most(s.pages), s.pages[0].Requests)
		}
	}
}
