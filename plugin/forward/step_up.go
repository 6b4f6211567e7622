package forward

import (
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
)

// unknownRule is the code for a proxy that names a rule which the options do not have.
var unknownRule = auth.Code{Name: "UNKNOWN_RULE", Message: "The options of the plugin forward have no such rule"}

// demand returns what a request has to satisfy: the demands of every request and those of the rule that the proxy
// names, of which the shorter times count. The rule is chosen by the address that the proxy's configuration contains,
// and never by the path of the request: proxies, this server and backends may read a path differently, and clients can
// forge the headers that contain it.
func (p *Plugin) demand(name *string) (auth.StepUp, error) {
	every := p.opts.Rule
	if name == nil {
		return every.demand(), nil
	}
	rule, ok := p.opts.Rules[*name]
	if !ok {
		return auth.StepUp{}, auth.BadRequest(unknownRule)
	}
	rule.SignedInWithin = shorter(rule.SignedInWithin, every.SignedInWithin)
	rule.FactorWithin = shorter(rule.FactorWithin, every.FactorWithin)
	return rule.demand(), nil
}

func (r Rule) demand() auth.StepUp {
	return auth.StepUp{
		SignedInWithin: time.Duration(r.SignedInWithin) * time.Minute,
		FactorWithin:   time.Duration(r.FactorWithin) * time.Minute,
	}
}

// shorter returns the shorter of two times, of which 0 means no limit.
func shorter(a, b int) int {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

func (p *Plugin) asksForFactor() bool {
	asks := p.opts.FactorWithin != 0
	for _, rule := range p.opts.Rules {
		asks = asks || rule.FactorWithin != 0
	}
	return asks
}
