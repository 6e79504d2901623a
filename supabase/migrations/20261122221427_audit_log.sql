-- Who did what, and who manages whom.
CREATE TABLE "audit_log" (
	"id" uuid PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"action" text NOT NULL,
	"actor_id" uuid,
	"actor_role" text NOT NULL,
	"actor_name" text,
	"conversation_id" uuid,
	"agent_id" uuid,
	"agent_name" text,
	"changed_from" text,
	"changed_to" text,
	"network" "cidr",
	CONSTRAINT "audit_log_action" CHECK (action in ('opened', 'accepted', 'taken_over', 'transferred', 'returned', 'closed', 'reopened', 'invited', 'invitation_withdrawn', 'joined', 'deactivated', 'reactivated', 'renamed', 'role_changed', 'capacity_changed', 'signed_in', 'sign_in_failed')),
	CONSTRAINT "audit_log_actor_role" CHECK (actor_role in ('visitor', 'agent', 'admin', 'system')),
	CONSTRAINT "audit_log_actor" CHECK ((actor_role = 'system') = (actor_id is null)),
	CONSTRAINT "audit_log_actor_name" CHECK (length(actor_name) <= 80),
	CONSTRAINT "audit_log_agent_name" CHECK (length(agent_name) <= 80),
	CONSTRAINT "audit_log_change" CHECK ((action in ('renamed', 'role_changed', 'capacity_changed')) = (changed_from is not null)
        and (changed_from is null) = (changed_to is null) and length(changed_from) <= 80 and length(changed_to) <= 80),
	CONSTRAINT "audit_log_network" CHECK (masklen(network) = case family(network) when 4 then 24 else 48 end)
);
--> statement-breakpoint
ALTER TABLE "audit_log" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "chat_agents" ADD COLUMN "invited_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "audit_log_newest" ON "audit_log" USING btree ("at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "audit_log_actor_newest" ON "audit_log" USING btree ("actor_id","at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "audit_log_agent_newest" ON "audit_log" USING btree ("agent_id","at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "audit_log_conversation" ON "audit_log" USING btree ("conversation_id","at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "audit_log_action_newest" ON "audit_log" USING btree ("action","at" DESC NULLS FIRST);--> statement-breakpoint
ALTER TABLE "chat_agents" ADD CONSTRAINT "chat_agents_invited" CHECK (not (active and invited_at is not null));--> statement-breakpoint
CREATE POLICY "admins_read_audit" ON "audit_log" AS PERMISSIVE FOR SELECT TO "authenticated" USING ((select private.is_admin()));
--> statement-breakpoint
-- Supabase's defaults would hand the new table to everybody, and to the service role whole.
revoke all on public.audit_log from anon, authenticated, public, service_role;
grant select on public.audit_log to authenticated;
grant select, insert on public.audit_log to service_role;

-- What is written stays, whoever asks: the owner, too.
create function private.refuse_audit_change() returns trigger
  language plpgsql set search_path = ''
as $$
begin
  raise exception 'the audit log is append-only' using errcode = 'insufficient_privilege';
end $$;
revoke execute on function private.refuse_audit_change() from public;
create trigger audit_log_append_only before update or delete or truncate on public.audit_log
  for each statement execute function private.refuse_audit_change();

-- What rooms noted, with the ids they gave it: handed over twice it is written once.
create function private.record_audit(p_entries jsonb) returns void
  language sql security definer set search_path = ''
as $$
  insert into public.audit_log (
      id, at, action, actor_id, actor_role, actor_name, conversation_id, agent_id, agent_name, changed_from, changed_to, network)
    select (e ->> 'id')::uuid, (e ->> 'at')::timestamptz, e ->> 'action',
        (e #>> '{actor,id}')::uuid, e #>> '{actor,role}', e #>> '{actor,name}', (e ->> 'conversationId')::uuid,
        (e #>> '{agent,id}')::uuid, e #>> '{agent,name}', e #>> '{change,from}', e #>> '{change,to}',
        (e #>> '{actor,from}')::cidr
      from jsonb_array_elements(p_entries) e
    on conflict (id) do nothing;
$$;
revoke execute on function private.record_audit(jsonb) from public;
grant execute on function private.record_audit(jsonb) to chat_room, service_role;

-- Somebody must be left who can manage the team, whichever way it is changed. All such changes stand in one line:
-- of two admins who demote each other at once, the second is refused.
create function private.keep_an_admin() returns trigger
  language plpgsql security definer set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('chat_agents.team', 0));
  if not exists (select from public.chat_agents where role = 'admin' and active and id <> old.id) then
    raise exception 'the last active admin' using errcode = 'WC001';
  end if;
  return new;
end $$;
revoke execute on function private.keep_an_admin() from public;
create trigger chat_agents_keep_an_admin before update on public.chat_agents for each row
  when (old.role = 'admin' and old.active and not (new.role = 'admin' and new.active))
  execute function private.keep_an_admin();

-- The team with what only admins see of it; the Store asks after it has seen that an admin does.
create function private.team()
  returns table (id uuid, name text, avatar_url text, role text, active boolean, is_online boolean, max_chats integer,
    invited_at timestamptz, email text, open_chats bigint)
  language sql stable security definer set search_path = ''
as $$
  select a.id, a.name, a.avatar_url, a.role, a.active, a.is_online, a.max_chats, a.invited_at, u.email,
      (select count(*) from public.conversations c where c.agent_id = a.id and c.status = 'active')
    from public.chat_agents a join auth.users u on u.id = a.id
    order by a.active desc, a.invited_at is null, lower(a.name), a.id;
$$;
revoke execute on function private.team() from public;
grant execute on function private.team() to service_role;

-- Whose address it is: an invitation may find an account that is there, a failed sign-in is noted only for an agent.
create function private.account_of(p_email text) returns table (id uuid, confirmed boolean)
  language sql stable security definer set search_path = ''
as $$
  select u.id, u.email_confirmed_at is not null from auth.users u
    where u.email = lower(p_email) and not coalesce(u.is_sso_user, false);
$$;
revoke execute on function private.account_of(text) from public;
grant execute on function private.account_of(text) to service_role;
