package openapi_test

import (
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/plugin/openapi"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
)

func server(t *testing.T, o openapi.Options, more auth.Options) *authtest.Client {
	t.Helper()
	more.Plugins = append(more.Plugins, openapi.New(o))
	return authtest.New(t, more).Client()
}

func TestGenerateSchema(t *testing.T) {
	c := server(t, openapi.Options{}, auth.Options{})
	got := c.Get("/open-api/generate-schema")
	if got.Status != 200 || got.Header.Get("Content-Type") != "application/json" {
		t.Fatalf("%d %v", got.Status, got.Header)
	}
	doc := got.JSON(t)
	if doc["openapi"] != "3.1.1" {
		t.Errorf("openapi: %v", doc["openapi"])
	}
	if url := doc["servers"].([]any)[0].(map[string]any)["url"]; url != authtest.Origin+"/api/auth" {
		t.Errorf("server: %v", url)
	}
	paths := doc["paths"].(map[string]any)
	for path, there := range map[string]bool{"/sign-in/email": true, "/open-api/generate-schema": false, "/reference": false} {
		if _, ok := paths[path]; ok != there {
			t.Errorf("%s in the document: %v", path, ok)
		}
	}
}

// The server URL in the document is that of the request.
func TestServerOfRequest(t *testing.T) {
	c := server(t, openapi.Options{}, auth.Options{BaseURL: auth.Dynamic([]string{"localhost:*"}, "", "https")})
	servers := c.Get("/open-api/generate-schema").JSON(t)["servers"].([]any)
	if url := servers[0].(map[string]any)["url"]; url != "https://localhost:3210/api/auth" {
		t.Errorf("server: %v", url)
	}
}

func TestReference(t *testing.T) {
	for _, tc := range []struct {
		name string
		o    openapi.Options
		path string
		want []string
		not  []string
	}{
		{"defaults", openapi.Options{}, "/reference", []string{`data-theme="default"`, "<script>", "<style>"}, []string{"nonce="}},
		{"path and theme", openapi.Options{Path: "/docs/api", Theme: "deepSpace"}, "/docs/api", []string{`data-theme="deepSpace"`}, nil},
		{"nonce", openapi.Options{Nonce: "r4nd0m"}, "/reference", []string{`<script nonce="r4nd0m">`, `<style nonce="r4nd0m">`}, []string{"<script>", "<style>"}},
		{"hostile nonce", openapi.Options{Nonce: `"><script>x`}, "/reference", nil, []string{"<script>x", `""`}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := server(t, tc.o, auth.Options{}).Get(tc.path)
			if got.Status != 200 || got.Header.Get("Content-Type") != "text/html" {
				t.Fatalf("%d %v", got.Status, got.Header)
			}
			html := outsideOfBlocks.ReplaceAllString(got.Body, "$1")
			for _, want := range tc.want {
				if !strings.Contains(html, want) {
					t.Errorf("no %s in %s", want, html)
				}
			}
			for _, not := range tc.not {
				if strings.Contains(html, not) {
					t.Errorf("there is %s in %s", not, html)
				}
			}
		})
	}
}

// outsideOfBlocks matches script and style elements, to remove their content and keep their tags.
var outsideOfBlocks = regexp.MustCompile(`(?s)(<(?:script|style)[^>]*>).*?</(?:script|style)>`)

// The page loads nothing, and works with a policy that only allows the nonce.
func TestSelfContained(t *testing.T) {
	body := server(t, openapi.Options{}, auth.Options{}).Get("/reference").Body
	for _, bad := range []*regexp.Regexp{
		regexp.MustCompile(`<script[^>]+src=`), regexp.MustCompile(`<link[^>]+rel="stylesheet"`), regexp.MustCompile(`@import|\burl\(`),
		regexp.MustCompile(`\sstyle="`), regexp.MustCompile(`\son[a-z]+="`), regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|\beval\(`),
	} {
		if found := bad.FindString(body); found != "" {
			t.Errorf("the page has %q", found)
		}
	}
}

// Text in the document cannot end the script element.
func TestHostileDocument(t *testing.T) {
	const hostile = `</script><script>alert(1)</script><!--`
	plugin := auth.Manifest{ID: "hostile", Endpoints: []auth.Endpoint{auth.Handle(auth.Route{
		ID: "hostile", Path: "/hostile", Methods: []string{"GET"}, Session: auth.Public, OpenAPI: js.Obj("description", hostile),
	}, func(*auth.Context, *auth.None) (*auth.Nothing, error) { return &auth.Nothing{}, nil })}}
	body := server(t, openapi.Options{}, auth.Options{Plugins: []auth.Plugin{plugin}}).Get("/reference").Body
	if strings.Contains(body, hostile) || strings.Count(body, "</script>") != 2 {
		t.Error("the description gets out of its element")
	}
	_, rest, _ := strings.Cut(body, `<script id="api-reference" type="application/json">`)
	data, _, _ := strings.Cut(rest, "</script>")
	var doc struct {
		Paths map[string]map[string]struct{ Description string }
	}
	if err := json.Unmarshal([]byte(data), &doc); err != nil {
		t.Fatal(err)
	}
	if have := doc.Paths["/hostile"]["get"].Description; have != hostile {
		t.Errorf("the description reads %q", have)
	}
}

func TestDisabledReference(t *testing.T) {
	c := server(t, openapi.Options{DisableDefaultReference: true}, auth.Options{})
	if got := c.Get("/reference"); got.Status != 404 || got.Body != "" || got.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%d %q %v", got.Status, got.Body, got.Header)
	}
	if got := c.Get("/open-api/generate-schema"); got.Status != 200 {
		t.Errorf("the document went too: %d", got.Status)
	}
}

// themes returns the possible values of the option theme.
func themes() []string {
	fields := option.Fields(reflect.TypeFor[openapi.Options]())
	return fields[slices.IndexFunc(fields, func(f option.Field) bool { return f.Name == "theme" })].Enum
}

func TestThemes(t *testing.T) {
	for _, theme := range themes() {
		c := server(t, openapi.Options{Theme: theme}, auth.Options{})
		body := c.Get("/reference").Body
		if theme != "default" && !strings.Contains(body, "[data-theme="+theme+"]") {
			t.Errorf("%s has no colours", theme)
		}
	}
}

func TestBadOptions(t *testing.T) {
	for name, o := range map[string]openapi.Options{
		`theme: must be one of alternate, default, moon`: {Theme: "pink"},
		"begin with /":                 {Path: "reference"},
		"registered for two endpoints": {Path: "/ok"},
	} {
		_, err := betterauth.New(auth.Options{
			BaseURL: auth.Static(authtest.Origin), Secret: authtest.Secret, Mode: auth.Test, Database: memstore.New(), Plugins: []auth.Plugin{openapi.New(o)},
		})
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}
