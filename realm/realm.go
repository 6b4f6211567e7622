// Package realm serves several sites in one process. Each is a server of its own, with its own database, secret, base
// URL, providers and plugins; a request belongs to one of them by its host or path, or to none:
//
//	shop, err := betterauth.New(auth.Options{BaseURL: auth.Static("https://shop.example.com"), …})
//	forum, err := betterauth.New(auth.Options{BaseURL: auth.Static("https://forum.example.com"), …})
//	sites, err := realm.New(realm.Options{Realms: []realm.Realm{
//		{Name: "shop", Hosts: []string{"shop.example.com"}, Auth: shop},
//		{Name: "forum", Hosts: []string{"forum.example.com"}, Auth: forum},
//	}})
//	go sites.Run(ctx)
//	http.ListenAndServe(":3210", sites)
//
// New refuses realms that share what keeps them apart. A config file with `realms` does the same for the command
// betterauth (docs/realms.md).
package realm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/internal/clientip"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
)

// Realm is one site.
type Realm struct {
	// Name stands for the realm in logs and errors: at most 32 lower-case letters, digits and hyphens.
	Name string
	// Hosts are the hosts of the site, such as shop.example.com; one with a port stands for that port alone. Without
	// hosts, the realm has every host that no realm names.
	Hosts []string
	// Path, such as /shop, limits the realm to the requests below it. The server's base path has to be below it: the
	// path is not removed from requests.
	Path string
	// Auth is the server of the realm. It may be nil if Handler is set.
	Auth *auth.Auth
	// Options are those of the server where Auth is nil, to check what keeps the realm apart.
	Options *auth.Options
	// Handler answers the requests of the realm; nil is Auth.
	Handler http.Handler
}

// Options are the realms of a process.
type Options struct {
	Realms []Realm
	// TrustedProxyHeaders takes the host of a request from X-Forwarded-Host, as the option of the same name of package
	// auth. Every realm has to agree.
	TrustedProxyHeaders bool
	// IPAddress tells which value of an X-Forwarded-Host with several is that of the outermost proxy.
	IPAddress auth.IPAddressOptions
}

// Realms is an http.Handler that passes each request to the realm it belongs to. A request to a host of no realm is
// answered with 421, and one to a path of no realm with 404; there is no default realm.
type Realms struct {
	list  []*Realm
	hosts map[string][]*Realm // by host, or host:port; the longest path first
	any   []*Realm            // those without hosts
	trust bool
	ips   *clientip.Resolver
}

// Error is a problem of one realm.
type Error struct {
	Realm   string // name of the realm
	Message string
}

// Error returns the message with the name of the realm.
func (e *Error) Error() string { return "realm " + e.Realm + ": " + e.Message }

