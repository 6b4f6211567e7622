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
	if !c.isForeign() {
		if c.Request.Method == http.MethodGet || c.Request.Method == http.MethodHead {
			w.Header().Set("Vary", "Origin")
		}
		return false
	}
	crossOrigin.HandlerFunc(w, c.Request)
	return c.Request.Method == http.MethodOptions && c.Request.Header.Get("Access-Control-Request-Method") != ""
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
