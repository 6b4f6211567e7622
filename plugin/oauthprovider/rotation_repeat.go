package oauthprovider

import (
	"slices"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/internal/dpop"
	"github.com/seed-32bd42cb/betterauth/js"
)

// mayRepeat reports whether the answer to a refresh token that was used may be sent again (refreshTokenReuseInterval).
func mayRepeat(c *auth.Context, row *refreshToken) bool {
	return row.RotatedAt != nil && row.RotationReplayExpiresAt != nil && !row.RotationReplayExpiresAt.Before(c.Now())
}

// repeatRequest describes what a refresh asked for. Only an equal request gets the same answer again.
func repeatRequest(scopes, resources []string, confirmation *js.Object) *js.Object {
	o := js.Obj("effectiveScopes", list(sorted(scopes)))
	if resources != nil {
		o.Set("requestedResources", list(sorted(resources)))
	}
	if confirmation != nil {
		o.Set("confirmation", confirmation)
	}
	return o
}

func sorted(texts []string) []string {
	out := unique(texts)
	slices.Sort(out)
	return out
}

// sealAnswer encrypts the answer to a refresh, in the form of the reference.
func sealAnswer(c *auth.Context, request, answer *js.Object) (string, error) {
	return c.Keys.Encrypt(string(js.Marshal(js.Obj("request", request, "response", answer))))
}

// repeated returns the answer to an equal refresh before, or nil if there is none.
func (p *Plugin) repeated(c *auth.Context, row *refreshToken, request *js.Object) *js.Object {
	if !mayRepeat(c, row) || text(row.RotationReplayResponse) == "" {
		return nil
	}
	plain, err := c.Keys.Decrypt(*row.RotationReplayResponse)
	if err != nil {
		c.Log.ErrorContext(c, "oauth-provider: the answer to a refresh cannot be repeated", "error", err)
		return nil
	}
	v, err := js.Parse([]byte(plain))
	kept, ok := v.(*js.Object)
	if err != nil || !ok {
		return nil
	}
	before, _ := kept.Get("request")
	then, _ := before.(*js.Object)
	given, _ := kept.Get("response")
	answer, ok := given.(*js.Object)
	ends, isNumber := answer.Get("expires_at")
	at, isNumber2 := ends.(float64)
	if !ok || !isNumber || !isNumber2 || member(answer, "access_token") == "" || !sameRequest(then, request) {
		return nil
	}
	answer.Set("expires_in", max(0, at-float64(c.Now().Unix())))
	return answer
}

func sameRequest(a, b *js.Object) bool {
	return sameTexts(a, b, "effectiveScopes") && sameTexts(a, b, "requestedResources") && confirmationOf(a) == confirmationOf(b)
}

func sameTexts(a, b *js.Object, name string) bool {
	x, hasX := a.Get(name)
	y, hasY := b.Get(name)
	return hasX == hasY && slices.Equal(sorted(textsOf(x)), sorted(textsOf(y)))
}

func confirmationOf(o *js.Object) string {
	v, _ := o.Get("confirmation")
	if jkt := dpop.Thumbprint(v); jkt != "" {
		return "jkt:" + jkt
	}
	cnf, _ := v.(*js.Object)
	if hash := member(cnf, "x5t#S256"); hash != "" {
		return "x5t#S256:" + hash
	}
	return ""
}
