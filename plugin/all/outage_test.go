package all_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/kv"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/oauthtest"
	"github.com/seed-32bd42cb/betterauth/oauth/provider"
	"github.com/seed-32bd42cb/betterauth/plugin/all"
	"github.com/seed-32bd42cb/betterauth/plugin/emailotp"
	"github.com/seed-32bd42cb/betterauth/plugin/forward"
	"github.com/seed-32bd42cb/betterauth/plugin/haveibeenpwned"
	"github.com/seed-32bd42cb/betterauth/plugin/magiclink"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
	"github.com/seed-32bd42cb/betterauth/plugin/organization"
	"github.com/seed-32bd42cb/betterauth/plugin/phonenumber"
	"github.com/seed-32bd42cb/betterauth/plugin/siwe"
	"github.com/seed-32bd42cb/betterauth/plugin/twofactor"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
)

// try is a request that reaches the store. While the store fails it is answered with 503, unless status says
// otherwise.
type try struct {
	query, body    string
	form           string // a body in the form of HTML forms
	bearer         string // a token in the Authorization header
	status         int
	withoutStorage int // status while only the secondary storage fails
}

const person = `{"email":"new@example.com","password":"password1234","name":"New"}`

// tries has a request for each endpoint. An endpoint without an entry is called without body and query.
var tries = map[string]try{
	"signUpEmail":                  {body: person},
	"signInEmail":                  {body: person},
	"requestPasswordReset":         {body: `{"email":"ann@example.com"}`},
	"requestPasswordResetCallback": {query: "?callbackURL=/x"},
	"resetPassword":                {body: `{"newPassword":"password5678","token":"t"}`},
	"sendVerificationEmail":        {body: `{"email":"ann@example.com"}`},
	"verifyEmail":                  {query: "?token=TOKEN&callbackURL=/x", withoutStorage: http.StatusFound},
	"changeEmail":                  {body: `{"newEmail":"new@example.com"}`},
	"verifyPassword":               {body: `{"password":"password1234"}`},
	"changePassword":               {body: `{"newPassword":"password5678","currentPassword":"password1234"}`},
	"updateSession":                {body: `{"x":"y"}`},
	"updateUser":                   {body: `{"name":"Other"}`},
	"deleteUser":                   {body: `{"password":"password1234"}`},
	"deleteUserCallback":           {query: "?token=t"},
	"revokeSession":                {body: `{"token":"t"}`},
	"unlinkAccount":                {body: `{"providerId":"github","accountId":"a"}`},
	"signInSocial":                 {body: `{"provider":"github"}`},
	"callbackOAuth":                {query: "?state=s&code=c", status: http.StatusFound},
	"linkSocialAccount":            {body: `{"provider":"github"}`},
	"getAccessToken":               {body: `{"accountId":"a"}`},
	"refreshToken":                 {body: `{"accountId":"a"}`},
	"accountInfo":                  {query: "?accountId=a"},
	"getJwks":                      {withoutStorage: http.StatusOK},
	"ok":                           {status: http.StatusOK},
	"error":                        {status: http.StatusOK},
	"generateOpenAPISchema":        {status: http.StatusOK},
	"openAPIReference":             {status: http.StatusOK},
	"oauthPopupStart":              {query: "?provider=github&popupOrigin=" + url.QueryEscape(authtest.Origin), status: http.StatusOK}, // a page that tells its opener
	"oAuthProxy":                   {query: "?callbackURL=/x", status: http.StatusFound},                                               // nothing to open
	"oAuthProxyCompletion":         {query: "?callbackURL=/x", status: http.StatusFound},
	"oneTapCallback":               {body: `{"idToken":"t"}`, status: http.StatusBadRequest}, // no client id
	"sendVerificationOTP":          {body: `{"email":"ann@example.com","type":"sign-in"}`},
	"checkVerificationOTP":         {body: `{"email":"ann@example.com","type":"sign-in","otp":"000000"}`},
	"verifyEmailOTP":               {body: `{"email":"ann@example.com","otp":"000000"}`},
	"signInEmailOTP":               {body: `{"email":"ann@example.com","otp":"000000"}`},
	"requestPasswordResetEmailOTP": {body: `{"email":"ann@example.com"}`},
	"forgetPasswordEmailOTP":       {body: `{"email":"ann@example.com"}`},
	"resetPasswordEmailOTP":        {body: `{"email":"ann@example.com","otp":"000000","password":"password5678"}`},
	"requestEmailChangeEmailOTP":   {body: `{"newEmail":"new@example.com"}`},
	"changeEmailEmailOTP":          {body: `{"newEmail":"new@example.com","otp":"000000"}`},
	"signInMagicLink":              {body: `{"email":"ann@example.com"}`},
	"magicLinkVerify":              {query: "?token=t&callbackURL=/x"},
	"verifyOneTimeToken":           {body: `{"token":"t"}`},
	"verifyPasskeyRegistration":    {body: `{"response":{}}`},
	"verifyPasskeyAuthentication":  {body: `{"response":{}}`, status: http.StatusBadRequest}, // no challenge
	"expoAuthorizationProxy":       {query: "?authorizationURL=" + url.QueryEscape("https://idp.example/?state=s")},
	"consoleOrganization":          {query: "?id=x"},
	"consoleUser":                  {query: "?id=x"},
	"consoleSendReset":             {body: `{"id":"x"}`},
	"consoleDisableApiKey":         {body: `{"id":"x"}`},
	"consoleDeleteApiKey":          {body: `{"id":"x"}`},
	"consoleRetryMail":             {body: `{"ids":["x"]}`},
	"consoleDeleteMail":            {body: `{"ids":["x"]}`},
	"consoleRotateKeys":            {body: `{}`},
	"consoleOAuthClient":           {query: "?id=x"},
	"consoleCreateOAuthClient":     {body: `{"name":"x","redirectUris":["https://app.example.com/cb"]}`},
	"consoleUpdateOAuthClient":     {body: `{"id":"x","name":"y"}`},
	"consoleDisableOAuthClient":    {body: `{"id":"x"}`},
	"consoleEnableOAuthClient":     {body: `{"id":"x"}`},
	"consoleDeleteOAuthClient":     {body: `{"id":"x"}`},
	"consoleRotateOAuthSecret":     {body: `{"id":"x"}`},
	"consoleRevokeOAuthAccess":     {body: `{"id":"x"}`},
	"setActiveSession":             {body: `{"sessionToken":"t"}`, status: http.StatusUnauthorized}, // no cookie has this token
	"revokeDeviceSession":          {body: `{"sessionToken":"t"}`},
	"createApiKey":                 {body: `{}`},
	"getApiKey":                    {query: "?id=x"},
	"updateApiKey":                 {body: `{"keyId":"x","name":"y"}`},
	"deleteApiKey":                 {body: `{"keyId":"x"}`},
	"deletePasskey":                {body: `{"id":"x"}`},
	"updatePasskey":                {body: `{"id":"x","name":"y"}`},
	"verifySiweMessage":            {body: `{"message":"Nonce: abcdefgh1","signature":"0x"}`},
	"electronToken":                {body: `{"token":"t","state":"s","code_verifier":"v"}`},
	"electronTransferUser":         {query: "?client_id=electron&state=s&code_challenge=c", body: `{}`},
	"electronInitOAuthProxy":       {query: "?provider=github&state=s&code_challenge=c"},
	"deviceCode":                   {body: `{"client_id":"tv"}`, withoutStorage: http.StatusOK},
	"deviceToken":                  {body: `{"grant_type":"urn:ietf:params:oauth:grant-type:device_code","device_code":"d","client_id":"tv"}`, withoutStorage: http.StatusBadRequest},
	"deviceVerify":                 {query: "?user_code=u", withoutStorage: http.StatusBadRequest},
	"deviceApprove":                {body: `{"userCode":"u"}`},
	"deviceDeny":                   {body: `{"userCode":"u"}`},
	"signInUsername":               {body: `{"username":"ann","password":"password1234"}`, withoutStorage: http.StatusUnauthorized},
	"isUsernameAvailable":          {body: `{"username":"ann"}`, withoutStorage: http.StatusOK},

	"signInPhoneNumber":               {body: `{"phoneNumber":"+1","password":"password1234"}`, withoutStorage: http.StatusUnauthorized},
	"sendPhoneNumberOTP":              {body: `{"phoneNumber":"+1"}`},
	"verifyPhoneNumber":               {body: `{"phoneNumber":"+1","code":"000000"}`},
	"requestPasswordResetPhoneNumber": {body: `{"phoneNumber":"+1"}`},
	"resetPasswordPhoneNumber":        {body: `{"phoneNumber":"+1","otp":"000000","newPassword":"password5678"}`},
	"getTOTPURI":                      {body: `{"password":"password1234"}`},
	"verifyTOTP":                      {body: `{"code":"000000"}`},
	"verifyTwoFactorOTP":              {body: `{"code":"000000"}`},
	"verifyBackupCode":                {body: `{"code":"0"}`},
	"generateBackupCodes":             {body: `{"password":"password1234"}`},
	"enableTwoFactor":                 {body: `{"password":"password1234"}`},
	"disableTwoFactor":                {body: `{"password":"password1234"}`},

	"createOrganization":    {body: `{"name":"N","slug":"s"}`},
	"updateOrganization":    {body: `{"organizationId":"x","data":{"name":"N"}}`},
	"deleteOrganization":    {body: `{"organizationId":"x"}`},
	"setActiveOrganization": {body: `{"organizationId":"x"}`},
	"checkOrganizationSlug": {body: `{"slug":"s"}`},
	"hasPermission":         {body: `{"permissions":{"organization":["update"]}}`},
	"createInvitation":      {body: `{"email":"ann@example.com","role":"member"}`},
	"acceptInvitation":      {body: `{"invitationId":"x"}`},
	"rejectInvitation":      {body: `{"invitationId":"x"}`},
	"cancelInvitation":      {body: `{"invitationId":"x"}`},
	"getInvitation":         {query: "?id=x"},
	"removeMember":          {body: `{"memberIdOrEmail":"x"}`},
	"updateMemberRole":      {body: `{"memberId":"x","role":"member"}`},
	"leaveOrganization":     {body: `{"organizationId":"x"}`},
	"createTeam":            {body: `{"organizationId":"x","name":"N"}`},
	"removeTeam":            {body: `{"organizationId":"x","teamId":"x"}`},
	"updateTeam":            {body: `{"teamId":"x","data":{"name":"N"}}`},
	"setActiveTeam":         {body: `{"teamId":"x"}`},
	"addTeamMember":         {body: `{"teamId":"x","userId":"x"}`},
	"removeTeamMember":      {body: `{"teamId":"x","userId":"x"}`},
	"createOrgRole":         {body: `{"role":"r","permission":{}}`},
	"updateOrgRole":         {body: `{"roleName":"r","data":{}}`},
	"deleteOrgRole":         {body: `{"roleName":"r"}`},
	"getOrgRole":            {query: "?roleName=r"},

	"oauth2Authorize":              {query: "?response_type=code&client_id=x&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcb", form: "response_type=code&client_id=x&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcb"},
	"oauth2Consent":                {body: `{"accept":true}`},
	"oauth2Continue":               {body: `{"selected":true}`},
	"oauth2Token":                  {form: "grant_type=client_credentials&client_id=x&client_secret=y"},
	"oauth2Introspect":             {form: "token=t&client_id=x&client_secret=y"},
	"oauth2Revoke":                 {form: "token=t&client_id=x&client_secret=y"},
	"oauth2UserInfo":               {bearer: "t"},
	"oauth2EndSession":             {query: "?client_id=x"},
	"oauth2EndSessionConfirmation": {form: "action=confirm"},
	"registerOAuthClient":          {body: `{"redirect_uris":["https://app.example.com/cb"]}`},
	"createOAuthClient":            {body: `{"redirect_uris":["https://app.example.com/cb"]}`},
	"getOAuthClient":               {query: "?client_id=x"},
	"getOAuthClientPublic":         {query: "?client_id=x"},
	"getOAuthClientPublicPrelogin": {body: `{"client_id":"x"}`, status: http.StatusBadRequest}, // it is off
	"updateOAuthClient":            {body: `{"client_id":"x","update":{}}`},
	"rotateClientSecret":           {body: `{"client_id":"x"}`},
	"deleteOAuthClient":            {body: `{"client_id":"x"}`},
	"getOAuthConsent":              {query: "?id=x"},
	"updateOAuthConsent":           {body: `{"id":"x","update":{"scopes":["openid"]}}`},
	"deleteOAuthConsent":           {body: `{"id":"x"}`},

	"setRole":            {body: `{"userId":"x","role":"user"}`},
	"getUser":            {query: "?id=x"},
	"createUser":         {body: person},
	"adminUpdateUser":    {body: `{"userId":"x","data":{"name":"N"}}`},
	"listUserSessions":   {body: `{"userId":"x"}`},
	"unbanUser":          {body: `{"userId":"x"}`},
	"banUser":            {body: `{"userId":"x"}`},
	"impersonateUser":    {body: `{"userId":"x"}`},
	"revokeUserSession":  {body: `{"sessionToken":"t"}`},
	"revokeUserSessions": {body: `{"userId":"x"}`},
	"removeUser":         {body: `{"userId":"x"}`},
	"setUserPassword":    {body: `{"userId":"x","newPassword":"password5678"}`},
	"userHasPermission":  {body: `{"permissions":{"user":["list"]}}`},
}

