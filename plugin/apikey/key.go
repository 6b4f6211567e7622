package apikey

import (
	"maps"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// number returns a number of a row; ok is false if it is null.
func number(row store.Record, field string) (n float64, ok bool) {
	switch v := row[field].(type) {
	case float64:
		return v, true
	case string: // a 64-bit column of PostgreSQL
		return js.ToNumber(v), true
	}
	return 0, false
}

// hidden returns the answer about a key, without the key itself.
func hidden(c *auth.Context, row store.Record) *auth.PublicRow {
	out := maps.Clone(row)
	delete(out, "key")
	out["metadata"] = metadata(row)
	out["permissions"] = permissions(row)
	return c.Store.Table(model).Public(out)
}

// metadata returns the metadata of a key. Old versions of the reference wrote it as JSON in JSON.
func metadata(row store.Record) any {
	if text, ok := row["metadata"].(string); ok {
		return parsed(text, nil)
	}
	return row["metadata"]
}

// permissions returns the lists of actions of a key by resource, or nil.
func permissions(row store.Record) any {
	text := row.Text("permissions")
	if text == "" {
		return nil
	}
	return parsed(text, nil)
}

// repair rewrites the metadata of a key that is JSON in JSON. A failure is logged and changes nothing else.
func (p *Plugin) repair(c *auth.Context, row store.Record, cfg *Configuration) {
	if _, old := row["metadata"].(string); !old || !cfg.inDatabase() {
		return
	}
	if _, err := c.Store.Increment(c, model, byID(row), store.Change{Set: store.Record{"metadata": metadata(row)}}); err != nil {
		c.Log.WarnContext(c, "api-key: metadata was not rewritten", "key", row["id"], "error", err)
	}
}

// allows reports whether a key has all permissions that are asked for.
func allows(row store.Record, asked *js.Object) bool {
	has, _ := permissions(row).(*js.Object)
	for resource, actions := range asked.All() {
		allowed, _ := has.Get(resource)
		list, _ := actions.([]any)
		if !contains(allowed, list) {
			return false
		}
	}
	return asked.Len() > 0
}

func contains(allowed any, actions []any) bool {
	list, _ := allowed.([]any)
	have := map[any]bool{}
	for _, action := range list {
		if text, ok := action.(string); ok {
			have[text] = true
		}
	}
	for _, action := range actions {
		if !have[action] {
			return false
		}
	}
	return len(actions) > 0
}

func byID(row store.Record) []store.Where { return []store.Where{store.Is("id", row["id"])} }

func isOver(row store.Record, now time.Time) bool {
	end := row.Time("expiresAt")
	return !end.IsZero() && now.After(end)
}

// isSpent reports whether a key has no uses left and gets no new ones.
func isSpent(row store.Record) bool {
	left, limited := number(row, "remaining")
	return limited && left <= 0 && row["refillAmount"] == nil
}

// first returns the first n UTF-16 units of a text, like substring.
func first(text string, n int) string {
	for i := range text {
		if js.Length(text[:i]) >= n {
			return text[:i]
		}
	}
	return text
}
