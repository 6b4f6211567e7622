// The 36 social providers: options, and the answer of each to a request for the profile. full has every field, bare as few
// as possible.
const client = { clientId: "client-1", clientSecret: "secret-1" };
const iso = "2030-05-06T07:08:09.000Z";

export const providers = {
  apple: {
    options: { ...client, appBundleIdentifier: "app.bundle" },
    full: { claims: { iss: "https://appleid.apple.com", aud: "app.bundle", sub: "apple-1", email: "A@Example.com", email_verified: "true", is_private_email: false } },
    bare: { claims: { iss: "https://appleid.apple.com", aud: "client-1", sub: "apple-2", email: "a2@example.com" } },
    callback: `&user=${encodeURIComponent(JSON.stringify({ name: { firstName: "Ann", lastName: "Apple" }, email: "a@example.com" }))}`,
  },
  atlassian: {
    options: { ...client, prompt: "consent" },
    full: { users: [["api.atlassian.com/me", { account_id: "at-1", name: "At", email: "at@example.com", picture: "https://p/at.png", account_type: "atlassian" }]] },
    bare: { users: [["api.atlassian.com/me", { account_id: "at-1", email: "at@example.com" }]] },
  },
  cloudflare: {
    options: client,
    full: { users: [["cloudflare.com/client/v4/user", { success: true, result: { id: "cf-1", first_name: "Cl", last_name: "Fl", email: "cf@example.com" } }]] },
    bare: { users: [["cloudflare.com/client/v4/user", { success: true, result: { id: "cf-1", email: "cf@example.com", first_name: null } }]] },
  },
  cognito: {
    options: { ...client, domain: "https://pool.auth.us-east-1.amazoncognito.com", region: "us-east-1", userPoolId: "us-east-1_X", identityProvider: "Google" },
    full: { claims: { iss: "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_X", aud: "client-1", sub: "co-1", given_name: "Co", email: "co@example.com", picture: "https://p/co.png", email_verified: true } },
    bare: { users: [["/oauth2/userinfo", { sub: "co-1", username: "coco", email: "co@example.com", email_verified: "true" }]] },
  },
  discord: {
    options: { ...client, permissions: 8, scope: ["bot"] },
    full: { users: [["discord.com/api/users", { id: "80351110224678912", username: "nelly", global_name: "Nelly", discriminator: "0", avatar: "a_8342729096ea3675442027381ff50dfe", verified: true, email: "d@example.com" }]] },
    bare: { users: [["discord.com/api/users", { id: "80351110224678912", username: "nelly", discriminator: "0", avatar: null, verified: false, email: "d@example.com" }]] },
    more: { "old name": { users: [["discord.com/api/users", { id: "80351110224678912", username: "nelly", discriminator: "1337", avatar: null, email: "d@example.com" }]] } },
  },
  dropbox: {
    options: { ...client, accessType: "offline" },
    full: { users: [["get_current_account", { account_id: "dbid:1", name: { display_name: "Dr Box" }, email: "db@example.com", email_verified: true, profile_photo_url: "https://p/db.png" }]] },
    bare: { users: [["get_current_account", { account_id: "dbid:1", email: "db@example.com" }]] },
  },
  facebook: {
    options: { ...client, configId: "cfg", fields: ["birthday"] },
    full: { users: [["debug_token", { data: { is_valid: true, app_id: "client-1", user_id: "fb-1" } }], ["graph.facebook.com/me", { id: "fb-1", name: "Fa Ce", email: "fb@example.com", picture: { data: { url: "https://p/fb.png" } }, email_verified: true, birthday: "1/2/2000" }]] },
    bare: { claims: { iss: "https://www.facebook.com", aud: "client-1", sub: "fb-2", name: "Fa", email: "fb@example.com", picture: "https://p/fb2.png" } },
    more: {
      "another app": { users: [["debug_token", { data: { is_valid: true, app_id: "other", user_id: "fb-1" } }]] },
      "another user": { users: [["debug_token", { data: { is_valid: true, app_id: "client-1", user_id: "fb-2" } }], ["graph.facebook.com/me", { id: "fb-1", email: "fb@example.com" }]] },
    },
  },
  figma: {
    options: client,
    full: { users: [["api.figma.com/v1/me", { id: "fi-1", handle: "Fi Gma", email: "fi@example.com", img_url: "https://p/fi.png" }]] },
    bare: { users: [["api.figma.com/v1/me", { id: "fi-1", email: "fi@example.com" }]] },
  },
  github: {
    options: { ...client, prompt: "select_account" },
    full: { users: [["/user/emails", [{ email: "gh@example.com", primary: true, verified: true }]], ["api.github.com/user", { id: 7, login: "octo", name: "Octo Cat", email: "gh@example.com", avatar_url: "https://p/gh.png", created_at: iso }]] },
    bare: { users: [["/user/emails", [{ email: "x@example.com" }, { email: "gh@example.com", primary: true, verified: false }]], ["api.github.com/user", { id: 7, login: "octo", name: null, email: null }]] },
    more: {
      "no emails": { users: [["/user/emails", { $status: 403, $body: { message: "no" } }], ["api.github.com/user", { id: 7, login: "octo", email: "gh@example.com" }]] },
      "error with 200": { token: { error: "bad_verification_code", error_description: "expired" } },
    },
  },
  gitlab: {
    options: { ...client, issuer: "https://git.example.com/" },
    full: { users: [["/api/v4/user", { id: 5, username: "gl", name: "Git Lab", state: "active", locked: false, email: "gl@example.com", email_verified: true, avatar_url: "https://p/gl.png" }]] },
    bare: { users: [["/api/v4/user", { id: 5, username: "gl", state: "active", email: "gl@example.com" }]] },
    more: { blocked: { users: [["/api/v4/user", { id: 5, state: "blocked", email: "gl@example.com" }]] }, locked: { users: [["/api/v4/user", { id: 5, state: "active", locked: true, email: "gl@example.com" }]] } },
  },
  google: {
    options: { ...client, accessType: "offline", prompt: "consent", display: "page", hd: "example.com" },
    full: { claims: { iss: "https://accounts.google.com", aud: "client-1", sub: "go-1", hd: "example.com", name: "Goo Gle", email: "go@example.com", picture: "https://p/go.png", email_verified: true } },
    bare: { claims: { iss: "accounts.google.com", aud: "client-1", sub: "go-1", hd: "example.com", email: "go@example.com" } },
    more: { "another domain": { claims: { iss: "https://accounts.google.com", aud: "client-1", sub: "go-1", hd: "evil.com", email: "go@evil.com", email_verified: true } } },
  },
  huggingface: {
    options: client,
    full: { users: [["/oauth/userinfo", { sub: "hf-1", name: "Hug", preferred_username: "hug", email: "hf@example.com", email_verified: true, picture: "https://p/hf.png" }]] },
    bare: { users: [["/oauth/userinfo", { sub: "hf-1", preferred_username: "hug", email: "hf@example.com" }]] },
  },
  kakao: {
    options: client,
    full: { users: [["/v2/user/me", { id: 99, kakao_account: { email: "ka@example.com", is_email_valid: true, is_email_verified: true, profile: { nickname: "Ka", profile_image_url: "https://p/ka.png" } } }]] },
    bare: { users: [["/v2/user/me", { id: 99, kakao_account: { name: "Kao", email: "ka@example.com", is_email_valid: true, profile: { thumbnail_image_url: "https://p/t.png" } } }]] },
  },
  kick: {
    options: client,
    full: { users: [["/public/v1/users", { data: [{ user_id: 3, name: "Ki", email: "ki@example.com", profile_picture: "https://p/ki.png" }] }]] },
    bare: { users: [["/public/v1/users", { data: [{ user_id: 3, email: "ki@example.com" }] }]] },
    more: { nobody: { users: [["/public/v1/users", { data: [] }]] } },
  },
  line: {
    options: client,
    full: { claims: { iss: "https://access.line.me", aud: "client-1", sub: "li-1", name: "Li Ne", email: "li@example.com", picture: "https://p/li.png" } },
    bare: { users: [["/oauth2/v2.1/userinfo", { sub: "li-1", email: "li@example.com" }]] },
  },
  linear: {
    options: client,
    full: { users: [["/graphql", { data: { viewer: { id: "ln-1", name: "Lin Ear", email: "ln@example.com", avatarUrl: "https://p/ln.png", active: true } } }]] },
    bare: { users: [["/graphql", { data: { viewer: { id: "ln-1", email: "ln@example.com" } } }]] },
    more: { nobody: { users: [["/graphql", { errors: [{ message: "no" }] }]] } },
  },
  linkedin: {
    options: client,
    full: { users: [["/v2/userinfo", { sub: "in-1", name: "Lin Ked", email: "in@example.com", email_verified: true, picture: "https://p/in.png" }]] },
    bare: { users: [["/v2/userinfo", { sub: "in-1", name: "Lin", email: "in@example.com" }]] },
  },
  microsoft: {
    options: { ...client, tenantId: "tenant-1", prompt: "select_account" },
    full: { claims: { iss: "https://login.microsoftonline.com/tenant-1/v2.0", tid: "tenant-1", aud: "client-1", sub: "ms-sub", oid: "ms-1", name: "Mi Cro", email: "ms@example.com", verified_primary_email: ["ms@example.com"] }, users: [["graph.microsoft.com", { $status: 200, $headers: { "content-type": "image/jpeg" }, $body: "JPEG" }]] },
    bare: { claims: { iss: "https://login.microsoftonline.com/tenant-1/v2.0", tid: "tenant-1", aud: "client-1", sub: "ms-sub", oid: "ms-1", name: "Mi", email: "ms@example.com" }, users: [["graph.microsoft.com", { $status: 404, $body: { error: {} } }]] },
    more: { "no oid": { claims: { iss: "x", aud: "client-1", sub: "ms-sub", email: "ms@example.com" } } },
  },
  naver: {
    options: client,
    full: { users: [["/v1/nid/me", { resultcode: "00", message: "success", response: { id: "na-1", name: "Na Ver", nickname: "n", email: "na@example.com", profile_image: "https://p/na.png" } }]] },
    bare: { users: [["/v1/nid/me", { resultcode: "00", response: { id: "na-1", nickname: "n", email: "na@example.com" } }]] },
    more: { refused: { users: [["/v1/nid/me", { resultcode: "024", message: "no" }]] } },
  },
  notion: {
    options: client,
    full: { users: [["/v1/users/me", { bot: { owner: { user: { id: "no-1", name: "No Tion", avatar_url: "https://p/no.png", person: { email: "no@example.com" } } } } }]] },
    bare: { users: [["/v1/users/me", { bot: { owner: { user: { id: "no-1", person: {} } } } }]] },
  },
  paybin: {
    options: { ...client, prompt: "login" },
    full: { claims: { iss: "https://idp.paybin.io", aud: "client-1", sub: "pb-1", name: "Pay Bin", email: "pb@example.com", email_verified: true, picture: "https://p/pb.png" } },
    bare: { claims: { iss: "https://idp.paybin.io", aud: "client-1", sub: "pb-1", preferred_username: "pb", email: "pb@example.com" } },
  },
  paypal: {
    options: { ...client, environment: "live", prompt: "consent", scope: ["not sent"] },
    full: { users: [["/oauth2/userinfo", { user_id: "pp-1", sub: "pp-sub", name: "Pay Pal", email: "pp@example.com", email_verified: true, picture: "https://p/pp.png" }]], claims: { iss: "pp", aud: "client-1", sub: "pp-sub" } },
    bare: { users: [["/oauth2/userinfo", { user_id: "pp-1", email: "pp@example.com" }]] },
    more: { "another subject": { users: [["/oauth2/userinfo", { user_id: "pp-1", sub: "x", email: "pp@example.com" }]], claims: { iss: "pp", aud: "client-1", sub: "pp-sub" } } },
  },
  polar: {
    options: { ...client, prompt: "consent" },
    full: { users: [["/v1/oauth2/userinfo", { id: "po-1", public_name: "Po Lar", username: "po", email: "po@example.com", email_verified: true, avatar_url: "https://p/po.png" }]] },
    bare: { users: [["/v1/oauth2/userinfo", { id: "po-1", username: "po", email: "po@example.com" }]] },
  },
  railway: {
    options: client,
    full: { users: [["/oauth/me", { sub: "ra-1", name: "Rail Way", email: "ra@example.com", picture: "https://p/ra.png" }]] },
    bare: { users: [["/oauth/me", { sub: "ra-1", name: "R", email: "ra@example.com" }]] },
  },
  reddit: {
    options: { ...client, duration: "permanent" },
    full: { token: JSON.stringify({ access_token: "access-1", token_type: "bearer", expires_in: 3600, refresh_token: "refresh-1", scope: "identity" }), users: [["/api/v1/me", { id: "re-1", name: "red", icon_img: "https://p/re.png?width=256" }]] },
    bare: { users: [["/api/v1/me", { id: "re-1", name: "red" }]] },
  },
  roblox: {
    options: client,
    full: { users: [["/oauth/v1/userinfo", { sub: "17", nickname: "Rob", preferred_username: "rob", picture: "https://p/ro.png" }]] },
    bare: { users: [["/oauth/v1/userinfo", { sub: "17", preferred_username: "rob" }]] },
  },
  salesforce: {
    options: { ...client, environment: "sandbox" },
    full: { users: [["/oauth2/userinfo", { user_id: "sf-1", name: "Sales", email: "sf@example.com", email_verified: true, photos: { picture: "https://p/sf.png", thumbnail: "https://p/t.png" } }]] },
    bare: { users: [["/oauth2/userinfo", { user_id: "sf-1", name: "S", email: "sf@example.com", photos: { thumbnail: "https://p/t.png" } }]] },
  },
  slack: {
    options: { ...client, scope: ["team:read"] },
    full: { users: [["openid.connect.userInfo", { ok: true, sub: "U1", "https://slack.com/user_id": "U1", "https://slack.com/team_id": "T1", name: "Sla Ck", email: "sl@example.com", email_verified: true, picture: "https://p/sl.png" }]] },
    bare: { users: [["openid.connect.userInfo", { "https://slack.com/user_id": "U1", "https://slack.com/user_image_512": "https://p/512.png", email: "sl@example.com" }]] },
  },
  spotify: {
    options: client,
    full: { users: [["/v1/me", { id: "sp-1", display_name: "Spo", email: "sp@example.com", images: [{ url: "https://p/sp.png" }] }]] },
    bare: { users: [["/v1/me", { id: "sp-1", display_name: "S", email: "sp@example.com", images: [] }]] },
  },
  tiktok: {
    options: { clientKey: "key-1", clientSecret: "secret-1" },
    full: { users: [["/v2/user/info/", { data: { user: { open_id: "tt-1", display_name: "Tik", username: "tik", avatar_large_url: "https://p/tt.png", email: "tt@example.com" } } }]] },
    bare: { users: [["/v2/user/info/", { data: { user: { open_id: "tt-1", username: "tik" } } }]] },
  },
  twitch: {
    options: { ...client, claims: ["email", "picture"] },
    full: { claims: { iss: "https://id.twitch.tv/oauth2", aud: "client-1", sub: "tw-1", preferred_username: "Twi", email: "tw@example.com", email_verified: true, picture: "https://p/tw.png" } },
    bare: { claims: { iss: "https://id.twitch.tv/oauth2", aud: "client-1", sub: "tw-1", preferred_username: "Twi", email: "tw@example.com" } },
  },
  twitter: {
    options: client,
    full: { users: [["confirmed_email", { data: { id: "x-1", confirmed_email: "x@example.com" } }], ["profile_image_url", { data: { id: "x-1", name: "Ex", username: "ex", profile_image_url: "https://p/x.png" } }]] },
    bare: { users: [["confirmed_email", { $status: 403, $body: {} }], ["profile_image_url", { data: { id: "x-1", name: "Ex" } }]] },
  },
  vercel: {
    options: { ...client, scope: ["openid"] },
    full: { users: [["/login/oauth/userinfo", { sub: "ve-1", name: "Ver Cel", preferred_username: "v", email: "ve@example.com", email_verified: true, picture: "https://p/ve.png" }]] },
    bare: { users: [["/login/oauth/userinfo", { sub: "ve-1", preferred_username: "v", email: "ve@example.com" }]] },
  },
  vk: {
    options: client,
    full: { users: [["/oauth2/user_info", { user: { user_id: "vk-1", first_name: "V", last_name: "K", email: "vk@example.com", avatar: "https://p/vk.png", birthday: "01.02.2000", sex: 1 } }]] },
    bare: { users: [["/oauth2/user_info", { user: { user_id: "vk-1", first_name: "V", last_name: "K" } }]] },
    callback: "&device_id=device-1",
  },
  wechat: {
    options: { ...client, lang: "en" },
    full: { token: { openid: "wo-1", unionid: "wu-1", scope: "snsapi_login,x" }, users: [["/sns/userinfo", { openid: "wo-1", unionid: "wu-1", nickname: "We", headimgurl: "https://p/we.png" }]] },
    bare: { token: { openid: "wo-1", scope: "snsapi_login" }, users: [["/sns/userinfo", { nickname: "We", openid: "wo-1" }]] },
    more: { refused: { token: { errcode: 40029, errmsg: "invalid code" } } },
  },
  zoom: {
    options: { ...client, scope: ["not sent"] },
    full: { users: [["/v2/users/me", { id: "zo-1", display_name: "Zo Om", email: "zo@example.com", pic_url: "https://p/zo.png", verified: 1 }]] },
    bare: { users: [["/v2/users/me", { id: "zo-1", email: "zo@example.com", verified: 0 }]] },
  },
};
