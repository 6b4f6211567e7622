package auth

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/internal/clientip"
	"github.com/seed-32bd42cb/betterauth/internal/limiter"
	"github.com/seed-32bd42cb/betterauth/js"
)

// SweepLimiter deletes the expired counters of the limiter and frees their memory. [Auth.Run] calls it every minute,
// and [Auth.Sweep] calls it too. Several servers may call it at the same time.
func (a *Auth) SweepLimiter(ctx context.Context) error {
	if s, ok := a.limiter.(limiter.Sweeper); ok {
		return s.Sweep(ctx, a.now(ctx))
	}
	return nil
}

func (a *Auth) openLimiter() (limiter.Counter, error) {
	o := a.Options.RateLimit
	if o.CustomStorage.Consume != nil {
		return customLimiter{o.CustomStorage.Consume}, nil
	}
	storage := o.Storage
	if storage == "" && a.KV != nil {
		storage = "secondary-storage"
	}
	switch storage {
	case "", "memory":
		return limiter.NewMemory(limiter.MaxEntries, a.now), nil
	case "secondary-storage":
		if a.KV == nil {
			return nil, errors.New("rateLimit.storage is secondary-storage, but there is no secondaryStorage")
		}
		return limiter.NewKV(a.KV), nil
	case "database":
		return limiter.NewDatabase(a.Store, a.now, a.Log, a.longestWindow()), nil
	}
	return nil, errors.New("rateLimit.storage must be memory, database or secondary-storage, not " + storage)
}

func (a *Auth) limits() bool {
	return isTrue(a.Options.RateLimit.Enabled, a.Options.Mode == Production)
}

// limit counts the request and reports whether it exceeds the limit.
func (a *Auth) limit(c *Context, path string) (limited bool, retry int, err error) {
	if !a.limits() {
		return false, 0, nil
	}
	ip, ok := c.limitIP()
	if !ok {
		return false, 0, nil
	}
	rule, err := a.ruleFor(c, path)
	if err != nil || rule.off {
		return false, 0, err
	}
	allowed, retry, err := a.count(c, clientip.RateLimitKey(ip, a.bucket(path, rule)), rule.RuleSize)
	return !allowed, retry, err
}

// limitIP returns the address that the limiter counts by. If no trusted header names the client, it is the address of
// the connection; the reference puts all such clients into one bucket.
func (c *Context) limitIP() (ip string, ok bool) {
	if ip, ok = c.limiterIP(); ok {
		return ip, true
	}
	if c.Options.Advanced.IPAddress.DisableIPTracking {
		return "", false
	}
	if ip = socketIP(c.Request); ip == "" {
		ip = "no-trusted-ip"
	}
	return ip, true
}

// anyPath stands for all paths without an endpoint.
const anyPath = "*"

// bucket returns the name under which the calls of one client are counted: the path of an endpoint, as in the
// reference. Paths that a client can choose freely share a bucket, so that the number of counters does not grow with
// what clients send. These are the paths of a route with parameters, and all paths without an endpoint. If a rule
// matches such paths by a pattern, they share a bucket of that rule.
func (a *Auth) bucket(path string, rule pathRule) string {
	if rule.on == path || a.router.isStatic(path) {
		return path
	}
	shared := anyPath
	if template, ok := a.router.template(path); ok {
		shared = template
	}
	if rule.on == "" {
		return shared
	}
	return shared + "|" + rule.on
}

func socketIP(r *http.Request) string {
	host := r.RemoteAddr
	if i := strings.LastIndexByte(host, ':'); i >= 0 {
		host = strings.Trim(host[:i], "[]")
	}
	if host, _, _ = strings.Cut(host, "%"); host == "" {
		return ""
	}
	return clientip.Normalize(host, 64)
}

