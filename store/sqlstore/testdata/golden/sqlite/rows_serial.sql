INSERT INTO "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt", "nickname", "role", "score", "vip", "since", "tag") VALUES (7, 'Zoë 🙂', 'zoe@example.com', 1, NULL, '2024-02-29T23:59:59.999Z', '2024-02-29T23:59:59.999Z', NULL, 'it''s "user"', 5, 1, '2024-02-29T23:59:59.999Z', NULL);
INSERT INTO "thing" ("id", "text", "number", "big", "flag", "at", "data", "tags", "sizes", "kind", "title", "code", "slug", "madeAt") VALUES (8, 'a''b"c\d
🙂', -42, 9007199254740991, 0, '2024-02-29T23:59:59.999Z', '{"b":1,"a":[true,null,"x"],"date":"2024-01-01"}', '["a","b c","🙂"]', '[1,-2.5]', 'a', 't', 'c1', 's', '2024-02-29T23:59:59.999Z');
INSERT INTO "thing" ("id", "text", "number", "big", "flag", "at", "data", "tags", "sizes", "kind", "title", "code", "slug", "madeAt") VALUES (9, NULL, NULL, NULL, 1, NULL, 'null', NULL, NULL, NULL, 'u', 'c2', 's', '2024-02-29T23:59:59.999Z');
INSERT INTO "link" ("id", "userId", "thing_id", "left", "right", "rank") VALUES (10, 7, 8, 'l', 'r', 3);
INSERT INTO "rateLimit" ("id", "key", "count", "lastRequest") VALUES (11, 'k', 1, 1709251199999);
