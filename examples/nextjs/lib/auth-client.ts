"use client";

import { apiKeyClient } from "@better-auth/api-key/client";
import { oauthProviderClient } from "@better-auth/oauth-provider/client";
import { passkeyClient } from "@better-auth/passkey/client";
import { jwtClient, magicLinkClient, organizationClient, twoFactorClient } from "better-auth/client/plugins";
import { createAuthClient } from "better-auth/react";

// Without a baseURL the client calls the origin of the page.
export const authClient = createAuthClient({
  plugins: [jwtClient(), magicLinkClient(), twoFactorClient(), passkeyClient(), organizationClient({ teams: { enabled: true } }), apiKeyClient(), oauthProviderClient()],
});

export const { useSession, signIn, signUp, signOut } = authClient;
