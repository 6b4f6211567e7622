package betterauth

import (
	"os/exec"
	"strings"
	"testing"
)

// rooms lists what each package may import from this module. Adding an import is a decision: give the reason in the
// commit. Tests may also import authtest, storetest, kvtest and testserver.
var rooms = map[string]string{
	// Foundations: they import only js and secret.
	"access":               "",
	"js":                   "",
	"schema":               "js",
	"option":               "",
	"docs":                 "",
	"internal/origin":      "",
	"internal/clientip":    "",
	"internal/dial":        "",
	"internal/dpop":        "internal/origin js secret",
	"internal/gate":        "",
	"internal/spelling":    "",
	"internal/address":     "internal/spelling",
	"internal/passkeytest": "",
	"internal/testserver":  "",
	"internal/levers":      "",
	"internal/limiter":     "js kv store",
	"store":                "js secret",
	"kv":                   "",
	"secret":               "js",
	"verify":               "",
	"ui":                   "secret internal/origin",

	"store/memstore":  "store js",
	"store/sqlstore":  "store internal/address internal/dial js",
	"store/storetest": "store js",
	"kv/rediskv":      "kv internal/address internal/dial",
	"kv/kvtest":       "kv",
	"cookie":          "secret js",
	"callback":        "js option",
	"mail":            "callback kv secret store js option",

	// Users and what belongs to them, without requests.
	"identity": "js kv secret store",

	// The engine, and the packages that it needs without a database.
	"auth": "identity schema cookie callback mail oauth store store/memstore kv secret internal/* js option",

	// OAuth: the interface of providers, the providers, and the flow that endpoints and plugins share.
	"oauth":          "callback secret internal/* js schema option",
	"oauth/provider": "callback oauth internal/* js schema option",

	"oauth/oauthtest": "secret js",
	"oauth/flow":      "auth cookie oauth secret store internal/* js schema",

	"base":           "auth cookie oauth oauth/flow secret store internal/* js schema",
	"plugin/jwt":     "auth callback oauth secret store internal/* js schema option",
	"plugin/bearer":  "auth cookie",
	"plugin/forward": "auth plugin/jwt option",

	"plugin/admin":               "access auth callback cookie js option schema store",
	"plugin/captcha":             "auth callback js oauth option",
	"plugin/deviceauthorization": "auth callback secret store internal/origin js schema option",
	"plugin/electron":            "auth cookie js secret store option",
	"plugin/genericoauth":        "auth callback oauth internal/* js schema option",
	"plugin/haveibeenpwned":      "auth js oauth option secret",
	"plugin/i18n":                "auth callback js option",
	"plugin/oauthproxy":          "auth cookie oauth oauth/flow secret internal/* js schema option",
	"plugin/oauthpopup":          "auth cookie oauth oauth/flow secret internal/* js schema",
	"plugin/onetap":              "auth oauth oauth/flow oauth/provider internal/* js schema",

	"plugin/customsession":   "auth callback js option",
	"plugin/expo":            "auth internal/origin js oauth oauth/flow",
	"plugin/lastloginmethod": "auth callback option store",
	"plugin/multisession":    "auth cookie js option",

	"plugin/anonymous":     "auth callback cookie js oauth oauth/flow option schema secret store",
	"plugin/magiclink":     "auth callback mail secret store internal/* js schema option",
	"plugin/emailotp":      "auth callback mail secret store internal/* js schema option",
	"plugin/auditlog":      "auth js option secret store",
	"plugin/apikey":        "access auth callback js kv option plugin/organization schema secret store",
	"plugin/siwe":          "auth callback js schema secret store option",
	"plugin/organization":  "access auth callback cookie js mail option schema secret store",
	"plugin/console":       "auth js mail option plugin/admin plugin/apikey plugin/auditlog plugin/jwt plugin/mailer plugin/oauthprovider store",
	"plugin/onetimetoken":  "auth callback js secret store option",
	"plugin/passkey":       "auth callback js option schema secret store",
	"plugin/phonenumber":   "auth callback js option secret store",
	"plugin/username":      "auth callback js option store",
	"plugin/twofactor":     "auth callback identity mail secret store internal/origin js option",
	"plugin/mailer":        "auth js mail store internal/origin",
	"openapi":              "auth store internal/* js schema",
	"plugin/openapi":       "auth openapi internal/* js schema option",
	"plugin/oauthprovider": "auth callback cookie identity internal/dpop internal/origin js oauth oauth/flow option plugin/deviceauthorization plugin/jwt schema secret store",
	"plugin/cimd":          "auth callback internal/origin js option plugin/oauthprovider store",
	"plugin/mcp":           "auth internal/origin js plugin/oauthprovider",

	"":              "auth base",
	"realm":         "auth cookie secret internal/*",
	"test/faults":   "",
	"auth/authtest": "auth cookie kv store store/memstore .",
	// Tests on every database. This package may import drivers; authtest may not.
	"auth/authtest/everywhere": "auth auth/authtest internal/testserver kv store/memstore store/sqlstore",

	"plugin/all":     "auth callback plugin/* js",
	"config":         "auth callback cookie kv kv/rediskv mail oauth oauth/provider plugin/all plugin/mailer realm secret store store/sqlstore internal/* js schema . store/memstore option ui",
	"cmd/betterauth": "auth callback config cookie kv kv/rediskv mail openapi option plugin/* realm secret store store/sqlstore ui verify internal/* js schema . docs",
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
