package config

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/plugin/admin"
	"github.com/seed-32bd42cb/betterauth/plugin/anonymous"
	"github.com/seed-32bd42cb/betterauth/plugin/apikey"
	"github.com/seed-32bd42cb/betterauth/plugin/captcha"
	"github.com/seed-32bd42cb/betterauth/plugin/cimd"
	"github.com/seed-32bd42cb/betterauth/plugin/customsession"
	"github.com/seed-32bd42cb/betterauth/plugin/deviceauthorization"
	"github.com/seed-32bd42cb/betterauth/plugin/emailotp"
	"github.com/seed-32bd42cb/betterauth/plugin/genericoauth"
	"github.com/seed-32bd42cb/betterauth/plugin/jwt"
	"github.com/seed-32bd42cb/betterauth/plugin/lastloginmethod"
	"github.com/seed-32bd42cb/betterauth/plugin/magiclink"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
	"github.com/seed-32bd42cb/betterauth/plugin/onetimetoken"
	"github.com/seed-32bd42cb/betterauth/plugin/organization"
	"github.com/seed-32bd42cb/betterauth/plugin/passkey"
	"github.com/seed-32bd42cb/betterauth/plugin/phonenumber"
	"github.com/seed-32bd42cb/betterauth/plugin/siwe"
	"github.com/seed-32bd42cb/betterauth/plugin/twofactor"
	"github.com/seed-32bd42cb/betterauth/store"
)

const argumentsFile = "testdata/arguments.txt"

// recorder answers webhooks and records what they are sent.
type recorder struct{ body []byte }

// RoundTrip implements [http.RoundTripper].
func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	r.body, _ = io.ReadAll(req.Body)
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader([]byte("{}")))}, nil
}

