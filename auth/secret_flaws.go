package auth

import (
	"strings"
	"unicode"
)

// SecretFlaw describes what is wrong with a secret.
type SecretFlaw struct {
	What   string // description, without the secret itself
	Remedy string
	Public bool // the secret is published somewhere; no option allows it in production
}

const (
	makeSecret = "generate one with `betterauth secret` and put it in BETTER_AUTH_SECRET or secretFile"
	keepSecret = "; if an existing database depends on exactly this text, add a new secret before it in secrets, or set allowShortSecret"
)

// FindSecretFlaw returns what is wrong with a secret, or nil. A flawed secret is refused in production and never
// corrected, because an existing database may depend on its exact characters.
func FindSecretFlaw(s string) *SecretFlaw {
	bare := bareSecret(s)
	switch {
	case s == DefaultSecret:
		return &SecretFlaw{"the secret is the default one, which is publicly known", makeSecret, true}
	case publicSecrets[bare]:
		return &SecretFlaw{"the secret is an example from documentation, which is publicly known", makeSecret + "; users have to sign in again", true}
	case strings.ContainsFunc(s, unseen) || s != strings.TrimSpace(s):
		return &SecretFlaw{"the secret has blanks around it or invisible characters (a line break, a byte order mark)",
			"remove them" + keepSecret, false}
	case quoted(s):
		return &SecretFlaw{"the secret is in quotes, which count as part of it", "remove the quotes" + keepSecret, false}
	case placeholder(bare):
		return &SecretFlaw{"the secret looks like a placeholder from an example", makeSecret + keepSecret, false}
	case repeats(s):
		return &SecretFlaw{"the secret repeats a few characters", makeSecret + keepSecret, false}
	case len(s) < 32:
		return &SecretFlaw{"the secret has fewer than 32 characters", makeSecret + keepSecret, false}
	}
	return nil
}

// publicSecrets are secrets from documentation, starters and tutorials, in the form that bareSecret returns.
var publicSecrets = map[string]bool{
	"betterauthsecret12345678901234567890":        true, // DefaultSecret, spelled differently
	"yoursecretkeyatleast32characterslong":        true,
	"yoursecretkeyatleast32charslong":             true,
	"yoursecretkeyatleast32characters":            true,
	"yoursecretkeyatleast32chars":                 true,
	"yoursecretkeymustbeatleast32characterslong":  true,
	"yoursupersecretkeyatleast32characterslong":   true,
	"yoursupersecretkeythatisatleast32chars":      true,
	"yoursupersecretkeychangethisinproduction":    true,
	"yoursecretkeychangethisinproduction":         true,
	"yoursecretkeychangeinproduction":             true,
	"yoursecretkeyhere":                           true,
	"yoursecrethere":                              true,
	"yoursecretkey":                               true,
	"yoursecret":                                  true,
	"yourbetterauthsecret":                        true,
	"yourbetterauthsecrethere":                    true,
	"yourbetterauthsecretkey":                     true,
	"yourbetterauthsecretatleast32characterslong": true,
	"yourbetterauthsecretkeyatleast32characters":  true,
	"yourauthsecret":                              true,
	"yournextauthsecret":                          true,
	"yourrandomsecret":                            true,
	"yourgeneratedsecret":                         true,
	"your32charactersecret":                       true,
	"your32charactersecretkey":                    true,
	"your32charactersecretkeyhere":                true,
	"betterauthsecret":                            true,
	"supersecretkey":                              true,
	"supersecret":                                 true,
	"secretkey":                                   true,
	"mysecret":                                    true,
	"changeme":                                    true,
	"secret":                                      true,
}

// placeholder reports whether the secret contains something that a random text does not contain by chance.
func placeholder(bare string) bool {
	for _, phrase := range []string{
		"yoursecret", "yoursupersecret", "yourauthsecret", "yourbetterauth", "yourrandom", "your32", "changeme", "changethis", "changeit",
		"replaceme", "replacethis", "replacewith", "placeholder", "examplesecret", "samplesecret", "atleast32", "32characters", "32chars",
		"supersecret", "betterauthsecret", "secretkeyhere", "secrethere", "insertsecret", "notasecret", "opensslrand", "npxauthsecret",
	} {
		if strings.Contains(bare, phrase) {
			return true
		}
	}
	return false
}

// bareSecret returns a secret in lower case, without quotes and separators.
func bareSecret(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// unseen reports whether r is an invisible character that nobody types into a secret: a control character or one
// without width, such as the byte order mark.
func unseen(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }

func quoted(s string) bool {
	if len(s) < 2 {
		return false
	}
	first, last := s[0], s[len(s)-1]
	return first == last && (first == '"' || first == '\'' || first == '`')
}

// shortestUnit is the shortest length at which a text that repeats can be a secret.
const shortestUnit = 16

func repeats(s string) bool {
	for unit := 1; unit < shortestUnit && unit <= len(s)/2; unit++ {
		if s[unit:] == s[:len(s)-unit] {
			return true
		}
	}
	return false
}
