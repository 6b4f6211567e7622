// Additional fields of users and sessions with the official client and its plugin inferAdditionalFields.
import { inferAdditionalFields } from "better-auth/client/plugins";
import { alice, bob, signIn } from "../people.mjs";

const fields = {
  user: {
    plan: { type: "string", required: false, defaultValue: "free" },
    age: { type: "number", required: false },
    agreed: { type: "boolean", required: true },
    tags: { type: "string[]", required: false },
    born: { type: "date", required: false },
    role: { type: "string", required: false, input: false, defaultValue: "member" },
    secretNote: { type: "string", required: false, returned: false },
  },
  session: {
    theme: { type: "string", required: false, defaultValue: "light" },
    visits: { type: "number", required: false },
    device: { type: "string", required: false, input: false, defaultValue: "unknown" },
    hidden: { type: "string", required: false, returned: false },
  },
};
const config = { user: { additionalFields: fields.user }, session: { additionalFields: fields.session } };

const shown = ({ data, error }) => (error ? { status: error.status, code: error.code, message: error.message } : data);

async function flow(s) {
  const client = await s.client({ plugins: [inferAdditionalFields(fields)] });
  const call = async (label, answer) => s.note(label, shown(await answer));
  const session = async (label) => {
    const { data } = await client.getSession();
    const pick = (row, names) => row && Object.fromEntries(Object.keys(names).map((name) => [name, row[name]]));
    s.note(label, { user: pick(data?.user, fields.user), session: pick(data?.session, fields.session) });
  };
  s.note("nothing agreed", shown(await client.signUp.email(alice)));
  s.note("a role is not theirs to set", shown(await client.signUp.email({ ...bob, agreed: true, role: "admin" })));
  const up = await client.signUp.email({ ...alice, agreed: true, age: 41, tags: ["a", "b"], born: new Date("1990-01-02"), secretNote: "n", plan: "gold" });
  s.note("sign up", [up.error, up.data?.user.plan, up.data?.user.age, up.data?.user.role, up.data?.user.secretNote]);
  await session("after the sign-up");
  await call("update the user", client.updateUser({ plan: "silver", age: null, agreed: false }));
  await call("update what is not theirs", client.updateUser({ role: "admin" }));
  await session("after the update");
  await call("update the session", client.updateSession({ theme: "dark", visits: 3, hidden: "h" }).then(({ data, error }) => ({ error, data: data && [data.session.theme, data.session.visits] })));
  await call("a session field that is not theirs", client.updateSession({ device: "mine" }));
  await call("a session field of another type", client.updateSession({ visits: "many" }));
  await call("a session field that is none", client.updateSession({ nothing: 1 }));
  await session("after the update of the session");
  await client.signOut();
  const again = await client.signIn.email(signIn(alice));
  s.note("sign in", [again.error, again.data?.user.plan]);
  await session("a new session has its defaults");
  s.note("sessions", (await client.listSessions()).data?.map((row) => [row.theme, row.device, row.hidden]));
}

export default [
  { name: "additional fields: official client", dbs: ["sqlite", "postgres", "mysql"], config, run: flow },
  { name: "additional fields: cookie cache", config: { ...config, session: { ...config.session, cookieCache: { enabled: true } } }, run: flow },
  { name: "additional fields: in Redis", config: { ...config, secondaryStorage: { provider: "redis" } }, run: flow },
  { name: "additional fields: stateless", dbs: ["none"], config: { ...config, database: undefined }, run: flow },
];
