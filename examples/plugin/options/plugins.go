package options

import (
	"context"
	"log/slog"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/provider"
	"github.com/seed-32bd42cb/betterauth/plugin/captcha"
	"github.com/seed-32bd42cb/betterauth/plugin/emailotp"
	"github.com/seed-32bd42cb/betterauth/plugin/genericoauth"
	"github.com/seed-32bd42cb/betterauth/plugin/i18n"
	"github.com/seed-32bd42cb/betterauth/plugin/jwt"
	"github.com/seed-32bd42cb/betterauth/plugin/magiclink"
	"github.com/seed-32bd42cb/betterauth/plugin/onetimetoken"
	"github.com/seed-32bd42cb/betterauth/plugin/passkey"
	"github.com/seed-32bd42cb/betterauth/plugin/phonenumber"
	"github.com/seed-32bd42cb/betterauth/plugin/twofactor"
	"github.com/seed-32bd42cb/betterauth/plugin/username"
)

// Tokens sets what stands in the tokens of the plugin jwt.
func Tokens() jwt.Options {
	return jwt.Options{JWT: jwt.TokenOptions{
		DefinePayload: func(_ context.Context, s auth.SignedIn) (*js.Object, error) {
			return js.Obj("email", s.User.Email, "plan", s.User.Extra.Text("plan")), nil
		},
		GetSubject: func(_ context.Context, s auth.SignedIn) (string, error) { return "user:" + s.User.ID, nil },
	}}
}

// RemoteTokens signs tokens elsewhere, such as in a key service, and keeps no key.
func RemoteTokens(sign func(payload []byte) (string, error)) jwt.Options {
	return jwt.Options{
		JWKS: jwt.JWKSOptions{RemoteURL: "https://keys.example.com/jwks.json", KeyPairConfig: &jwt.KeyPair{Alg: "EdDSA"}},
		JWT: jwt.TokenOptions{Sign: func(_ context.Context, r jwt.SignRequest) (string, error) {
			return sign(js.Marshal(r.Payload))
		}},
		Adapter: jwt.KeyAdapter{
			GetJWKS:   func(context.Context, jwt.KeysRequest) (*[]jwt.KeyRow, error) { return &[]jwt.KeyRow{}, nil },
			CreateJWK: func(_ context.Context, k jwt.NewKey) (*jwt.KeyRow, error) { return &k.Key, nil },
		},
	}
}

// Links sends the links of the plugin magic-link.
func Links(log *slog.Logger) magiclink.Options {
	return magiclink.Options{
		GenerateToken: func(_ context.Context, email string) (string, error) { return random(), nil },
		StoreToken:    auth.TokenStorage{Hash: hashed},
		SendMagicLink: func(ctx context.Context, m magiclink.Mail) (callback.Nothing, error) {
			log.InfoContext(ctx, "mail: sign in", "to", m.Email, "link", m.URL)
			return callback.Nothing{}, nil
		},
	}
}

// Codes sends the codes of the plugin email-otp, and keeps them hashed.
func Codes(log *slog.Logger) emailotp.Options {
	return emailotp.Options{
		GenerateOTP: func(_ context.Context, in emailotp.CodeRequest) (string, error) { return "123456", nil },
		StoreOTP:    auth.CodeStorage{Hash: hashed},
		SendVerificationOTP: func(ctx context.Context, m emailotp.Mail) (callback.Nothing, error) {
			log.InfoContext(ctx, "mail: your code", "to", m.Email, "for", m.Type)
			return callback.Nothing{}, nil
		},
	}
}

// Robots lets robots through that search engines send. The verdict is in a header that a proxy of yours adds.
func Robots() captcha.Options {
	return captcha.Options{
		Provider: captcha.VercelBotID,
		CheckBotID: func(ctx context.Context, _ callback.Nothing) (*js.Object, error) {
			verdict, _ := auth.From(ctx).RequestHeaderValue("X-Verdict")
			return js.Obj("isBot", verdict != "person", "verifiedBotCategory", verdict), nil
		},
		ValidateRequest: func(_ context.Context, in captcha.BotRequest) (bool, error) {
			isBot, _ := in.Verdict.Get("isBot")
			category, _ := in.Verdict.Get("verifiedBotCategory")
			return isBot == false || category == "search_engine", nil
		},
	}
}

