package genericoauth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// errSkipped is returned, wrapped, for a provider that cannot be used until its discovery works.
var errSkipped = errors.New("no usable discovery")

const (
	discoveryTimeout = 10 * time.Second
	maxRedirects     = 5
)

// build creates the provider of a config and gets missing values by discovery.
func build(c *oauth.Call, config Config) (oauth.Provider, error) {
	p := &provider{Config: config, ends: config.EndSessionEndpoint}
	if config.DiscoveryURL != "" {
		if err := p.discover(c); err != nil {
			return nil, err
		}
		if p.Config.AuthorizationURL == "" || p.TokenURL == "" && p.GetToken == nil {
			return nil, fmt.Errorf("%w: no authorization endpoint or no token exchange", errSkipped)
		}
	}
	if config.RequireIDTokenVerification && p.tokens == nil {
		err := errors.New("requires verified ID tokens, but discovery did not provide a usable issuer and jwks_uri")
		if config.DiscoveryURL != "" {
			err = fmt.Errorf("%w: it %w", errSkipped, err)
		}
		return nil, err
	}
	return p, p.contradiction()
}

func (p *provider) contradiction() error {
	method := ""
	if p.TokenEndpointAuth != nil {
		method = p.TokenEndpointAuth.Method
	}
	switch method {
	case oauth.PrivateKey, oauth.NoSecret:
		if p.ClientSecret != "" {
			return fmt.Errorf("tokenEndpointAuth.method %q cannot be combined with clientSecret", method)
		}
	case oauth.SecretBasic, oauth.SecretPost:
		if p.ClientSecret == "" {
			return fmt.Errorf("tokenEndpointAuth.method %q requires clientSecret", method)
		}
	case "":
		if p.ClientSecret == "" && p.Authentication == "basic" {
			return errors.New(`authentication "basic" requires clientSecret`)
		}
	}
	return nil
}

// discover fills in values from the discovery document. If that cannot be read, nothing changes.
func (p *provider) discover(c *oauth.Call) error {
	ctx, cancel := context.WithTimeout(c.Context, discoveryTimeout)
	defer cancel()
	call := *c
	call.Context = ctx
	doc, err := fetchDocument(&call, p.DiscoveryURL, p.DiscoveryHeaders)
	if err != nil || doc == nil {
		c.Log.ErrorContext(c, "generic-oauth: discovery failed", "provider", p.ProviderID, "error", err)
		return nil
	}
	fill := func(to *string, name string) {
		address := oauth.Text(oauth.Member(doc, name))
		switch {
		case *to != "" || address == "":
		case !onTheWeb(address): // a browser would run a javascript: URL as a script of our page
			c.Log.ErrorContext(c, "generic-oauth: discovery returned an address that is neither http nor https; it is ignored", "provider", p.ProviderID, "member", name)
		default:
			*to = address
		}
	}
	fill(&p.Config.AuthorizationURL, "authorization_endpoint")
	fill(&p.TokenURL, "token_endpoint")
	fill(&p.UserInfoURL, "userinfo_endpoint")
	fill(&p.ends, "end_session_endpoint")
	p.issuer = oauth.Text(oauth.Member(doc, "issuer"))
	var algorithms []string
	if list, ok := oauth.Member(doc, "id_token_signing_alg_values_supported").([]any); ok {
		p.oidc = len(list) > 0
		for _, alg := range list {
			algorithms = append(algorithms, oauth.Text(alg))
		}
	}
	keys := oauth.Text(oauth.Member(doc, "jwks_uri"))
	if keys == "" || p.issuer == "" {
		return nil
	}
	address, err := oauth.Resolve(p.DiscoveryURL, keys)
	if err != nil {
		return fmt.Errorf("%w: jwks_uri %q is not an http or https URL", errSkipped, keys)
	}
	set := &oauth.CachedKeys{URL: address}
	if sameOrigin(address, p.DiscoveryURL) { // the headers may be credentials
		set.Header = p.DiscoveryHeaders.Pairs()
	}
	p.tokens = &oauth.IDTokens{Keys: set, Issuers: []string{p.issuer}, Audience: []string{p.ClientID}, Algorithms: algorithms}
	return nil
}

// onTheWeb reports whether an address is an absolute http or https URL.
func onTheWeb(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http")
}

// fetchDocument reads a discovery document, and returns nil if there is none. Headers, which may be credentials, are
// sent to the same origin only.
func fetchDocument(c *oauth.Call, address string, headers oauth.Params) (*js.Object, error) {
	target := address
	for hop := 0; ; hop++ {
		res, err := c.Fetch(oauth.Request{URL: target, Header: headers.Pairs(), Stop: len(headers) > 0})
		if err != nil {
			return nil, err
		}
		if len(headers) > 0 && res.Status >= 300 && res.Status < 400 && res.Location != "" {
			next, err := oauth.Resolve(target, res.Location)
			if err != nil {
				return nil, err
			}
			if !sameOrigin(next, address) {
				return nil, errors.New("discovery redirected to another origin; with discoveryHeaders only redirects to the same origin are followed")
			}
			if hop >= maxRedirects {
				return nil, fmt.Errorf("discovery redirected more than %d times", maxRedirects)
			}
			target = next
			continue
		}
		doc := res.Object()
		if res.Status != http.StatusOK && !res.OK() || doc == nil {
			return nil, nil
		}
		if issuer := oauth.Text(oauth.Member(doc, "issuer")); issuer != "" {
			if u, err := url.Parse(issuer); err != nil || u.Scheme == "" {
				return nil, nil
			}
		}
		return doc, nil
	}
}

func sameOrigin(a, b string) bool {
	x, errA := url.Parse(a)
	y, errB := url.Parse(b)
	return errA == nil && errB == nil && strings.EqualFold(x.Scheme, y.Scheme) && strings.EqualFold(x.Host, y.Host)
}
