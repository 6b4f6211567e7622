package apikey

import (
	"errors"
	"net"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// verifyPath is the path of verifyApiKey if the option verifyRoute is set.
const verifyPath = "/api-key/verify"

// VerifyRoute configures the route over which other backends verify keys. The reference has no such route.
type VerifyRoute struct {
	// Bearer token of the backends that may call `POST /api-key/verify`, of at least 32 characters; or a list of
	// tokens, so that a new one can be added before the old one is removed.
	Secret Secrets `json:"secret" unset:"there is no such route"`
}

// Secrets is one secret, or several.
type Secrets []string

// OptionShape implements [option.Shaper].
func (Secrets) OptionShape() option.Shape {
	return option.Shape{Text: true, List: reflect.TypeFor[string]()}
}

// UnmarshalJSON reads a text or a list of texts.
func (s *Secrets) UnmarshalJSON(text []byte) error { return (*Headers)(s).UnmarshalJSON(text) }

// has reports whether given is one of the secrets, in a time that does not depend on them.
func (s Secrets) has(given string) bool {
	found, digest := false, secret.HexDigest(given)
	for _, one := range s {
		if secret.Equal(digest, secret.HexDigest(one)) {
			found = true
		}
	}
	return found
}

func (o VerifyRoute) on() bool { return len(o.Secret) > 0 }

func (o VerifyRoute) check(a *auth.Auth) error {
	var errs []error
	for _, one := range o.Secret {
		if flaw := auth.FindSecretFlaw(one); flaw != nil {
			errs = append(errs, errors.New("verifyRoute.secret: "+flaw.What+"; generate one with `betterauth secret`"))
		} else if one == a.Keys.Current() {
			errs = append(errs, errors.New("verifyRoute.secret: it is the server's own secret; generate another one with `betterauth secret`"))
		}
	}
	return errors.Join(errs...)
}

// wrongSecrets is how many wrong secrets one address may send before it gets a 429. Right secrets are not counted and
// never refused, so that nobody can lock a backend out: a secret is too long to be guessed.
var wrongSecrets = auth.RuleSize{Window: 60, Max: 10}

// admitBackend refuses calls of the route that are not of a backend that has the secret. Calls from Go need none.
func (p *Plugin) admitBackend(c *auth.Context) error {
	if !c.IsServed() {
		return nil
	}
	for _, name := range []string{"Origin", "Sec-Fetch-Site"} {
		if v, _ := c.RequestHeaderValue(name); v != "" { // browsers send them, and pages cannot leave them out
			return auth.Forbidden(auth.Code{Name: "FORBIDDEN", Message: "API keys cannot be verified by browsers"})
		}
	}
	header, _ := c.RequestHeaderValue("Authorization")
	scheme, given, _ := strings.Cut(header, " ")
	if strings.EqualFold(scheme, "Bearer") && p.opts.VerifyRoute.Secret.has(strings.TrimSpace(given)) {
		return nil
	}
	allowed, err := c.CountTry("api-key|secret of a backend|"+address(c), wrongSecrets)
	if err != nil {
		return err
	}
	if !allowed {
		refused := auth.Status(http.StatusTooManyRequests, "Too many requests. Please try again later.")
		wait := strconv.Itoa(wrongSecrets.Window)
		refused.Header = http.Header{"Retry-After": {wait}, "X-Retry-After": {wait}}
		return refused
	}
	c.Log.WarnContext(c, "api-key: a caller of the verify route has no right secret", "address", address(c))
	refused := auth.Unauthorized(auth.Code{Name: "UNAUTHORIZED", Message: "Unauthorized"})
	refused.Header = http.Header{"Www-Authenticate": {`Bearer realm="api-key"`}}
	return refused
}

// address returns the address that sent a request: of the client, or of the connection.
func address(c *auth.Context) string {
	if ip, ok := c.ClientIP(); ok {
		return ip
	}
	if c.Request == nil {
		return ""
	}
	host, _, err := net.SplitHostPort(c.Request.RemoteAddr)
	if err != nil {
		return c.Request.RemoteAddr
	}
	return host
}

// overHTTP returns the answer about a refused key: over HTTP a 429 with Retry-After if it is a limit that refuses it.
func overHTTP(c *auth.Context, refused *auth.Error, answer *verifyAnswer) (*verifyAnswer, error) {
	if !c.IsServed() || refused.Status != http.StatusTooManyRequests {
		return answer, nil
	}
	body := js.Obj("valid", answer.Valid, "error", answer.Error, "key", nil)
	return nil, &auth.Error{Code: refused.Code, Status: refused.Status, Header: refused.Header, Body: body}
}
