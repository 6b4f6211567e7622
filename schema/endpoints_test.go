package schema

import (
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-32bd42cb/betterauth/js"
)

// The schemas of the reference's endpoints, as tags if tags can express them.

type signUpEmail struct {
	Name        string     `json:"name"`
	Email       string     `json:"email" format:"email"`
	Password    string     `json:"password" minLength:"1"`
	Image       string     `json:"image,omitempty"`
	CallbackURL string     `json:"callbackURL,omitempty"`
	RememberMe  *bool      `json:"rememberMe,omitempty"`
	Extra       *js.Object `extra:"user"`
}

type signInEmail struct {
	Email       string `json:"email" doc:"Email of the user"`
	Password    string `json:"password" doc:"Password of the user"`
	CallbackURL string `json:"callbackURL,omitempty" doc:"Callback URL to use as a redirect for email verification"`
	RememberMe  bool   `json:"rememberMe,omitempty" default:"true" doc:"If this is false, the session will not be remembered. Default is 'true'."`
}

// anyProvider is SocialProviderListEnum: the enum or any string.
type anyProvider string

func (anyProvider) Schema() *Schema {
	return Enum("apple", "atlassian", "cloudflare", "cognito", "discord", "facebook", "figma", "github", "microsoft", "google",
		"huggingface", "slack", "spotify", "twitch", "twitter", "dropbox", "kick", "linear", "linkedin", "gitlab", "tiktok", "reddit",
		"roblox", "salesforce", "vk", "zoom", "notion", "kakao", "naver", "line", "paybin", "paypal", "polar", "railway", "vercel", "wechat").
		Or(String())
}

// oauthParams is additionalAuthorizationParamsSchema.
type oauthParams map[string]string

func (oauthParams) Schema() *Schema {
	reserved := []string{"state", "client_id", "redirect_uri", "response_type", "code_challenge", "code_challenge_method", "scope", "nonce"}
	return Record(String()).Refine(func(v any) bool {
		o, ok := v.(*js.Object)
		return !ok || !slices.ContainsFunc(o.Keys(), func(k string) bool { return slices.Contains(reserved, k) })
	}, "additionalParams cannot include reserved OAuth parameters: "+strings.Join(reserved, ", ")).Optional()
}

type providerName struct {
	FirstName string `json:"firstName,omitempty"`
	LastName  string `json:"lastName,omitempty"`
}

type providerUser struct {
	Name  *providerName `json:"name,omitempty"`
	Email string        `json:"email,omitempty"`
}

type idToken struct {
	Token        string        `json:"token"`
	Nonce        string        `json:"nonce,omitempty"`
	AccessToken  string        `json:"accessToken,omitempty"`
	RefreshToken string        `json:"refreshToken,omitempty"`
	ExpiresAt    float64       `json:"expiresAt,omitempty"`
	User         *providerUser `json:"user,omitempty"`
}

type signInSocial struct {
	CallbackURL        string         `json:"callbackURL,omitempty"`
	NewUserCallbackURL string         `json:"newUserCallbackURL,omitempty"`
	ErrorCallbackURL   string         `json:"errorCallbackURL,omitempty"`
	Provider           anyProvider    `json:"provider"`
	DisableRedirect    bool           `json:"disableRedirect,omitempty"`
	IDToken            *idToken       `json:"idToken,omitempty"`
	Scopes             []string       `json:"scopes,omitempty"`
	RequestSignUp      bool           `json:"requestSignUp,omitempty"`
	LoginHint          string         `json:"loginHint,omitempty"`
	AdditionalParams   oauthParams    `json:"additionalParams"`
	AdditionalData     map[string]any `json:"additionalData,omitempty"`
}

type linkSocial struct {
	CallbackURL string      `json:"callbackURL,omitempty"`
	Provider    anyProvider `json:"provider"`
	IDToken     *struct {
		Token        string `json:"token"`
		Nonce        string `json:"nonce,omitempty"`
		AccessToken  string `json:"accessToken,omitempty"`
		RefreshToken string `json:"refreshToken,omitempty"`
	} `json:"idToken"`
	RequestSignUp    bool           `json:"requestSignUp,omitempty"`
	Scopes           []string       `json:"scopes,omitempty"`
	ErrorCallbackURL string         `json:"errorCallbackURL,omitempty"`
	DisableRedirect  bool           `json:"disableRedirect,omitempty"`
	LoginHint        string         `json:"loginHint,omitempty"`
	AdditionalParams oauthParams    `json:"additionalParams"`
	AdditionalData   map[string]any `json:"additionalData,omitempty"`
}

