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
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/seed-32bd42cb/betterauth/bench/scale"
)

// scaleCase is one kind of request to a site.
type scaleCase struct {
	name string
	path string
	// as returns the number of the user who sends the nth request; nil is the user 0,
	// who is an administrator and the owner of the largest organization.
	as       func(at *site, n int) int
	query    func(at *site, n int) url.Values
	own      bool // the query names the organization that the user owns
	key      bool // an API key instead of a session
	oursOnly bool // the reference answers with an error
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
		part, _, _ = strings.Cut(part, "@")
		return part
	})},
	// All addresses have the same domain, so that a third of the text is in each row.
	{name: "list-users, search address", path: "/admin/list-users", query: searching("limit=50&searchOperator=contains", func(at *site, user int) string {
		return at.Email(user)
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
	{name: "list-members, small", path: "/organization/list-members", as: func(at *site, n int) int { return 2 + spread(n, 90) }, own: true},
	{name: "list-members, 500", path: "/organization/list-members", as: middle, own: true},
	{name: "list-members, 5000", path: "/organization/list-members", as: largest, own: true},
	{name: "list-members, 5000, sorted", path: "/organization/list-members", query: func(at *site, _ int) url.Values {
		return url.Values{"organizationId": {at.OrganizationID(0)}, "sortBy": {"createdAt"}, "offset": {"2000"}}
	}},
	{name: "get-full-organization, 500", path: "/organization/get-full-organization", as: middle, own: true},
	{name: "get-full-organization, 5000", path: "/organization/get-full-organization", as: largest, own: true},
	{name: "get-full-organization, all 5000", path: "/organization/get-full-organization", query: func(at *site, _ int) url.Values {
		return url.Values{"organizationId": {at.OrganizationID(0)}, "membersLimit": {"5000"}}
	}, oursOnly: true},
}

func largest(*site, int) int { return 0 }
func middle(*site, int) int  { return 1 }

func (k scaleCase) organization() bool { return strings.HasPrefix(k.path, "/organization/") }

// prepare makes r the nth request to a site.
func (k scaleCase) prepare(at *site, n int, r *http.Request) {
	r.Header.Set("User-Agent", agent)
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
	case k.own:
		r.URL.RawQuery = url.Values{"organizationId": {at.OrganizationID(user)}}.Encode()
	case k.query != nil:
		r.URL.RawQuery = k.query(at, n).Encode()
	}
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
	fmt.Fprintf(out, "%s against %s, %v for each case, seed %d; organizations of up to %d members\n", large.size, small.size, s.time, s.seed, scale.Largest)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "case\tanswers\tp50 at %[1]s\tp50 at %[2]s\tp99 at %[1]s\tp99 at %[2]s\tp50 ratio\tp99 ratio\treference p50 at %[1]s\tat %[2]s\treference/us\t\n", small.size, large.size)
	for _, m := range s.measured {
		a, b := m.ours[0], m.ours[1]
		ratio := func(q float64) string { return fmt.Sprintf("%.2f", float64(quantile(b, q))/float64(quantile(a, q))) }
		node := "\t\t"
		if len(m.node[1]) > 0 {
			c, d := quantile(m.node[0], 0.5), quantile(m.node[1], 0.5)
			node = fmt.Sprintf("%v\t%v\t%.1f", short(c), short(d), float64(d)/float64(quantile(b, 0.5)))
		}
		fmt.Fprintf(w, "%s\t%d\t%v\t%v\t%v\t%v\t%s\t%s\t%s\t\n", m.name, len(b), short(quantile(a, 0.5)), short(quantile(b, 0.5)),
			short(quantile(a, 0.99)), short(quantile(b, 0.99)), ratio(0.5), ratio(0.99), node)
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

// quantile returns the smallest time that is not below the share q of all.
func quantile(times []time.Duration, q float64) time.Duration {
	sorted := slices.Sorted(slices.Values(times))
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}
