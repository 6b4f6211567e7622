package oauthprovider

import (
	"slices"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
)

// claimsSchema describes the parameter claims (OpenID Connect Core, section 5.5).
var claimsSchema = schema.Object(
	schema.Field("userinfo", schema.Record(claimMember()).Optional()),
	schema.Field("id_token", schema.Object(schema.Field("acr", schema.Object(
		schema.Field("essential", schema.Boolean().Optional()),
		schema.Field("value", schema.String().Optional()),
		schema.Field("values", schema.Array(schema.String()).Optional()),
	).Loose().Nullable().Optional())).Catchall(claimMember()).Optional()),
).Loose()

func claimMember() *schema.Schema { return schema.Record(schema.Any().Optional()).Nullable() }

// parseClaims reads the parameter claims: the object, or its JSON text. ok is false if it is malformed.
func parseClaims(v any) (request *js.Object, ok bool) {
	if s, isText := v.(string); isText {
		parsed, err := js.Parse([]byte(s))
		if err != nil {
			return nil, false
		}
		v = parsed
	}
	checked, issues := claimsSchema.Check(v)
	if len(issues) > 0 {
		return nil, false
	}
	request, ok = checked.(*js.Object)
	return request, ok
}

// requestedClaims returns the names of claims that a request asks of /oauth2/userinfo, as far as the server has them.
func requestedClaims(v any, supported []string) []string {
	names := []string{}
	request, ok := parseClaims(v)
	if !ok {
		return names
	}
	userInfo, _ := request.Get("userinfo")
	wanted, ok := userInfo.(*js.Object)
	if !ok {
		return names
	}
	for name := range wanted.All() {
		if slices.Contains(supported, name) {
			names = append(names, name)
		}
	}
	return names
}

// currentACR is the authentication context class of every session of the server.
const currentACR = "0"

// satisfiesACR reports whether the server can fulfil what a request asks of the claim acr. Only an essential one binds.
func satisfiesACR(v any) bool {
	request, ok := parseClaims(v)
	if !ok {
		return v == js.Undefined{}
	}
	idToken, _ := request.Get("id_token")
	token, ok := idToken.(*js.Object)
	if !ok {
		return true
	}
	member, _ := token.Get("acr")
	acr, ok := member.(*js.Object)
	if !ok {
		return true
	}
	if essential, _ := acr.Get("essential"); essential != true {
		return true
	}
	if value, has := acr.Get("value"); has && value != currentACR {
		return false
	}
	values, has := acr.Get("values")
	list, _ := values.([]any)
	return !has || slices.Contains(list, any(currentACR))
}

// narrowClaims returns the parameter claims with only the allowed claims of /oauth2/userinfo, or nil if nothing is
// left.
func narrowClaims(v any, allowed []string) *js.Object {
	request, ok := parseClaims(v)
	if !ok {
		return nil
	}
	kept := js.NewObject()
	userInfo, _ := request.Get("userinfo")
	if wanted, ok := userInfo.(*js.Object); ok {
		for name, member := range wanted.All() {
			if slices.Contains(allowed, name) {
				kept.Set(name, member)
			}
		}
	}
	request = request.Clone()
	if kept.Len() > 0 {
		request.Set("userinfo", kept)
	} else {
		request.Delete("userinfo")
	}
	if request.Len() == 0 {
		return nil
	}
	return request
}