type signOut struct {
	_               struct{} `body:"optional"`
	CallbackURL     string   `json:"callbackURL,omitempty"`
	DisableRedirect bool     `json:"disableRedirect,omitempty"`
	State           string   `json:"state,omitempty"`
}

type getSession struct {
	_                  struct{} `query:"optional"`
	DisableCookieCache bool     `query:"disableCookieCache,omitempty" coerce:"true"`
	DisableRefresh     bool     `query:"disableRefresh,omitempty" coerce:"true"`
}

type updateUser struct {
	Body *js.Object `body:"record"`
}

type resetPassword struct {
	_           struct{} `query:"optional"`
	NewPassword string   `json:"newPassword"`
	BodyToken   string   `json:"token,omitempty"`
	QueryToken  string   `query:"token,omitempty"`
}

type enableTwoFactor struct {
	Password string `json:"password"`
	Method   string `json:"method" enum:"otp,totp" default:"totp"`
	Issuer   string `json:"issuer,omitempty"`
}

type createOrganization struct {
	Name     string         `json:"name" minLength:"1"`
	Slug     string         `json:"slug" minLength:"1"`
	UserID   string         `json:"userId,omitempty" coerce:"true"`
	Logo     *string        `json:"logo,omitempty" nullable:"true"`
	Metadata map[string]any `json:"metadata,omitempty"`
	Keep     bool           `json:"keepCurrentActiveOrganization,omitempty"`
}

type setUserPassword struct{}

func (setUserPassword) BodySchema() *Schema {
	return Object(
		Field("newPassword", String().NonEmpty("newPassword cannot be empty")),
		Field("userId", String().Coerce().NonEmpty("userId cannot be empty")),
	)
}

func body[T any]() *Schema  { return Of(reflect.TypeFor[T]()).Body }
func query[T any]() *Schema { return Of(reflect.TypeFor[T]()).Query }

func stringOrList() *Schema { return Union(String(), Array(String())) }

// parseInt is JavaScript's, for text that begins with digits.
func parseInt(v any) any {
	s, _ := v.(string)
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return js.ToNumber(js.Undefined{})
	}
	return n
}

