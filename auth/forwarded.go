package auth

import (
	"context"
	"net/http"
	"strings"
	"sync"

	"github.com/seed-32bd42cb/betterauth/internal/origin"
)

// forwardedProto returns the scheme that the client used to reach our outermost proxy, or "" if no trusted header
// names it. It returns an error if the proxies contradict each other: guessing http would produce links and cookies
// that browsers refuse.
func (c *Context) forwardedProto() (string, error) {
	if !c.Options.Advanced.TrustedProxyHeaders {
		return "", nil
	}
	text, _ := c.RequestHeaderValue("X-Forwarded-Proto")
	values := origin.HeaderList(strings.ToLower(text))
	if len(values) == 0 {
		if _, other := c.RequestHeaderValue("Forwarded"); other {
			c.tellOnce("the header Forwarded is not supported: configure the proxy to send X-Forwarded-Proto and X-Forwarded-Host")
		}
		return "", nil
	}
	proto, ok := c.ips.Outermost(c.RequestHeader, values)
	switch proto {
	case "ws", "wss": // some proxies report the schemes of WebSockets
		proto = strings.Replace(proto, "ws", "http", 1)
	}
	if ok && origin.ValidProxyProto(proto) {
		return proto, nil
	}
	c.tellOnce("requests are refused: X-Forwarded-Proto does not say whether the client used http or https; " +
		"configure the outermost proxy to set it to one value, or list your proxies in advanced.ipAddress.trustedProxies")
	return "", BadRequest(Code{"INVALID_FORWARDED_PROTO", "X-Forwarded-Proto does not name one scheme"})
}

// forwardedHost returns the host that the client asked our outermost proxy for, or "" if no trusted header names it.
// As in the reference, a header without a valid host is ignored; this is logged.
func (c *Context) forwardedHost() string {
	if !c.Options.Advanced.TrustedProxyHeaders {
		return ""
	}
	text, _ := c.RequestHeaderValue("X-Forwarded-Host")
	values := origin.HeaderList(text)
	if len(values) == 0 {
		return ""
	}
	host, ok := c.ips.Outermost(c.RequestHeader, values)
	if ok && origin.ValidProxyHost(host) {
		return host
	}
	c.tellOnce("X-Forwarded-Host does not name exactly one host, so the header Host is used: " +
		"configure the outermost proxy to set it to one value, or list your proxies in advanced.ipAddress.trustedProxies")
	return ""
}

// addressOf returns scheme and host of the URL that the caller used.
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

// limiterIP returns the address that the rate limiter counts by: that of ClientIP, also if a gateway has appended the
// client's port.
func (c *Context) limiterIP() (string, bool) {
	if ip, ok := c.ips.WithoutPort(c.RequestHeader); ok {
		return ip, true
	}
	return c.ClientIP()
}

// toldOnce records which warnings about requests were logged.
type toldOnce struct {
	mu   sync.Mutex
	said map[string]bool
}

// tellOnce logs an error about the installation only once, because every request would repeat it.
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
