// Package load sends one kind of request to a server on this machine over a fixed
// number of kept-alive connections, limited by count and by time, and measures
// the answers.
//
//	result, err := load.Run(ctx, load.Request{URL: url}, load.Bounds{Connections: 8, Time: 10 * time.Second})
package load

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Request is the request that is repeated.
type Request struct {
	Method string
	URL    string // must have a loopback address
	Header http.Header
	Body   func(n int) []byte // body of the nth request, from 0; nil sends none
	Status int                // expected status of an answer; 0 is 200
}

// Bounds end a run when the first of them is reached.
type Bounds struct {
	Connections int
	Requests    int
	Time        time.Duration   // no request begins after this time
	Patience    time.Duration   // time limit of one answer; 0 is 30 s
	Pause       time.Duration   // pause of a connection after each answer
	Until       <-chan struct{} // no request begins after this channel is closed
}

// Result holds the measurements of a run.
type Result struct {
	Requests int         // answers of any status
	Lost     int         // requests without an answer
	Statuses map[int]int // answers by status
	Failed   int         // answers without the expected status
	Elapsed  time.Duration
	P50, P99 time.Duration
	Max      time.Duration
	FirstBad string // body of the first answer without the expected status
}

// Rate returns the number of answers per second.
func (r Result) Rate() float64 { return float64(r.Requests) / r.Elapsed.Seconds() }

// Run sends requests until a bound is reached. It returns an error for addresses
// of other machines.
func Run(ctx context.Context, req Request, b Bounds) (Result, error) {
	if err := onLoopback(req.URL); err != nil {
		return Result{}, err
	}
	if b.Patience == 0 {
		b.Patience = 30 * time.Second
	}
	if req.Status == 0 {
		req.Status = http.StatusOK
	}
	transport := &http.Transport{MaxIdleConnsPerHost: b.Connections, MaxConnsPerHost: b.Connections, DisableCompression: true}
	defer transport.CloseIdleConnections()
	r := &run{req: req, client: &http.Client{Transport: transport, Timeout: b.Patience, CheckRedirect: keepRedirect}}
	r.begin = time.Now()
	workers := make([]worker, b.Connections)
	var wg sync.WaitGroup
	for i := range workers {
		wg.Go(func() { r.work(ctx, b, &workers[i]) })
	}
	wg.Wait()
	return r.sum(workers), ctx.Err()
}

func keepRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func onLoopback(address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(u.Hostname()); ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("load: %s is not a loopback address", u.Host)
	}
	return nil
}

type run struct {
	req    Request
	client *http.Client
	begin  time.Time
	next   atomic.Int64
}

// worker is one connection with its measurements.
type worker struct {
	took     []time.Duration
	statuses map[int]int
	lost     int
	firstBad string
}

func (r *run) work(ctx context.Context, b Bounds, w *worker) {
	w.statuses = map[int]int{}
	for ctx.Err() == nil {
		n := int(r.next.Add(1)) - 1
		if n >= b.Requests || time.Since(r.begin) >= b.Time {
			return
		}
		if err := r.once(ctx, n, w); err != nil {
			w.lost++
		}
		select {
		case <-b.Until:
			return
		default:
			time.Sleep(b.Pause)
		}
	}
}

func (r *run) once(ctx context.Context, n int, w *worker) error {
	var body io.Reader
	if r.req.Body != nil {
		body = bytes.NewReader(r.req.Body(n))
	}
	req, err := http.NewRequestWithContext(ctx, r.req.Method, r.req.URL, body)
	if err != nil {
		return err
	}
	for name, values := range r.req.Header {
		req.Header[name] = values
	}
	start := time.Now()
	res, err := r.client.Do(req)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(res.Body)
	if err = errors.Join(err, res.Body.Close()); err != nil {
		return err
	}
	w.took = append(w.took, time.Since(start))
	w.statuses[res.StatusCode]++
	if res.StatusCode != r.req.Status && w.firstBad == "" {
		w.firstBad = fmt.Sprintf("%d %.300s", res.StatusCode, text)
	}
	return nil
}

func (r *run) sum(workers []worker) Result {
	out := Result{Statuses: map[int]int{}, Elapsed: time.Since(r.begin)}
	var took []time.Duration
	for _, w := range workers {
		took = append(took, w.took...)
		out.Lost += w.lost
		for status, n := range w.statuses {
			out.Statuses[status] += n
			if status != r.req.Status {
				out.Failed += n
			}
		}
		if out.FirstBad == "" {
			out.FirstBad = w.firstBad
		}
	}
	slices.Sort(took)
	out.Requests = len(took)
	out.P50, out.P99 = quantile(took, 0.50), quantile(took, 0.99)
	out.Max = quantile(took, 1)
	return out
}

// quantile returns the smallest value that is not below the share q of all;
// sorted may be empty.
func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	i := int(q*float64(len(sorted))+0.999999) - 1
	return sorted[min(max(i, 0), len(sorted)-1)]
}
