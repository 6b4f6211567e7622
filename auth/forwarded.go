package auth

import (
	"context"
	"net/http"
	"strings"
	"sync"

	"github.com/seed-32bd42cb/betterauth/internal/origin"
)

// forwardedProto is the scheme that the outermost of our proxies was asked over,
// "" when no trusted header says so. It fails when the proxies contradict each
// other: to guess http would give links and cookies that browsers refuse.
func (c *Context) forwardedProto() (string, error) {
	if !c.Options.Advanced.TrustedProxyHeaders {
		return "", nil
	}
	text, _ := c.RequestHeaderValue("X-Forwarded-Proto")
	values := listed(strings.ToLower(text))
	if len(values) == 0 {
		if _, other := c.RequestHeaderValue("Forwarded"); other {
			c.tellOnce("the header Forwarded is not read: have the proxy send X-Forwarded-Proto and X-Forwarded-Host")
		}
		return "", nil
	}
	proto, ok := c.ofOuterProxy(values)
	switch proto {
	case "ws", "wss": // as some proxies name the schemes of WebSockets
		proto = strings.Replace(proto, "ws", "http", 1)
	}
	if ok && origin.ValidProxyProto(proto) {
		return proto, nil
	}
	c.tellOnce("requests are refused: X-Forwarded-Proto does not say whether the client came over http or https; " +
		"have the outermost proxy set it to one value, or name your proxies in advanced.ipAddress.trustedProxies")
	return "", BadRequest(Code{"INVALID_FORWARDED_PROTO", "X-Forwarded-Proto does not name one scheme"})
}

// forwardedHost is the host that the outermost of our proxies was asked for, ""
// when no trusted header names one. As in the reference, a header that names
// none does not count; that it doesn't is said in the log.
func (c *Context) forwardedHost() string {
	if !c.Options.Advanced.TrustedProxyHeaders {
		return ""
	}
	text, _ := c.RequestHeaderValue("X-Forwarded-Host")
	values := listed(text)
	if len(values) == 0 {
		return ""
	}
	host, ok := c.ofOuterProxy(values)
	if ok && origin.ValidProxyHost(host) {
		return host
	}
	c.tellOnce("X-Forwarded-Host does not name one host, so the header Host counts: " +
		"have the outermost proxy set it to one value, or name your proxies in advanced.ipAddress.trustedProxies")
	return ""
}

// ofOuterProxy picks, from a list to which every proxy adds what it saw, what
// the outermost of our own saw. Values further left may be forged. ok is false
// when they differ and nothing tells how many proxies are ours.
func (c *Context) ofOuterProxy(values []string) (value string, ok bool) {
	same := true
	for _, v := range values {
		same = same && v == values[0]
	}
	if same {
		return values[0], true
	}
	hops, known := c.ips.Hops(c.RequestHeader)
	if i := len(values) - 1 - hops; known && i >= 0 {
		return values[i], true
	}
	return "", false
}

// listed are the values of a header that holds a list.
func listed(text string) (values []string) {
	for v := range strings.SplitSeq(text, ",") {
		if v = strings.TrimSpace(v); v != "" {
			values = append(values, v)
		}
	}
	return values
}

// addressOf is what the caller's URL had: scheme and host.
func (c *Context) addressOf(r *http.Request) (scheme, host string) {
	if f := c.levers.RequestURL; f != nil {
		if scheme, host = f(r); scheme != "" {
			return scheme, host
		}
	}
	scheme = "http"
	if r.TLS != nil {
		scheme = "https"
	}
	if proto, err := c.forwardedProto(); err == nil && proto != "" {
		scheme = proto
	}
	return scheme, r.Host
}

// limiterIP is the address that calls are counted by: ClientIP, but also where a
// gateway writes the client's port behind it.
func (c *Context) limiterIP() (string, bool) {
	if ip, ok := c.ips.WithoutPort(c.RequestHeader); ok {
		return ip, true
	}
	return c.ClientIP()
}

// toldOnce are the warnings about requests that the log has already.
type toldOnce struct {
	mu   sync.Mutex
	said map[string]bool
}

// tellOnce logs an error about the installation that every request would repeat.
func (a *Auth) tellOnce(text string) {
	a.told.mu.Lock()
	defer a.told.mu.Unlock()
	if a.told.said[text] {
		return
	}
	if a.told.said == nil {
		a.told.said = map[string]bool{}
	}
	a.told.said[text] = true
	a.Log.ErrorContext(context.Background(), text)
}