// ClientIP returns the address of the client from the trusted headers. In development and in test mode it is
// 127.0.0.1 if they name none.
func (c *Context) ClientIP() (string, bool) {
	o := c.Options.Advanced.IPAddress
	if o.DisableIPTracking {
		return "", false
	}
	if ip, ok := c.ips.FromHeader(c.RequestHeader); ok {
		return ip, true
	}
	if o.UseSocketAddress && c.Request != nil {
		if ip := socketIP(c.Request); ip != "" {
			return ip, true
		}
	}
	if c.Options.Mode != Production {
		return "127.0.0.1", true
	}
	return "", false
}

// pathRule is the rate limit of a path, with the pattern that matched, or "" for the default limit.
type pathRule struct {
	RuleSize
	on  string
	off bool // the path is not limited
}

// ruleFor returns the rate limit of a path: from the options, then from the plugins, then from the built-in
// endpoints, then the default.
func (a *Auth) ruleFor(c *Context, path string) (pathRule, error) {
	o := a.Options.RateLimit
	rule := pathRule{RuleSize: RuleSize{Window: o.Window, Max: o.Max}}
	for _, rules := range [][]RateLimit{a.builtinLimits, a.rateLimits} {
		for _, r := range rules {
			if on, ok := matchingPath(r.On, path); ok {
				rule = pathRule{RuleSize: RuleSize{r.Window, r.Max}, on: on, off: r.Off}
				break
			}
		}
	}
	i := slices.IndexFunc(o.CustomRules, func(r CustomRule) bool { return samePath(r.Path, path) })
	if i < 0 {
		return rule, nil
	}
	custom := o.CustomRules[i]
	rule.on, rule.off = custom.Path, false
	switch {
	case custom.Off:
		rule.off = true
	case custom.Func != nil:
		answer, err := custom.Func(c, RuleRequest{Call: c, Current: rule.RuleSize})
		if err != nil {
			return rule, FromCallback(err)
		}
		size, on := ruleFrom(answer, rule.RuleSize)
		rule.RuleSize, rule.off = size, !on
	default:
		rule.RuleSize = RuleSize{custom.Window, custom.Max}
	}
	return rule, nil
}

// ruleFrom reads the result of a callback: false, or a rule.
func ruleFrom(answer callback.Answer, rule RuleSize) (size RuleSize, on bool) {
	switch v := answer.Result.(type) {
	case bool:
		return rule, v
	case *js.Object:
		window, _ := v.Get("window")
		limit, _ := v.Get("max")
		w, okW := window.(float64)
		m, okM := limit.(float64)
		if okW && okM {
			return RuleSize{int(w), int(m)}, true
		}
	}
	return rule, true
}

func (a *Auth) longestWindow() int {
	longest := a.Options.RateLimit.Window
	for _, rules := range [][]RateLimit{a.builtinLimits, a.rateLimits} {
		for _, r := range rules {
			longest = max(longest, r.Window)
		}
	}
	for _, r := range a.Options.RateLimit.CustomRules {
		longest = max(longest, r.Window)
		if r.Func != nil { // the callback has not been called yet
			longest = max(longest, int(time.Hour.Seconds()))
		}
	}
	if rule, on := a.accountRule(); on {
		longest = max(longest, rule.Window)
	}
	return longest
}

// customLimiter uses the storage that the options provide.
type customLimiter struct {
	ask callback.Func[ConsumeRequest, ConsumeAnswer]
}

func (l customLimiter) Consume(ctx context.Context, key string, rule limiter.Rule) (bool, int, error) {
	answer, err := l.ask(ctx, ConsumeRequest{Key: key, Rule: RuleSize(rule)})
	if err != nil {
		return false, 0, FromCallback(err)
	}
	if answer.RetryAfter == nil {
		return answer.Allowed, rule.Window, nil
	}
	return answer.Allowed, int(*answer.RetryAfter), nil
}

// Forgive does nothing, because the storage of the options can only count.
func (l customLimiter) Forgive(context.Context, string) error { return nil }
