// Allowed differences: {scenario?, title?, where?, reason}, each a RegExp except the reason. Every entry is a
// decision of the project, with its reason; an entry must not be added only to make a run pass.
export const allowed = [
  { where: /header retry-after/, reason: "a 429 carries the standard Retry-After beside X-Retry-After (docs/security.md)" },
  { scenario: /GET \/(jwks|error|reference)$/, where: /header cache-control|answer body/, reason: "as said of these elsewhere in this list" },
  { scenario: /proxy headers trusted/, title: /callback\/google/, reason: "the reference fails on a forwarded protocol that is none; ours ignores it" },
  { title: /\/reference$|\/docs$/, where: /answer body/, reason: "the API reference page is ours: it works without the internet" },
  { title: /jwks|getJwks/i, where: /header cache-control/, reason: "the key set may be cached for a minute, so that backends need not ask each time" },
  { title: /(GET|POST) \S*\/error$/, where: /answer body/, reason: "the error page is ours; status, type, codes and redirects are equal" },
  { title: /__test\/api\/error$/, reason: "called from code the reference needs a request to read the URL of and fails; ours reads the query" },
  { where: /header (access-control-allow-\w+|access-control-max-age|vary)/, reason: "CORS for trusted foreign origins, which the reference leaves to the host program; silent otherwise" },
  { title: /GET \/session$|\/api\/auth\/session$/, reason: "GET /session is an alias of /get-session (SEED.md)" },
  { scenario: /no base URL: from the request/, where: /callbacks|set-cookie|body|payload|location/, reason: "X-Forwarded-Proto counts only with advanced.trustedProxyHeaders; better-call's Node adapter believes it unasked" },
  { scenario: /an unreadable key/, reason: "an unreadable JWKS key never turns into a 500: a new key is made (SECURITY-CASES.md)" },
  { scenario: /the old option is not used for rows/, reason: "advanced.generateId is honoured for rows as the document says (SEED.md)" },
  { scenario: /trusted origins from a callback/, where: /callbacks/, reason: "the reference also asks once at start, without a request; an answer for no request says nothing here" },
  { scenario: /percent-encoded parts/, where: /callbacks\[0\]\.data\[0\]\.url/, reason: "what is percent-encoded in the path of a provider's address is not encoded twice (docs/differences.md)" },
  { scenario: /what token answers may look like/, where: /headers\.authorization/, reason: "a token that a provider answers as null counts as none (docs/differences.md), so that the request after it names another one that does not exist" },
  { scenario: /email otp: .* by (a callback|callbacks)/, title: /email-otp\/reset-password$/, where: /^callbacks/, reason: "a code that resets a password is compared once and held, not put back and compared again: of resets that race none would win there (docs/plugins/email-otp.md)" },
  { title: /a forged cookie before a good one of the same name/, reason: "of several cookies of one name each is tried until one verifies; the reference looks at the first only (docs/differences.md)" },
  { scenario: /anonymous: signing in with the cookies of a session that has ended/, where: /set-cookie|answer body/, reason: "with the plugin anonymous, a sign-in that carries the cookies of an ended session signs in; in the reference the plugin's hook expires the new cookie too (docs/plugins/anonymous.md)" },
  { scenario: /custom session: cookie cache, jw[te]/, where: /context\.session\.(iat|exp|jti)$/, reason: "a cached session is told as it is; the claims of the token that carries it are no part of it" },
  { scenario: /custom session: the callback for devices: (fails|teapot)/, where: /^callbacks$/, reason: "the sessions of a browser are customised one after the other, so that a failure ends it; the reference starts all at once" },
  { scenario: /last login method: a passkey/, title: /verify-authentication|passkey\/…/, where: /answer body\.user\.(lastLoginMethod|updatedAt)$/, reason: "the user in the answer was read before the session was stored, as in every other sign-in of both servers; after a passkey the reference reads it once more (docs/plugins/last-login-method.md)" },
  { scenario: /last login method: (names from a|a) callback/, where: /^callbacks$/, reason: "customResolveMethod is asked where an answer sets the session's cookies, the reference asks it on every request and then does nothing with the name (docs/plugins/last-login-method.md)" },
  { scenario: /multi session: across subdomains/, title: /revoke$|get-session$|sign-in|sign-out/, where: /set-cookie/, reason: "as said of these elsewhere in this list: what expires a cookie of a domain also expires one of the host alone (docs/differences.md)" },
  { scenario: /across subdomains|own attributes|default attributes/, title: /sign-out/, where: /set-cookie/, reason: "signing out also expires the cookies that were set for the host alone before they had a domain (docs/differences.md)" },
  { scenario: /passkey checks: registered before/, reason: "a credential that is registered already is refused, whoever registers it again: without an attestation nothing proves that it is theirs (docs/plugins/passkey.md)" },
  { scenario: /passkey checks: algorithms that were not offered/, reason: "a new passkey has one of the algorithms that pubKeyCredParams offers, as WebAuthn requires; the reference also takes those with SHA-1 (docs/plugins/passkey.md)" },
  { scenario: /passkey checks: signatures of another form/, reason: "ECDSA signatures are DER and nothing more, and a self attestation has the algorithm of its key, as WebAuthn requires (docs/plugins/passkey.md)" },
  { scenario: /passkey checks: verification of the user is required/, title: /user not verified/, reason: "with userVerification required, a registration without it is refused, as WebAuthn requires (docs/plugins/passkey.md)" },
  { scenario: /passkey checks: certificates/, title: /signed by another$/, where: /answer status/, reason: "a wrong signature by an attestation certificate is a 500 like every other fault of a certificate; the code is equal" },
  { scenario: /passkey: fields of the user that are not shown/, where: /body\.user\.secret$/, reason: "fields with returned: false are in no answer; the reference shows them after a sign-in with a passkey (docs/plugins/passkey.md)" },
  { scenario: /captcha: answers of an odd shape/, reason: "success must be true and a score a number; the reference lets everything pass that JavaScript takes for true, such as the text false (docs/plugins/captcha.md)" },
  { scenario: /captcha: base path of the base URL/, reason: "a base path that is part of baseURL is protected; the reference compares the path with the option basePath and protects nothing (docs/plugins/captcha.md)" },
  { scenario: /username: what is no text/, reason: "a username that is a number, a list or anything else but a text is a 400 INVALID_USERNAME; the reference stores some unchecked, past the validator and the limits of length, and ends in a 500 or a 422 with others (docs/plugins/username.md)" },
  { scenario: /username: bodies that are no objects/, where: /answer (status|header content-type|body)/, reason: "a request without a body is a 400; the hook of the reference fails on it with a 500 (docs/plugins/username.md)" },
  { scenario: /username: immutable, removed and set again/, reason: "a username that cannot be changed cannot be removed either; the reference lets users remove it and set another one (docs/plugins/username.md)" },
  { scenario: /phone number: only verified ones, a stranger's guess/, reason: "a sign-in checks the password before it says that a number is not verified and sends a code to it; the reference does both for anybody who knows the number (docs/plugins/phone-number.md)" },
  { scenario: /phone number: users with an empty account/, title: /sign-in\/phone-number/, where: /answer body/, reason: "a user whose account has no password is answered like a wrong password, not UNEXPECTED_ERROR, so that the answer does not tell who has the number (docs/plugins/phone-number.md)" },
  { scenario: /phone number: bodies that are no objects/, where: /answer (status|header content-type|body)/, reason: "a change of a user without a body, or with one that is no object, is a 400; the hook of the reference fails on it with a 500 (docs/plugins/phone-number.md)" },
  { scenario: /electron: /, title: /init-oauth-proxy/, where: /^callbacks/, reason: "the reference calls its own /sign-in/social over the network, which needs a way from the server to its public address; ours calls it in the process (docs/plugins/electron.md)" },
  { scenario: /siwe: described/, where: /WalletAddress\.required/, reason: "isPrimary is never null, so a wallet always has it; the reference leaves open whether it is required (docs/plugins/siwe.md)" },
  { scenario: /across subdomains|own attributes|default attributes/, title: /sign-out|two-factor/, where: /set-cookie/, reason: "signing out, and whatever else ends a cookie, also expires the cookies that were set for the host alone before they had a domain (docs/differences.md)" },
];

// Codes that no request can cause: {plugin, code, reason}. The reason names the place in the reference.
const popup = (code) => ({
  plugin: "oauth-popup", code,
  reason: "made by the client plugin in the browser (plugins/oauth-popup/client.mjs, popupError and createSignInPopup); the server's plugin only lists it",
});
const unused = (code) => ({ plugin: "core", code, reason: "declared in @better-auth/core/dist/error/codes.mjs, thrown nowhere in core" });

export const unreachable = [
  unused("USER_ALREADY_EXISTS"),
  unused("USER_ALREADY_HAS_PASSWORD"),
  unused("LINKED_ACCOUNT_ALREADY_EXISTS"),
  unused("FAILED_TO_CREATE_VERIFICATION"),
  {
    plugin: "core",
    code: "BODY_MUST_BE_AN_OBJECT",
    reason: "update-user.mjs and update-session.mjs check it after a z.record schema that refuses everything but objects",
  },
  {
    plugin: "core",
    code: "ASYNC_VALIDATION_NOT_SUPPORTED",
    reason: "db/schema.mjs throws it for an asynchronous field validator, which is a JavaScript object",
  },
  {
    plugin: "generic-oauth",
    code: "TOKEN_URL_NOT_FOUND",
    reason: "plugins/generic-oauth/index.mjs throws it from validateAuthorizationCode and refreshAccessToken only; all of their callers (oauth2/callback.mjs, api/routes/account.mjs) catch it and answer invalid_code, FAILED_TO_REFRESH_ACCESS_TOKEN or FAILED_TO_GET_ACCESS_TOKEN; 34-oauth-generic plays all three",
  },
  ...["REGISTRATION_CANCELLED", "AUTH_CANCELLED", "UNKNOWN_ERROR", "PREVIOUSLY_REGISTERED"].map((code) => ({
    plugin: "passkey", code,
    reason: "made by the client plugin in the browser (@better-auth/passkey/dist/client.mjs); the server of the reference only lists it",
  })),
  { plugin: "passkey", code: "SESSION_REQUIRED", reason: "@better-auth/passkey/dist/index.mjs throws it behind freshSessionMiddleware, which has answered 401 UNAUTHORIZED before" },
  { plugin: "passkey", code: "FAILED_TO_UPDATE_PASSKEY", reason: "@better-auth/passkey/dist/index.mjs throws it if the row is deleted between requireResourceOwnership, which has just read it, and the update" },
  { plugin: "username", code: "UNEXPECTED_ERROR", reason: "declared in plugins/username/error-codes.mjs, thrown nowhere" },
  { plugin: "phone-number", code: "PHONE_NUMBER_NOT_EXIST", reason: "declared in plugins/phone-number/error-codes.mjs, thrown nowhere" },
  { plugin: "two-factor", code: "OTP_NOT_ENABLED", reason: "declared in plugins/two-factor/error-code.mjs, thrown nowhere" },
  ...["POPUP_SIGN_IN_FAILED", "POPUP_BLOCKED", "POPUP_CLOSED", "POPUP_TIMEOUT"].map(popup),
];
