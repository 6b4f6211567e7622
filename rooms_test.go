package betterauth

import (
	"os/exec"
	"strings"
	"testing"
)

// rooms lists what each package may import from this module. A line that grows
// is a decision: say why in the commit. Tests of a room may use authtest,
// storetest, kvtest and testserver besides.
var rooms = map[string]string{
	// Foundations: they import nothing of ours but js.
	"js":                  "",
	"option":              "",
	"docs":                "",
	"internal/schema":     "js",
	"internal/origin":     "",
	"internal/clientip":   "",
	"internal/dial":       "",
	"internal/spelling":   "",
	"internal/address":    "internal/spelling",
	"internal/testserver": "",
	"store":               "js",
	"kv":                  "",
	"secret":              "js",
	"verify":              "",
	"ui":                  "",

	"store/memstore":  "store js",
	"store/sqlstore":  "store internal/address internal/dial js",
	"store/storetest": "store js",
	"kv/rediskv":      "kv internal/address internal/dial",
	"kv/kvtest":       "kv",
	"cookie":          "secret js",
	"callback":        "js option",
	"mail":            "callback kv store js option",

	// The engine, and what it runs without a database.
	"auth": "cookie callback mail oauth store store/memstore kv secret internal/* js option",

	// Signing in elsewhere: what a provider is, the providers, and what both
	// endpoints and plugins do with one.
	"oauth":           "callback secret internal/* js option",
	"oauth/provider":  "callback oauth internal/* js option",
	"oauth/oauthtest": "secret js",
	"oauth/flow":      "auth cookie oauth secret store internal/* js",

	"base":           "auth cookie oauth oauth/flow secret store internal/* js",
	"plugin/jwt":     "auth callback secret store internal/* js option",
	"plugin/bearer":  "auth cookie",
	"plugin/forward": "auth plugin/jwt option",

	"plugin/genericoauth": "auth callback oauth internal/* js option",
	"plugin/oauthproxy":   "auth cookie oauth oauth/flow secret internal/* js option",
	"plugin/oauthpopup":   "auth cookie oauth oauth/flow internal/* js",
	"plugin/onetap":       "auth oauth oauth/flow oauth/provider internal/* js",

	"plugin/magiclink":    "auth callback mail secret store internal/* js option",
	"plugin/emailotp":     "auth callback mail secret store internal/* js option",
	"plugin/onetimetoken": "auth callback js secret store option",
	"plugin/mailer":       "auth mail internal/origin",
	"openapi":             "auth store internal/* js",
	"plugin/openapi":      "auth openapi internal/* js option",

	"":               "auth base",
	"test/faults":    "",
	"auth/authtest":  "auth cookie kv store store/memstore .",
	"plugin/all":     "auth callback plugin/* js",
	"config":         "auth callback cookie kv kv/rediskv mail oauth oauth/provider plugin/all plugin/mailer secret store store/memstore store/sqlstore internal/* js . option",
	"cmd/betterauth": "auth callback config cookie kv kv/rediskv mail docs plugin/* secret store store/sqlstore ui verify internal/* js .",
}

const module = "github.com/seed-32bd42cb/betterauth"

func TestRooms(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		pkg, imports, _ := strings.Cut(strings.TrimSpace(line), " ")
		room := strings.TrimPrefix(strings.TrimPrefix(pkg, module), "/")
		allowed, known := rooms[room]
		if !known {
			if !strings.HasPrefix(room, "bench") && !strings.HasPrefix(room, "examples") {
				t.Errorf("package %s has no line in rooms", room)
			}
			continue
		}
		for imp := range strings.FieldsSeq(imports) {
			dep, ours := strings.CutPrefix(imp, module)
			if !ours {
				continue
			}
			if dep = strings.TrimPrefix(dep, "/"); dep == "" {
				dep = "."
			}
			if !allows(allowed, dep) {
				t.Errorf("%s must not import %s", room, dep)
			}
		}
	}
}

func allows(list, dep string) bool {
	for a := range strings.FieldsSeq(list) {
		prefix, open := strings.CutSuffix(a, "*")
		if a == dep || open && strings.HasPrefix(dep, prefix) {
			return true
		}
	}
	return false
}
