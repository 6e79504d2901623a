CREATE TABLE "profiles" (
	"id" uuid PRIMARY KEY NOT NULL,
	"full_name" text,
	"email" text,
	"phone" text,
	"age" integer,
	"nationality" text,
	"locale" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "profiles_full_name" CHECK (length(btrim(full_name)) between 1 and 80),
	CONSTRAINT "profiles_email" CHECK (length(email) <= 320),
	CONSTRAINT "profiles_phone" CHECK (length(phone) between 3 and 40),
	CONSTRAINT "profiles_age" CHECK (age between 0 and 130),
	CONSTRAINT "profiles_nationality" CHECK (length(btrim(nationality)) between 1 and 80),
	CONSTRAINT "profiles_locale" CHECK (length(locale) between 2 and 35)
);
--> statement-breakpoint
ALTER TABLE "profiles" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "profiles" ADD CONSTRAINT "profiles_id_users_id_fk" FOREIGN KEY ("id") REFERENCES "auth"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE POLICY "registered_read_own_profile" ON "profiles" AS PERMISSIVE FOR SELECT TO "authenticated" USING (id = (select auth.uid()) and (select not coalesce((auth.jwt() ->> 'is_anonymous')::boolean, false)));--> statement-breakpoint
CREATE POLICY "agents_read_profiles" ON "profiles" AS PERMISSIVE FOR SELECT TO "authenticated" USING ((select private.is_agent()));