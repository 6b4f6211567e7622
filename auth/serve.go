package auth

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// ServeHTTP answers a request in the order of the reference: disabled paths → schema check → rate limit → Screen →
// Wrap → routing → body → origin check → the call.
func (a *Auth) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := a.newCall(r)
	c.served = true
	defer a.survive(w, c)
	if err := checkSize(r); err != nil {
		a.fail(w, c, err)
		return
	}
	if err := c.resolveAddress(); err != nil {
		a.fail(w, c, err)
		return
	}
	if c.answerPreflight(w) {
		return
	}
	path := origin.NormalizePath(origin.RequestPath(r), c.basePath())
	for _, disabled := range a.Options.DisabledPaths {
		if path == disabled {
			w.Header().Set("Content-Type", "text/plain;charset=UTF-8")
			w.WriteHeader(http.StatusNotFound)
			io.WriteString(w, "Not Found")
			return
		}
	}
	if err := a.CheckSchema(); err != nil && !(errors.Is(err, store.ErrUnavailable) && a.isStoreless(c)) {
		a.fail(w, c, err)
		return
	}
	if limited, retryAfter, err := a.limit(c, path); err != nil {
		a.fail(w, c, err)
		return
	} else if limited {
		writeLimited(w, retryAfter)
		return
	}
	if err := a.screen(c); err != nil {
		var answer *Error
		if errors.As(err, &answer) {
			answerScreened(w, answer)
			return
		}
		a.fail(w, c, err)
		return
	}
	if a.wrapped == nil {
		a.route(w, c)
		return
	}
	a.wrapped.ServeHTTP(w, r.WithContext(withCall(r.Context(), c)))
}

// survive turns a panic into a 500 and logs it.
func (a *Auth) survive(w http.ResponseWriter, c *Context) {
	if p := recover(); p != nil && p != http.ErrAbortHandler {
		a.Log.ErrorContext(c, "panic", "path", c.logPath(), "panic", p, "stack", string(debug.Stack()))
		w.WriteHeader(http.StatusInternalServerError)
	}
}

// writeLimited answers with 429 as the reference does, and adds the standard Retry-After header to the reference's
// own.
func writeLimited(w http.ResponseWriter, retryAfter int) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-Retry-After", strconv.Itoa(retryAfter))
	h.Set("Retry-After", strconv.Itoa(max(retryAfter, 0)))
	exposeRetry(h)
	w.WriteHeader(http.StatusTooManyRequests)
	w.Write(js.Marshal(js.Obj("message", tooManyText)))
}

const tooManyText = "Too many requests. Please try again later."

// route finds the endpoint and runs the call.
func (a *Auth) route(w http.ResponseWriter, c *Context) {
	r := c.Request
	e, params := c.endpointOf(r, r.Method)
	if e == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if params == nil {
		params = map[string]string{}
	}
	c.Route, c.Params, c.Query = &e.Route, params, parseQuery(r.URL.RawQuery)
	out, err := a.answer(e, c)
	if err != nil {
		a.fail(w, c, err)
		return
	}
	a.write(w, c, out)
	if failure := c.StoreFailure(); failure != nil {
		a.Log.WarnContext(c, "a store failed; the call continued without it", "path", c.logPath(), "error", failure)
	}
}

func (a *Auth) answer(e *Endpoint, c *Context) (any, error) {
	if !e.NoBody {
		if err := c.readBody(&e.Route); err != nil {
			return nil, err
		}
	}
	if err := c.checkLengths(); err != nil {
		return nil, err
	}
	if err := c.checkOrigin(); err != nil {
		return nil, err
	}
	return a.dispatch(e, c)
}

// pathOf returns the endpoint path of a URL path. The URL path must be below the base path, have no empty segment,
// and have no trailing slash unless an option allows it.
func (a *Auth) pathOf(path, base string) (string, bool) {
	if base = strings.TrimRight(base, "/"); base != "" {
		rest, ok := strings.CutPrefix(path, base)
		if !ok || !strings.HasPrefix(rest, "/") {
			return "", false
		}
		path = rest
	}
	if strings.Contains(path, "//") {
		return "", false
	}
	if strings.HasSuffix(path, "/") {
		if !a.Options.Advanced.SkipTrailingSlashes {
			return "", false
		}
		path = strings.TrimSuffix(path, "/")
	}
	return path, path != ""
}

var jsonType = regexp.MustCompile(`^application/([a-z0-9.+-]*\+)?json`)

