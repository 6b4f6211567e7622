package config

import (
	"errors"
	"maps"
	"net/http"
	"reflect"
	"slices"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/oauth/provider"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/plugin/all"
	"github.com/seed-32bd42cb/betterauth/realm"
)

// Realm is one site of a file with realms: a configuration of its own.
type Realm struct {
	Name  string
	Hosts []string // none for every host that no realm names
	Path  string
	File  *File
}

// realmOption is one site in the file. Beside these it has every option of the file.
type realmOption struct {
	// Name in logs, in keys of the secondary storage and for `--realm`: lower-case letters, digits and hyphens. See
	// docs/realms.md.
	Name string `json:"name" unset:"needed"`
	// Hosts of the site: one, or a list. One with a port stands for that port alone.
	Host hostList `json:"host" unset:"the host of baseURL"`
	// Limits the site to requests below this path, such as `/shop`. It is then the beginning of `basePath`.
	Path string `json:"path"`
}

// hostList is a host, or a list of hosts.
type hostList []string

// OptionShape implements [option.Shaper].
func (hostList) OptionShape() option.Shape {
	return option.Shape{Text: true, List: reflect.TypeFor[string]()}
}

func (h *hostList) fromFile(d *decoder, path string, n *node) {
	switch v := n.value.(type) {
	case nil:
		return
	case string:
		*h = hostList{v}
	default:
		var list []string
		d.into(path, n, reflect.ValueOf(&list).Elem(), nil)
		*h = list
	}
}

// hidden are the variables that stand for options a realm never inherits.
var hidden = append([]string{"BETTER_AUTH_SECRET", "AUTH_SECRET", "BETTER_AUTH_SECRETS", "DATABASE_URL"}, urlNames...)

// realmsOf returns the sites of a file, nil if it has none.
func realmsOf(tree *node) *member {
	m, ok := tree.value.(*mapping)
	if !ok {
		return nil
	}
	for i := range m.members {
		if m.members[i].key == "realms" {
			return &m.members[i]
		}
	}
	return nil
}

// realms reads a file with sites. f stands for what they have in common.
func (l Loader) realms(d *decoder, tree *node, list *member, f *File) {
	top := tree.value.(*mapping)
	top.members = slices.DeleteFunc(slices.Clone(top.members), func(e member) bool { return e.key == "realms" || e.key == "$schema" })
	l.shared(d, tree, f)
	sites, ok := list.value.value.([]*node)
	if !ok || len(sites) == 0 {
		d.fail("realms", list.value.at, "must be a list of sites, each with a name, not %s", map[bool]string{true: "an empty one", false: list.value.kind()}[ok])
		return
	}
	onlyInRealms(d, top)
	for i, n := range sites {
		if one := l.realm(d, top, index("realms", i), n, f); one != nil {
			f.Realms = append(f.Realms, one)
		}
	}
	if len(d.problems) == 0 {
		f.apart(d, sites)
	}
}

// shared reads what all sites have in common: for the process, and to find mistakes in what a site replaces.
func (l Loader) shared(d *decoder, tree *node, f *File) {
	r := root{Plugins: pluginOption{known: all.Plugins()}, SocialProviders: socialOption{known: provider.Providers()}}
	maps.Copy(r.Plugins.known, l.Plugins)
	maps.Copy(r.SocialProviders.known, l.Providers)
	look := &decoder{allowGoOnly: d.allowGoOnly, places: map[string]position{}, caller: f.caller}
	look.structure("", tree, reflect.ValueOf(&r).Elem())
	for _, p := range look.problems {
		// These two may be complete only in a site.
		if !covers("secondaryStorage", p.Path) && !covers("database", p.Path) {
			d.problems = append(d.problems, p)
		}
	}
	mode, from, err := l.mode(r.Mode)
	if err != nil {
		d.report("mode", look.place("mode"), err)
	}
	f.Options, f.Logger = r.Options, r.Logger.logger()
	f.Options.Mode, f.ModeFrom, f.Options.Environ = mode, from, l.Env
}

// onlyInRealms reports options above the sites that would be of all of them, but have to differ.
func onlyInRealms(d *decoder, top *mapping) {
	for _, key := range []string{"secret", "secrets"} {
		if e := top.find(key); e != nil {
			d.fail(key, e.at, "each realm needs a secret of its own: move it into the realms")
		}
	}
	for _, group := range []string{"plugins", "rateLimit"} {
		if n := top.get(group); n != nil {
			n.each(group, func(path string, e member) {
				if what := ownParts[e.key]; what != "" {
					d.fail(path, e.at, "each realm needs %s of its own: move it into the realms", what)
				}
			})
		}
	}
}

// ownParts are options of plugins and of the limiter that would let realms cross if several had them. Their webhooks
// receive the name of the realm.
var ownParts = map[string]string{"secret": "a secret", "customStorage": "a storage", "adapter": "keys", "sign": "keys"}

// each calls f with every option in n. A webhook is one value.
func (n *node) each(path string, f func(path string, e member)) {
	switch v := n.value.(type) {
	case *mapping:
		if isWebhook(n) {
			return
		}
		for _, e := range v.members {
			f(join(path, e.key), e)
			e.value.each(join(path, e.key), f)
		}
	case []*node:
		for i, e := range v {
			e.each(index(path, i), f)
		}
	}
}

