package auth

import (
	"context"
	"errors"
	"math"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/internal/clientip"
	"github.com/seed-32bd42cb/betterauth/internal/js"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/kv"
	"github.com/seed-32bd42cb/betterauth/store"
)

// limiter counts a call under key and says, in one atomic step, whether it may
// go on; retry is in seconds.
type limiter interface {
	consume(ctx context.Context, key string, rule RuleSize) (allowed bool, retry int, err error)
}

// specialLimits are the reference's stricter rules, before those of plugins.
var specialLimits = []RateLimit{
	{On: []string{"/sign-in*", "/sign-up*", "/change-password*", "/change-email*"}, Window: 10, Max: 3},
	{On: []string{"/request-password-reset", "/send-verification-email", "/forget-password*", "/email-otp/send-verification-otp", "/email-otp/request-password-reset"}, Window: 60, Max: 3},
}

func (a *Auth) openLimiter() (limiter, error) {
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
		return &memoryLimiter{entries: map[string]*memoryEntry{}}, nil
	case "secondary-storage":
		if a.KV == nil {
			return nil, errors.New("rateLimit.storage is secondary-storage, but there is no secondaryStorage")
		}
		return kvLimiter{a.KV}, nil
	case "database":
		return &databaseLimiter{store: a.Store, now: a.now, longest: a.longestWindow()}, nil
	}
	return nil, errors.New("rateLimit.storage must be memory, database or secondary-storage, not " + storage)
}

// limit counts the request and says whether it is one too many.
func (a *Auth) limit(c *Context, path string) (limited bool, retry int, err error) {
	if !isTrue(a.Options.RateLimit.Enabled, a.Options.Mode == Production) {
		return false, 0, nil
	}
	key, ok := a.limitKey(c, path)
	if !ok {
		return false, 0, nil
	}
	rule, on, err := a.ruleFor(c, path)
	if err != nil || !on {
		return false, 0, err
	}
	allowed, retry, err := a.count(c, key, rule)
	return !allowed, retry, err
}

