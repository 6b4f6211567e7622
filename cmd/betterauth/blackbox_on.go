//go:build blackbox

package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/seed-32bd42cb/betterauth"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/config"
	"github.com/seed-32bd42cb/betterauth/internal/levers"
	"github.com/seed-32bd42cb/betterauth/js"
)

// blackboxCommands are the commands that exist only in the build for black-box
// tests.
type blackboxCommands struct {
	Blackbox blackboxCmd `cmd:"" help:"Serve many configurations, read as JSON lines from standard input, for black-box tests."`
}

type blackboxCmd struct{}

// blackboxLine is the request for one instance, or its end.
type blackboxLine struct {
	Instance string          `json:"instance"`
	Seq      json.RawMessage `json:"seq,omitempty"`
	Listen   string          `json:"listen"`
	Config   json.RawMessage `json:"config"`
	Close    bool            `json:"close"`
}

type blackboxAnswer struct {
	Instance string          `json:"instance"`
	Seq      json.RawMessage `json:"seq,omitempty"`
	URL      string          `json:"url,omitempty"`
	Error    string          `json:"error,omitempty"`
}

// blackboxTest is $test: the differences of an instance from a real one.
type blackboxTest struct {
	Env     string            `json:"env"`
	Egress  string            `json:"egress"`
	Environ map[string]string `json:"environ"`
}

// Run serves until standard input ends.
func (blackboxCmd) Run() error { return blackbox(os.Stdin, os.Stdout, os.Stderr) }

func blackbox(in io.Reader, out, log io.Writer) error {
	logger := slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 64<<20)
	var wg sync.WaitGroup
	var mu sync.Mutex
	running := map[string]*instance{}
	defer func() {
		for _, i := range running {
			i.close()
		}
	}()
	for lines.Scan() {
		var line blackboxLine
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return fmt.Errorf("not a JSON object a line: %w", err)
		}
		wg.Go(func() {
			answer := blackboxAnswer{Instance: line.Instance, Seq: line.Seq}
			if line.Close {
				mu.Lock()
				i := running[line.Instance]
				delete(running, line.Instance)
				mu.Unlock()
				i.close()
			} else if i, err := startInstance(line, logger.With("instance", line.Instance)); err != nil {
				answer.Error = err.Error()
			} else {
				mu.Lock()
				running[line.Instance] = i
				mu.Unlock()
				answer.URL = i.url
			}
			text, _ := json.Marshal(answer)
			mu.Lock()
			defer mu.Unlock()
			out.Write(append(text, '\n'))
		})
	}
	wg.Wait()
	return lines.Err()
}

// instance is one server.
type instance struct {
	url       string
	server    *http.Server
	resources *config.Resources
}

// close ends the requests under way and closes what the instance opened. It does nothing without an instance.
func (i *instance) close() {
	if i != nil {
		_ = i.server.Close()
		_ = i.resources.Close()
	}
}

func startInstance(line blackboxLine, log *slog.Logger) (_ *instance, err error) {
	v, err := js.Parse(line.Config)
	cfg, ok := v.(*js.Object)
	if err != nil || !ok {
		return nil, fmt.Errorf("config is not an object")
	}
	var test blackboxTest
	if raw, has := cfg.Get("$test"); has {
		if err := json.Unmarshal(js.Marshal(raw), &test); err != nil {
			return nil, fmt.Errorf("$test: %w", err)
		}
		cfg.Delete("$test")
	}
	migrate, _ := cfg.Get("migrate")
	cfg.Delete("migrate")
	if !cfg.Has("database") {
		cfg.Set("database", "none")
	}
	extensions, path := takeExtensions(cfg)
	environ := func(name string) string { return test.Environ[name] }
	loader := config.Loader{Env: environ, Mode: instanceMode(test.Env), AllowGoOnly: true}
	file, err := loader.Parse("config.json", js.Marshal(cfg))
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	o, resources, err := file.Open(ctx, config.Runtime{Now: time.Now, Log: log, HTTP: egress(test.Egress), ForeignDatabase: migrate != true, AwaitSenders: true})
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = resources.Close()
		}
	}()
	o.Environ = environ
	o.Internal = levers.Levers{FreshReads: true, RequestNow: requestClock, RequestURL: requestURL}
	if err := addExtensions(&o, extensions, path); err != nil {
		return nil, err
	}
	a, err := betterauth.New(o)
	if err != nil {
		return nil, err
	}
	if migrate == true && resources.DB != nil {
		plan, err := resources.DB.Plan(ctx, a.Store.Tables())
		if err == nil {
			err = plan.Apply(ctx)
		}
		if err != nil {
			return nil, err
		}
	}
	listener, err := net.Listen("tcp", cmp.Or(line.Listen, "127.0.0.1:0"))
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: withTestCalls(a)}
	go server.Serve(listener)
	return &instance{"http://" + listener.Addr().String(), server, resources}, nil
}