// outage is a server whose stores can be made to fail.
type outage struct {
	*authtest.Server
	database, storage authtest.Outage
	log               bytes.Buffer
}

func openOutage(t *testing.T, change func(s *outage, o *auth.Options)) *outage {
	t.Helper()
	s := &outage{}
	yes := true
	o := auth.Options{Logger: slog.New(slog.NewTextHandler(&s.log, nil)), Database: s.database.Driver(memstore.New())}
	o = authtest.PlainPasswords(o)
	sent := func(context.Context, auth.LinkMail) (callback.Nothing, error) { return callback.Nothing{}, nil }
	o.EmailAndPassword.SendResetPassword, o.EmailVerification.SendVerificationEmail = sent, sent
	o.User.DeleteUser.Enabled, o.User.ChangeEmail.Enabled = true, true
	o.HTTP = oauthtest.New(t, func() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) })
	o.SocialProviders = []oauth.Provider{provider.GitHub(oauth.Options{ClientID: oauth.ClientIDs{"client"}, ClientSecret: "secret"})}
	o.RateLimit.Enabled, o.RateLimit.Max, o.RateLimit.Window = &yes, 1000, 1000
	o.RateLimit.CustomRules = []auth.CustomRule{{Path: "/sign-*", Window: 10, Max: 1000}, {Path: "/*", Window: 10, Max: 1000}}
	ours := map[string]auth.Plugin{
		"email-otp": emailotp.New(emailotp.Options{
			ChangeEmail:         emailotp.ChangeEmailOptions{Enabled: true},
			SendVerificationOTP: func(context.Context, emailotp.Mail) (callback.Nothing, error) { return callback.Nothing{}, nil },
		}),
		"magic-link": magiclink.New(magiclink.Options{SendMagicLink: func(context.Context, magiclink.Mail) (callback.Nothing, error) { return callback.Nothing{}, nil }}),
		// Without the service, which is not played here.
		"have-i-been-pwned": haveibeenpwned.New(haveibeenpwned.Options{Paths: []string{}}),
		"phone-number": phonenumber.New(phonenumber.Options{
			SendOTP: func(context.Context, phonenumber.Message) (callback.Nothing, error) { return callback.Nothing{}, nil },
		}),
		"organization": organization.New(organization.Options{
			Teams: organization.Teams{Enabled: true}, AC: organization.Statements(), DynamicAccessControl: organization.DynamicAccessControl{Enabled: true},
		}),
		"oauth-provider": oauthprovider.New(oauthprovider.Options{LoginPage: "/sign-in", ConsentPage: "/consent", AllowDynamicClientRegistration: true}),
		"forward":        forward.New(forward.Options{JWT: true, SignInURL: "https://app.example.com/in", Redirect: true}),
		"siwe":           siwe.New(siwe.Options{Domain: "app.example.com"}),
		"two-factor": twofactor.New(twofactor.Options{OTPOptions: twofactor.OTPOptions{
			SendOTP: func(context.Context, twofactor.OTPMail) (callback.Nothing, error) { return callback.Nothing{}, nil },
		}}),
	}
	for name, entry := range all.Plugins() {
		if name == "mcp" || name == "cimd" {
			continue // the endpoints are those of oauth-provider
		}
		if name == "audit-log" {
			continue // it has no endpoints, and a test of its own for failures
		}
		if name == "generic-oauth" || name == "captcha" || name == "i18n" || name == "custom-session" {
			continue // has no endpoint of its own, or only one that replaces another, and needs options
		}
		p, err := entry.New(entry.Options())
		if err != nil {
			t.Fatal(err)
		}
		if ours[name] != nil {
			p = ours[name]
		}
		o.Plugins = append(o.Plugins, p)
	}
	if change != nil {
		change(s, &o)
	}
	s.Server = authtest.New(t, o)
	return s
}

