"use client";

import { jwtClient, magicLinkClient } from "better-auth/client/plugins";
import { createAuthClient } from "better-auth/react";

// Without a baseURL the client asks the site that the page came from.
export const authClient = createAuthClient({ plugins: [jwtClient(), magicLinkClient()] });

export const { useSession, signIn, signUp, signOut } = authClient;
