package auth

import (
	"net/http"

	"github.com/rs/cors"

	"github.com/seed-32bd42cb/betterauth/internal/origin"
)

// crossOrigin lets pages of trusted foreign origins call with cookies and read
// the answers. It is silent for requests from the server's own origin, from
// origins that are not trusted, and from none: those answers are the
// reference's, byte for byte.
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
// otherwise marks the answer as readable for that page.
func (c *Context) answerPreflight(w http.ResponseWriter) (answered bool) {
	if !c.isForeign() {
		return false
	}
	crossOrigin.HandlerFunc(w, c.Request)
	return c.Request.Method == http.MethodOptions && c.Request.Header.Get("Access-Control-Request-Method") != ""
}
