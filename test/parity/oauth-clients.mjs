// What the scenarios about the plugin oauth-provider share.

export const provider = (options = {}, more = {}) => ({
  plugins: { jwt: {}, "oauth-provider": { loginPage: "/login", consentPage: "/consent", ...options }, ...more },
});

/** A confidential client. */
export const web = { redirect_uris: ["https://app.example.com/callback"], client_name: "App" };

/** Creates a client in the current browser; resolves to it. */
export const create = async (s, more = {}, opts) => (await s.post("/oauth2/create-client", { ...web, ...more }, opts)).json;

export const register = (s, body, opts) => s.post("/oauth2/register", body, opts);
export const get = (s, id) => s.get(`/oauth2/get-client?client_id=${encodeURIComponent(id)}`);
export const update = (s, client_id, change, opts) => s.post("/oauth2/update-client", { client_id, update: change }, opts);
