alter table "user" add column "nickname" text;

alter table "user" add column "role" text default 'it''s "user"' not null;

alter table "user" add column "score" integer default 5 not null;

alter table "user" add column "vip" boolean default true not null;

alter table "user" add column "since" timestamptz default CURRENT_TIMESTAMP not null;

alter table "user" add column "tag" text;

create table "thing" ("id" uuid default pg_catalog.gen_random_uuid() not null primary key, "text" text, "number" integer, "big" bigint, "flag" boolean, "at" timestamptz, "data" jsonb, "tags" jsonb, "sizes" jsonb, "kind" text, "title" text not null, "code" text not null unique, "slug" text not null, "madeAt" timestamptz default CURRENT_TIMESTAMP not null);

create table "link" ("id" uuid default pg_catalog.gen_random_uuid() not null primary key, "userId" uuid references "user" ("id") on delete set null, "thing_id" uuid not null references "thing" ("id") on delete cascade, "left" text not null, "right" text not null, "rank" integer not null);

create table "rateLimit" ("id" uuid default pg_catalog.gen_random_uuid() not null primary key, "key" text not null unique, "count" integer not null, "lastRequest" bigint not null);

create unique index "user_nickname_uidx" on "user" ("nickname");

create index "user_tag_idx" on "user" ("tag");

create index "thing_slug_idx" on "thing" ("slug");

create index "link_thing_id_idx" on "link" ("thing_id");

create unique index "link_left_right_uidx" on "link" ("left", "right");

create index "link_by_rank" on "link" ("rank", "thing_id");