func withStorage(s *outage, o *auth.Options) {
	// It needs sessions in the database, which are not played here.
	o.Plugins = slices.DeleteFunc(o.Plugins, func(p auth.Plugin) bool { _, ok := p.(*oauthprovider.Plugin); return ok })
	o.SecondaryStorage = s.storage.KV(kv.NewMemory(func(context.Context) time.Time { return s.Options.Now() }, 0))
}

var causes = map[string]error{
	"the database is gone": fmt.Errorf("dial tcp 127.0.0.1:1: connection refused: %w", store.ErrUnavailable),
	"the table is gone":    errors.New(`pq: relation "session" does not exist (SQLSTATE 42P01)`),
	"no permission":        errors.New("permission denied for table session (SQLSTATE 42501)"),
}

// TestOutageIsNoRefusal: while the store fails, no endpoint answers that nobody is signed in, reports an error of the
// client, or deletes a cookie. Each logs the cause once.
func TestOutageIsNoRefusal(t *testing.T) {
	for name, cause := range causes {
		t.Run(name, func(t *testing.T) {
			s := openOutage(t, nil)
			c := s.Client()
			c.SignUp("ann@example.com")
			s.database.Begin(cause)
			s.everyEndpoint(t, c, s.linkToken(), cause)
			s.database.End()
			if got := c.Get("/get-session"); got.Status != http.StatusOK || got.Body == "null" {
				t.Errorf("afterwards: %d %s", got.Status, got.Body)
			}
		})
	}
	for _, limiter := range []string{"memory", "secondary-storage"} {
		t.Run("the secondary storage is gone, limiter in "+limiter, func(t *testing.T) {
			s := openOutage(t, func(s *outage, o *auth.Options) {
				withStorage(s, o)
				o.RateLimit.Storage = limiter
			})
			c := s.Client()
			c.SignUp("ann@example.com")
			cause := fmt.Errorf("rediskv: get: EOF: %w", kv.ErrUnavailable)
			s.storage.Begin(cause)
			s.everyEndpoint(t, c, s.linkToken(), cause)
			s.storage.End()
			if got := c.Get("/get-session"); got.Status != http.StatusOK || got.Body == "null" {
				t.Errorf("afterwards: %d %s", got.Status, got.Body)
			}
		})
	}
}

