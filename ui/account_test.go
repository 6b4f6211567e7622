package ui_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/ui"
)

var dataIn = regexp.MustCompile(`(?s)<script type="application/json" id="server">(.*?)</script>`)

// TestAttackMarkupInAccountPath puts markup into what the account pages take from an address: the id of an
// organization, the query. It reaches the script as a text, and ends no element.
func TestAttackMarkupInAccountPath(t *testing.T) {
	pages, err := ui.New(ui.Options{Mode: "development", BasePath: "/api/auth", Config: ui.Config{Name: `</title><script>alert(1)</script>`}})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{
		"/account/organizations/</script><script>alert(1)</script>",
		"/account/organizations/<!--<script>",
		`/account/"><img src=x onerror=alert(1)>`,
		"/account/{{.Boot}}\u2028",
	} {
		r := httptest.NewRequest(http.MethodGet, "/account", nil)
		r.URL.Path = path
		r.URL.RawQuery = "error=</script><script>alert(2)</script>&redirectTo=javascript:alert(3)&lang=<b>"
		if !pages.Serves(r) {
			t.Errorf("%s: not served", path)
			continue
		}
		w := httptest.NewRecorder()
		pages.ServeHTTP(w, r)
		body := w.Body.String()
		if n := strings.Count(body, "<script"); n != 2 || strings.Contains(body, "<img src=x") || strings.Contains(body, "javascript:") || strings.Contains(body, "alert(2)") {
			t.Errorf("%s: %d scripts, or markup from the path", path, n)
		}
		var boot struct{ Page, Next string }
		m := dataIn.FindStringSubmatch(body)
		if m == nil || json.Unmarshal([]byte(m[1]), &boot) != nil || boot.Page != path || boot.Next != "/account" {
			t.Errorf("%s: the script reads %+v", path, boot)
		}
	}
}
