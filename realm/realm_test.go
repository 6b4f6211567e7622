package realm_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/kv"
	"github.com/seed-32bd42cb/betterauth/realm"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
)

// answering answers with its name.
type answering string

func (a answering) ServeHTTP(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(a)) }

func realms(t *testing.T, o realm.Options) *realm.Realms {
	t.Helper()
	for i := range o.Realms {
		o.Realms[i].Handler = answering(o.Realms[i].Name)
	}
	r, err := realm.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var sites = []realm.Realm{
	{Name: "shop", Hosts: []string{"Shop.Example.com", "shop.example.com:8443"}},
	{Name: "shop-eu", Hosts: []string{"shop.example.com"}, Path: "/eu"},
	{Name: "shop-eu-fr", Hosts: []string{"shop.example.com"}, Path: "/eu/fr"},
	{Name: "admin", Hosts: []string{"shop.example.com:9000", "[::1]:9000"}},
	{Name: "lab", Path: "/lab"},
}

// TestFind: the host decides first, then the longest path; a host that a realm names belongs to nobody else.
func TestFind(t *testing.T) {
	r := realms(t, realm.Options{Realms: sites})
	for _, c := range []struct {
		host, path string
		status     int
		want       string
	}{
		{"shop.example.com", "/api/auth/ok", 200, "shop"},
		{"SHOP.example.COM.:443", "/api/auth/ok", 200, "shop"},
		{"shop.example.com:3210", "/api/auth/ok", 200, "shop"},
		{"shop.example.com", "/eu", 200, "shop-eu"},
		{"shop.example.com", "/eu/api/auth/ok", 200, "shop-eu"},
		{"shop.example.com", "/eu/fr/api/auth/ok", 200, "shop-eu-fr"},
		{"shop.example.com", "/europe/api/auth/ok", 200, "shop"},
		{"shop.example.com", "/eu/../eu/fr/ok", 200, "shop-eu-fr"},
		{"shop.example.com", "/eu/fr/..%2f../ok", 200, "shop-eu-fr"},
		{"shop.example.com", "/eu/fr/%2e%2e/ok", 200, "shop-eu"},
		{"shop.example.com", "/EU/ok", 200, "shop"},
		{"shop.example.com", "/.well-known/oauth-authorization-server/eu/api/auth", 200, "shop-eu"},
		{"shop.example.com", "/.well-known/openid-configuration", 200, "shop"},
		{"shop.example.com:9000", "/api/auth/ok", 200, "admin"},
		{"shop.example.com:9000", "/eu/ok", 200, "admin"},
		{"[::1]:9000", "/", 200, "admin"},
		{"shop.example.com", "/lab/api/auth/ok", 200, "shop"},
		{"other.example.com", "/lab/api/auth/ok", 200, "lab"},
		{"[::1]", "/lab", 200, "lab"},
		{"other.example.com", "/laboratory", 404, "No site of this server has this path."},
		{"other.example.com", "/api/auth/ok", 404, "No site of this server has this path."},
		{"shop.example.com.evil.com", "/api/auth/ok", 404, "No site"},
		{"evil.com/shop.example.com", "/lab", 421, "No site of this server has this host."},
		{"shop.example.com@evil.com", "/lab", 421, "No site"},
		{"shop.example.com,evil.com", "/lab", 421, "No site"},
		{"", "/lab", 421, "No site"},
	} {
		req := httptest.NewRequest(http.MethodGet, "http://x"+c.path, nil)
		req.Host, req.RequestURI = c.host, c.path
		w := httptest.NewRecorder()
		r.ServeHTTP(w, req)
		if w.Code != c.status || !strings.HasPrefix(w.Body.String(), c.want) || c.status == 200 && w.Body.String() != c.want {
			t.Errorf("%s %s: %d %q, want %d %q", c.host, c.path, w.Code, w.Body, c.status, c.want)
		}
	}
	alone := realms(t, realm.Options{Realms: sites[:1]})
	req := httptest.NewRequest(http.MethodGet, "http://other.example.com/", nil)
	if one, status := alone.Find(req); one != nil || status != http.StatusMisdirectedRequest {
		t.Errorf("a host of no realm: %v, %d", one, status)
	}
}

// TestAttackForwardedHostOfRealm: X-Forwarded-Host leads to a realm only if proxies are trusted, and then only the
// value of the outermost one.
func TestAttackForwardedHostOfRealm(t *testing.T) {
	for _, c := range []struct {
		trust         bool
		proxies       []string
		host, forward string
		forwardedFor  string
		want          string
		misdirected   bool
	}{
		{host: "shop.example.com", forward: "forum.example.com", want: "shop"},
		{trust: true, host: "inner:3210", forward: "forum.example.com", want: "forum"},
		{trust: true, host: "shop.example.com", forward: "forum.example.com", want: "forum"},
		{trust: true, host: "shop.example.com", forward: "other.example.com", misdirected: true},
		{trust: true, host: "shop.example.com", want: "shop"},
		{trust: true, host: "shop.example.com", forward: "forum.example.com, shop.example.com", misdirected: true},
		{trust: true, host: "inner", forward: "shop.example.com,shop.example.com", want: "shop"},
		{trust: true, proxies: []string{"10.0.0.0/8"}, host: "inner", forwardedFor: "198.51.100.7, 10.0.0.1",
			forward: "forum.example.com, shop.example.com, inner", want: "shop"},
		{trust: true, proxies: []string{"10.0.0.0/8"}, host: "inner", forward: "forum.example.com, shop.example.com", misdirected: true},
		{trust: true, host: "shop.example.com", forward: "forum.example.com/@shop.example.com", misdirected: true},
	} {
		r := realms(t, realm.Options{TrustedProxyHeaders: c.trust, IPAddress: auth.IPAddressOptions{TrustedProxies: c.proxies}, Realms: []realm.Realm{
			{Name: "shop", Hosts: []string{"shop.example.com"}}, {Name: "forum", Hosts: []string{"forum.example.com"}},
		}})
		req := httptest.NewRequest(http.MethodGet, "http://x/api/auth/ok", nil)
		req.Host = c.host
		if c.forward != "" {
			first, rest, more := strings.Cut(c.forward, ",")
			req.Header.Add("X-Forwarded-Host", first)
			if more {
				req.Header.Add("X-Forwarded-Host", rest)
			}
		}
		if c.forwardedFor != "" {
			req.Header.Set("X-Forwarded-For", c.forwardedFor)
		}
		one, status := r.Find(req)
		if c.misdirected != (status == http.StatusMisdirectedRequest) || one != nil && one.Name != c.want || one == nil && c.want != "" {
			t.Errorf("%+v: %v, %d", c, one, status)
		}
	}
}

func server(t *testing.T, change func(o *auth.Options)) *auth.Auth {
	t.Helper()
	o := auth.Options{Mode: auth.Test, Secret: "a-secret-of-one-realm-0123456789-" + t.Name(), Database: memstore.New(), BaseURL: auth.Static("https://one.example")}
	o.EmailAndPassword.Enabled = true
	if change != nil {
		change(&o)
	}
	a, err := betterauth.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

type plugin struct{ id string }

func (p *plugin) Manifest() auth.Manifest { return auth.Manifest{ID: p.id} }

// TestSharedServers: realms that share what keeps them apart are refused.
func TestSharedServers(t *testing.T) {
	db, keys, shared := memstore.New(), kv.NewMemory(nil, 0), &plugin{"notes"}
	second := func(change func(o *auth.Options)) func(o *auth.Options) {
		return func(o *auth.Options) {
			o.Secret = "another-secret-0123456789-0123456789"
			if change != nil {
				change(o)
			}
		}
	}
	on := func(change func(o *auth.Options)) func(o *auth.Options) { return change }
	for _, c := range []struct {
		name   string
		a, b   func(o *auth.Options)
		change func(list []realm.Realm)
		want   string
	}{
		{"two realms", nil, second(nil), nil, ""},
		{"a secret", nil, nil, nil, "realm two: it has a secret of the realm one"},
		{"a database", on(func(o *auth.Options) { o.Database = db }), second(func(o *auth.Options) { o.Database = db }), nil, "realm two: it has the table"},
		{"a database with a prefix", on(func(o *auth.Options) { o.Database = db }), second(func(o *auth.Options) { o.Database, o.Advanced.Database.TablePrefix = db, "two_" }), nil, ""},
		{"a storage", on(func(o *auth.Options) { o.SecondaryStorage = keys }), second(func(o *auth.Options) { o.SecondaryStorage = keys }), nil, "realm two: it has the secondary storage"},
		{"a plugin", on(func(o *auth.Options) { o.Plugins = []auth.Plugin{shared} }), second(func(o *auth.Options) { o.Plugins = []auth.Plugin{shared} }), nil, "realm two: it has the plugin notes"},
		{"plugins of one kind", on(func(o *auth.Options) { o.Plugins = []auth.Plugin{&plugin{"notes"}} }), second(func(o *auth.Options) { o.Plugins = []auth.Plugin{&plugin{"notes"}} }), nil, ""},
		{"a host and a path", nil, second(nil), func(list []realm.Realm) { list[1].Hosts = []string{"ONE.example:443"} }, "realm two: it has the host and path of the realm one (one.example)"},
		{"a host", nil, second(func(o *auth.Options) { o.BasePath = "/x/api" }), func(list []realm.Realm) { list[1].Hosts, list[1].Path = list[0].Hosts, "/x" }, "realm two: browsers would send it the cookie better-auth.session_token"},
		{"a host, with another prefix", nil, second(func(o *auth.Options) { o.BasePath, o.Advanced.CookiePrefix = "/x/api", "two" }), func(list []realm.Realm) { list[1].Hosts, list[1].Path = list[0].Hosts, "/x" }, ""},
		{"a path elsewhere", nil, second(nil), func(list []realm.Realm) { list[1].Path = "/x" }, "realm two: the endpoints are at /api/auth, which is not below the path /x"},
		{"headers", nil, second(func(o *auth.Options) { o.Advanced.TrustedProxyHeaders = true }), nil, "realm two: advanced.trustedProxyHeaders differs"},
		{"a server", nil, nil, func(list []realm.Realm) { list[1].Auth = list[0].Auth }, "realm two: it has the server of the realm one"},
		{"a name", nil, second(nil), func(list []realm.Realm) { list[1].Name = "one" }, "realm one: there are two realms of this name"},
		{"no server", nil, second(nil), func(list []realm.Realm) { list[1].Auth = nil }, "realm two: has no server"},
		{"every request", nil, second(nil), func(list []realm.Realm) { list[1].Hosts = nil }, "realm two: needs a host or a path"},
	} {
		t.Run(c.name, func(t *testing.T) {
			list := []realm.Realm{{Name: "one", Hosts: []string{"one.example"}, Auth: server(t, c.a)}, {Name: "two", Hosts: []string{"two.example"}, Auth: server(t, c.b)}}
			if c.change != nil {
				c.change(list)
			}
			_, err := realm.New(realm.Options{Realms: list})
			if (err == nil) != (c.want == "") || err != nil && !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	if _, err := realm.New(realm.Options{}); err == nil {
		t.Error("no realms were accepted")
	}
}
