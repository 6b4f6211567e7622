package oauthprovider

import (
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
)

// grantedCode is what an authorization code stands for. Its JSON form is that of the reference, so that a code of one
// server can be redeemed at the other.
type grantedCode struct {
	Query       *js.Object // the authorization request
	UserID      string
	SessionID   string
	ReferenceID string   // "" for none
	AuthTime    *float64 // in milliseconds since 1970, as JavaScript's Date has it
	Resource    []string // nil for none
}

// text returns the form in which the code's meaning is stored.
func (g *grantedCode) text() string {
	o := js.Obj("type", authorizationCode, "query", g.Query, "userId", g.UserID, "sessionId", g.SessionID)
	if g.ReferenceID != "" {
		o.Set("referenceId", g.ReferenceID)
	}
	if g.AuthTime != nil {
		o.Set("authTime", *g.AuthTime)
	}
	o.Set("resource", list(g.Resource))
	return string(js.Marshal(o))
}

// readCode reads what text wrote. ok is false if the stored value is no code.
func readCode(stored string) (g *grantedCode, ok bool) {
	v, err := js.Parse([]byte(stored))
	if err != nil {
		return nil, false
	}
	checked, issues := codeSchema.Check(v)
	o, isObject := checked.(*js.Object)
	if len(issues) > 0 || !isObject {
		return nil, false
	}
	member := func(name string) any { v, _ := o.Get(name); return v }
	raw, _ := member("query").(*js.Object)
	query, wrong := parseAuthorization(raw)
	if wrong != nil {
		return nil, false
	}
	if claims, asked := query.Get("claims"); asked {
		if _, ok := parseClaims(claims); !ok {
			return nil, false
		}
	}
	g = &grantedCode{Query: query}
	g.UserID, _ = member("userId").(string)
	g.SessionID, _ = member("sessionId").(string)
	g.ReferenceID, _ = member("referenceId").(string)
	if at, has := member("authTime").(float64); has {
		g.AuthTime = &at
	}
	if resources, has := member("resource").([]any); has {
		g.Resource = []string{}
		for _, r := range resources {
			s, _ := r.(string)
			g.Resource = append(g.Resource, s)
		}
	}
	return g, true
}

var codeSchema = schema.Object(
	schema.Field("type", schema.Literal(authorizationCode)),
	schema.Field("query", schema.Record(schema.Any().Optional())),
	schema.Field("sessionId", schema.String()),
	schema.Field("userId", schema.String()),
	schema.Field("referenceId", schema.String().Optional()),
	schema.Field("authTime", schema.Number().Optional()),
	schema.Field("resource", schema.Array(schema.String()).Optional()),
).Loose()
