// The page of the passkey tests: the official client, as it is, and a form whose field offers passkeys.
import { passkeyClient } from "@better-auth/passkey/client";
import { createAuthClient } from "better-auth/client";

globalThis.client = createAuthClient({ plugins: [passkeyClient()] });
