package config

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/kv/rediskv"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// merger makes the configuration of one site from what is above the sites and from what the site sets itself.
type merger struct {
	d    *decoder
	path string   // of the site
	at   position // of the site
	site *realmOption
	env  func(string) string
}

// realm returns the options of the site. It inherits neither secret nor base URL, and of the database only what does
// not say where its tables are.
func (m *merger) realm(top, own *mapping) *mapping {
	inherited := &mapping{}
	for _, e := range top.members {
		switch e.key {
		case "secret", "secrets", "database", "secondaryStorage", "baseURL":
			continue
		}
		inherited.members = append(inherited.members, e)
	}
	out := merge("", inherited, own)
	m.baseURL(out, top, own)
	if database := m.database(top.get("database"), own.get("database")); database != nil {
		out.set("database", database)
	}
	if storage := m.storage(top.get("secondaryStorage"), own); storage != nil {
		out.set("secondaryStorage", storage)
	}
	if m.site.Path != "" {
		m.below(out, top, own)
	}
	return out
}

func (m *merger) text(s string) *node { return &node{at: m.at, value: s} }

// baseURL gives a site with a path the base URL above the sites.
func (m *merger) baseURL(out, top, own *mapping) {
	above := top.get("baseURL")
	switch {
	case above == nil || own.has("baseURL"):
	case m.site.Path == "":
		m.d.fail(m.path, m.at, "needs a baseURL of its own: only realms with a path have the one above them")
	default:
		out.set("baseURL", above)
	}
}

// below moves the endpoints and cookies of a site with a path away from those of others.
func (m *merger) below(out, top, own *mapping) {
	if !own.has("basePath") && pathOf(out.get("baseURL")) == "" {
		base := textOf(top.get("basePath"))
		out.set("basePath", m.text(m.site.Path+"/"+strings.Trim(cmp.Or(base, origin.DefaultBasePath), "/")))
	}
	if own.find("advanced.cookiePrefix") == nil {
		prefix := m.site.Name
		if above := top.find("advanced.cookiePrefix"); above != nil && textOf(above.value) != "" {
			prefix = textOf(above.value) + "-" + prefix
		}
		out.put("advanced.cookiePrefix", m.text(prefix))
		// This plugin names its cookie without the prefix.
		if out.find("plugins.last-login-method") != nil && out.find("plugins.last-login-method.cookieName") == nil {
			out.put("plugins.last-login-method.cookieName", m.text(prefix+".last_used_login_method"))
		}
	}
}

// places are the options of a database that say where its tables are.
var places = []string{"schemaName", "tablePrefix", "provider"}

// database returns the option database of the site.
func (m *merger) database(top, own *node) *node {
	mine := asMap("url", own)
	if mine == nil || own.value == nil {
		if own == nil || own.value == nil {
			m.d.fail(m.path, m.at, "needs a database of its own: an address, or another schemaName or tablePrefix in the database above the realms")
		}
		return own
	}
	above := asMap("url", top)
	if above == nil {
		above = &mapping{}
	}
	if mine.has("url") {
		above = above.without(append(places, "url")...)
	} else if !mine.has("schemaName") && !mine.has("tablePrefix") {
		m.d.fail(join(m.path, "database"), own.at, "needs a url, schemaName or tablePrefix: a realm does not share its tables")
		return own
	}
	out := merge("", above, mine)
	if !out.has("url") {
		out.set("url", m.text(cmp.Or(m.env("DATABASE_URL"), DefaultDatabase)))
	}
	if textOf(out.get("url")) == "none" && !mine.has("url") {
		m.d.fail(join(m.path, "database"), own.at, "there is no database above the realms, so it needs a url")
	}
	return &node{at: own.at, value: out}
}

// storage returns the option secondaryStorage of the site; nil without one.
func (m *merger) storage(top *node, own *mapping) *node {
	n := own.get("secondaryStorage")
	if n != nil && n.value == nil {
		return nil // takes away the one above
	}
	above, mine := storageMap(top), storageMap(n)
	if mine == nil && n != nil {
		return n // a mistake, which the decoder reports
	}
	if above == nil {
		above = &mapping{}
	}
	if mine == nil {
		if len(above.members) == 0 {
			return nil
		}
		mine = &mapping{}
	}
	for _, key := range []string{"provider", "url", "get", "set", "delete", "getAndDelete", "increment"} {
		if mine.has(key) {
			above = above.without("provider", "url", "get", "set", "delete", "getAndDelete", "increment")
			break
		}
	}
	out := merge("", above, mine)
	if !mine.has("keyPrefix") {
		prefix := rediskv.ReferencePrefix
		if k := above.get("keyPrefix"); k != nil {
			prefix = textOf(k)
		}
		out.set("keyPrefix", m.text(prefix+m.site.Name+":"))
	}
	at := m.at
	if n != nil {
		at = n.at
	}
	return &node{at: at, value: out}
}

