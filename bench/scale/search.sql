CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX user_email_trgm ON "user" USING gin ("email" gin_trgm_ops);
CREATE INDEX user_name_trgm ON "user" USING gin ("name" gin_trgm_ops);
CREATE INDEX user_email_prefix ON "user" ("email" text_pattern_ops);
CREATE INDEX user_name_prefix ON "user" ("name" text_pattern_ops);
