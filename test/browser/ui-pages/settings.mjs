// The configurations that the pages are tested with.

/** Everything that the pages can show. */
export const everything = (site) => ({
  appName: "Analytical Engines",
  emailAndPassword: { enabled: true, sendResetPassword: "mail" },
  emailVerification: { sendVerificationEmail: "mail" },
  plugins: {
    passkey: {},
    "magic-link": { sendMagicLink: "mail" },
    "email-otp": { sendVerificationOTP: "mail" },
    "phone-number": { sendOTP: { webhook: site.inbox.url } },
    username: {},
    "two-factor": { otpOptions: { sendOTP: "mail" } },
    organization: { sendInvitationEmail: "mail" },
    "device-authorization": {},
    "last-login-method": {},
    "generic-oauth": {
      config: [{ providerId: "example-id", discoveryUrl: `${site.providerURL}/.well-known/openid-configuration`, clientId: "taskbook", clientSecret: "taskbook-secret", scopes: ["openid", "profile", "email"], pkce: true }],
    },
  },
});

/** Nobody gets in before the link in the mail was opened, and signing up asks for more. */
export const strict = () => ({
  emailAndPassword: { enabled: true, requireEmailVerification: true, sendResetPassword: "mail" },
  emailVerification: { sendVerificationEmail: "mail", sendOnSignUp: true, autoSignInAfterVerification: true },
  user: { additionalFields: { company: { type: "string" }, age: { type: "number", required: false } } },
  trustedOrigins: ["https://app.example.com"],
  ui: { enabled: true, name: "Strict & Sons", path: "/auth", colors: { accent: "#7a2f9e, #d9a6f2" }, texts: { en: { "field.company": "Company" } } },
});

/** Only people with a domain may sign up; others go on the waiting list. */
export const gated = () => ({
  emailAndPassword: { enabled: true },
  emailVerification: { sendVerificationEmail: "mail" },
  signUp: { allow: ["invited"], waitingList: true },
});

/** Addresses are confirmed, and passwords reset, by codes. */
export const codes = () => ({
  emailAndPassword: { enabled: true, requireEmailVerification: true },
  emailVerification: { sendOnSignUp: true, autoSignInAfterVerification: true },
  plugins: { "email-otp": { sendVerificationOTP: "mail", overrideDefaultEmailVerification: true } },
});