// Languages finds the language in the host name, as in de.example.com.
func Languages() i18n.Options {
	return i18n.Options{
		Locales:   []string{"de", "fr"},
		Detection: []string{i18n.Callback, i18n.Header},
		GetLocale: func(_ context.Context, c *auth.Context) (string, error) {
			if c.Request == nil {
				return "", nil
			}
			language, _, _ := strings.Cut(c.Request.Host, ".")
			return language, nil
		},
	}
}

// SealedCodes keeps codes so that they can be read again, to send the same one twice.
func SealedCodes(seal, open callback.Func[string, string]) emailotp.Options {
	return emailotp.Options{StoreOTP: auth.CodeStorage{Encrypt: seal, Decrypt: open}}
}

// Transfer makes the tokens of the plugin one-time-token.
func Transfer() onetimetoken.Options {
	return onetimetoken.Options{
		GenerateToken: func(_ context.Context, in onetimetoken.TokenRequest) (string, error) { return random(), nil },
		StoreToken:    auth.TokenStorage{Hash: hashed},
	}
}

// Passkeys lets people who have an invitation register a passkey without a session.
func Passkeys(userOf func(invitation string) (id, name string)) passkey.Options {
	extensions := passkey.Extensions{Func: func(context.Context, passkey.ExtensionsRequest) (*js.Object, error) {
		return js.Obj("minPinLength", true), nil
	}}
	return passkey.Options{
		Registration: passkey.RegistrationOptions{
			RequireSession: new(false),
			ResolveUser: func(_ context.Context, in passkey.ResolveRequest) (passkey.User, error) {
				if in.Context == nil {
					return passkey.User{}, nil // refused
				}
				id, name := userOf(*in.Context)
				return passkey.User{ID: id, Name: name}, nil
			},
			AfterVerification: func(_ context.Context, in passkey.AfterRegistration) (passkey.Assignment, error) {
				return passkey.Assignment{Name: passkey.AuthenticatorName(in.Verification.AAGUID)}, nil
			},
			Extensions: extensions,
		},
		Authentication: passkey.AuthenticationOptions{
			Extensions: extensions,
			AfterVerification: func(_ context.Context, in passkey.AfterAuthentication) (callback.Nothing, error) {
				if !in.Verification.UserVerified {
					return callback.Nothing{}, auth.Status(403, "Unlock the passkey with your finger, face or PIN")
				}
				return callback.Nothing{}, nil
			},
		},
	}
}

// Phones sends the codes of the plugin phone-number, and creates users for numbers.
func Phones(log *slog.Logger) phonenumber.Options {
	send := func(ctx context.Context, m phonenumber.Message) (callback.Nothing, error) {
		log.InfoContext(ctx, "sms: your code", "to", m.PhoneNumber)
		return callback.Nothing{}, nil
	}
	return phonenumber.Options{
		SendOTP:              send,
		SendPasswordResetOTP: send,
		// For a service that makes the codes itself.
		VerifyOTP:            func(_ context.Context, m phonenumber.Message) (bool, error) { return m.Code == "123456", nil },
		PhoneNumberValidator: func(_ context.Context, number string) (bool, error) { return strings.HasPrefix(number, "+"), nil },
		CallbackOnVerification: func(ctx context.Context, v phonenumber.Verified) (callback.Nothing, error) {
			log.InfoContext(ctx, "a number was verified", "user", v.User.ID)
			return callback.Nothing{}, nil
		},
		SignUpOnVerification: &phonenumber.SignUp{
			GetTempEmail: func(_ context.Context, number string) (string, error) { return number[1:] + "@phone.example", nil },
			GetTempName:  func(context.Context, string) (string, error) { return "Caller", nil },
		},
	}
}

// Names sets the rules of the plugin username.
func Names() username.Options {
	return username.Options{
		UsernameValidator:            func(_ context.Context, name string) (bool, error) { return !strings.HasPrefix(name, "admin"), nil },
		UsernameNormalization:        username.Normalization{Func: trimmed},
		DisplayUsernameValidator:     func(_ context.Context, name string) (bool, error) { return name != "", nil },
		DisplayUsernameNormalization: trimmed,
		ValidationOrder:              username.ValidationOrder{Username: username.PostNormalization},
	}
}