// limitKey is <address>|<path>. Where no trusted header names the client, the
// connection's address does: the reference puts all such clients in one bucket.
func (a *Auth) limitKey(c *Context, path string) (string, bool) {
	ip, ok := c.limiterIP()
	switch {
	case ok:
	case a.Options.Advanced.IPAddress.DisableIPTracking:
		return "", false
	default:
		if ip = socketIP(c.Request); ip == "" {
			ip = "no-trusted-ip"
		}
	}
	return clientip.RateLimitKey(ip, path), true
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

// ClientIP is the caller's address, by the trusted headers; in development and
// in tests 127.0.0.1 when they name none.
func (c *Context) ClientIP() (string, bool) {
	o := c.Options.Advanced.IPAddress
	if o.DisableIPTracking {
		return "", false
	}
	if ip, ok := c.ips.FromHeader(c.Headers); ok {
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

// ruleFor: default < special < plugin < custom; on is false for paths that are
// not limited.
func (a *Auth) ruleFor(c *Context, path string) (rule RuleSize, on bool, err error) {
	o := a.Options.RateLimit
	rule = RuleSize{Window: orDefault(o.Window, 10), Max: orDefault(o.Max, 100)}
	for _, rules := range [][]RateLimit{specialLimits, a.rateLimits} {
		for _, r := range rules {
			if matchesPath(r.On, path) {
				rule = RuleSize{r.Window, r.Max}
				break
			}
		}
	}
	i := slices.IndexFunc(o.CustomRules, func(r CustomRule) bool {
		if strings.Contains(r.Path, "*") {
			return origin.WildcardMatch(r.Path, path)
		}
		return r.Path == path
	})
	if i < 0 {
		return rule, true, nil
	}
	switch custom := o.CustomRules[i]; {
	case custom.Off:
		return rule, false, nil
	case custom.Func != nil:
		answer, err := custom.Func(c, RuleRequest{Call: c, Current: rule})
		if err != nil {
			return rule, true, FromCallback(err)
		}
		return ruleFrom(answer, rule)
	default:
		return RuleSize{custom.Window, custom.Max}, true, nil
	}
}

func ruleFrom(answer callback.Answer, rule RuleSize) (RuleSize, bool, error) {
	switch v := answer.Result.(type) {
	case bool:
		return rule, v, nil
	case *js.Object:
		window, _ := v.Get("window")
		limit, _ := v.Get("max")
		w, okW := window.(float64)
		m, okM := limit.(float64)
		if okW && okM {
			return RuleSize{int(w), int(m)}, true, nil
		}
	}
	return rule, true, nil
}

func (a *Auth) longestWindow() int {
	longest := orDefault(a.Options.RateLimit.Window, 10)
	for _, rules := range [][]RateLimit{specialLimits, a.rateLimits} {
		for _, r := range rules {
			longest = max(longest, r.Window)
		}
	}
	for _, r := range a.Options.RateLimit.CustomRules {
		longest = max(longest, r.Window)
	}
	return longest
}

func retryAfter(last, now time.Time, window int) int {
	return int(math.Ceil(last.Add(seconds(window)).Sub(now).Seconds()))
}

// memoryLimiter counts in this process. The window moves with every allowed
// call; refused ones don't prolong it.
type memoryLimiter struct {
	mu      sync.Mutex
	entries map[string]*memoryEntry
	swept   time.Time
}

type memoryEntry struct {
	count   int
	last    time.Time
	expires time.Time
}

const maxMemoryEntries = 100_000

func (m *memoryLimiter) consume(ctx context.Context, key string, rule RuleSize) (bool, int, error) {
	now := From(ctx).Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweep(now)
	e := m.entries[key]
	if e == nil || !now.Before(e.expires) || now.Sub(e.last) >= seconds(rule.Window) {
		m.entries[key] = &memoryEntry{count: 1, last: now, expires: now.Add(seconds(rule.Window))}
		return true, 0, nil
	}
	if e.count >= rule.Max {
		return false, retryAfter(e.last, now, rule.Window), nil
	}
	e.count, e.last, e.expires = e.count+1, now, now.Add(seconds(rule.Window))
	return true, 0, nil
}

// sweep drops what has expired: now and then, or when there is too much.
func (m *memoryLimiter) sweep(now time.Time) {
	if len(m.entries) < maxMemoryEntries && now.Sub(m.swept) < 10*time.Second && !now.Before(m.swept) {
		return
	}
	m.swept = now
	for k, e := range m.entries {
		if !now.Before(e.expires) {
			delete(m.entries, k)
		}
	}
	for k := range m.entries {
		if len(m.entries) < maxMemoryEntries {
			return
		}
		delete(m.entries, k)
	}
}

// kvLimiter counts in secondary storage: a fixed window from the first call.
type kvLimiter struct{ kv kv.Store }

func (k kvLimiter) consume(ctx context.Context, key string, rule RuleSize) (bool, int, error) {
	n, err := k.kv.Increment(ctx, key, seconds(rule.Window))
	return n <= int64(rule.Max), rule.Window, err
}

// customLimiter asks the options' own storage.
type customLimiter struct {
	ask callback.Func[ConsumeRequest, ConsumeAnswer]
}

func (l customLimiter) consume(ctx context.Context, key string, rule RuleSize) (bool, int, error) {
	answer, err := l.ask(ctx, ConsumeRequest{Key: key, Rule: rule})
	if err != nil {
		return false, 0, FromCallback(err)
	}
	if answer.RetryAfter == nil {
		return answer.Allowed, rule.Window, nil
	}
	return answer.Allowed, int(*answer.RetryAfter), nil
}

// databaseLimiter counts in the rateLimit table, by guarded updates.
type databaseLimiter struct {
	store   *store.Store
	now     func(context.Context) time.Time
	longest int
}

// A lost race is run again; more than this many in a row means that the row
// is so contended that refusing is right.
const limiterRaces = 20

func (d *databaseLimiter) consume(ctx context.Context, key string, rule RuleSize) (bool, int, error) {
	now := d.now(ctx)
	for range limiterRaces {
		allowed, retry, again, err := d.step(ctx, key, rule, now)
		if err != nil || !again {
			return allowed, retry, err
		}
	}
	return false, rule.Window, nil
}

func (d *databaseLimiter) step(ctx context.Context, key string, rule RuleSize, now time.Time) (allowed bool, retry int, again bool, err error) {
	q := d.store.Quiet()
	row, err := q.Get(ctx, "rateLimit", store.Is("key", key))
	if errors.Is(err, store.ErrNotFound) {
		_, err = q.Create(ctx, "rateLimit", store.Record{"key": key, "count": 1.0, "lastRequest": millis(now)})
		if errors.Is(err, store.ErrConflict) {
			return false, 0, true, nil
		}
		return err == nil, 0, false, err
	}
	if err != nil {
		return false, 0, false, err
	}
	last := js.ToNumber(row["lastRequest"]) // a string on PostgreSQL
	window := float64(rule.Window) * 1000
	if millis(now)-last >= window {
		_, err = q.Increment(ctx, "rateLimit", []store.Where{store.Is("key", key), {Field: "lastRequest", Op: store.Lte, Value: last}},
			store.Change{Set: store.Record{"count": 1.0, "lastRequest": millis(now)}})
		if errors.Is(err, store.ErrNotFound) {
			return false, 0, true, nil
		}
		if err == nil {
			_, err = q.DeleteMany(ctx, "rateLimit", store.Where{Field: "lastRequest", Op: store.Lt, Value: millis(now) - float64(d.longest)*1000})
		}
		return err == nil, 0, false, err
	}
	_, err = q.Increment(ctx, "rateLimit", []store.Where{
		store.Is("key", key), {Field: "lastRequest", Op: store.Gt, Value: millis(now) - window}, {Field: "count", Op: store.Lt, Value: float64(rule.Max)},
	}, store.Change{Set: store.Record{"lastRequest": millis(now)}, Add: map[string]int64{"count": 1}})
	if !errors.Is(err, store.ErrNotFound) {
		return err == nil, 0, false, err
	}
	return d.refused(ctx, key, rule, now)
}

func (d *databaseLimiter) refused(ctx context.Context, key string, rule RuleSize, now time.Time) (allowed bool, retry int, again bool, err error) {
	row, err := d.store.Quiet().Get(ctx, "rateLimit", store.Is("key", key))
	if errors.Is(err, store.ErrNotFound) {
		return false, 0, true, nil
	}
	if err != nil {
		return false, 0, false, err
	}
	last := js.ToNumber(row["lastRequest"]) // a string on PostgreSQL
	at := time.UnixMilli(int64(last))
	if now.Sub(at) >= seconds(rule.Window) {
		return false, 0, true, nil
	}
	return false, retryAfter(at, now, rule.Window), false, nil
}