// instanceMode returns the mode that NODE_ENV would set in the reference.
func instanceMode(env string) string {
	if env == "" {
		return "production"
	}
	return env
}

// testHeaders are the values that a test adds to a request.
type testHeaders struct{ clock, scheme, host string }

type testHeadersKey struct{}

// takeTestHeaders moves them out of the headers, which hooks can see.
func takeTestHeaders(r *http.Request) *http.Request {
	h := testHeaders{r.Header.Get("X-Test-Clock"), r.Header.Get("X-Test-Scheme"), r.Header.Get("X-Test-Url-Host")}
	for _, name := range []string{"X-Test-Clock", "X-Test-Scheme", "X-Test-Url-Host"} {
		r.Header.Del(name)
	}
	return r.WithContext(context.WithValue(r.Context(), testHeadersKey{}, h))
}

func testHeadersOf(r *http.Request) testHeaders {
	h, _ := r.Context().Value(testHeadersKey{}).(testHeaders)
	return h
}

// requestClock returns the time that a request uses for everything it does.
func requestClock(r *http.Request) (time.Time, bool) {
	ms, err := strconv.ParseInt(testHeadersOf(r).clock, 10, 64)
	return time.UnixMilli(ms).UTC(), err == nil
}

// requestURL returns scheme and host of the URL used by the caller.
func requestURL(r *http.Request) (scheme, host string) {
	h := testHeadersOf(r)
	if h.scheme == "" && h.host == "" {
		return "", ""
	}
	return cmp.Or(h.scheme, "http"), cmp.Or(h.host, r.Host)
}

// withTestCalls adds POST /__test/api/<name>, which calls an endpoint as code of
// the program would.
func withTestCalls(a *auth.Auth) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = takeTestHeaders(r)
		name, ok := strings.CutPrefix(r.URL.Path, "/__test/api/")
		if !ok {
			a.ServeHTTP(w, r)
			return
		}
		if !a.HasEndpoint(name) {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		in, err := testInput(r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		a.ServeCall(w, r.Context(), name, in)
	})
}

func testInput(r *http.Request) (auth.Input, error) {
	var in auth.Input
	in.Now, _ = requestClock(r)
	text, err := io.ReadAll(r.Body)
	if err != nil || len(bytes.TrimSpace(text)) == 0 {
		return in, err
	}
	v, err := js.Parse(text)
	o, ok := v.(*js.Object)
	if err != nil || !ok {
		return in, fmt.Errorf("the body must be {body, query, params, headers}")
	}
	if body, has := o.Get("body"); has {
		in.Body = body
	}
	if q, has := o.Get("query"); has {
		in.Query = objectMap(q)
	}
	if p, has := o.Get("params"); has {
		in.Params = map[string]string{}
		for k, v := range objectMap(p) {
			in.Params[k] = js.String(v)
		}
	}
	if h, has := o.Get("headers"); has {
		in.Header = http.Header{}
		for k, v := range objectMap(h) {
			in.Header.Set(k, js.String(v))
		}
		if pairs, isList := h.([]any); isList {
			for _, p := range pairs {
				if pair, ok := p.([]any); ok && len(pair) == 2 {
					in.Header.Add(js.String(pair[0]), js.String(pair[1]))
				}
			}
		}
	}
	return in, nil
}

func objectMap(v any) map[string]any {
	out := map[string]any{}
	if o, ok := v.(*js.Object); ok {
		for k, v := range o.All() {
			out[k] = v
		}
	}
	return out
}

// egressTransport sends every request to one address, which simulates the
// internet.
type egressTransport struct{ to string }

func egress(to string) http.RoundTripper {
	if to == "" {
		return nil
	}
	return egressTransport{to}
}

// RoundTrip implements http.RoundTripper. Redirects are never followed here, so
// the mode that is passed on is the caller's: manual unless the request says
// otherwise.
func (e egressTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	out, err := http.NewRequestWithContext(r.Context(), r.Method, e.to, r.Body)
	if err != nil {
		return nil, err
	}
	out.ContentLength = r.ContentLength
	out.Header = r.Header.Clone()
	if out.Header == nil {
		out.Header = http.Header{}
	}
	out.Header["Idempotency-Key"] = nil // as for requests that go out directly
	out.Header.Set("X-Egress-Url", r.URL.String())
	if out.Header.Get("X-Egress-Redirect") == "" {
		out.Header.Set("X-Egress-Redirect", "follow")
	}
	res, err := http.DefaultTransport.RoundTrip(out)
	if err != nil {
		return nil, err
	}
	if res.StatusCode == 599 {
		res.Body.Close()
		return nil, fmt.Errorf("egress: %s", res.Header.Get("X-Egress-Error"))
	}
	res.Request = r
	return res, nil
}
