package oauthprovider

import (
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
)

// flaw is an error of an authorization request that the client is told.
type flaw struct{ name, description string }

// parameter is a parameter of an authorization request. check returns its value as it is used.
type parameter struct {
	name  string
	check func(v any) (any, []schema.Issue)
}

// authorizationParameters are the known parameters in the order in which they are checked and handed to pages.
var authorizationParameters = func() []parameter {
	text := schema.String().Optional().Check
	return []parameter{
		{"response_type", one("code")},
		{"request", text},
		{"request_uri", text},
		{"redirect_uri", safeURL().Optional().Check},
		{"scope", text},
		{"state", text},
		{"client_id", schema.String().Min(1, "client_id is required").Check},
		{"prompt", checkPrompt},
		{"display", text},
		{"ui_locales", text},
		{"max_age", checkMaxAge},
		{"acr_values", text},
		{"login_hint", text},
		{"id_token_hint", text},
		{"code_challenge", text},
		{"code_challenge_method", one("S256")},
		{"nonce", text},
		{"claims", schema.Union(schema.String(), schema.Record(schema.Any().Optional())).Optional().Check},
		{"dpop_jkt", schema.String().Regex(thumbprint, "dpop_jkt must be a base64url-encoded SHA-256 JWK thumbprint").Optional().Check},
		{"resource", checkResource},
	}
}()

var thumbprint = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

// parseAuthorization checks the parameters of an authorization request and returns them, the known ones first. Unknown
// ones stay, because pages and extensions may need them.
func parseAuthorization(raw *js.Object) (*js.Object, *flaw) {
	out := js.NewObject()
	for _, p := range authorizationParameters {
		given, ok := raw.Get(p.name)
		if !ok {
			given = js.Undefined{}
		}
		v, issues := p.check(given)
		if len(issues) > 0 {
			issues[0].Path = append([]any{p.name}, issues[0].Path...)
			name, description := describeIssues(issues, invalidRequest, map[string]fieldError{"response_type": {Invalid: unsupportedResponseType}})
			return nil, &flaw{name, description}
		}
		if v != (any)(js.Undefined{}) {
			out.Set(p.name, v)
		}
	}
	for name, v := range raw.All() {
		if !out.Has(name) {
			out.Set(name, v)
		}
	}
	return out, nil
}

// one returns the check of an optional text with one allowed value. A parameter that is repeated is no text.
func one(value string) func(v any) (any, []schema.Issue) {
	text := schema.String().Optional()
	return func(v any) (any, []schema.Issue) {
		v, issues := text.Check(v)
		if s, ok := v.(string); ok && len(issues) == 0 && s != value {
			return v, issue(wrongType + `"` + value + `"`)
		}
		return v, issues
	}
}

func issue(message string) []schema.Issue { return []schema.Issue{{Message: message}} }

// prompts are the values that the parameter prompt may contain.
func prompts() []string { return []string{"none", "consent", "login", "create", "select_account"} }

func checkPrompt(v any) (any, []schema.Issue) {
	v, issues := schema.String().Optional().Check(v)
	s, ok := v.(string)
	if !ok || len(issues) > 0 {
		return v, issues
	}
	wanted := map[string]bool{}
	for word := range strings.SplitSeq(s, " ") {
		if word = js.Trim(word); word == "" {
			continue
		}
		if !slices.Contains(prompts(), word) {
			return v, issue("unsupported prompt value: " + word)
		}
		wanted[word] = true
	}
	switch {
	case len(wanted) == 0:
		return v, issue("prompt must include at least one value")
	case wanted["none"] && len(wanted) > 1:
		return v, issue("prompt=none cannot be combined with other prompt values")
	}
	return v, nil
}

// promptsOf returns the values in the parameter prompt.
func promptsOf(prompt string) map[string]bool {
	wanted := map[string]bool{}
	for word := range strings.SplitSeq(prompt, " ") {
		if word = js.Trim(word); slices.Contains(prompts(), word) {
			wanted[word] = true
		}
	}
	return wanted
}

func checkMaxAge(v any) (any, []schema.Issue) {
	var age float64
	switch v := v.(type) {
	case js.Undefined:
		return v, nil
	case float64:
		age = v
	case string:
		trimmed := js.Trim(v)
		if trimmed == "" {
			return v, issue("Too small: expected string to have >=1 characters")
		}
		age = js.ToNumber(trimmed)
	default:
		return v, issue("Invalid input")
	}
	if age != math.Trunc(age) || math.IsInf(age, 0) || age < 0 {
		return v, issue("max_age must be a non-negative integer")
	}
	return age, nil
}

// checkResource checks one resource indicator or a list of them (RFC 8707). A single flaw of the text is reported; if
// the value is neither form, the reference cannot say which was meant.
func checkResource(v any) (any, []schema.Issue) {
	switch v := v.(type) {
	case js.Undefined:
		return v, nil
	case string:
		if flaw := resourceFlaw(v); flaw == notAbsolute {
			return v, issue("Invalid input")
		} else if flaw != "" {
			return v, issue(flaw)
		}
		return v, nil
	case []any:
		return v, checkResources(v)
	}
	return v, issue("Invalid input")
}

func checkResources(list []any) (first []schema.Issue) {
	for i, item := range list {
		s, ok := item.(string)
		if !ok {
			return issue("Invalid input")
		}
		flaw := resourceFlaw(s)
		if flaw == notAbsolute {
			return issue("Invalid input")
		}
		if flaw != "" && first == nil {
			first = []schema.Issue{{Path: []any{i}, Message: flaw}}
		}
	}
	if len(list) == 0 {
		return issue("Too small: expected array to have >=1 items")
	}
	return first
}

const notAbsolute = "resource must be an absolute URI"

// resourceFlaw returns what is wrong with a resource indicator, or "".
func resourceFlaw(s string) string {
	if _, ok := origin.ParseURL(s); !ok {
		return notAbsolute
	}
	switch {
	case strings.Contains(s, "#"):
		return "resource must not contain a fragment"
	case !origin.SafeScheme(s):
		return "resource cannot use javascript:, data:, or vbscript: scheme"
	}
	return ""
}
