package config

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/seed-32bd42cb/betterauth/docs"
	"github.com/seed-32bd42cb/betterauth/js"
)

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(docs.Schema())))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// validate checks the text of a config file without the environment, as an editor does.
func validate(t *testing.T, s *jsonschema.Schema, text string) error {
	t.Helper()
	tree, problem := parse("config", []byte(text))
	if problem != nil {
		t.Fatal(problem.Message)
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(js.Marshal(tree.js()))))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(v)
}

// TestSchemaAccepts: the schema accepts every config file of the documentation, the examples and the tests that
// loads.
func TestSchemaAccepts(t *testing.T) {
	s := compiledSchema(t)
	files := map[string]string{"sample": sample, "realms": twoRealms}
	var names []string
	for _, pattern := range []string{"../docs/*.md", "../docs/plugins/*.md", "../README.md", "../examples/*.yaml", "../examples/*.md", "../cmd/betterauth/testdata/*.txtar"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, found...)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		switch filepath.Ext(name) {
		case ".yaml":
			files[name] = string(data)
		case ".txtar":
			for _, f := range txtar.Parse(data).Files {
				if ext := filepath.Ext(f.Name); ext == ".yaml" || ext == ".json" {
					files[name+"/"+f.Name] = string(f.Data)
				}
			}
		}
		for i, block := range blocks.FindAllStringSubmatch(string(data), -1) {
			files[fmt.Sprint(name, " ", i)] = block[1]
		}
	}
	accepted := 0
	for name, text := range files {
		if !loads(text) {
			continue
		}
		accepted++
		if err := validate(t, s, text); err != nil {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
	for _, name := range []string{"realms", "../docs/realms.md 0", "../docs/realms.md 1", "../docs/realms.md 2"} {
		if !loads(files[name]) {
			t.Errorf("%s is not loaded", name)
		}
	}
	if accepted < 25 {
		t.Errorf("only %d config files found", accepted)
	}
	for _, f := range allFailures() {
		text := strings.NewReplacer("HOOK", `{"webhook":"https://hooks.example","secret":"x"}`, "GOOD", `"https://hooks.example"`).Replace(f.config)
		if err := validate(t, s, text); err != nil {
			t.Errorf("%s: %v\n%s", f.name, err, text)
		}
	}
}

// blocks matches the YAML blocks of a page.
var blocks = regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$")

func loads(text string) bool {
	l := Loader{
		Mode:     "development",
		Env:      func(name string) string { return "a-value-of-the-environment-000000-" + name },
		ReadFile: func(path string) ([]byte, error) { return []byte("1:a-secret-of-the-file-" + filepath.Base(path)), nil },
	}
	_, err := l.Parse("config", []byte(text))
	return err == nil
}

// TestSchemaRefuses: the schema refuses what the server refuses, as far as a schema can express it.
func TestSchemaRefuses(t *testing.T) {
	s := compiledSchema(t)
	for _, text := range []string{
		"emailAndPasword: {}",
		"session: { cookieCache: { strategy: jwk } }",
		"session: { cookieCache: { refreshCache: { updateAg: 3 } } }",
		"session: { expiresIn: 34560001 }",
		"session: { expiresIn: 'long' }",
		"session: { expiresIn: 1.5 }",
		"mode: prod",
		"appName: 7",
		"trustedOrigins: [https://a.example, 7]",
		"trustedOrigins: https",
		"socialProviders: { github: { clientid: x } }",
		"socialProviders: { githup: {} }",
		"socialProviders: { google: { accessType: none } }",
		"rateLimit: { customRules: { /a: { window: 1, maxi: 2 } } }",
		"rateLimit: { customRules: { /a: true } }",
		"user: { additionalFields: { x: { type: text } } }",
		"user: { additionalFields: { x: { type: string, validator: { input: https://h.example } } } }",
		"emailAndPassword: { password: { hash: https://h.example } }",
		"emailAndPassword: { enabled: 'yes' }",
		"emailAndPassword: { sendResetPassword: email }",
		"emailAndPassword: { sendResetPassword: { webhook: https://h.example, retry: 3 } }",
		"hooks: { before: true }",
		"plugins: [jwt]",
		"plugins: { jvt: {} }",
		"plugins: { scim: {} }",
		"plugins: { jwt: { jwt: { isuer: x } } }",
		"plugins: { email-otp: { resendStrategy: resend } }",
		"plugins: { magic-link: { storeToken: { type: other } } }",
		"database: { pool: { maximum: 3 } }",
		"verification: { storeIdentifier: { default: hashd } }",
		"secondaryStorage: { provider: etcd }",
		"advanced: { database: { generateId: true } }",
		"realms: []",
		"realms: [{ path: /a, database: none, secret: x }]",
		"realms: [{ name: a, path: /a, database: none, secret: x, sesion: {} }]",
		"realms: [{ name: a, path: /a, database: none, secret: x, mode: test }]",
		"realms: [{ name: a, path: /a, database: none, secret: x, plugins: { jwt: true } }]",
	} {
		if err := validate(t, s, text); err == nil {
			t.Errorf("the schema accepts %s", text)
		}
		if loads(text) {
			t.Errorf("the server accepts %s", text)
		}
	}
	for _, text := range []string{
		"telemetry: { enabled: true }",
		"session: { expiresIn: '${TTL:-3600}' }",
		"emailAndPassword: { enabled: '${ON}' }",
		"secretFile: /run/secrets/auth\ndatabaseFile: /run/secrets/db",
		"plugins: { jwt: , magic-link: { sendMagicLink: mail } }",
		"hooks: { before: { webhookFile: hook, secretFile: key, timeout: 5s } }",
		`{"$schema": "x", "appName": "y"}`,
		"realms: [{ name: a, host: a.example, secretFile: x, plugins: { jwt: false } }]",
	} {
		if err := validate(t, s, text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}
