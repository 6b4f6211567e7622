// The official client with the plugins of the account pages, and what it answers.
import { apiKeyClient } from "@better-auth/api-key/client";
import { passkeyClient } from "@better-auth/passkey/client";
import { adminClient, organizationClient, phoneNumberClient, twoFactorClient, usernameClient } from "better-auth/client/plugins";
import { client } from "../client";

export const auth = client([
  passkeyClient(),
  twoFactorClient(),
  usernameClient(),
  phoneNumberClient(),
  organizationClient({ teams: { enabled: true } }),
  apiKeyClient(),
  adminClient(),
]);

/** A user with the fields that plugins add. */
export interface User {
  id: string;
  name: string;
  email: string;
  emailVerified: boolean;
  createdAt: Date;
  username?: string | null;
  displayUsername?: string | null;
  phoneNumber?: string | null;
  phoneNumberVerified?: boolean | null;
  twoFactorEnabled?: boolean | null;
  isAnonymous?: boolean | null;
}

export interface Session {
  id: string;
  token: string;
  createdAt: Date;
  expiresAt: Date;
  ipAddress?: string | null;
  userAgent?: string | null;
  impersonatedBy?: string | null;
  activeOrganizationId?: string | null;
}

export interface SignedIn {
  user: User;
  session: Session;
}

export interface Account {
  id: string;
  providerId: string;
  accountId: string;
  createdAt: Date;
}
