//go:build linux

package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/seed-32bd42cb/betterauth/bench/load"
)

// The setups are configurations; each case runs under one.
const (
	cached = "cached" // the session cookie cache is on
	stored = "stored" // every session is read from the database
	header = "header" // as stored, and get-session answers with a token
)

var setups = []string{cached, stored, header, providers}

// kase is one kind of request.
type kase struct {
	name     string
	setup    string
	path     string
	cookies  bool
	password bool // it hashes a password, so a request takes tens of milliseconds
	body     func(b *bench) func(n int) []byte
	flow     func(b *bench, ctx context.Context, ours *process) (flow, error)
}

var cases = []kase{
	{name: "ok", setup: cached, path: "/ok"},
	{name: "jwks", setup: cached, path: "/jwks"},
	{name: "get-session, cookie cache", setup: cached, path: "/get-session", cookies: true},
	{name: "get-session, database", setup: stored, path: "/get-session", cookies: true},
	{name: "get-session, jwt header", setup: header, path: "/get-session", cookies: true},
	{name: "token", setup: stored, path: "/token", cookies: true},
	{name: "sign-in", setup: stored, path: "/sign-in/email", password: true, body: (*bench).signIns},
	{name: "sign-up", setup: stored, path: "/sign-up/email", password: true, body: (*bench).signUps},
	{name: "code", setup: providers, path: "/oauth2/token", flow: (*bench).codes},
	{name: "refresh", setup: providers, path: "/oauth2/token", flow: (*bench).refreshes},
	{name: "client credentials", setup: providers, path: "/oauth2/token", flow: (*bench).credentials},
	{name: "introspect", setup: providers, path: "/oauth2/introspect", flow: (*bench).introspection},
	{name: "userinfo", setup: providers, path: "/oauth2/userinfo", flow: (*bench).userInfo},
}

const (
	email    = "ada@example.com"
	password = "correct horse battery staple"
	secret   = "uXk2vR8pQz4mN7tB1wY6cD3fG9hJ5sLa"
	agent    = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)

func (b *bench) signIns() func(int) []byte {
	body := []byte(`{"email":"` + email + `","password":"` + password + `"}`)
	return func(int) []byte { return body }
}

// people numbers sign-ups, because each needs a new address.
type people struct{ last atomic.Int64 }

func (b *bench) signUps() func(int) []byte {
	return func(int) []byte {
		return fmt.Appendf(nil, `{"name":"Ada Lovelace","email":"ada%d@example.com","password":"%s"}`, b.people.last.Add(1), password)
	}
}

// request returns the request of a case for a server.
func (b *bench) request(k kase, p *process, f flow) load.Request {
	h := http.Header{"User-Agent": {agent}, "X-Forwarded-For": {"203.0.113.7"}}
	r := load.Request{Method: http.MethodGet, URL: "http://" + p.address + "/api/auth" + k.path, Header: h}
	if k.cookies {
		h.Set("Cookie", b.cookies[k.setup])
	}
	if k.body != nil {
		r.Method, r.Body = http.MethodPost, k.body(b)
		h.Set("Content-Type", "application/json")
		h.Set("Origin", "http://"+p.address)
	}
	if len(f.bodies) > 0 {
		r.Body = func(n int) []byte { return []byte(f.bodies[n%len(f.bodies)]) }
		h.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if f.method != "" {
		r.Method = f.method
		h.Set("Authorization", f.authorization)
	}
	return r
}

// cookiesOf returns the cookies of an answer as a browser would send them back.
func cookiesOf(res *http.Response) string {
	var pairs []string
	for _, line := range res.Header["Set-Cookie"] {
		pair, _, _ := strings.Cut(line, ";")
		if name, value, _ := strings.Cut(pair, "="); value != "" && name != "" {
			pairs = append(pairs, pair)
		}
	}
	return strings.Join(pairs, "; ")
}

// config returns the config file of this server.
func config(database, address, setup string) string {
	more := ""
	if setup == providers {
		more = ", oauth-provider: { loginPage: /sign-in, consentPage: /consent, scopes: [openid, profile, email, offline_access, read] }"
	}
	return fmt.Sprintf(`secret: %q
baseURL: %q
database: { url: %q, pool: { max: 10 } }
emailAndPassword: { enabled: true }
rateLimit: { enabled: false }
session: { cookieCache: { enabled: %t, maxAge: 3600 } }
plugins: { jwt: { disableSettingJwtHeader: %t }%s }
`, secret, (&url.URL{Scheme: "http", Host: address}).String(), database, setup == cached, setup != header, more)
}