func endpointSchemas() map[string]*Schema {
	stringList := Array(String())
	permissions := Record(stringList)
	return map[string]*Schema{
		"sign-up/email": body[signUpEmail](), "sign-in/email": body[signInEmail](), "sign-in/social": body[signInSocial](),
		"link-social": body[linkSocial](), "sign-out": body[signOut](), "get-session": query[getSession](), "update-user": body[updateUser](),
		"reset-password": body[resetPassword](), "reset-password?": query[resetPassword](),
		"two-factor/enable": body[enableTwoFactor](), "organization/create": body[createOrganization](), "admin/set-user-password": body[setUserPassword](),
		"revoke-session": body[struct {
			Token string `json:"token"`
		}](),
		"change-password": body[struct {
			NewPassword         string `json:"newPassword"`
			CurrentPassword     string `json:"currentPassword"`
			RevokeOtherSessions bool   `json:"revokeOtherSessions,omitempty"`
		}](),
		"verify-password": body[struct {
			Password string `json:"password" doc:"The password to verify"`
		}](),
		"delete-user": body[struct {
			CallbackURL string `json:"callbackURL,omitempty"`
			Password    string `json:"password,omitempty"`
			Token       string `json:"token,omitempty"`
		}](),
		"delete-user/callback": query[struct {
			Token       string `query:"token"`
			CallbackURL string `query:"callbackURL,omitempty"`
		}](),
		"unlink-account": body[struct {
			AccountID string `json:"accountId"`
		}](),
		"get-access-token": Union(
			Object(Field("accountId", String()), Field("userId", String().Optional())).Strict(),
			Object(Field("useAccountCookie", Literal(true)), Field("userId", String().Optional())).Strict(),
		),
		"request-password-reset": body[struct {
			Email      string `json:"email" format:"email"`
			RedirectTo string `json:"redirectTo,omitempty"`
		}](),
		"change-email": body[struct {
			NewEmail    string `json:"newEmail" format:"email"`
			CallbackURL string `json:"callbackURL,omitempty"`
		}](),
		"callback": Object(
			Field("code", String()), Field("error", String()), Field("device_id", String()), Field("error_description", String()),
			Field("state", String()), Field("user", String()), Field("iss", String()),
		).Partial().Optional(),
		"admin/set-role": Object(Field("userId", String().Coerce()), Field("role", stringOrList())),
		"admin/create-user": Object(
			Field("email", String()), Field("password", String().Optional()), Field("name", String()),
			Field("role", stringOrList().Optional()), Field("data", Record(Any()).Optional()),
		),
		"admin/list-users": Object(
			Field("searchValue", String().Optional()), Field("searchField", Enum("email", "name").Optional()),
			Field("searchOperator", Enum("contains", "starts_with", "ends_with").Optional()),
			Field("limit", String().Or(Number()).Optional()), Field("offset", String().Or(Number()).Optional()),
			Field("sortBy", String().Optional()), Field("sortDirection", Enum("asc", "desc").Optional()), Field("filterField", String().Optional()),
			Field("filterValue", String().Or(Number()).Or(Boolean()).Or(stringList).Or(Array(Number())).Optional()),
			Field("filterOperator", Enum("eq", "ne", "lt", "lte", "gt", "gte", "in", "not_in", "contains", "starts_with", "ends_with").Optional()),
		),
		"admin/has-permission": Object(Field("userId", String().Coerce().Optional()), Field("role", String().Optional())).And(
			Xor(Object(Field("permission", permissions)), Object(Field("permissions", permissions)))),
		"organization/invite-member": Object(
			Field("email", String()), Field("role", stringOrList()), Field("organizationId", String().Optional()), Field("resend", Boolean().Optional()),
			Field("teamId", Union(String().Optional(), stringList.Optional())),
		),
		"organization/delete-role": Object(Field("organizationId", String().Optional())).And(
			Union(Object(Field("roleName", String().NonEmpty())), Object(Field("roleId", String().NonEmpty())))),
		"organization/get-full": Object(
			Field("organizationId", String()), Field("organizationSlug", String()), Field("membersLimit", Number().Or(String().Transform(parseInt))),
		).Partial().Optional(),
		"magic-link": Object(
			Field("email", String().Email()), Field("name", String().Optional()), Field("callbackURL", String().Optional()),
			Field("newUserCallbackURL", String().Optional()), Field("errorCallbackURL", String().Optional()), Field("metadata", Record(Any()).Optional()),
		),
		"email-otp/send": Object(Field("email", String()), Field("type", Enum("email-verification", "sign-in", "forget-password", "change-email"))),
		"device/token":   Object(Field("grant_type", Literal("urn:ietf:params:oauth:grant-type:device_code")), Field("device_code", String()), Field("client_id", String())),
		"siwe/nonce": body[struct {
			_ struct{} `body:"optional,strict"`
		}](),
		"siwe/verify": Object(Field("message", String().Min(1)), Field("signature", String().Min(1)), Field("email", String().Email().Optional())).Strict().
			Refine(func(v any) bool { e, _ := v.(*js.Object).Get("email"); return js.Truthy(e) }, "Email is required when the anonymous plugin option is disabled.", "email"),
	}
}

