alter table "user" add column "nickname" text;

alter table "user" add column "role" text default 'it''s "user"' not null;

alter table "user" add column "score" integer default 5 not null;

alter table "user" add column "vip" integer default 1 not null;

alter table "user" add column "since" date not null;

alter table "user" add column "tag" text;

create table "thing" ("id" integer not null primary key, "text" text, "number" integer, "big" bigint, "flag" integer, "at" date, "data" text, "tags" text, "sizes" text, "kind" text, "title" text not null, "code" text not null unique, "slug" text not null, "madeAt" date not null);

create table "link" ("id" integer not null primary key, "userId" integer references "user" ("id") on delete set null, "thing_id" integer not null references "thing" ("id") on delete cascade, "left" text not null, "right" text not null, "rank" integer not null);

create table "rateLimit" ("id" integer not null primary key, "key" text not null unique, "count" integer not null, "lastRequest" bigint not null);

create unique index "user_nickname_uidx" on "user" ("nickname");

create index "user_tag_idx" on "user" ("tag");

create index "thing_slug_idx" on "thing" ("slug");

create index "link_thing_id_idx" on "link" ("thing_id");

create unique index "link_left_right_uidx" on "link" ("left", "right");

create index "link_by_rank" on "link" ("rank", "thing_id");
