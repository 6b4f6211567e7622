package options

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/plugin/cimd"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// team returns the team that a session acts for.
func team(s *auth.Session) string { return s.Extra.Text("activeOrganizationId") }

// letters makes a text that nobody can guess.
func letters(context.Context, callback.Nothing) (string, error) {
	return secret.Random(40, "a-z", "A-Z", "0-9"), nil
}

// Clients makes the server an OAuth provider whose clients belong to teams. seal and open
// encrypt refresh tokens on their way to clients.
func Clients(seal, open callback.Func[string, string]) oauthprovider.Options {
	return oauthprovider.Options{
		LoginPage: "/sign-in", ConsentPage: "/consent",
		AllowDynamicClientRegistration: true,
		ValidateInitialAccessToken: func(_ context.Context, in oauthprovider.InitialAccess) (oauthprovider.Registrar, error) {
			of, ok := strings.CutPrefix(in.Token, "team-")
			return oauthprovider.Registrar{Allowed: ok, ReferenceID: of}, nil
		},
		ClientReference: func(_ context.Context, in oauthprovider.OwnerRequest) (string, error) { return team(in.Session), nil },
		ClientPrivileges: func(_ context.Context, in oauthprovider.PrivilegeRequest) (bool, error) {
			return in.User.Extra.Text("role") == "developer", nil
		},
		ResourcePrivileges: func(_ context.Context, in oauthprovider.ResourcePrivilegeRequest) (bool, error) {
			return in.User.Extra.Text("role") == "admin", nil
		},
		IdentifierValidator: func(_ context.Context, identifier string) (bool, error) {
			return strings.HasPrefix(identifier, "https://"), nil
		},
		Signup: oauthprovider.Signup{ShouldRedirect: func(_ context.Context, in oauthprovider.StepRequest) (oauthprovider.Step, error) {
			return oauthprovider.Step{Needed: in.User.Name == "", Page: "/who-are-you"}, nil
		}},
		SelectAccount: oauthprovider.SelectAccount{Page: "/accounts", ShouldRedirect: func(_ context.Context, in oauthprovider.StepRequest) (bool, error) {
			return slices.Contains(in.Scopes, "billing"), nil
		}},
		PostLogin: oauthprovider.PostLogin{
			Page: "/choose-team",
			ShouldRedirect: func(_ context.Context, in oauthprovider.StepRequest) (bool, error) {
				return team(in.Session) == "", nil
			},
			ConsentReferenceID: func(_ context.Context, in oauthprovider.ConsentRequest) (string, error) { return team(in.Session), nil },
		},
		RequestURIResolver: func(context.Context, oauthprovider.RequestURI) (*js.Object, error) { return nil, nil }, // none is known
		CustomAccessTokenClaims: func(_ context.Context, in oauthprovider.AccessTokenInfo) (*js.Object, error) {
			return js.Obj("team", in.ReferenceID), nil
		},
		CustomIDTokenClaims: func(_ context.Context, in oauthprovider.IDTokenInfo) (*js.Object, error) {
			return js.Obj("https://example.com/role", in.User.Extra.Text("role")), nil
		},
		CustomUserInfoClaims: func(_ context.Context, in oauthprovider.UserInfoInfo) (*js.Object, error) {
			return js.Obj("locale", "en"), nil
		},
		CustomTokenResponseFields: func(_ context.Context, in oauthprovider.TokenResponseInfo) (*js.Object, error) {
			return js.Obj("issued_for", in.GrantType), nil
		},
		FormatRefreshToken: oauthprovider.FormatRefreshToken{
			Encrypt: func(ctx context.Context, in oauthprovider.RefreshTokenForm) (string, error) {
				return seal(ctx, in.Token)
			},
			Decrypt: func(ctx context.Context, form string) (oauthprovider.OpenedRefreshToken, error) {
				token, err := open(ctx, form)
				return oauthprovider.OpenedRefreshToken{Token: token}, err
			},
		},
		StoreTokens: oauthprovider.TokenStorage{Hash: func(_ context.Context, in oauthprovider.TokenHash) (string, error) {
			return secret.HexDigest(in.Type + in.Token), nil
		}},
		StoreClientSecret: oauthprovider.SecretStorage{
			Hash: func(_ context.Context, plain string) (string, error) { return secret.HexDigest(plain), nil },
			Verify: func(_ context.Context, in oauthprovider.SecretCheck) (bool, error) {
				return secret.Equal(secret.HexDigest(in.Secret), in.Stored), nil
			},
		},
		GenerateClientID: letters, GenerateClientSecret: letters, GenerateOpaqueAccessToken: letters, GenerateRefreshToken: letters,
		Extensions: []oauthprovider.Extension{{
			Authentication: []oauthprovider.Authentication{{
				Method: "platform", AssertionTypes: []string{"urn:example:client-assertion-type:platform"},
				Authenticate: func(in oauthprovider.AssertionInput) (*oauthprovider.Authenticated, error) {
					client, ok := strings.CutPrefix(in.Assertion, "platform:") // verify a signature here, for in.Audience, and once
					if !ok {
						return nil, auth.Unauthorized(auth.Code{Name: "NOT_ATTESTED", Message: "The platform does not know this program"})
					}
					return &oauthprovider.Authenticated{ClientID: client}, nil
				},
			}},
			Metadata: func(oauthprovider.MetadataInput) *js.Object {
				return js.Obj("service_documentation", "https://example.com/docs")
			},
			Claims: oauthprovider.ExtensionClaims{
				AccessToken: func(in oauthprovider.ClaimInput) (*js.Object, error) { return js.Obj("region", "eu"), nil },
				IDToken:     func(in oauthprovider.ClaimInput) (*js.Object, error) { return js.Obj("region", "eu"), nil },
				UserInfo:    func(in oauthprovider.UserInfoInput) (*js.Object, error) { return js.Obj("region", "eu"), nil },
			},
		}},
	}
}

// SealedClients keeps secrets of clients encrypted, for ID tokens that are signed with
// them.
func SealedClients() oauthprovider.Options {
	same := func(_ context.Context, text string) (string, error) { return text, nil } // use a cipher of yours
	return oauthprovider.Options{
		LoginPage: "/sign-in", ConsentPage: "/consent", DisableJWTPlugin: true,
		StoreClientSecret: oauthprovider.SecretStorage{Encrypt: same, Decrypt: same},
	}
}

// Documents lets clients of known sites use the URL of a document as their id, and keeps a
// record of them.
func Documents(log *slog.Logger) cimd.Options {
	client := &http.Client{Timeout: 3 * time.Second}
	return cimd.Options{
		FetchClientMetadataResource: client.Do,
		IsMetadataDocumentURLAllowed: func(_ context.Context, in cimd.Asked) (bool, error) {
			return strings.HasPrefix(in.URL, "https://apps.example.com/"), nil
		},
		OnClientCreated: func(ctx context.Context, in cimd.Created) (callback.Nothing, error) {
			log.InfoContext(ctx, "a new client", "id", in.Client["clientId"])
			return callback.Nothing{}, nil
		},
		OnClientRefreshed: func(ctx context.Context, in cimd.Refreshed) (callback.Nothing, error) {
			log.InfoContext(ctx, "a client changed", "id", in.Client["clientId"])
			return callback.Nothing{}, nil
		},
	}
}
