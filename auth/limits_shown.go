package auth

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/internal/limiter"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// ShownLimit is a rate limit that is in force.
type ShownLimit struct {
	Path       string `json:"path"`   // a path or a pattern; "*" stands for all others
	Window     int    `json:"window"` // in seconds
	Max        int    `json:"max"`
	Source     string `json:"source"` // options, built-in, or the id of a plugin
	Off        bool   `json:"off"`    // the path is not limited
	ByCallback bool   `json:"byCallback"`
	PerAccount bool   `json:"perAccount"` // of wrong passwords for one account, from any address
	Overridden bool   `json:"overridden"` // an option has another limit for the path
}

// RateLimits returns the rate limits and whether the limiter is on.
func (a *Auth) RateLimits() (rules []ShownLimit, enabled bool) {
	o := a.Options.RateLimit
	for _, r := range o.CustomRules {
		rules = append(rules, ShownLimit{Path: r.Path, Window: r.Window, Max: r.Max, Off: r.Off, ByCallback: r.Func != nil, Source: "options"})
	}
	custom := rules[:len(rules):len(rules)]
	for i := len(a.manifests) - 1; i >= 0; i-- { // plugins take precedence over the built-in endpoints
		m := &a.manifests[i]
		source := m.ID
		if i < a.builtin {
			source = "built-in"
		}
		for _, r := range m.RateLimits {
			for _, path := range r.On {
				overridden := slices.ContainsFunc(custom, func(c ShownLimit) bool { return samePath(c.Path, path) })
				rules = append(rules, ShownLimit{Path: path, Window: r.Window, Max: r.Max, Off: r.Off, Source: source, Overridden: overridden})
			}
		}
	}
	rules = append(rules, ShownLimit{Path: anyPath, Window: o.Window, Max: o.Max, Source: "options"})
	if account, on := a.accountRule(); on {
		rules = append(rules, ShownLimit{Path: anyPath, Window: account.Window, Max: account.Max, PerAccount: true, Source: "options"})
	}
	return rules, a.limits()
}

// LimiterStorage returns where calls are counted: memory, database, secondary-storage or custom.
func (a *Auth) LimiterStorage() string {
	switch a.limiter.(type) {
	case *limiter.Database:
		return "database"
	case limiter.KV:
		return "secondary-storage"
	case customLimiter:
		return "custom"
	}
	return "memory"
}

// LimitedClient is a client whose calls are refused at this moment.
type LimitedClient struct {
	Key   string // its address, or a hash
	Path  string // "" if the storage does not tell
	Until time.Time
}

// mostFull is the largest number of counts that are looked through for limited clients.
const mostFull = 500

// LimitedClients returns clients whose calls are refused at this moment. ok is false if the storage of the limiter
// cannot tell.
func (a *Auth) LimitedClients(ctx context.Context) (list []LimitedClient, ok bool, err error) {
	counts, ok := a.limiter.(limiter.Lister)
	if !ok {
		return nil, false, nil
	}
	now := a.now(ctx)
	full, err := counts.Full(ctx, now, mostFull)
	if err != nil {
		return nil, true, err
	}
	list = []LimitedClient{}
	for _, f := range full {
		one, limited := LimitedClient{Key: f.Key, Until: f.Until}, true
		if !f.Hashed {
			one, limited = a.limitedBy(f)
		}
		if limited && one.Until.After(now) {
			list = append(list, one)
		}
	}
	slices.SortStableFunc(list, func(x, y LimitedClient) int { return y.Until.Compare(x.Until) })
	return list, true, nil
}

// limitedBy compares a count with the rule of its key. Keys that are no address are shown as a hash: they begin with
// account or try.
func (a *Auth) limitedBy(f limiter.Full) (one LimitedClient, limited bool) {
	client, bucket, _ := strings.Cut(f.Key, "|")
	path, pattern, _ := strings.Cut(bucket, "|")
	rule, known := a.plainRule(path)
	if pattern != "" {
		rule, known = a.plainRule(pattern)
	}
	one = LimitedClient{Key: client, Path: path}
	if client == "account" {
		rule, known = a.accountRule()
	}
	if client == "account" || client == "try" {
		one = LimitedClient{Key: secret.Digest(f.Key)[:16]}
	}
	if !known || client == "try" {
		return one, false
	}
	one.Until = f.Last.Add(seconds(rule.Window))
	return one, f.Count >= rule.Max
}

// plainRule is ruleFor without the callbacks of the options.
func (a *Auth) plainRule(path string) (RuleSize, bool) {
	i := slices.IndexFunc(a.Options.RateLimit.CustomRules, func(r CustomRule) bool { return samePath(r.Path, path) })
	if i >= 0 && a.Options.RateLimit.CustomRules[i].Func != nil {
		return RuleSize{}, false
	}
	rule, err := a.ruleFor(nil, path)
	return rule.RuleSize, err == nil && !rule.off
}
