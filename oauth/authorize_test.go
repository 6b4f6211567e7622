package oauth

import (
	"errors"
	"testing"

	"github.com/seed-32bd42cb/betterauth/js"
)

func TestAuthorizationURL(t *testing.T) {
	base := Authorization{Endpoint: "https://idp.example/authorize", ClientID: "id", State: "s", RedirectURI: "https://app.example/cb"}
	with := func(change func(*Authorization)) Authorization { a := base; change(&a); return a }
	const head = "https://idp.example/authorize?response_type=code&client_id=id&state=s"
	const back = "&redirect_uri=https%3A%2F%2Fapp.example%2Fcb"
	tests := []struct {
		name string
		a    Authorization
		want string
	}{
		{"least", base, head + back},
		{"scopes", with(func(a *Authorization) { a.Scopes = []string{"a", "b c"} }), head + "&scope=a+b+c" + back},
		{"scopes joined otherwise", with(func(a *Authorization) { a.Scopes, a.ScopeJoiner = []string{"a", "b"}, "," }), head + "&scope=a%2Cb" + back},
		{"everything", with(func(a *Authorization) {
			a.Duration, a.Display, a.LoginHint, a.Nonce, a.Prompt = "d", "e", "f", "g", "h"
			a.HostedDomain, a.AccessType, a.ResponseMode = "i", "j", "k"
		}), head + back + "&duration=d&display=e&login_hint=f&nonce=g&prompt=h&hd=i&access_type=j&response_mode=k"},
		// The example of RFC 7636, appendix B.
		{"PKCE", with(func(a *Authorization) { a.CodeVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" }), head + back +
			"&code_challenge_method=S256&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"},
		{"claims", with(func(a *Authorization) { a.Claims = []string{"email", "x"} }), head + back +
			"&claims=%7B%22id_token%22%3A%7B%22email%22%3Anull%2C%22email_verified%22%3Anull%2C%22x%22%3Anull%7D%7D"},
		{"additional, reserved ones passed over", with(func(a *Authorization) {
			a.Additional = Params{{"audience", "x"}, {"state", "evil"}, {"redirect_uri", "evil"}, {"nonce", "evil"}, {"code_challenge", "evil"}}
		}), head + back + "&audience=x"},
		{"the endpoint's own query", with(func(a *Authorization) { a.Endpoint = "https://idp.example/authorize?t=a%20b&state=old&%73cope=old#f" }),
			"https://idp.example/authorize?t=a%20b&%73cope=old&response_type=code&client_id=id&state=s" + back + "#f"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.a.URL()
			if err != nil || got != tt.want {
				t.Errorf("got  %s, %v\nwant %s", got, err, tt.want)
			}
		})
	}
	if _, err := with(func(a *Authorization) { a.ClientID = "" }).URL(); !errors.Is(err, ErrNoClientID) {
		t.Errorf("without a client id: %v", err)
	}
}

func TestOwnQueryYieldsToParameters(t *testing.T) {
	p := Params{{"scope", "new"}}
	if got := withoutParams("https://h/p?%73cope=old&a=1&&scope=2", p); got != "https://h/p?a=1" {
		t.Error(got)
	}
}

func TestValues(t *testing.T) {
	v, err := js.Parse([]byte(`{"a":{"b":null,"c":""},"list":[1],"n":0}`))
	if err != nil {
		t.Fatal(err)
	}
	undefined := js.Undefined{}
	for _, r := range []struct {
		name      string
		got, want any
	}{
		{"member", Member(v, "list"), Member(v, "list")},
		{"null member", Member(v, "a", "b"), nil},
		{"missing", Member(v, "a", "x", "y"), undefined},
		{"of no object", Member("text", "length"), undefined},
		{"of nothing", Member((*js.Object)(nil), "a"), undefined},
		{"element", Element(Member(v, "list"), 0), 1.0},
		{"no element", Element(Member(v, "list"), 1), undefined},
		{"or", Or(Member(v, "a", "c"), Member(v, "n"), "x"), "x"},
		{"or to the last", Or(undefined, nil, ""), ""},
		{"either keeps false values", Either(Member(v, "a", "b"), Member(v, "n"), "x"), 0.0},
	} {
		if _, isList := r.want.([]any); !isList && r.got != r.want {
			t.Errorf("%s: %v, want %v", r.name, r.got, r.want)
		}
	}
	if got := MergeScopes("a, b", []string{"b", " c ", ""}); got != "a,b,c" {
		t.Error(got)
	}
}

// TestFlag: the text "false" is false, although it is not empty (related to #9974).
func TestFlag(t *testing.T) {
	for _, r := range []struct {
		v         any
		value, ok bool
	}{{true, true, true}, {"true", true, true}, {false, false, true}, {"false", false, true}, {"TRUE", false, false}, {1.0, false, false}, {nil, false, false}, {"yes", false, false}} {
		if value, ok := Flag(r.v); value != r.value || ok != r.ok {
			t.Errorf("%v: %v, %v", r.v, value, ok)
		}
	}
}
