-- The websites that may carry the chat.

-- Asked by policies, like private.is_agent().
create or replace function private.is_admin() returns boolean
  language plpgsql stable security definer set search_path = ''
as $$
begin
  return not coalesce((auth.jwt() ->> 'is_anonymous')::boolean, false)
    and exists (select from public.chat_agents where id = auth.uid() and active and role = 'admin');
end $$;
revoke execute on function private.is_admin() from public;
grant execute on function private.is_admin() to authenticated, service_role;
--> statement-breakpoint
CREATE TABLE "widget_sites" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"origin" text NOT NULL,
	"label" text DEFAULT '' NOT NULL,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "widget_sites_origin_unique" UNIQUE("origin"),
	CONSTRAINT "widget_sites_origin" CHECK (origin ~ '^https?://([*][.])?[a-z0-9.-]+(:[0-9]{1,5})?$' and length(origin) <= 255),
	CONSTRAINT "widget_sites_label" CHECK (length(label) <= 80)
);
--> statement-breakpoint
ALTER TABLE "widget_sites" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "widget_sites" ADD CONSTRAINT "widget_sites_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "auth"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE POLICY "admins_read_widget_sites" ON "widget_sites" AS PERMISSIVE FOR SELECT TO "authenticated" USING ((select private.is_admin()));
--> statement-breakpoint
revoke all on public.widget_sites from anon, authenticated, public;
grant select on public.widget_sites to authenticated;
grant select, insert, update, delete on public.widget_sites to service_role;