func trimmed(_ context.Context, name string) (string, error) {
	return strings.ToLower(strings.TrimSpace(name)), nil
}

// Factors sends the codes of the plugin two-factor, and keeps them and the backup codes
// with the help of a key service.
func Factors(log *slog.Logger, seal, open callback.Func[string, string]) twofactor.Options {
	return twofactor.Options{
		OTPOptions: twofactor.OTPOptions{
			StoreOTP: auth.CodeStorage{Encrypt: seal, Decrypt: open},
			SendOTP: func(ctx context.Context, m twofactor.OTPMail) (callback.Nothing, error) {
				log.InfoContext(ctx, "text message: your code", "to", m.User.Extra.Text("phone"))
				return callback.Nothing{}, nil
			},
		},
		BackupCodeOptions: twofactor.BackupCodeOptions{
			StoreBackupCodes:          twofactor.BackupCodeStorage{Encrypt: seal, Decrypt: open},
			CustomBackupCodesGenerate: func(context.Context, callback.Nothing) ([]string, error) { return []string{random()}, nil },
		},
	}
}

// HashedFactors keeps codes that are sent hashed.
func HashedFactors() twofactor.Options {
	return twofactor.Options{OTPOptions: twofactor.OTPOptions{StoreOTP: auth.CodeStorage{Hash: hashed}}}
}

// Provider sets the funcs that every social provider has.
func Provider() oauth.Options {
	return oauth.Options{
		// MapProfileToUser adds to the user, or changes it.
		MapProfileToUser: func(_ context.Context, profile *js.Object) (*js.Object, error) {
			return js.Obj("country", oauth.Text(oauth.Member(profile, "locale"))), nil
		},
		// The other three take the place of what the provider does by itself.
		GetUserInfo: func(_ context.Context, in oauth.TokensArgument) (*js.Object, error) {
			user := js.Obj("id", "7", "name", "Ada", "email", "ada@example.com", "emailVerified", true)
			return js.Obj("user", user, "data", js.Obj("id", "7", "token", in.AccessToken)), nil
		},
		VerifyIDToken: func(_ context.Context, in oauth.VerifyRequest) (bool, error) {
			return strings.HasPrefix(in.Token, "e"), nil
		},
		RefreshAccessToken: func(_ context.Context, in oauth.RefreshArgument) (*js.Object, error) {
			return js.Obj("accessToken", "new", "refreshToken", in.RefreshToken), nil
		},
	}
}

// Microsoft signs in to Microsoft with an assertion in place of a secret.
func Microsoft() provider.MicrosoftOptions {
	return provider.MicrosoftOptions{Options: Provider(), ClientAssertion: assertion}
}

func assertion(_ context.Context, in oauth.AssertionRequest) (string, error) {
	return "signed for " + in.TokenEndpoint, nil
}

// Generic sets the funcs of a provider of the plugin generic-oauth.
func Generic() genericoauth.Config {
	own := Provider()
	return genericoauth.Config{
		ProviderID: "intranet", ClientID: "client",
		AuthorizationURL: "https://intranet.example/authorize", TokenURL: "https://intranet.example/token",
		MapProfileToUser: own.MapProfileToUser,
		GetUserInfo:      own.GetUserInfo,
		GetToken: func(_ context.Context, in genericoauth.CodeArgument) (*js.Object, error) {
			return js.Obj("accessToken", "for "+in.Code), nil
		},
		AccountSubject: func(_ context.Context, in genericoauth.SubjectArgument) (any, error) {
			return oauth.Member(in.Profile, "id"), nil
		},
		RefreshTokenParams: genericoauth.RefreshParams{Func: func(context.Context, genericoauth.EndpointArgument) (*js.Object, error) {
			return js.Obj("tenant", "main"), nil
		}},
		TokenEndpointAuth: &oauth.TokenEndpointAuth{
			GetClientAssertion: assertion,
			CustomizeRequest:   func(_ context.Context, r *oauth.TokenRequest) error { r.Body.Set("tenant", "main"); return nil },
			CustomizeFunc: func(_ context.Context, r *oauth.TokenRequest) (*js.Object, error) {
				return js.Obj("headers", js.Obj("X-Client", r.ClientID)), nil
			},
		},
	}
}

func hashed(_ context.Context, secret string) (string, error) { return auth.HashToken(secret), nil }
