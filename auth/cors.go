package auth

import (
	"net/http"

	"github.com/rs/cors"

	"github.com/seed-32bd42cb/betterauth/internal/origin"
)

// crossOrigin allows pages of trusted foreign origins to call with cookies and to read the answers. All other
// requests (same origin, untrusted origin, no origin) only get the Vary header.
var crossOrigin = cors.New(cors.Options{
	AllowOriginFunc:  func(string) bool { return true }, // isForeign has decided already
	AllowedMethods:   []string{http.MethodGet, http.MethodPost},
	AllowedHeaders:   []string{"*"},
	AllowCredentials: true,
	MaxAge:           600,
})

// anyOrigin allows all pages to read the answers of endpoints with CORS AnyOrigin.
var anyOrigin = cors.New(cors.Options{
	AllowedOrigins: []string{"*"}, AllowedHeaders: []string{"*"}, MaxAge: 600,
	AllowedMethods: []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete},
})

// isForAnyOrigin reports whether the request, or the request that a preflight asks about, is for an endpoint with
// CORS AnyOrigin.
func (c *Context) isForAnyOrigin() bool {
	if !c.hasAnyOrigin || c.Request.Header.Get("Origin") == "" {
		return false
	}
	method := c.Request.Method
	if asked := c.Request.Header.Get("Access-Control-Request-Method"); method == http.MethodOptions && asked != "" {
		method = asked
	}
	e, _ := c.endpointOf(c.Request, method)
	return e != nil && e.CORS == AnyOrigin
}

func (c *Context) isForeign() bool {
	from := c.Request.Header.Get("Origin")
	if from == "" || from == "null" || from == c.BaseOrigin {
		return false
	}
	written, ok := origin.Origin(from)
	return ok && written != c.BaseOrigin && c.TrustsOrigin(from)
}

// answerPreflight answers a CORS preflight request; other answers are marked as readable for the foreign page.
// Answers that may be cached always get Vary: Origin, because a cache would otherwise give the foreign page an answer
// without the CORS headers.
func (c *Context) answerPreflight(w http.ResponseWriter) (answered bool) {
	asks := c.Request.Method == http.MethodOptions && c.Request.Header.Get("Access-Control-Request-Method") != ""
	if c.isForAnyOrigin() {
		anyOrigin.HandlerFunc(w, c.Request)
		return asks
	}
	if !c.isForeign() {
		if c.Request.Method == http.MethodGet || c.Request.Method == http.MethodHead {
			w.Header().Set("Vary", "Origin")
		}
		return false
	}
	crossOrigin.HandlerFunc(w, c.Request)
	return asks
}

// exposeRetry allows a foreign page to read the headers that say when it may call again.
func exposeRetry(h http.Header) {
	if h.Get("Access-Control-Allow-Origin") == "" {
		return
	}
	for _, name := range []string{"X-Retry-After", "Retry-After"} {
		if h.Get(name) != "" {
			Expose(h, name)
		}
	}
}
