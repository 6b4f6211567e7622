package apikey

import (
	"context"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// model is the name of the table.
const model = "apikey"

func (p *Plugin) model() store.Model {
	limit, window := 10, 24*60*60*1000
	if len(p.opts.Configurations) == 1 {
		limit, window = *p.opts.Configurations[0].RateLimit.MaxRequests, *p.opts.Configurations[0].RateLimit.TimeWindow
	}
	return store.Model{Name: model, Expires: "expiresAt", Fields: []store.Field{
		{Name: "configId", Type: store.String, ReadOnly: true, Index: true, SQLDefault: defaultID},
		{Name: "name", Type: store.String, Optional: true, ReadOnly: true},
		{Name: "start", Type: store.String, Optional: true, ReadOnly: true},
		{Name: "referenceId", Type: store.String, ReadOnly: true, Index: true, Holds: store.HoldsUser}, // or of an organization
		{Name: "prefix", Type: store.String, Optional: true, ReadOnly: true},
		{Name: "key", Type: store.String, ReadOnly: true, Index: true, Holds: store.HoldsSecret, Need: store.Need{AtLeast: 43}},
		{Name: "refillInterval", Type: store.Number, Optional: true, ReadOnly: true},
		{Name: "refillAmount", Type: store.Number, Optional: true, ReadOnly: true},
		{Name: "lastRefillAt", Type: store.Date, Optional: true, ReadOnly: true},
		{Name: "enabled", Type: store.Boolean, Optional: true, ReadOnly: true, SQLDefault: true},
		{Name: "rateLimitEnabled", Type: store.Boolean, Optional: true, ReadOnly: true, SQLDefault: true},
		{Name: "rateLimitTimeWindow", Type: store.Number, Optional: true, ReadOnly: true, SQLDefault: window},
		{Name: "rateLimitMax", Type: store.Number, Optional: true, ReadOnly: true, SQLDefault: limit},
		{Name: "requestCount", Type: store.Number, Optional: true, ReadOnly: true, SQLDefault: 0},
		{Name: "remaining", Type: store.Number, Optional: true, ReadOnly: true},
		{Name: "lastRequest", Type: store.Date, Optional: true, ReadOnly: true},
		{Name: "expiresAt", Type: store.Date, Optional: true, ReadOnly: true},
		{Name: "createdAt", Type: store.Date, ReadOnly: true},
		{Name: "updatedAt", Type: store.Date, ReadOnly: true},
		{Name: "permissions", Type: store.String, Optional: true, ReadOnly: true},
		{Name: "metadata", Type: store.String, Optional: true, In: toJSON, Out: fromJSON},
	}, Indexes: []store.Index{
		{Fields: []string{"expiresAt"}, Extra: true}, // expired keys are deleted while others are verified
	}}
}

// toJSON writes metadata as JSON; null is the text null, as in the reference.
func toJSON(_ context.Context, v any) (any, error) { return string(js.Marshal(v)), nil }

// fromJSON reads metadata. A text that is not JSON is returned unchanged, as in the reference.
func fromJSON(_ context.Context, v any) (any, error) {
	text, ok := v.(string)
	if !ok || text == "" {
		return nil, nil
	}
	return parsed(text, text), nil
}

// parsed returns the value of a JSON text, or other if it is not valid.
func parsed(text string, other any) any {
	v, err := js.Parse([]byte(text))
	if err != nil {
		return other
	}
	return v
}
