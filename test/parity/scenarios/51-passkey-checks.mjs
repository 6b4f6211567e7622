// Every check of a registration and of a sign-in with a passkey: each response is wrong, or unusual, in one place.
import { Authenticator, cbor, signed } from "../authenticator.mjs";
import { certified } from "../attestations.mjs";
import { bob, signUp } from "../people.mjs";
import { plugins, register, signInWith } from "./50-passkey.mjs";

const b64 = (bytes) => Buffer.from(bytes).toString("base64url");
const without = (...keys) => (cose) => (keys.forEach((k) => cose.delete(k)), cose);
const withKey = (k, v) => (cose) => cose.set(k, v);

const self = (make) => ({ fmt: "packed", attStmt: ({ authenticator, base }) => make(authenticator, base) });

const clientData = {
  "another challenge": { clientData: { challenge: b64("another challenge of 32 bytes !!") } },
  "no challenge": { clientData: { challenge: undefined } },
  "challenge with padding": { clientData: { challenge: "AAAA=" } },
  "another origin": { clientData: { origin: "http://evil.example" } },
  "origin with a slash": { clientData: { origin: "http://localhost:3000/" } },
  "origin with another port": { clientData: { origin: "http://localhost:3001" } },
  "origin in capitals": { clientData: { origin: "HTTP://localhost:3000" } },
  "origin with https": { clientData: { origin: "https://localhost:3000" } },
  "no origin": { clientData: { origin: undefined } },
  "no type": { clientData: { type: undefined } },
  "unknown type": { clientData: { type: "webauthn.other" } },
  "in a frame of another site": { clientData: { crossOrigin: true, topOrigin: "http://evil.example" } },
  "unknown members": { clientData: { other_keys_can_be_added_here: "do not compare clientDataJSON against a template" } },
  "token binding supported": { clientData: { tokenBinding: { status: "supported" } } },
  "token binding present": { clientData: { tokenBinding: { status: "present", id: "AA" } } },
  "token binding unknown": { clientData: { tokenBinding: { status: "other" } } },
  "token binding null": { clientData: { tokenBinding: null } },
  "token binding a text": { clientData: { tokenBinding: "supported" } },
  "client data that is no JSON": { clientDataText: "{" },
  "client data that is null": { clientDataText: "null" },
  "client data with a mark": { clientDataText: "\ufeff{}" },
};
const outer = {
  "another id": { outer: { id: b64("another") } },
  "another raw id": { outer: { rawId: b64("another") } },
  "no raw id": { outer: { rawId: undefined } },
  "another type": { outer: { type: "password" } },
  "no type outside": { outer: { type: undefined } },
  "client data of another type": { response: { clientDataJSON: 1 } },
  "no client data": { response: { clientDataJSON: undefined } },
  "client data that is no base64url": { response: { clientDataJSON: "~~~~" } },
};
const authData = {
  "another site": { rpId: "evil.example" },
  "a subdomain": { rpId: "app.localhost" },
  "a short site": { rpIdHash: Buffer.alloc(31) },
  "user not present": { flags: { up: false } },
  "user not verified": { flags: { uv: false } },
  "user verified but not present": { flags: { up: false, uv: true } },
  "extensions announced but missing": { flags: { ed: true } },
  "extensions": { extensions: { credProtect: 2 } },
  "bytes left over": { leftover: [1, 2, 3] },
  "backed up but not eligible": { flags: { be: false, bs: true } },
  "eligible but not backed up": { flags: { be: true, bs: false } },
};
const registrations = {
  ...clientData,
  "type of a sign-in": { clientData: { type: "webauthn.get" } },
  ...outer,
  "no id": { outer: { id: undefined, rawId: undefined } },
  ...authData,
  "no credential": { flags: { at: false } },
  "counter of the largest size": { counter: 2147483647 },
  "empty credential id": { credentialID: Buffer.alloc(0) },
  "long credential id": { credentialID: Buffer.alloc(64, 7) },
  "algorithm that is not offered: ES256K": { cose: withKey(3, -47) },
  "algorithm that is not offered: ES384": { cose: withKey(3, -35) },
  "no algorithm": { cose: without(3) },
  "algorithm as a text": { cose: withKey(3, "ES256") },
  "unknown format": { fmt: "other" },
  "statement without a format": { attStmt: () => ({ alg: -7 }) },
  "packed": { fmt: "packed" },
  "packed without a signature": self(({ alg }) => ({ alg })),
  "packed without an algorithm": self(({ alg, key }, base) => ({ sig: signed(alg, key, base) })),
  "packed with an unknown algorithm": self(({ alg, key }, base) => ({ alg: -1, sig: signed(alg, key, base) })),
  "packed with other data": self(({ alg, key }) => ({ alg, sig: signed(alg, key, Buffer.from("x")) })),
  "packed with a signature that is none": self(({ alg }) => ({ alg, sig: Buffer.from([1, 2, 3]) })),
  ...Object.fromEntries(["fido-u2f", "android-key", "android-safetynet", "apple", "tpm", "compound"].map((fmt) => [`${fmt} with an empty statement`, { fmt }])),
  "attestation that is no CBOR": { attestationObject: Buffer.from([0xff, 0xff]) },
  "attestation that is a list": { attestationObject: cbor([1, 2]) },
  "attestation without data": { attestationObject: cbor({ fmt: "none", attStmt: {} }) },
  "attestation with short data": { attestationObject: cbor({ fmt: "none", attStmt: {}, authData: Buffer.alloc(36) }) },
  "no attestation": { response: { attestationObject: undefined } },
  "no transports": { response: { transports: undefined } },
  "empty transports": { response: { transports: [] } },
  "transports of any kind": { response: { transports: ["usb", 1, null] } },
  "transports that are a text": { response: { transports: "usb" } },
  "no response": { outer: { response: undefined } },
};
const signIns = {
  ...clientData,
  "type of a registration": { clientData: { type: "webauthn.create" } },
  ...outer,
  ...authData,
  "data too short": { response: { authenticatorData: b64(Buffer.alloc(36)) } },
  "no data": { response: { authenticatorData: undefined } },
  "data with padding": { response: { authenticatorData: "AAAA=" } },
  "data that is no base64url": { response: { authenticatorData: "~" } },
  "another signature": { signature: (s) => (s[s.length - 1] ^= 1, s) },
  "signature cut off": { signature: (s) => s.subarray(0, -1) },
  "empty signature": { signature: () => Buffer.alloc(0) },
  "signature of zeros": { signature: () => Buffer.alloc(64) },
  "no signature": { response: { signature: undefined } },
  "signature that is a number": { response: { signature: 1 } },
  "user handle": { response: { userHandle: b64("somebody else") } },
  "user handle that is a number": { response: { userHandle: 1 } },
  "counter that stands still": { counter: 1 },
  "counter that goes back to zero": { counter: 0 },
};

