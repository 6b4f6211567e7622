package realm_test

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// proof is something that a realm gave to somebody, and the use of it in a realm: accepted reports whether it was worth
// anything there.
type proof struct {
	what string
	make func(s *site, email string) (use func(at *site, header ...string) (accepted bool, told string))
}

var proofs = []proof{
	{"session cookies", func(s *site, email string) func(*site, ...string) (bool, string) {
		j := s.signIn(email)
		return func(at *site, header ...string) (bool, string) {
			got := at.call(j.renamed(s, at), "GET", "/get-session", "", header...)
			return got.member("user.email") != "", got.body
		}
	}},
	{"the cached session alone", func(s *site, email string) func(*site, ...string) (bool, string) {
		all := s.signIn(email)
		return func(at *site, header ...string) (bool, string) {
			j := all.renamed(s, at)
			own := at.signIn("attacker@example.com")
			for name, value := range j {
				if strings.HasSuffix(name, "session_token") && at != s {
					j[name] = own[name] // a valid session of the attacker there
				} else {
					j[name] = value
				}
			}
			got := at.call(j, "GET", "/get-session", "", header...)
			return got.member("user.email") == email, got.body
		}
	}},
	{"a bearer token", func(s *site, email string) func(*site, ...string) (bool, string) {
		j := s.signIn(email)
		token := s.call(j, "GET", "/get-session", "").member("session.token")
		signed := ""
		for name, value := range j {
			if strings.HasSuffix(name, "session_token") {
				signed, _ = url.QueryUnescape(value)
			}
		}
		return func(at *site, header ...string) (bool, string) {
			for _, text := range []string{signed, token} {
				got := at.call(nil, "GET", "/get-session", "", append(slices.Clone(header), "Authorization", "Bearer "+text)...)
				if got.member("user.email") != "" {
					return true, got.body
				}
			}
			return false, ""
		}
	}},
	{"a JWT", func(s *site, email string) func(*site, ...string) (bool, string) {
		token := s.call(s.signIn(email), "GET", "/token", "").member("token")
		head, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[0])
		if err != nil {
			s.t.Fatal(err)
		}
		kid := reply{body: string(head)}.member("kid")
		return func(at *site, header ...string) (bool, string) {
			got := at.call(nil, "GET", "/jwks", "", header...)
			session := at.call(nil, "GET", "/get-session", "", append(slices.Clone(header), "Authorization", "Bearer "+token)...)
			return strings.Contains(got.body, `"`+kid+`"`) || session.member("user.email") != "", got.body
		}
	}},
	{"a magic link", func(s *site, email string) func(*site, ...string) (bool, string) {
		token := s.link(email)
		return func(at *site, header ...string) (bool, string) {
			j := jar{}
			got := at.call(j, "GET", "/magic-link/verify?token="+token, "", header...)
			return at.call(j, "GET", "/get-session", "").member("user.email") != "", got.Header.Get("Location")
		}
	}},
	{"a token of a new password", func(s *site, email string) func(*site, ...string) (bool, string) {
		s.signIn(email)
		s.mu.Lock()
		s.mails = nil
		s.mu.Unlock()
		s.call(nil, "POST", "/request-password-reset", `{"email":"`+email+`","redirectTo":"/x"}`)
		link := s.mailed(email).URL
		_, token, _ := strings.Cut(link, "/reset-password/")
		token, _, _ = strings.Cut(token, "?")
		return func(at *site, header ...string) (bool, string) {
			got := at.call(nil, "GET", "/reset-password/"+token+"?callbackURL=%2Fx", "", header...)
			to := got.Header.Get("Location")
			return strings.Contains(to, "token="), to
		}
	}},
	{"the state of a sign-in with a provider", func(s *site, email string) func(*site, ...string) (bool, string) {
		j := jar{}
		got := s.call(j, "POST", "/sign-in/social", `{"provider":"github","callbackURL":"/in"}`)
		u, err := url.Parse(got.member("url"))
		if err != nil || u.Query().Get("state") == "" {
			s.t.Fatalf("%s: %s", s.name, got.body)
		}
		state := u.Query().Get("state")
		return func(at *site, header ...string) (bool, string) {
			before := at.called.Load()
			got := at.call(j.renamed(s, at), "GET", "/callback/github?code=x&state="+url.QueryEscape(state), "", header...)
			return at.called.Load() != before, got.Header.Get("Location") // the code was exchanged
		}
	}},
	{"an API key", func(s *site, email string) func(*site, ...string) (bool, string) {
		got := s.call(s.signIn(email), "POST", "/api-key/create", `{"name":"k"}`)
		key := got.member("key")
		if key == "" {
			s.t.Fatalf("%s: %s", s.name, got.body)
		}
		return func(at *site, header ...string) (bool, string) {
			got := at.call(nil, "GET", "/get-session", "", append(slices.Clone(header), "x-api-key", key)...)
			return got.member("user.email") != "", got.body
		}
	}},
	{"an entry of the secondary storage", func(s *site, email string) func(*site, ...string) (bool, string) {
		token := s.call(s.signIn(email), "GET", "/get-session", "").member("session.token")
		return func(at *site, header ...string) (bool, string) {
			if at.res.KV == nil {
				return at == s, ""
			}
			text, found, err := at.res.KV.Get(at.t.Context(), token)
			if err != nil {
				at.t.Fatal(err)
			}
			return found, text
		}
	}},
}

