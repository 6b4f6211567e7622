//go:build linux

package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/seed-32bd42cb/betterauth/bench/load"
	"github.com/seed-32bd42cb/betterauth/bench/scale"
)

// scaleCase is one kind of request to a site.
type scaleCase struct {
	name string
	path string
	// as returns the number of the user who sends the nth request; nil is the user 0,
	// who is an administrator and the owner of the largest organization.
	as    func(at *site, n int) int
	query func(at *site, n int) url.Values
	key   bool // an API key instead of a session
}

// spread returns a number below of that is another one for each n.
func spread(n, of int) int { return int(uint64(n+1) * 7_368_787 % uint64(of)) }

// values returns a query that is the same for every request.
func values(text string) func(*site, int) url.Values {
	q, _ := url.ParseQuery(text)
	return func(*site, int) url.Values { return q }
}

// searching returns a query with one user's address, cut, or name as searchValue.
func searching(text string, value func(at *site, user int) string) func(*site, int) url.Values {
	return func(at *site, n int) url.Values {
		q, _ := url.ParseQuery(text)
		q.Set("searchValue", value(at, spread(n, at.Users)))
		return q
	}
}

func anySession(at *site, n int) int { return spread(n, at.Sessions) }

var scaleCases = []scaleCase{
	{name: "get-session", path: "/get-session", as: anySession},
	{name: "verify-key", path: "/get-session", key: true},
	{name: "list-users", path: "/admin/list-users", query: values("limit=50")},
	{name: "list-users, sort createdAt", path: "/admin/list-users", query: values("limit=50&sortBy=createdAt&sortDirection=desc")},
	{name: "list-users, sort name", path: "/admin/list-users", query: values("limit=50&sortBy=name")},
	{name: "list-users, filter email", path: "/admin/list-users", query: func(at *site, n int) url.Values {
		return url.Values{"filterField": {"email"}, "filterValue": {at.Email(spread(n, at.Users))}}
	}},
	{name: "list-users, filter role", path: "/admin/list-users", query: values("limit=50&filterField=role&filterValue=admin")},
	{name: "list-users, filter banned", path: "/admin/list-users", query: values("limit=50&filterField=banned&filterValue=true")},
	{name: "list-users, search contains", path: "/admin/list-users", query: searching("limit=50&searchOperator=contains", func(at *site, user int) string {
		_, part, _ := strings.Cut(at.Email(user), ".")
		return part
	})},
	{name: "list-users, search starts_with", path: "/admin/list-users", query: searching("limit=50&searchOperator=starts_with", func(at *site, user int) string {
		part, _, _ := strings.Cut(at.Email(user), "@")
		return part
	})},
	{name: "list-users, offset 5000", path: "/admin/list-users", query: values("limit=50&offset=5000&sortBy=createdAt")},
	{name: "list-users, page after page", path: "/admin/list-users", query: func(at *site, n int) url.Values {
		// Through the last tenth of all users.
		begin, pages := at.Users*9/10, at.Users/10/50
		return url.Values{"limit": {"50"}, "sortBy": {"createdAt"}, "offset": {fmt.Sprint(begin + n%pages*50)}}
	}},
	{name: "organization/list", path: "/organization/list", as: func(at *site, n int) int { return spread(n, at.Organizations) }},
	{name: "list-members, small", path: "/organization/list-members", as: func(at *site, n int) int { return 2 + spread(n, at.Organizations/100-2)%90 }, query: owned},
	{name: "list-members, 500", path: "/organization/list-members", as: middle, query: owned},
	{name: "list-members, 5000", path: "/organization/list-members", as: largest, query: owned},
	{name: "get-full-organization, 500", path: "/organization/get-full-organization", as: middle, query: owned},
	{name: "get-full-organization, 5000", path: "/organization/get-full-organization", as: largest, query: owned},
}

func largest(*site, int) int { return 0 }
func middle(*site, int) int  { return 1 }

// owned is replaced by the id of the organization that the user of the request owns.
func owned(*site, int) url.Values { return nil }

func (k scaleCase) organization() bool { return strings.HasPrefix(k.path, "/organization/") }

// request returns the requests of a case to a server.
func (k scaleCase) request(at *site, p *process) load.Request {
	isOwned := k.organization() && k.query != nil
	return load.Request{Method: http.MethodGet, URL: "http://" + p.address + "/api/auth" + k.path, Header: http.Header{"User-Agent": {agent}}, Vary: func(n int, r *http.Request) {
		if k.key {
			key := spread(n, at.Keys)
			if at.Banned(key % at.Users) {
				key--
			}
			r.Header.Set("X-Api-Key", at.Key(key))
			return
		}
		user := 0
		if k.as != nil {
			user = k.as(at, n)
		}
		r.Header.Set("Cookie", "better-auth.session_token="+signed(at.Token(user)))
		switch {
		case isOwned:
			r.URL.RawQuery = url.Values{"organizationId": {at.OrganizationID(user)}}.Encode()
		case k.query != nil:
			r.URL.RawQuery = k.query(at, n).Encode()
		}
	}}
}

// signed returns a session's token as it is in the cookie.
func signed(token string) string {
	m := hmac.New(sha256.New, []byte(secret))
	_, _ = io.WriteString(m, token)
	return url.QueryEscape(token + "." + base64.StdEncoding.EncodeToString(m.Sum(nil)))
}

func scaleConfig(database, address string, organization bool) string {
	tenants := ""
	if organization {
		tenants = "organization: {}, "
	}
	return fmt.Sprintf(`secret: %q
baseURL: %q
database: { url: %q, pool: { max: 10 } }
emailAndPassword: { enabled: true }
rateLimit: { enabled: false }
plugins: { admin: {}, %sapi-key: { configurations: [{ enableSessionForAPIKeys: true }] } }
`, secret, "http://"+address, database, tenants)
}

func (s *scaling) print(out io.Writer) error {
	small, large := s.sites[0], s.sites[1]
	fmt.Fprintf(out, "%s against %s, %d runs of %v in turns, %d connections, seed %d; organizations of up to %d members\n",
		large.size, small.size, s.runs, s.time, s.connections, s.seed, scale.Largest)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "case\tp50 at %[1]s\tp50 at %[2]s\tp99 at %[1]s\tp99 at %[2]s\tp99 ratio\treference p50\treference/us p50\t\n", small.size, large.size)
	for _, k := range scaleCases {
		a, b := small.measured[k.name], large.measured[k.name]
		if a == nil || b == nil {
			continue
		}
		p50 := func(list []sample) time.Duration {
			return median(each(list, func(x sample) time.Duration { return x.p50 }))
		}
		p99 := func(list []sample) time.Duration {
			return median(each(list, func(x sample) time.Duration { return x.p99 }))
		}
		node, times := "", ""
		if len(b.node) > 0 {
			node, times = short(p50(b.node)).String(), fmt.Sprintf("%.1f", float64(p50(b.node))/float64(p50(b.ours)))
		}
		fmt.Fprintf(w, "%s\t%v\t%v\t%v\t%v\t%.2f\t%s\t%s\t\n", k.name, short(p50(a.ours)), short(p50(b.ours)), short(p99(a.ours)), short(p99(b.ours)),
			float64(p99(b.ours))/float64(p99(a.ours)), node, times)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, at := range s.sites {
		for _, p := range []*process{at.server, at.node} {
			if p == nil {
				continue
			}
			m, err := p.memory()
			if err != nil {
				return err
			}
			fmt.Fprintf(out, "%s at %s: first answer after %v, RSS after the load %s\n", p.name, at.size, p.started.Round(time.Millisecond), megabytes(m.rss))
		}
	}
	return nil
}
