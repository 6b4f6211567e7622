// Extensions of the plugin oauth-provider, whose members are functions that call the provider. A scenario describes them with
// webhooks that decide, and what is done then is the same here and in cmd/betterauth/blackbox_extensions.go:
//
//   grants: { "urn:…": hook }            gets {grantType, body}, answers with a plan (perform)
//   clientAuthentication: { name: { assertionTypes, authenticate: hook } }
//                                        gets {assertion, assertionType, clientId, expectedAudience}, answers {clientId, confirmation, consume}
//   metadata: { "*": {…}, "openid-configuration": {…}, seen: name }   members for every document, for one; name: what the function was given
//   claims: { accessToken: hook, idToken: hook, userInfo: hook }
//   clientDiscovery: [{ id, matches: prefix, resolve: hook, discoveryMetadata }]   gets {clientId, existing}, answers the columns of the client
//   companion: true                      another plugin registers the extension when the server starts
import { APIError } from "better-auth/api";
import { consumeClientAssertion, extendOAuthProvider } from "@better-auth/oauth-provider";

async function perform(ctx, provider, plan) {
  const proof = plan.authenticate ? await provider.authenticateClient(plan.authenticate) : {};
  const client = plan.client ? await provider.getClient(plan.client) : proof.client;
  if (plan.client && !client) throw new APIError("BAD_REQUEST", { error: "invalid_client", error_description: "no such client" });
  const seen = plan.validate && (await provider.validateAccessToken(plan.validate, plan.asking));
  const active = plan.token && (await provider.requireActiveAccessToken(plan.token));
  let user = active?.sub ? await ctx.context.internalAdapter.findUserById(active.sub) : undefined;
  if (plan.user) user = (await ctx.context.internalAdapter.findUserByEmail(plan.user))?.user;
  if (!plan.issue) {
    const stored = plan.hash && (await provider.hashToken(plan.hash, "access_token"));
    return { client: client?.clientId, method: proof.method, confirmation: proof.confirmation, seen, active, stored };
  }
  return provider.issueTokens({ client, user, confirmation: proof.confirmation, ...plan.issue });
}

const authentication = ({ assertionTypes, authenticate }) => ({
  assertionTypes,
  async authenticate({ ctx, opts, assertion, assertionType, clientId, expectedAudience }) {
    const { consume, ...proven } = await authenticate({ assertion, assertionType, clientId, expectedAudience });
    if (consume) await consumeClientAssertion(ctx, opts, { ...consume, expectedAudience });
    return proven;
  },
});

const claims = (ask) => ask && (({ user, client, scopes, grantType, referenceId, sessionId, resources, metadata }) =>
  ask({ user: user?.email, client: client.clientId, scopes, grantType, referenceId, session: sessionId !== undefined, resources: resources ?? undefined, metadata }));

const userInfo = (ask) => ask && (({ user, client, scopes, jwt, requestedClaims }) =>
  ask({ user: user.email, client: client?.clientId, scopes, token: { client_id: jwt.client_id, scope: jwt.scope }, requestedClaims }));

const discovery = ({ id, matches, resolve, discoveryMetadata }) => ({
  id,
  discoveryMetadata,
  matches: (clientId) => clientId.startsWith(matches),
  async resolve({ context: { adapter } }, clientId, existing) {
    const columns = await resolve({ clientId, existing: existing?.name });
    if (!columns) return null;
    if (existing) return adapter.update({ model: "oauthClient", where: [{ field: "clientId", value: clientId }], update: columns });
    return adapter.create({ model: "oauthClient", data: { clientId, clientDiscoveryId: id, ...columns } });
  },
});

const mapped = (object, fn) => object && Object.fromEntries(Object.entries(object).map(([name, value]) => [name, fn(value)]));

function extension({ grants, clientAuthentication, metadata, claims: asked, clientDiscovery }) {
  return {
    grants: mapped(grants, (decide) => async ({ ctx, grantType, provider }) => perform(ctx, provider, await decide({ grantType, body: ctx.body }))),
    clientAuthentication: mapped(clientAuthentication, authentication),
    metadata: metadata && (({ type, document }) => {
      const { "*": all, seen, ...byType } = metadata;
      return { ...all, ...byType[type], ...(seen && { [seen]: [type, document.issuer, Object.values(document).filter((v) => v !== undefined).length] }) };
    }),
    claims: asked && { accessToken: claims(asked.accessToken), idToken: claims(asked.idToken), userInfo: userInfo(asked.userInfo) },
    clientDiscovery: clientDiscovery?.map(discovery),
  };
}

/** The options of oauth-provider or mcp with extensions that are described. */
export const extended = ({ extensions, ...options }) =>
  (extensions ? { ...options, extensions: extensions.filter((e) => !e.companion).map(extension) } : options);

/** The plugins that register extensions when the server starts. */
export const companions = ({ extensions = [] }) =>
  extensions.filter((e) => e.companion).map((described, i) => ({ id: `companion-${i}`, init: (ctx) => extendOAuthProvider(ctx, extension(described)) }));
