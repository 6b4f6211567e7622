package oauthpopup

import (
	_ "embed"
	"net/http"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// script posts the message in the page to the window that opened the popup. It equals the script of the reference
// byte for byte, because its hash is in the page's policy.
//
//go:embed complete.js
var script string

const elementID = "better-auth-oauth-popup"

// page returns the last page of a popup. The message goes only to a window with this origin.
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

// inline returns v as JSON that is safe inside a script element.
func inline(v any) string {
	return strings.NewReplacer("<", `\u003c`, "\u2028", `\u2028`, "\u2029", `\u2029`).Replace(string(js.Marshal(v)))
}
