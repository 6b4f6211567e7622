// The users of the scenarios.
export const password = "password1234";
export const alice = { name: "Alice", email: "alice@example.com", password };
export const bob = { name: "Bob", email: "bob@example.com", password: "bobs-password-1" };

export const signIn = (who) => ({ email: who.email, password: who.password });
export const signUp = (s, who = alice, more = {}) => s.post("/sign-up/email", { ...who, ...more });

export const minute = 60;
export const hour = 3600;
export const day = 86400;