// zodSchemas returns the schemas of the script's "synthetic" table.
func zodSchemas() map[string]*Schema {
	never := func(any) bool { return false }
	notV := func(v any) bool { k, _ := v.(*js.Object).Get("k"); return k != "v" }
	length := func(v any) any { return float64(js.Length(v.(string))) }
	orNone := func(v any) any {
		if isUndefined(v) {
			return "none"
		}
		return v
	}
	lower := regexp.MustCompile(`^[a-z]+$`)
	return map[string]*Schema{
		"email": String().Email(), "emailMin": String().Min(5).Email(), "minEmail": String().Email("bad email").Message("bad email").Min(9, "too short"),
		"url": String().URL(), "uuid": String().UUID(),
		"string": String(), "min": String().Min(2), "max": String().Max(2), "length": String().Length(2), "nonempty": String().NonEmpty("say something"),
		"regex": String().Regex(regexp.MustCompile(`^[a-c/]+$`)), "regexMsg": String().Regex(regexp.MustCompile(`^a`), "must begin with a").Min(3),
		"number": Number(), "range": Number().Min(1).Max(3), "int": Number().Int().Positive().Max(3), "intMin": Number().Min(4).Int(),
		"boolean": Boolean(), "any": Any(), "null": Null(), "date": Date(), "json": JSON(),
		"cString": String().Coerce(), "cStringMin": String().Coerce().Min(3), "cNumber": Number().Coerce(), "cBoolean": Boolean().Coerce(), "cDate": Date().Coerce(),
		"literal": Literal("a"), "literals": Literal(5, "a", nil, true), "enum": Enum("a", "abc"), "enum1": Enum("a"),
		"array": Array(String()), "arrayMax": Array(String()).Max(1), "arrayMinMax": Array(String()).Min(2).Max(2),
		"arrayRefine": Array(String()).Refine(never, "no").Max(1), "arrayNonempty": Array(Any()).NonEmpty(),
		"record": Record(Number()), "recordKey": RecordOf(String().Regex(lower), Any()), "recordEnum": RecordOf(Enum("on", "off"), Number()),
		"optional": String().Optional(), "nullable": String().Nullable(), "nullish": String().Nullish().Min(2), "default": String().Default("d"),
		"catch": Number().Catch(7), "defaultOptional": Boolean().Default(true).Optional(),
		"union": Union(String().Min(3), Number()), "unionChecks": Union(String().Min(3), String().Max(0)),
		"unionObjects": Union(Object(Field("a", String())), Object(Field("b", Number()))), "xor": Xor(Object(Field("a", Any())), Object(Field("b", Any()))),
		"disc":   Discriminated("t", Object(Field("t", Literal("x")), Field("n", Number())), Object(Field("t", Enum("y", "z")), Field("n", String()))),
		"object": Object(Field("a", String()), Field("k", String().Optional())), "objAny": Object(Field("a", Any())),
		"objCoerce":    Object(Field("a", String()), Field("k", Boolean().Coerce().Optional())).Extend(Field("a", String().Coerce())),
		"objDefault":   Object(Field("k", String().Default("d")), Field("a", String().Default("e").Optional()), Field("b", Number().Catch(1)), Field("c", String().Nullish())),
		"objUnion":     Object(Field("a", Union(String().Optional(), Array(String()).Optional()))),
		"objTransform": Object(Field("a", String().Transform(length)), Field("k", String().Optional().Transform(orNone))),
		"strict":       Object(Field("a", String())).Strict(), "loose": Object(Field("a", String().Optional())).Loose(),
		"catchall": Object(Field("a", String().Optional())).Catchall(String()), "strictMsg": Object(Field("a", String())).Message("own text").Strict(),
		"refine":       Object(Field("a", String().Min(2))).Refine(never, "never", "a", 0),
		"refineBool":   String().Min(2).Refine(func(v any) bool { return v == "x" }, ""),
		"strictRefine": Object(Field("k", String().Optional())).Strict().Refine(notV, "no v"),
		"and":          Object(Field("a", String())).And(Record(Any())),
		"andStrict":    Object(Field("a", Any())).Strict().And(Object(Field("b", Any().Optional()), Field("a", Any())).Strict()),
		"andKeys":      RecordOf(String().Regex(lower), Any()).And(Object(Field("KEY", Any().Optional())).Strict()),
		"andClash":     String().Coerce().And(Any()), "andStrictRecord": Object(Field("a", Any().Optional())).Strict().And(Record(Any())),
		"trim": String().Trim().Min(1).Lower(), "message": String().Message("need text").Min(3),
		"pipeStop": String().Min(3).Transform(func(v any) any { return v.(string) + "!" }),
	}
}
