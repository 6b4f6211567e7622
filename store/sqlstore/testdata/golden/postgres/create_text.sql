create table "user" ("id" text not null primary key, "name" text not null, "email" text not null unique, "emailVerified" boolean not null, "image" text, "createdAt" timestamptz default CURRENT_TIMESTAMP not null, "updatedAt" timestamptz default CURRENT_TIMESTAMP not null, "nickname" text unique, "role" text not null, "score" integer not null, "vip" boolean not null, "since" timestamptz default CURRENT_TIMESTAMP not null, "tag" text);

create table "session" ("id" text not null primary key, "expiresAt" timestamptz not null, "token" text not null unique, "createdAt" timestamptz default CURRENT_TIMESTAMP not null, "updatedAt" timestamptz not null, "ipAddress" text, "userAgent" text, "userId" text not null references "user" ("id") on delete cascade);

create table "account" ("id" text not null primary key, "accountId" text not null, "providerId" text not null, "userId" text not null references "user" ("id") on delete cascade, "accessToken" text, "refreshToken" text, "idToken" text, "accessTokenExpiresAt" timestamptz, "refreshTokenExpiresAt" timestamptz, "scope" text, "password" text, "createdAt" timestamptz default CURRENT_TIMESTAMP not null, "updatedAt" timestamptz not null);

create table "verification" ("id" text not null primary key, "identifier" text not null, "value" text not null, "expiresAt" timestamptz not null, "createdAt" timestamptz default CURRENT_TIMESTAMP not null, "updatedAt" timestamptz default CURRENT_TIMESTAMP not null);

create table "thing" ("id" text not null primary key, "text" text, "number" integer, "big" bigint, "flag" boolean, "at" timestamptz, "data" jsonb, "tags" jsonb, "sizes" jsonb, "kind" text, "title" text not null, "code" text not null unique, "slug" text not null, "madeAt" timestamptz default CURRENT_TIMESTAMP not null);

create table "link" ("id" text not null primary key, "userId" text references "user" ("id") on delete set null, "thing_id" text not null references "thing" ("id") on delete cascade, "left" text not null, "right" text not null, "rank" integer not null);

create table "rateLimit" ("id" text not null primary key, "key" text not null unique, "count" integer not null, "lastRequest" bigint not null);

create index "user_tag_idx" on "user" ("tag");

create index "session_userId_idx" on "session" ("userId");

create index "account_userId_idx" on "account" ("userId");

create index "verification_identifier_idx" on "verification" ("identifier");

create index "thing_slug_idx" on "thing" ("slug");

create index "link_thing_id_idx" on "link" ("thing_id");

create unique index "link_left_right_uidx" on "link" ("left", "right");

create index "link_by_rank" on "link" ("rank", "thing_id");
