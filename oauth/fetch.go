package oauth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
)

const (
	maxAnswer    = 4 << 20
	fetchTimeout = 30 * time.Second
)

// ErrRedirect is returned, wrapped, if an endpoint answers a request that carries secrets with a redirect. Such a
// redirect is never followed.
var ErrRedirect = errors.New("oauth: the endpoint answered with an HTTP redirect, which is refused; configure its final address")

// Request is a request to a provider.
type Request struct {
	Method string // default: GET
	URL    string
	Header [][2]string
	Body   string
	// Final refuses redirects, for requests that carry codes, secrets or keys.
	Final bool
	// Exact sends the address unchanged; otherwise it is formatted as the reference's client does.
	Exact bool
	// Stop returns a redirect as the answer instead of following it.
	Stop bool
}

// Response is the answer of a provider. Data is a JavaScript value: the parsed JSON, a text, or an empty object if
// the answer is neither.
type Response struct {
	Status   int
	Type     string
	Location string
	Data     any
	Raw      []byte
}

// OK reports whether the status is 2xx.
func (r *Response) OK() bool { return r.Status >= 200 && r.Status <= 299 }

// Object returns Data if it is an object, otherwise nil.
func (r *Response) Object() *js.Object { o, _ := r.Data.(*js.Object); return o }

// Fetch sends a request. The error reports a missing answer or a redirect that is not allowed. An answer with any
// other status is not an error.
func (c *Call) Fetch(r Request) (*Response, error) {
	ctx, cancel := context.WithTimeout(c.Context, fetchTimeout)
	defer cancel()
	method := r.Method
	if method == "" {
		method = http.MethodGet
	}
	var body io.Reader
	if r.Body != "" {
		body = strings.NewReader(r.Body)
	}
	address := r.URL
	if !r.Exact {
		address = plain(address)
	}
	req, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return nil, err
	}
	if req.URL.User != nil {
		return nil, errors.New("oauth: the address contains credentials, which is not allowed")
	}
	for _, h := range r.Header {
		req.Header.Set(h[0], h[1])
	}
	if method == http.MethodPost {
		// A receiver may close a kept connection at the moment of the request. With this net/http repeats the request on a
		// new connection, as it does with a GET; the header without a value is not sent.
		req.Header["Idempotency-Key"] = nil
	}
	client := &http.Client{Transport: c.HTTP}
	if r.Final || r.Stop {
		client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if r.Final && isRedirect(res.StatusCode) {
		return nil, fmt.Errorf("%w: %s", ErrRedirect, req.URL.Host)
	}
	text, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxAnswer {
		return nil, fmt.Errorf("oauth: %s answered with more than %d bytes", req.URL.Host, maxAnswer)
	}
	kind := res.Header.Get("Content-Type")
	return &Response{Status: res.StatusCode, Type: kind, Location: res.Header.Get("Location"), Data: dataOf(kind, text), Raw: text}, nil
}

// Get fetches a JSON document with a bearer token. It returns nil without an error if the status is not 2xx, or for
// null.
func (c *Call) Get(address, token string, header ...[2]string) (*js.Object, error) {
	res, err := c.Fetch(Request{URL: address, Header: append([][2]string{{"Authorization", "Bearer " + orUndefined(token)}}, header...)})
	if err != nil || !res.OK() {
		return nil, err
	}
	return res.Object(), nil
}

// orUndefined returns what a JavaScript template literal writes for a missing token, "undefined". The provider
// answers it with a 401.
func orUndefined(token string) string {
	if token == "" {
		return "undefined"
	}
	return token
}

func isRedirect(status int) bool {
	switch status {
	case 301, 302, 303, 307, 308:
		return true
	}
	return false
}

var jsonType = regexp.MustCompile(`(?i)^application/(?:[\w!#$%&*.^` + "`" + `~-]*\+)?json(;.+)?$`)

// dataOf reads an answer by its content type as better-fetch does (dist/index.js, detectResponseType): JSON and text
// are parsed and stay texts if they are not valid JSON. Anything else is a blob, which has no members.
func dataOf(contentType string, text []byte) any {
	kind, _, _ := strings.Cut(contentType, ";")
	readable := contentType == "" || jsonType.MatchString(kind) || strings.HasPrefix(kind, "text/") ||
		kind == "application/xml" || kind == "image/svg" || kind == "application/xhtml" || kind == "application/html"
	if !readable {
		return js.NewObject()
	}
	if v, err := js.Parse(text); err == nil {
		return v
	}
	return string(text)
}
