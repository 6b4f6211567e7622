INSERT INTO `user` (`id`, `name`, `email`, `emailVerified`, `image`, `createdAt`, `updatedAt`, `nickname`, `role`, `score`, `vip`, `since`, `tag`) VALUES ('user-one', 'Zoë 🙂', 'zoe@example.com', '1', NULL, '2024-02-29 23:59:59.999', '2024-02-29 23:59:59.999', NULL, 'it''s "user"', '5', '1', '2024-02-29 23:59:59.999', NULL);
INSERT INTO `thing` (`id`, `text`, `number`, `big`, `flag`, `at`, `data`, `tags`, `sizes`, `kind`, `title`, `code`, `slug`, `madeAt`) VALUES ('thing-one', 'a''b"c\\d
🙂', '-42', '9007199254740991', '0', '2024-02-29 23:59:59.999', '{"b":1,"a":[true,null,"x"],"date":"2024-01-01"}', '["a","b c","🙂"]', '[1,-2.5]', 'a', 't', 'c1', 's', '2024-02-29 23:59:59.999');
INSERT INTO `thing` (`id`, `text`, `number`, `big`, `flag`, `at`, `data`, `tags`, `sizes`, `kind`, `title`, `code`, `slug`, `madeAt`) VALUES ('thing-two', NULL, NULL, NULL, '1', NULL, 'null', NULL, NULL, NULL, 'u', 'c2', 's', '2024-02-29 23:59:59.999');
INSERT INTO `link` (`id`, `userId`, `thing_id`, `left`, `right`, `rank`) VALUES ('link-one', 'user-one', 'thing-one', 'l', 'r', '3');
INSERT INTO `rateLimit` (`id`, `key`, `count`, `lastRequest`) VALUES ('rate-one', 'k', '1', '1709251199999');
