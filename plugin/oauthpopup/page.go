package oauthpopup

import (
	_ "embed"
	"net/http"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// script posts what the page holds to the window that opened it. It is the one
// of the reference, byte for byte: its hash stands in the page's policy.
//
//go:embed complete.js
var script string

const elementID = "better-auth-oauth-popup"

// page is the end of a popup: message goes to the window at origin, and to no
// other.
func page(origin string, message *js.Object) *auth.Raw {
	data := js.Obj("type", "better-auth:oauth-popup", "targetOrigin", origin)
	for name, v := range message.All() {
		data.Set(name, v)
	}
	html := "<!doctype html>\n<html>\n<head><meta charset=\"utf-8\"><title>Completing sign-in</title></head>\n<body>\n" +
		`<script type="application/json" id="` + elementID + `">` + inline(data) + "</script>\n<script>" + script + "</script>\n</body>\n</html>"
	return &auth.Raw{
		Type: "text/html; charset=utf-8", Body: []byte(html),
		Header: http.Header{
			"Content-Security-Policy": {"default-src 'none'; script-src " + secret.CSPHash(script) + "; base-uri 'none'"},
			"Cache-Control":           {"no-store"}, "Pragma": {"no-cache"},
		},
	}
}

// inline is JSON that can stand in a script element.
func inline(v any) string {
	return strings.NewReplacer("<", `\u003c`, "\u2028", `\u2028`, "\u2029", `\u2029`).Replace(string(js.Marshal(v)))
}