// linkToken returns the token of a link that verifies an address.
func (s *outage) linkToken() string {
	return s.Keys.SignJWT([]byte(`{"email":"ann@example.com"}`), s.Options.Now(), time.Hour)
}

func (s *outage) everyEndpoint(t *testing.T, c *authtest.Client, token string, cause error) {
	t.Helper()
	limited := s.Options.RateLimit.Storage == "secondary-storage"
	onlyStorage := errors.Is(cause, kv.ErrUnavailable)
	tried := 0
	for _, e := range s.Endpoints() {
		if e.Path == "" || e.ServerOnly {
			continue
		}
		for _, method := range e.Methods {
			in := tries[e.ID]
			if e.ID == "getSession" && method == http.MethodPost && !limited {
				continue // 405 before anything is read
			}
			path := strings.NewReplacer(":token", "t", ":id", "github").Replace(e.Path) + strings.ReplaceAll(in.query, "TOKEN", token)
			jar := len(c.Jar)
			s.log.Reset()
			kind, body := map[bool]string{true: "application/json"}[in.body != ""], in.body
			if in.form != "" {
				kind, body = "application/x-www-form-urlencoded", in.form
			}
			c.Header = http.Header{}
			if in.bearer != "" {
				c.Header.Set("Authorization", "Bearer "+in.bearer)
			}
			got := c.Do(method, path, kind, body)
			tried++
			want := in.status
			if onlyStorage && in.withoutStorage != 0 {
				want = in.withoutStorage
			}
			if want == 0 || limited && !e.Storeless {
				want = http.StatusServiceUnavailable
			}
			where := method + " " + path
			if got.Status != want {
				t.Errorf("%s: %d %s %s", where, got.Status, got.Body, got.Header.Get("Location"))
				continue
			}
			if len(c.Jar) < jar {
				t.Errorf("%s took a cookie away: %q", where, got.Header["Set-Cookie"])
			}
			if want == http.StatusServiceUnavailable {
				s.checkUnavailable(t, where, e.Path, got, cause)
			}
		}
	}
	if tried < 50 {
		t.Errorf("only %d tried", tried)
	}
}

func (s *outage) checkUnavailable(t *testing.T, where, path string, got *authtest.Answer, cause error) {
	t.Helper()
	if got.Header.Get("Retry-After") == "" || got.Body != `{"message":"The service is not available now. Please try again later.","code":"SERVICE_UNAVAILABLE"}` || got.Header["Set-Cookie"] != nil {
		t.Errorf("%s: %s %v", where, got.Body, got.Header)
	}
	log := s.log.String()
	text := strings.ReplaceAll(cause.Error(), `"`, `\"`)
	if strings.Count(log, text) != 1 || !strings.Contains(log, "path=") || strings.Count(log, "\n") != 1 {
		t.Errorf("%s: logged %q", where, log)
	}
}
