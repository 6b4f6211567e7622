package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/config"
	"github.com/seed-32bd42cb/betterauth/realm"
)

// sites are the servers of the process.
type sites struct {
	w             *world
	log, requests *slog.Logger // of the process
	list          []*site
	tables        config.Claims
	realms        *realm.Realms // nil without realms
	stopping      atomic.Bool
}

func newSites(serve *serveCmd, w *world, confs []*setup, log, requests *slog.Logger) *sites {
	all := &sites{w: w, log: log, requests: requests}
	for _, conf := range confs {
		all.list = append(all.list, &site{serve: serve, w: w, conf: conf, log: conf.named(log), requests: conf.named(requests), tables: &all.tables})
	}
	return all
}

// Start starts every site. With realms, one whose database is down is left for
// later, unless all are.
func (all *sites) Start() error {
	var later, problems []error
	for _, one := range all.list {
		err := one.Start()
		switch {
		case err == nil:
		case one.conf.realm != nil && isLater(err):
			later = append(later, one.named(err))
			one.log.Error("the realm is not served: it could not be started", "error", err)
		default:
			problems = append(problems, one.named(err))
		}
	}
	if len(later) == len(all.list) {
		problems = later
	}
	return errors.Join(problems...)
}

func (s *site) named(err error) error {
	if s.conf.realm == nil {
		return err
	}
	return fmt.Errorf("realm %s: %w", s.conf.realm.Name, err)
}

// localAddress sets the address of the listener, which is also the base URL of a
// server that needs none in production.
func (s *setup) localAddress(local string) {
	if s.realm != nil && len(s.realm.Hosts) > 0 && !strings.HasPrefix(s.realm.Hosts[0], "[") {
		host, _, _ := strings.Cut(s.realm.Hosts[0], ":")
		local = strings.Replace(local, "localhost", host, 1)
	}
	s.local = local
	if s.file.Options.Mode == auth.Production || s.file.HasBaseURL() {
		return
	}
	s.file.Options.BaseURL = auth.Static(local)
}

// Handler returns what answers requests.
func (all *sites) Handler() (http.Handler, error) {
	if all.list[0].conf.realm == nil {
		one := all.list[0]
		return logged(health(one.ready.Load(), one), all.log, all.requests, all.w.now), nil
	}
	o := realm.Options{}
	for _, one := range all.list {
		top, r := one.conf.top, one.conf.realm
		o.TrustedProxyHeaders, o.IPAddress = top.Options.Advanced.TrustedProxyHeaders, top.Options.Advanced.IPAddress
		o.Realms = append(o.Realms, realm.Realm{
			Name: r.Name, Hosts: r.Hosts, Path: r.Path, Options: &r.File.Options,
			Handler: logged(one, one.log, one.requests, all.w.now),
		})
	}
	var err error
	if all.realms, err = realm.New(o); err != nil {
		return nil, err
	}
	return http.HandlerFunc(all.dispatch), nil
}

// dispatch answers a request: the process itself, a realm, or nobody.
func (all *sites) dispatch(rw http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	own := reads(r) && (path == "/healthz" || path == "/readyz" || strings.HasPrefix(path, "/readyz/"))
	one, _ := all.realms.Find(r)
	if one != nil && !own {
		one.Handler.ServeHTTP(rw, r)
		return
	}
	var h http.Handler = all.realms
	if own {
		h = health(all, all)
	}
	logged(h, all.log, all.requests, all.w.now).ServeHTTP(rw, r)
}

// ServeHTTP answers whether the process is ready: 200 if at least one realm is, with
// the names of those that are not, because a load balancer would otherwise take all
// down with one. /readyz/NAME is about one realm. At the host of a realm only the
// realms of that host count and are named.
func (all *sites) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	asked := all.visible(r)
	if name, ok := strings.CutPrefix(r.URL.Path, "/readyz/"); ok {
		asked = only(asked, name)
		if len(asked) == 0 {
			answerText(rw, http.StatusNotFound, "no such realm\n")
			return
		}
	}
	if all.stopping.Load() {
		answerText(rw, http.StatusServiceUnavailable, "not ready: the server is stopping\n")
		return
	}
	problems := make([]string, len(asked))
	var work sync.WaitGroup
	for i, one := range asked {
		work.Go(func() { problems[i] = one.Problem(r.Context()) })
	}
	work.Wait()
	text, down := "", 0
	for i, one := range asked {
		if problems[i] != "" {
			down++
			text += "realm " + one.conf.realm.Name + " is not ready: " + problems[i] + "\n"
		}
	}
	if down == len(asked) {
		answerText(rw, http.StatusServiceUnavailable, "not ready\n"+text)
		return
	}
	answerText(rw, http.StatusOK, "ready\n"+text)
}

// visible returns the sites at the host of a request, or all if no realm names it.
func (all *sites) visible(r *http.Request) []*site {
	list, named := all.realms.OfHost(r)
	if !named {
		return all.list
	}
	var out []*site
	for _, one := range list {
		out = append(out, only(all.list, one.Name)...)
	}
	return out
}

func only(list []*site, name string) []*site {
	for _, one := range list {
		if one.conf.realm.Name == name {
			return []*site{one}
		}
	}
	return nil
}

// Run does the background work of every site until ctx is done.
func (all *sites) Run(ctx context.Context) {
	var work sync.WaitGroup
	for _, one := range all.list {
		work.Go(func() { one.Run(ctx) })
	}
	work.Wait()
}

// Stop makes the process not ready from now on.
func (all *sites) Stop() {
	all.stopping.Store(true)
	for _, one := range all.list {
		one.Stop()
	}
}

// Close closes the connections of all sites.
func (all *sites) Close() {
	var work sync.WaitGroup
	for _, one := range all.list {
		work.Go(one.Close)
	}
	work.Wait()
}