// readBody reads a request's body as better-call's Node adapter does: no body without a Content-Type, 415 for a type
// that the endpoint does not accept, 400 for invalid JSON. The 413 beyond the size limit is not in the reference.
func (c *Context) readBody(route *Route) error {
	r := c.Request
	c.Body = js.Undefined{}
	contentType, _ := headerValue(r.Header, "Content-Type")
	if contentType == "" || r.Method == http.MethodGet || r.Method == http.MethodHead || r.ContentLength == 0 {
		return nil
	}
	allowed := route.MediaTypes
	if len(allowed) == 0 {
		allowed = jsonOnly
	}
	kind := strings.TrimSpace(strings.ToLower(firstPart(contentType)))
	if !slices.Contains(allowed, kind) {
		return Fail(http.StatusUnsupportedMediaType, Code{"UNSUPPORTED_MEDIA_TYPE",
			`Content-Type "` + shown(contentType) + `" is not allowed. Allowed types: ` + strings.Join(allowed, ", ")})
	}
	limit := c.bodyLimit(route)
	data, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		return BadRequest(Code{"BAD_REQUEST", "Request body could not be read"}).Because(err)
	}
	if int64(len(data)) > limit {
		return Fail(http.StatusRequestEntityTooLarge, Code{"PAYLOAD_TOO_LARGE", "Request body is too large"})
	}
	if !jsonType.MatchString(kind) {
		c.readForm(data)
		return nil
	}
	v, err := js.Parse(data)
	if err != nil {
		return BadRequest(Code{"BAD_REQUEST", "Invalid JSON in request body"}).Because(err)
	}
	c.Body = v
	return nil
}

// readForm reads a body in the form of HTML forms.
func (c *Context) readForm(data []byte) {
	var form js.Builder
	c.Form = url.Values{}
	for part := range strings.SplitSeq(string(bytes.ToValidUTF8(data, []byte("\uFFFD"))), "&") {
		if part != "" {
			name, value, _ := strings.Cut(part, "=")
			name, value = unescape(name), unescape(value)
			form.Set(name, value)
			c.Form.Add(name, value)
		}
	}
	c.Body = form.Object()
}

var jsonOnly = []string{"application/json"}

func firstPart(s string) string { p, _, _ := strings.Cut(s, ";"); return p }

// requestOnly are request headers that are never sent in a response, even if something sets them.
var requestOnly = []string{"Host", "User-Agent", "Referer", "From", "Expect", "Authorization", "Proxy-Authorization", "Cookie", "Origin", "Connection", "Keep-Alive", "Transfer-Encoding", "Te", "Upgrade", "Trailer", "Proxy-Connection", "Content-Length"}

func copyHeader(to, from http.Header) {
	for name, values := range from {
		if !slices.Contains(requestOnly, name) {
			to[name] = values
		}
	}
}

// ServeCall runs the endpoint with this id as Call does, and writes the answer to w.
func (a *Auth) ServeCall(w http.ResponseWriter, ctx context.Context, id string, in Input) {
	c, out, err := a.call(ctx, id, in)
	if err != nil {
		a.fail(w, c, err)
		return
	}
	a.write(w, c, out)
}

// write writes the result of a call. Only write and fail turn results into bytes.
func (a *Auth) write(w http.ResponseWriter, c *Context, out any) {
	h := w.Header()
	copyHeader(h, c.ResponseHeader)
	switch v := out.(type) {
	case *Raw:
		copyHeader(h, v.Header)
		if v.Type != "" {
			h.Set("Content-Type", v.Type)
		}
		if v.Status != 0 {
			w.WriteHeader(v.Status)
		}
		w.Write(v.Body)
		return
	case *Nothing, js.Undefined:
		h.Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusOK)
		return
	case string: // of a hook or an endpoint with answers of any kind; better-call/dist/to-response.mjs
		if c.served && v != "" {
			h.Set("Content-Type", "text/plain")
			w.WriteHeader(c.status(http.StatusOK))
			io.WriteString(w, v)
			return
		}
	}
	h.Set("Content-Type", "application/json")
	w.WriteHeader(c.status(http.StatusOK))
	w.Write(js.Append(make([]byte, 0, 1024), out))
}

func (a *Auth) fail(w http.ResponseWriter, c *Context, err error) {
	err = c.blame(err)
	a.report(c, err)
	var e *Error
	if !errors.As(err, &e) {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	h := w.Header()
	if c.Returned == e { // the error comes from the endpoint or an after hook: headers set so far are kept
		copyHeader(h, c.ResponseHeader)
	} else {
		copyHeader(h, e.Header)
	}
	exposeRetry(h)
	h.Set("Content-Type", "application/json")
	if e.Code == ServiceUnavailable && h.Get("Access-Control-Allow-Origin") != "" {
		Expose(h, "Retry-After")
	}
	status := e.Status
	if c.Returned == e {
		status = c.status(status)
	}
	w.WriteHeader(status)
	if body := e.body(); body != (js.Undefined{}) {
		w.Write(js.Marshal(body))
	}
}

// refuse writes the answer to a request that Require or a Screen does not let through.
func refuse(w http.ResponseWriter, status int, body string) {
	if body != "" {
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(status)
	io.WriteString(w, body)
}
