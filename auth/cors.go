package auth

import (
	"net/http"

	"github.com/rs/cors"

	"github.com/seed-32bd42cb/betterauth/internal/origin"
)

// crossOrigin lets pages of trusted foreign origins call with cookies and read
// the answers. Requests from the server's own origin, from origins that are not
// trusted, and from none get no more than Vary.
var crossOrigin = cors.New(cors.Options{
	AllowOriginFunc:  func(string) bool { return true }, // isForeign has judged it
	AllowedMethods:   []string{http.MethodGet, http.MethodPost},
	AllowedHeaders:   []string{"*"},
	AllowCredentials: true,
	MaxAge:           600,
})

// anyOrigin lets all pages read the answers of endpoints that say so.
var anyOrigin = cors.New(cors.Options{
	AllowedOrigins: []string{"*"}, AllowedHeaders: []string{"*"}, MaxAge: 600,
	AllowedMethods: []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete},
})

// isForAnyOrigin reports whether the request, or the one that it asks about, is for
// an endpoint that all pages may read.
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

// answerPreflight answers a foreign page's question what it may send, and
// otherwise marks the answer as readable for that page. An answer that a cache
// may keep says in any case that it is another one for other origins: a cache
// would hand an answer without these headers on to the foreign page.
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

// exposeRetry lets a foreign page read after how long it may call again.
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
