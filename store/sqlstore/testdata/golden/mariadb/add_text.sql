alter table `user` add column `nickname` varchar(255);

alter table `user` add column `role` text default 'it''s "user"' not null;

alter table `user` add column `score` integer default 5 not null;

alter table `user` add column `vip` boolean default true not null;

alter table `user` add column `since` timestamp(3) default CURRENT_TIMESTAMP(3) not null;

alter table `user` add column `tag` varchar(255);

create table `thing` (`id` varchar(36) not null primary key, `text` text, `number` integer, `big` bigint, `flag` boolean, `at` timestamp(3), `data` json, `tags` json, `sizes` json, `kind` text, `title` varchar(255) not null, `code` varchar(255) not null unique, `slug` varchar(255) not null, `madeAt` timestamp(3) default CURRENT_TIMESTAMP(3) not null);

create table `link` (`id` varchar(36) not null primary key, `userId` varchar(36) references `user` (`id`) on delete set null, `thing_id` varchar(36) not null references `thing` (`id`) on delete cascade, `left` varchar(191) not null, `right` varchar(191) not null, `rank` integer not null);

create table `rateLimit` (`id` varchar(36) not null primary key, `key` varchar(255) not null unique, `count` integer not null, `lastRequest` bigint not null);

create unique index `user_nickname_uidx` on `user` (`nickname`);

create index `user_tag_idx` on `user` (`tag`);

create index `thing_slug_idx` on `thing` (`slug`);

create index `link_thing_id_idx` on `link` (`thing_id`);

create unique index `link_left_right_uidx` on `link` (`left`, `right`);

create index `link_by_rank` on `link` (`rank`, `thing_id`);
