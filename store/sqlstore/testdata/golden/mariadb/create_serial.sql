create table `user` (`id` integer not null primary key auto_increment, `name` varchar(255) not null, `email` varchar(255) not null unique, `emailVerified` boolean not null, `image` text, `createdAt` timestamp(3) default CURRENT_TIMESTAMP(3) not null, `updatedAt` timestamp(3) default CURRENT_TIMESTAMP(3) not null, `nickname` varchar(255) unique, `role` text not null, `score` integer not null, `vip` boolean not null, `since` timestamp(3) default CURRENT_TIMESTAMP(3) not null, `tag` varchar(255));

create table `session` (`id` integer not null primary key auto_increment, `expiresAt` timestamp(3) not null, `token` varchar(255) not null unique, `createdAt` timestamp(3) default CURRENT_TIMESTAMP(3) not null, `updatedAt` timestamp(3) not null, `ipAddress` text, `userAgent` text, `userId` integer not null references `user` (`id`) on delete cascade);

create table `account` (`id` integer not null primary key auto_increment, `accountId` text not null, `providerId` text not null, `userId` integer not null references `user` (`id`) on delete cascade, `accessToken` text, `refreshToken` text, `idToken` text, `accessTokenExpiresAt` timestamp(3), `refreshTokenExpiresAt` timestamp(3), `scope` text, `password` text, `createdAt` timestamp(3) default CURRENT_TIMESTAMP(3) not null, `updatedAt` timestamp(3) not null);

create table `verification` (`id` integer not null primary key auto_increment, `identifier` varchar(255) not null, `value` text not null, `expiresAt` timestamp(3) not null, `createdAt` timestamp(3) default CURRENT_TIMESTAMP(3) not null, `updatedAt` timestamp(3) default CURRENT_TIMESTAMP(3) not null);

create table `thing` (`id` integer not null primary key auto_increment, `text` text, `number` integer, `big` bigint, `flag` boolean, `at` timestamp(3), `data` json, `tags` json, `sizes` json, `kind` text, `title` varchar(255) not null, `code` varchar(255) not null unique, `slug` varchar(255) not null, `madeAt` timestamp(3) default CURRENT_TIMESTAMP(3) not null);

create table `link` (`id` integer not null primary key auto_increment, `userId` integer references `user` (`id`) on delete set null, `thing_id` integer not null references `thing` (`id`) on delete cascade, `left` varchar(191) not null, `right` varchar(191) not null, `rank` integer not null);

create table `rateLimit` (`id` integer not null primary key auto_increment, `key` varchar(255) not null unique, `count` integer not null, `lastRequest` bigint not null);

create index `user_tag_idx` on `user` (`tag`);

create index `session_userId_idx` on `session` (`userId`);

create index `account_userId_idx` on `account` (`userId`);

create index `verification_identifier_idx` on `verification` (`identifier`);

create index `thing_slug_idx` on `thing` (`slug`);

create index `link_thing_id_idx` on `link` (`thing_id`);

create unique index `link_left_right_uidx` on `link` (`left`, `right`);

create index `link_by_rank` on `link` (`rank`, `thing_id`);