// TestAttackAcrossRealms: what one realm gave out is worth nothing in another, for the same address in both, whatever
// host the request claims to be for. In its own realm it is accepted.
func TestAttackAcrossRealms(t *testing.T) {
	everywhere(t, func(t *testing.T, p *process) {
		rapid.Check(t, func(t *rapid.T) {
			proof := rapid.SampledFrom(proofs).Draw(t, "proof")
			from := rapid.SampledFrom(p.sites).Draw(t, "from")
			email := rapid.SampledFrom([]string{"ann@example.com", "bob@example.com"}).Draw(t, "user")
			for _, s := range p.sites {
				if rapid.Bool().Draw(t, "known in "+s.name) {
					s.signIn(email)
				}
			}
			host := strings.TrimPrefix(from.origin, "https://")
			claims := [][]string{nil, {"X-Forwarded-Host", host, "X-Forwarded-Proto", "https"}, {"Forwarded", "host=" + host}, {"X-Original-Host", host}, {"Origin", from.origin, "Referer", from.origin + "/"}}
			use := proof.make(from, email)
			for _, at := range p.sites {
				if at == from {
					continue
				}
				if accepted, told := use(at, rapid.SampledFrom(claims).Draw(t, "claims at "+at.name)...); accepted {
					t.Fatalf("%s of the realm %s: accepted by %s: %s", proof.what, from.name, at.name, told)
				}
			}
			if accepted, told := use(from); !accepted {
				t.Fatalf("%s of the realm %s: refused by it: %s", proof.what, from.name, told)
			}
		})
	})
}

// TestAttackHostOfAnotherRealm: a forged Host leads to the server of that host, with its own cookies and keys; a host
// of no realm leads nowhere.
func TestAttackHostOfAnotherRealm(t *testing.T) {
	everywhere(t, func(t *testing.T, p *process) {
		a, b := p.sites[0], p.sites[1]
		j := a.signIn("ann@example.com")
		if got := a.call(j, "GET", "/get-session", "", "Host", "b.example.com"); got.member("user.email") != "" {
			t.Errorf("the cookie under another host: %s", got.body)
		}
		for _, host := range []string{"evil.example", "a.example.com.evil.example", "127.0.0.1"} {
			if got := a.call(j, "GET", "/get-session", "", "Host", host); got.StatusCode < 400 || got.member("user.email") != "" {
				t.Errorf("%s: %d %s", host, got.StatusCode, got.body)
			}
		}
		if got := b.call(j.renamed(a, b), "GET", "/get-session", "", "X-Forwarded-Host", "a.example.com"); got.body != "null" {
			t.Errorf("a forged X-Forwarded-Host: %s", got.body)
		}
	})
}

// TestAttackLimitsOfRealms: each realm counts for itself, so nobody can use up the attempts of another realm's users.
func TestAttackLimitsOfRealms(t *testing.T) {
	everywhere(t, func(t *testing.T, p *process) {
		const try = `{"email":"ann@example.com","password":"wrong-password"}`
		for _, s := range p.sites {
			for _, want := range []int{401, 401, 401, 429} {
				if got := s.call(nil, "POST", "/sign-in/email", try, "X-Forwarded-For", "203.0.113.9"); got.StatusCode != want {
					t.Errorf("%s: %d %s, want %d", s.name, got.StatusCode, got.body, want)
				}
			}
		}
	})
}