// bodyOf returns the body that a webhook is sent for a payload.
func bodyOf[In any](t *testing.T, event string, in In) string {
	t.Helper()
	var f callback.Func[In, callback.Nothing]
	if err := f.UnmarshalJSON([]byte(`"https://hooks.example.com"`)); err != nil {
		t.Fatal(err)
	}
	r := &recorder{}
	caller := &callback.Caller{Client: &http.Client{Transport: r}, Now: func(context.Context) time.Time { return at() }}
	if err := f.BindCallback(event, caller); err != nil {
		t.Fatal(err)
	}
	if _, err := f(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	return string(r.body)
}

// TestArguments compares the bodies of webhooks for each payload with a golden file, because receivers depend on
// every byte.
func TestArguments(t *testing.T) {
	old, err := os.ReadFile(argumentsFile)
	if err != nil && !*update {
		t.Fatal(err)
	}
	var bodies strings.Builder
	o := auth.Options{Hooks: auth.HookOptions{Before: func(_ context.Context, c *auth.Context) (callback.Answer, error) {
		bodies.WriteString(argumentsOf(t, c.Auth, c))
		return callback.Answer{}, nil
	}}}
	s := authtest.New(t, o)
	c := s.Client()
	c.Header.Set("X-Seen", "yes")
	if got := c.Get("/ok?a=b"); got.Status != 200 {
		t.Fatal(got.Status, got.Body)
	}
	bodies.WriteString(argumentsOf(t, s.Auth, nil))
	golden(t, argumentsFile, string(old), bodies.String())
}

// argumentsOf returns the bodies of all payloads, inside or outside of a call.
func argumentsOf(t *testing.T, a *auth.Auth, c *auth.Context) string {
	userRow := store.Record{"id": "u1", "name": "Ann", "createdAt": at()}
	sessionRow := store.Record{"token": "t1"}
	user, session := a.Users.Of(userRow), a.Sessions.Row(sessionRow)
	o, text := js.Obj("z", 1.0, "a", []any{"x"}), "text"
	link := auth.LinkMail{User: user, URL: "https://a.example/?x=<1>", Token: "t", Call: c}
	lines := []string{
		bodyOf(t, "LinkMail", link),
		bodyOf(t, "LinkMail of nobody", auth.LinkMail{Call: c}),
		bodyOf(t, "ChangeMail", auth.ChangeMail{LinkMail: link, NewEmail: "b@example.com"}),
		bodyOf(t, "UserEvent", auth.UserEvent{User: user, Call: c}),
		bodyOf(t, "UserRequest", auth.UserRequest{User: user, Call: c}),
		bodyOf(t, "UserRequest of nobody", auth.UserRequest{Call: c}),
		bodyOf(t, "SyntheticUser", auth.SyntheticUser{CoreFields: o, ID: "x"}),
		bodyOf(t, "ValidateUserInfo", auth.ValidateUserInfo{User: userRow, Source: o, Call: c}),
		bodyOf(t, "ValidateUserInfo without a source", auth.ValidateUserInfo{User: userRow, Call: c}),
		bodyOf(t, "RowEvent", auth.RowEvent{Row: userRow, Call: c}),
		bodyOf(t, "OriginsRequest", auth.OriginsRequest{Call: c}),
		bodyOf(t, "TrustRequest", auth.TrustRequest{Call: c}),
		bodyOf(t, "Cached", auth.Cached{Session: sessionRow, User: userRow}),
		bodyOf(t, "Cached without a user", auth.Cached{Session: sessionRow}),
		bodyOf(t, "RuleRequest", auth.RuleRequest{Call: c, Current: auth.RuleSize{Window: 10, Max: 3}}),
		bodyOf(t, "ConsumeRequest", auth.ConsumeRequest{Key: "k", Rule: auth.RuleSize{Window: 10, Max: 3}}),
		bodyOf(t, "SignedIn", auth.SignedIn{Session: session, User: user}),
		bodyOf(t, "IDRequest", auth.IDRequest{Model: "user"}),
		bodyOf(t, "captcha.BotRequest", captcha.BotRequest{Call: c, Verdict: o}),
		bodyOf(t, "captcha.BotRequest without a verdict", captcha.BotRequest{Call: c}),
		bodyOf(t, "admin.Banned", admin.Banned{User: user}),
		bodyOf(t, "anonymous.Link", anonymous.Link{AnonymousUser: auth.SignedIn{Session: session, User: user}, NewUser: auth.SignedIn{Session: session, User: user}, Call: c}),
		bodyOf(t, "customsession.Session", customsession.Session{SignedIn: auth.SignedIn{Session: session, User: user}, Call: c}),
		bodyOf(t, "customsession.Session to be extended", customsession.Session{SignedIn: auth.SignedIn{Session: session, User: user}, NeedsRefresh: new(true), Call: c}),
		bodyOf(t, "lastloginmethod.CookieRequest", lastloginmethod.CookieRequest{Call: c, Method: "email"}),
		bodyOf(t, "magiclink.Mail", magiclink.Mail{Email: "a@example.com", URL: "https://a.example", Token: "t", Call: c}),
		bodyOf(t, "magiclink.Mail with metadata", magiclink.Mail{Email: "a@example.com", URL: "https://a.example", Token: "t", Metadata: o, Call: c}),
		bodyOf(t, "deviceauthorization.Request", deviceauthorization.Request{ClientID: "tv", Scope: new("read")}),
		bodyOf(t, "deviceauthorization.Request without scope", deviceauthorization.Request{ClientID: "tv"}),
		bodyOf(t, "emailotp.CodeRequest", emailotp.CodeRequest{Email: "a@example.com", Type: "sign-in", Call: c}),
		bodyOf(t, "emailotp.Mail", emailotp.Mail{Email: "a@example.com", OTP: "123456", Type: "sign-in", Call: c}),
		bodyOf(t, "apikey.Check", apikey.Check{Call: c, Key: "k"}),
		bodyOf(t, "apikey.KeyRequest", apikey.KeyRequest{Length: 64}),
		bodyOf(t, "apikey.KeyRequest with a prefix", apikey.KeyRequest{Length: 64, Prefix: &text}),
		bodyOf(t, "apikey.PermissionRequest", apikey.PermissionRequest{ReferenceID: "u1", Call: c}),
		bodyOf(t, "apikey.Put", apikey.Put{Key: "k", Value: "v", TTL: time.Minute}),
		bodyOf(t, "siwe.ENSRequest", siwe.ENSRequest{WalletAddress: "0x1"}),
		bodyOf(t, "siwe.Verification", siwe.Verification{
			Message: "m", Signature: "0x2", Address: "0x1", ChainID: 1,
			Cacao: siwe.Cacao{Payload: siwe.CacaoPayload{Domain: "a.example"}, Signature: siwe.CacaoSignature{Type: "eip191"}},
		}),
		bodyOf(t, "onetimetoken.TokenRequest", onetimetoken.TokenRequest{SignedIn: auth.SignedIn{Session: session, User: user}, Call: c}),
		bodyOf(t, "cimd.Asked", cimd.Asked{URL: "https://client.example.com/a", Call: c}),
		bodyOf(t, "cimd.Created", cimd.Created{Client: store.Record{"clientId": "a"}, Document: js.Obj("client_id", "a"), Call: c}),
		bodyOf(t, "cimd.Refreshed", cimd.Refreshed{Client: store.Record{"clientId": "a"}, Previous: store.Record{"clientId": "a"}, Document: js.Obj("client_id", "a"), Call: c}),
		bodyOf(t, "oauthprovider.OwnerRequest", oauthprovider.OwnerRequest{User: user, Session: session}),
		bodyOf(t, "oauthprovider.PrivilegeRequest", oauthprovider.PrivilegeRequest{Headers: callback.Headers{{"accept", "a"}}, Action: "create", User: user, Session: session}),
		bodyOf(t, "oauthprovider.ResourcePrivilegeRequest", oauthprovider.ResourcePrivilegeRequest{Action: "read", User: user, Session: session, ResourceID: "https://api.example.com"}),
		bodyOf(t, "oauthprovider.InitialAccess", oauthprovider.InitialAccess{Token: "token", Headers: callback.Headers{{"accept", "a"}}, Metadata: js.Obj("client_name", "App")}),
		bodyOf(t, "oauthprovider.SecretCheck", oauthprovider.SecretCheck{Secret: "secret", Stored: "hash"}),
		bodyOf(t, "oauthprovider.TokenHash", oauthprovider.TokenHash{Token: "token", Type: "access_token"}),
		bodyOf(t, "oauthprovider.RefreshTokenForm", oauthprovider.RefreshTokenForm{Token: "token"}),
		bodyOf(t, "oauthprovider.StepRequest", oauthprovider.StepRequest{User: user, Session: session, Scopes: []string{"openid"}}),
		bodyOf(t, "oauthprovider.ConsentRequest", oauthprovider.ConsentRequest{User: user, Session: session, Scopes: []string{"openid"}}),
		bodyOf(t, "oauthprovider.RequestURI", oauthprovider.RequestURI{URI: "urn:a", ClientID: "app", Call: c}),
		bodyOf(t, "oauthprovider.AccessTokenInfo", oauthprovider.AccessTokenInfo{User: user, ReferenceID: "team", Scopes: []string{"openid"}, Resources: []string{"https://api.example.com"}}),
		bodyOf(t, "oauthprovider.IDTokenInfo", oauthprovider.IDTokenInfo{User: user, Scopes: []string{"openid"}, Metadata: js.Obj("a", 1)}),
		bodyOf(t, "oauthprovider.UserInfoInfo", oauthprovider.UserInfoInfo{User: user, Scopes: []string{"openid"}, JWT: js.Obj("sub", "u1"), RequestedClaims: []string{"name"}}),
		bodyOf(t, "oauthprovider.TokenResponseInfo", oauthprovider.TokenResponseInfo{GrantType: "client_credentials", Scopes: []string{"read"}}),
		bodyOf(t, "organization.UserRequest", organization.UserRequest{User: user}),
		bodyOf(t, "organization.InvitationMail", organization.InvitationMail{ID: "i1", Role: "admin", Email: "a@example.com", URL: "https://a.example", Call: c}),
		bodyOf(t, "organization.MembershipRequest", organization.MembershipRequest{User: user}),
		bodyOf(t, "organization.InvitationLimitRequest", organization.InvitationLimitRequest{User: user, Call: c}),
		bodyOf(t, "organization.TeamLimitRequest", organization.TeamLimitRequest{OrganizationID: "o1", Session: &auth.SignedIn{Session: session, User: user}, Call: c}),
		bodyOf(t, "organization.TeamLimitRequest without a session", organization.TeamLimitRequest{OrganizationID: "o1"}),
		bodyOf(t, "organization.TeamMemberLimitRequest", organization.TeamMemberLimitRequest{TeamID: "t1", Session: auth.SignedIn{Session: session, User: user}, OrganizationID: "o1"}),
		bodyOf(t, "organization.RoleLimitRequest", organization.RoleLimitRequest{OrganizationID: "o1"}),
		bodyOf(t, "organization.DefaultTeamRequest", organization.DefaultTeamRequest{Call: c}),
		bodyOf(t, "organization.NewOrganization", organization.NewOrganization{Organization: userRow, User: user}),
		bodyOf(t, "organization.OrganizationEvent", organization.OrganizationEvent{User: user}),
		bodyOf(t, "organization.OrganizationUpdate", organization.OrganizationUpdate{Organization: userRow, User: user}),
		bodyOf(t, "organization.OrganizationDeletion", organization.OrganizationDeletion{User: user, Call: c}),
		bodyOf(t, "organization.NewMember", organization.NewMember{Member: userRow, User: user}),
		bodyOf(t, "organization.MemberEvent", organization.MemberEvent{User: user}),
		bodyOf(t, "organization.RoleChange", organization.RoleChange{NewRole: "admin", User: user}),
		bodyOf(t, "organization.RoleChanged", organization.RoleChanged{PreviousRole: "member", User: user}),
		bodyOf(t, "organization.NewInvitation", organization.NewInvitation{Invitation: userRow, Inviter: user}),
		bodyOf(t, "organization.InvitationCreated", organization.InvitationCreated{Inviter: user}),
		bodyOf(t, "organization.InvitationEvent", organization.InvitationEvent{User: user}),
		bodyOf(t, "organization.InvitationAccepted", organization.InvitationAccepted{User: user}),
		bodyOf(t, "organization.InvitationCancellation", organization.InvitationCancellation{CancelledBy: user}),
		bodyOf(t, "organization.NewTeam", organization.NewTeam{Team: userRow, User: user}),
		bodyOf(t, "organization.NewTeam without a user", organization.NewTeam{Team: userRow}),
		bodyOf(t, "organization.TeamEvent", organization.TeamEvent{User: user}),
		bodyOf(t, "organization.TeamUpdate", organization.TeamUpdate{Updates: userRow, User: user}),
		bodyOf(t, "organization.NewTeamMember", organization.NewTeamMember{TeamMember: userRow, User: user}),
		bodyOf(t, "organization.TeamMemberEvent", organization.TeamMemberEvent{User: user}),
		bodyOf(t, "phonenumber.Message", phonenumber.Message{PhoneNumber: "+491701234567", Code: "123456", Call: c}),
		bodyOf(t, "phonenumber.Verified", phonenumber.Verified{PhoneNumber: "+491701234567", User: user, Call: c}),
		bodyOf(t, "twofactor.OTPMail", twofactor.OTPMail{User: user, OTP: "123456", Call: c}),
		bodyOf(t, "jwt.SignRequest", jwt.SignRequest{Payload: o}),
		bodyOf(t, "jwt.KeysRequest", jwt.KeysRequest{Call: c}),
		bodyOf(t, "jwt.NewKey", jwt.NewKey{Key: jwt.KeyRow{ID: "k1", PublicKey: "{}"}, Call: c}),
		bodyOf(t, "oauth.VerifyRequest", oauth.VerifyRequest{Token: "t", Nonce: "n", Endpoint: o}),
		bodyOf(t, "oauth.VerifyRequest without a nonce", oauth.VerifyRequest{Token: "t", Endpoint: o}),
		bodyOf(t, "oauth.VerifyRequest alone", oauth.VerifyRequest{Token: "t"}),
		bodyOf(t, "oauth.RefreshArgument", oauth.RefreshArgument{RefreshToken: "r", Endpoint: o}),
		bodyOf(t, "oauth.RefreshArgument alone", oauth.RefreshArgument{RefreshToken: "r"}),
		bodyOf(t, "genericoauth.EndpointArgument", genericoauth.EndpointArgument{Endpoint: o}),
		bodyOf(t, "genericoauth.EndpointArgument of nothing", genericoauth.EndpointArgument{}),
		bodyOf(t, "genericoauth.CodeArgument", genericoauth.CodeArgument{CodeRequest: oauth.CodeRequest{Code: "c", RedirectURI: "https://a.example"}}),
		bodyOf(t, "passkey.ResolveRequest", passkey.ResolveRequest{Call: c}),
		bodyOf(t, "passkey.ResolveRequest with a context", passkey.ResolveRequest{Call: c, Context: &text}),
		bodyOf(t, "passkey.AfterRegistration", passkey.AfterRegistration{
			Call: c, User: passkey.User{ID: "u1", Name: "Ann"}, ClientData: o,
			Verification: &passkey.Registration{Format: "none", PublicKey: []byte{1, 2}, Transports: []any{"usb"}, Extensions: o},
		}),
		bodyOf(t, "passkey.AfterAuthentication", passkey.AfterAuthentication{Call: c, ClientData: o, Verification: &passkey.Authentication{NewCounter: 7}}),
		bodyOf(t, "passkey.ExtensionsRequest", passkey.ExtensionsRequest{Call: c}),
		bodyOf(t, "genericoauth.SubjectArgument", genericoauth.SubjectArgument{Tokens: o, Profile: o}),
	}
	return strings.Join(lines, "\n") + "\n"
}
