"use client";

import { jwtClient, magicLinkClient } from "better-auth/client/plugins";
import { createAuthClient } from "better-auth/react";

// Without a baseURL the client calls the origin of the page.
export const authClient = createAuthClient({ plugins: [jwtClient(), magicLinkClient()] });

export const { useSession, signIn, signUp, signOut } = authClient;