export default [
  ...[-7, -8, -257].flatMap((alg) => [
    {
      name: `passkey checks: registration, algorithm ${alg}`,
      config: { plugins: plugins() },
      async run(s) {
        await signUp(s);
        for (const [name, changes] of Object.entries(registrations)) await register(s, new Authenticator(name, { alg }), { changes }, { label: name });
      },
    },
    {
      name: `passkey checks: sign-in, algorithm ${alg}`,
      config: { plugins: plugins() },
      async run(s) {
        await signUp(s);
        const key = new Authenticator("k", { alg });
        await register(s, key);
        for (const [name, changes] of Object.entries(signIns)) {
          await signInWith(s.as(name), key, changes, { label: name });
          await s.get("/get-session");
        }
      },
    },
  ]),
  {
    name: "passkey checks: algorithms that were not offered",
    config: { plugins: plugins() },
    rows: false,
    async run(s) {
      await signUp(s);
      for (const alg of [-36, -37, -38, -39, -258, -259, -65535, -35]) await register(s, new Authenticator(`alg${alg}`, { alg }), {}, { label: `algorithm ${alg}` });
    },
  },
  {
    name: "passkey checks: signatures of another form",
    config: { plugins: plugins() },
    rows: false,
    async run(s) {
      await signUp(s);
      await register(s, new Authenticator("a"), { changes: self(({ key }, base) => ({ alg: -257, sig: signed(-7, key, base) })) }, { label: "packed with the algorithm of another kind of key" });
      const key = new Authenticator("b");
      await register(s, key);
      await signInWith(s, key, { signature: (sig) => Buffer.concat([sig, Buffer.from([0])]) }, { label: "signature with bytes added" });
    },
  },
  {
    name: "passkey checks: verification of the user is required",
    config: { plugins: plugins({ authenticatorSelection: { userVerification: "required" } }) },
    rows: false,
    async run(s) {
      await signUp(s);
      await register(s, new Authenticator("k"));
      await register(s, new Authenticator("l", { verifies: false }), {}, { label: "user not verified" });
    },
  },
  {
    name: "passkey checks: certificates",
    config: { plugins: plugins() },
    async run(s) {
      await signUp(s);
      for (const [name, changes] of Object.entries(certified())) await register(s, new Authenticator(name, changes.own), { changes }, { label: name });
    },
  },
  {
    name: "passkey checks: credentials of others",
    config: { plugins: plugins() },
    async run(s) {
      await signUp(s);
      const alices = new Authenticator("alice");
      await register(s, alices);
      await signUp(s.as("bob"), bob);
      const bobs = new Authenticator("bob");
      await register(s, bobs);
      const id = b64(alices.id);
      await signInWith(s, bobs, { outer: { id, rawId: id } });
      await signInWith(s.as("unknown"), new Authenticator("unknown"));
      await signInWith(s, bobs, { outer: { id: "", rawId: "" } });
      await signInWith(s, bobs, { outer: { id: `${b64(bobs.id)}=`, rawId: `${b64(bobs.id)}=` } });
      // In the session of one user, the passkey of another signs in as that one.
      await signInWith(s.as("bob"), alices);
      await s.get("/get-session");
    },
  },
  {
    name: "passkey checks: a cloned authenticator",
    config: { plugins: plugins() },
    async run(s) {
      await signUp(s);
      const key = new Authenticator("k");
      await register(s, key);
      const clone = key.clone();
      await signInWith(s.as("first"), key);
      await signInWith(s.as("clone"), clone);
      await s.get("/get-session");
      await signInWith(s.as("first"), key);
      await signInWith(s.as("clone"), clone);
      await signInWith(s.as("reset"), key, { counter: 0 });
      const silent = new Authenticator("silent", { counts: false });
      await register(s.as("default"), silent);
      for (const browser of ["one", "two"]) await signInWith(s.as(browser), silent);
      await signInWith(s.as("one"), silent, { counter: 5 });
      await signInWith(s.as("two"), silent);
      await s.as("default").get("/passkey/list-user-passkeys");
    },
  },
  {
    name: "passkey checks: registered before",
    config: { plugins: plugins() },
    rows: false,
    async run(s) {
      await signUp(s);
      const key = new Authenticator("k");
      await register(s, key);
      await register(s, key, {}, { label: "the same credential again" });
      await signUp(s.as("bob"), bob);
      await register(s, key, {}, { label: "the credential of another user" });
    },
  },
];