// asMap returns an option that is a map, or a text that stands for one of its members.
func asMap(key string, n *node) *mapping {
	if n == nil {
		return nil
	}
	switch v := n.value.(type) {
	case *mapping:
		return v
	case string:
		return &mapping{members: []member{{key, n.at, n}}}
	}
	return nil
}

func storageMap(n *node) *mapping {
	if n != nil && n.value == "memory" {
		return asMap("provider", n)
	}
	return asMap("url", n)
}

// merge returns the members of top with those of own. Maps are merged and everything else is replaced; null takes a
// member away, and false takes a plugin or a provider away.
func merge(path string, top, own *mapping) *mapping {
	out := &mapping{members: slices.Clone(top.members)}
	parts := path == "plugins" || path == "socialProviders"
	for _, e := range own.members {
		above := top.get(e.key)
		a, am := valueMap(above)
		b, bm := valueMap(e.value)
		switch {
		case parts && e.value.value == false:
			out.remove(e.key)
		case e.value.value == nil && parts && above != nil: // on, with the options above
		case am && bm:
			out.set(e.key, &node{at: e.value.at, value: merge(join(path, e.key), a, b)})
		default:
			out.setAt(e)
		}
	}
	return out
}

// valueMap returns a map of options. A webhook is one value.
func valueMap(n *node) (*mapping, bool) {
	if n == nil || isWebhook(n) {
		return nil, false
	}
	m, ok := n.value.(*mapping)
	return m, ok
}

func textOf(n *node) string {
	if n == nil {
		return ""
	}
	text, _ := n.value.(string)
	return text
}

// pathOf returns the path of a base URL that is a text.
func pathOf(n *node) string {
	u, err := url.Parse(textOf(n))
	if err != nil {
		return ""
	}
	return strings.TrimRight(u.Path, "/")
}

func hostOfURL(text string) string {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil {
		return ""
	}
	if strings.Contains(u.Hostname(), ":") {
		return "[" + u.Hostname() + "]"
	}
	return u.Hostname()
}

// find returns the member at a path, or nil.
func (m *mapping) find(path string) *member {
	first, rest, deep := strings.Cut(path, ".")
	for i := range m.members {
		if e := &m.members[i]; e.key == first {
			if within, ok := e.value.value.(*mapping); ok && deep {
				return within.find(rest)
			} else if deep {
				return nil
			}
			return e
		}
	}
	return nil
}

func (m *mapping) set(key string, n *node) { m.setAt(member{key, n.at, n}) }

func (m *mapping) setAt(e member) {
	for i := range m.members {
		if m.members[i].key == e.key {
			m.members[i] = e
			return
		}
	}
	m.members = append(m.members, e)
}

func (m *mapping) remove(key string) {
	m.members = slices.DeleteFunc(m.members, func(e member) bool { return e.key == key })
}

func (m *mapping) without(keys ...string) *mapping {
	return &mapping{members: slices.DeleteFunc(slices.Clone(m.members), func(e member) bool { return slices.Contains(keys, e.key) })}
}

// put sets the option at a path, in copies of the groups that it is in.
func (m *mapping) put(path string, n *node) {
	key, rest, deep := strings.Cut(path, ".")
	if !deep {
		m.set(key, n)
		return
	}
	within := &mapping{}
	if old, ok := valueMap(m.get(key)); ok {
		within.members = slices.Clone(old.members)
	}
	within.put(rest, n)
	m.set(key, &node{at: n.at, value: within})
}

// shares returns what two sites have in common that must be a realm's own, or "".
func (f *File) shares(g *File) string {
	if a, b := f.tables(), g.tables(); a != "" && a == b {
		return "database"
	}
	a, b := &f.SecondaryStorage, &g.SecondaryStorage
	if a.Provider == "redis" && b.Provider == "redis" || a.webhooks() && b.webhooks() {
		p, q := a.prefix(), b.prefix()
		if strings.HasPrefix(p, q) || strings.HasPrefix(q, p) {
			return "secondaryStorage.keyPrefix"
		}
	}
	return ""
}

// tables names the database, the schema and the prefix of the tables; "" without tables that another process or
// realm could reach.
func (f *File) tables() string {
	a, err := sqlstore.ReadAddress(f.DatabaseURL())
	if f.DatabaseURL() == "" || err != nil {
		return ""
	}
	place := a.Place(f.Database.SchemaName)
	if place == "" {
		return ""
	}
	return place + " " + strings.ToLower(f.Database.TablePrefix)
}
