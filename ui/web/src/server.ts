// What the server wrote into the page: the type `boot` of ui/boot.go.

export interface Provider {
  id: string;
  name: string;
  generic?: boolean; // a provider of the plugin generic-oauth
}

export interface Field {
  name: string;
  type: string; // string, number, boolean or date
  enum?: string[];
}

export interface Features {
  emailPassword: boolean;
  signUp: boolean;
  minPasswordLength: number;
  maxPasswordLength: number;
  resetPassword: boolean;
  verifyEmail: boolean; // the server can send verification links
  verifyByCode: boolean; // it sends codes in their place
  requireVerification: boolean;
  changeEmail: boolean;
  deleteUser: boolean;
  waitingList: boolean; // who may not sign up yet is put on a list
  signUpFields: Field[]; // additional fields that signing up asks for
  providers: Provider[];
  plugins: string[]; // ids
  account: AccountFeatures;
}

/** What the configuration enables on the pages of the account: ui/account.go. */
export interface AccountFeatures {
  userFields: { name: string; type: string }[];
  confirmEmailChange: boolean;
  deleteByMail: boolean;
  deleteGraceDays: number;
  usernameFixed: boolean;
  factors: ("totp" | "otp")[];
  factorPasswordless: boolean;
  createOrganizations: boolean;
  deleteOrganizations: boolean;
  organizationRoles: string[];
  teams: boolean;
  apiKeys: { nameNeeded: boolean; nameLength: number; lifetimes: number[]; defaultDays: number } | null;
  stateless: boolean; // there is no database: sessions are in cookies
}

export interface Server {
  page: string; // path of the page below `path`, such as "/sign-in"
  path: string; // begins the path of every page, "" usually
  root: string; // begins the path of everything: that of a realm, "" usually
  endpoints: string; // base path of the endpoints, such as "/api/auth"
  mode: "development" | "test" | "production";
  version: string; // "" in production
  reference: string;
  site: { name: string; logo: string; language: string; languages: string[]; pages: boolean }; // pages: sign in and the others are served
  features: Features;
  next: string; // where to go after signing in: a trusted address, or the account page
  texts: Record<string, string>;
  message: string; // of a plain form that was refused, "" otherwise
  console: boolean; // the console is served
  home: boolean; // the first page is served
}

const element = document.getElementById("server");
export const server: Server = JSON.parse(element?.textContent ?? "{}");

/** Reports whether the server has a plugin. */
export function has(plugin: string): boolean {
  return server.features.plugins.includes(plugin);
}

/** Returns the path of a page. */
export function page(path: string): string {
  return server.path + path;
}

/** Returns the full address of a page, for links in messages. */
export function pageURL(path: string): string {
  return location.origin + page(path);
}