// onlyAtTop are options that hold for the process.
var onlyAtTop = []string{"mode", "logger", "passwordHashes", "passwordHashWait", "advanced.trustedProxyHeaders", "realms"}

// realm reads one site; nil after a mistake.
func (l Loader) realm(d *decoder, top *mapping, path string, n *node, shared *File) *Realm {
	own, ok := n.value.(*mapping)
	if !ok {
		d.fail(path, n.at, "must be a map, not %s", n.kind())
		return nil
	}
	before := len(d.problems)
	site := realmOption{}
	head := &mapping{}
	rest := &mapping{}
	for _, e := range own.members {
		if e.key == "name" || e.key == "host" || e.key == "path" {
			head.members = append(head.members, e)
		} else {
			rest.members = append(rest.members, e)
		}
	}
	d.structure(path, &node{at: n.at, value: head}, reflect.ValueOf(&site).Elem())
	for _, key := range onlyAtTop {
		if e := rest.find(key); e != nil {
			d.fail(join(path, key), e.at, "is for all realms: set it above them")
		}
	}
	if len(d.problems) > before {
		return nil
	}
	m := merger{d: d, path: path, at: n.at, site: &site, env: l.Env}
	tree := &node{at: n.at, value: m.realm(top, rest)}
	if len(d.problems) > before {
		return nil
	}
	f := l.readRealm(d, tree, own, path, shared, &site)
	if f.Options.Secret == "" && len(f.Options.Secrets) == 0 {
		d.fail(path, n.at, "needs a secret of its own: set secret or secretFile; `betterauth secret` makes one")
	}
	if len(d.problems) > before {
		return nil
	}
	if site.Host == nil {
		site.Host = hostOf(&f.Options.BaseURL)
	}
	if len(site.Host) == 0 && site.Path == "" {
		d.fail(path, n.at, "needs a host, a path, or a baseURL with a host")
		return nil
	}
	return &Realm{Name: site.Name, Hosts: site.Host, Path: site.Path, File: f}
}

// readRealm decodes the whole configuration of a site. Mistakes in what it inherits are reported once.
func (l Loader) readRealm(d *decoder, tree *node, own *mapping, path string, shared *File, site *realmOption) *File {
	env := l.Env
	l.Env = func(name string) string {
		if slices.Contains(hidden, name) {
			return ""
		}
		return env(name)
	}
	f := &File{Name: shared.Name, Realm: site.Name, root: site.Path, at: tree.at}
	f.caller = &callback.Caller{Builtins: l.builtins(f), Realm: site.Name}
	one := &decoder{allowGoOnly: d.allowGoOnly, places: map[string]position{}}
	l.decode(one, tree, f)
	mine := map[position]bool{{}: true}
	own.places(mine)
	for _, p := range one.problems {
		if mine[position{p.Line, p.Column}] {
			p.Path = join(path, p.Path)
		} else if slices.ContainsFunc(d.problems, func(q Problem) bool { return q.Line == p.Line && q.Column == p.Column && q.Message == p.Message }) {
			continue
		}
		d.problems = append(d.problems, p)
	}
	f.Notes, f.place = one.notes, one.place
	return f
}

// places adds the positions of everything in m.
func (m *mapping) places(to map[position]bool) {
	for _, e := range m.members {
		to[e.at] = true
		e.value.places(to)
	}
}

func (n *node) places(to map[position]bool) {
	to[n.at] = true
	switch v := n.value.(type) {
	case *mapping:
		v.places(to)
	case []*node:
		for _, e := range v {
			e.places(to)
		}
	}
}

// hostOf returns the hosts of a base URL.
func hostOf(b *auth.BaseURL) hostList {
	hosts := b.AllowedHosts
	if !b.IsDynamic() {
		hosts = []string{hostOfURL(b.URL)}
	}
	return slices.DeleteFunc(slices.Clone(hosts), func(host string) bool { return host == "" })
}

// apart reports sites that would cross.
func (f *File) apart(d *decoder, nodes []*node) {
	fail := func(name, format string, args ...any) {
		i := slices.IndexFunc(f.Realms, func(r *Realm) bool { return r.Name == name })
		d.fail(index("realms", i), nodes[i].at, format, args...)
	}
	if _, err := realm.New(f.RealmOptions(func(*Realm) http.Handler { return http.NotFoundHandler() })); err != nil {
		for _, one := range err.(interface{ Unwrap() []error }).Unwrap() {
			if e, ok := errors.AsType[*realm.Error](one); ok {
				fail(e.Realm, "%s", e.Message)
			}
		}
	}
	for i, b := range f.Realms {
		for _, a := range f.Realms[:i] {
			if why := a.File.shares(b.File); why != "" {
				fail(b.Name, "has the %s of the realm %s: each realm needs its own", why, a.Name)
			}
		}
	}
}

// RealmOptions returns the options for realm.New, with a handler for each realm.
func (f *File) RealmOptions(handler func(*Realm) http.Handler) realm.Options {
	o := realm.Options{TrustedProxyHeaders: f.Options.Advanced.TrustedProxyHeaders, IPAddress: f.Options.Advanced.IPAddress}
	for _, one := range f.Realms {
		o.Realms = append(o.Realms, realm.Realm{
			Name: one.Name, Hosts: one.Hosts, Path: one.Path, Options: &one.File.Options, Handler: handler(one),
		})
	}
	return o
}
