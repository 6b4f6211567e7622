package auth

import (
	"net/http"
	"strings"

	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/js"
)

// RequestMatches reports whether the path of the request is one of paths. They are written without the base path,
// such as /sign-in/email; one with a * is a pattern, as in rateLimit.customRules. Repeated slashes and one at the end
// make no difference, and an alias of an endpoint matches like its path.
func (c *Context) RequestMatches(paths []string) bool {
	if c.Request == nil {
		return false
	}
	asked := origin.NormalizePath(origin.RequestPath(c.Request), c.basePath())
	for strings.Contains(asked, "//") {
		asked = strings.ReplaceAll(asked, "//", "/")
	}
	own := asked
	if e, _ := c.endpointOf(c.Request, c.Request.Method); e != nil && len(e.Aliases) > 0 {
		own = e.Path
	}
	for _, path := range paths {
		if samePath(path, asked) || samePath(path, own) {
			return true
		}
	}
	return false
}

// samePath reports whether path is the path of a rule, or matches it if it is a pattern.
func samePath(rule, path string) bool {
	if strings.Contains(rule, "*") {
		return origin.WildcardMatch(rule, path)
	}
	return rule == path
}

// screen asks the plugins whether the request may go on.
func (a *Auth) screen(c *Context) error {
	for _, m := range a.manifests {
		if m.Screen == nil {
			continue
		}
		if err := m.Screen(c); err != nil {
			return err
		}
	}
	return nil
}

// answerScreened writes the answer to a request that a plugin stopped. It is an answer like that of the limiter and
// no failed call, so onAPIError does not see it.
func answerScreened(w http.ResponseWriter, e *Error) {
	copyHeader(w.Header(), e.Header)
	exposeRetry(w.Header())
	text := ""
	if body := e.body(); body != (js.Undefined{}) {
		text = string(js.Marshal(body))
	}
	refuse(w, e.Status, text)
}