// New checks the realms and returns their handler. The error lists all problems, each an *Error.
func New(o Options) (*Realms, error) {
	if len(o.Realms) == 0 {
		return nil, errors.New("realm: there are no realms")
	}
	r := &Realms{hosts: map[string][]*Realm{}, trust: o.TrustedProxyHeaders}
	r.ips, _ = clientip.New(clientip.Options{Headers: o.IPAddress.IPAddressHeaders, TrustedProxies: o.IPAddress.TrustedProxies})
	var problems []error
	for i := range o.Realms {
		one := o.Realms[i]
		problems = append(problems, one.clean()...)
		r.list = append(r.list, &one)
		r.add(&one)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	for i, b := range r.list {
		problems = append(problems, b.fits(r.trust)...)
		for _, a := range r.list[:i] {
			problems = append(problems, apart(a, b)...)
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return r, nil
}

// clean fills in the handler and returns what is wrong with the realm's own fields.
func (one *Realm) clean() (problems []error) {
	if one.Auth != nil {
		one.Options = &one.Auth.Options
	}
	if one.Handler == nil && one.Auth == nil {
		problems = append(problems, one.errorf("has no server"))
	} else if one.Handler == nil {
		one.Handler = one.Auth
	}
	if len(one.Hosts) == 0 && one.Path == "" {
		problems = append(problems, one.errorf("needs a host or a path: there is no realm for all requests"))
	}
	hosts, err := cleanHosts(one.Hosts)
	one.Hosts = hosts
	for _, err := range []error{checkName(one.Name), checkPath(one.Path), err} {
		if err != nil {
			problems = append(problems, one.errorf("%w", err))
		}
	}
	return problems
}

func (one *Realm) errorf(format string, args ...any) error {
	return &Error{one.Name, fmt.Errorf(format, args...).Error()}
}

func (r *Realms) add(one *Realm) {
	longest := func(list []*Realm) []*Realm {
		list = append(list, one)
		slices.SortStableFunc(list, func(a, b *Realm) int { return cmp.Compare(len(b.Path), len(a.Path)) })
		return list
	}
	for _, host := range one.Hosts {
		r.hosts[host] = longest(r.hosts[host])
	}
	if len(one.Hosts) == 0 {
		r.any = longest(r.any)
	}
}

// All returns the realms, in their order.
func (r *Realms) All() []*Realm { return r.list }

// Named returns the realm with a name, or nil.
func (r *Realms) Named(name string) *Realm {
	for _, one := range r.list {
		if one.Name == name {
			return one
		}
	}
	return nil
}

// ServeHTTP passes the request to its realm, as it came.
func (r *Realms) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if one, status := r.Find(req); one != nil {
		one.Handler.ServeHTTP(w, req)
	} else {
		refuse(w, status)
	}
}

// refuse answers a request that belongs to no realm, with the status of [Realms.Find]. The answer names no realm.
func refuse(w http.ResponseWriter, status int) {
	text := "No site of this server has this path.\n"
	if status == http.StatusMisdirectedRequest {
		text = "No site of this server has this host.\n"
	}
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

// Find returns the realm of a request, or nil and the status of the answer: 421 if no realm has the host, else 404.
func (r *Realms) Find(req *http.Request) (*Realm, int) {
	lists, known := r.ofHost(req)
	if !known {
		return nil, http.StatusMisdirectedRequest
	}
	path := origin.RequestPath(req)
	for _, list := range lists {
		for _, one := range list {
			if one.has(path) {
				return one, http.StatusOK
			}
		}
	}
	return nil, http.StatusNotFound
}

// OfHost returns the realms at the host of a request, and whether a realm names that host. Without such a realm they
// are those without hosts.
func (r *Realms) OfHost(req *http.Request) (realms []*Realm, named bool) {
	lists, known := r.ofHost(req)
	for _, list := range lists {
		realms = append(realms, list...)
	}
	return realms, known && len(realms) > 0 && len(realms[0].Hosts) > 0
}

// ofHost returns the realms that a request may belong to by its host. A host that a realm names belongs to those
// alone that name it.
func (r *Realms) ofHost(req *http.Request) (lists [][]*Realm, known bool) {
	host, ok := r.hostOf(req)
	if !ok {
		return nil, false
	}
	if list := r.hosts[host]; list != nil {
		lists = append(lists, list)
	}
	if bare := withoutPort(host); bare != host {
		if list := r.hosts[bare]; list != nil {
			lists = append(lists, list)
		}
	}
	if lists == nil && r.any != nil {
		lists = append(lists, r.any)
	}
	return lists, lists != nil
}

// hostOf returns the host that the client asked for, with its port. ok is false if that is not known: a trusted
// X-Forwarded-Host that does not name exactly one host leaves it open, because the header Host is then that of the
// inner proxy.
func (r *Realms) hostOf(req *http.Request) (host string, ok bool) {
	host = req.Host
	if r.trust {
		if values := origin.HeaderList(strings.Join(req.Header.Values("X-Forwarded-Host"), ",")); len(values) > 0 {
			if host, ok = r.ips.Outermost(req.Header, values); !ok {
				return "", false
			}
		}
	}
	host = cleanHost(host)
	return host, origin.ValidProxyHost(host)
}

// has reports whether a path is that of the realm or below it. The well-known address of a server with a path has the
// path at its end (RFC 8414, section 3.1).
func (one *Realm) has(path string) bool {
	if one.Path == "" {
		return true
	}
	if rest, ok := strings.CutPrefix(path, wellKnown); ok {
		_, below, _ := strings.Cut(rest, "/")
		path = "/" + below
	}
	rest, ok := strings.CutPrefix(path, one.Path)
	return ok && (rest == "" || rest[0] == '/')
}

const wellKnown = "/.well-known/"

// Run does the background work of every realm that has an Auth until ctx is done.
func (r *Realms) Run(ctx context.Context) {
	var work sync.WaitGroup
	for _, one := range r.list {
		if one.Auth != nil {
			work.Go(func() { one.Auth.Run(ctx) })
		}
	}
	work.Wait()
}
