-- Moved conversations and changed websites are written down, and the last admin stays, their row and their account, too.
ALTER TABLE "audit_log" DROP CONSTRAINT "audit_log_action";--> statement-breakpoint
ALTER TABLE "audit_log" DROP CONSTRAINT "audit_log_change";--> statement-breakpoint
ALTER TABLE "audit_log" ADD COLUMN "site" text;--> statement-breakpoint
ALTER TABLE "audit_log" ADD CONSTRAINT "audit_log_site" CHECK ((action in ('site_added', 'site_removed')) = (site is not null) and length(site) <= 255);--> statement-breakpoint
ALTER TABLE "audit_log" ADD CONSTRAINT "audit_log_action" CHECK (action in ('opened', 'accepted', 'taken_over', 'transferred', 'returned', 'closed', 'reopened', 'invited', 'invitation_withdrawn', 'joined', 'deactivated', 'reactivated', 'renamed', 'role_changed', 'capacity_changed', 'claimed', 'site_added', 'site_removed', 'signed_in', 'sign_in_failed'));--> statement-breakpoint
ALTER TABLE "audit_log" ADD CONSTRAINT "audit_log_change" CHECK ((action in ('renamed', 'role_changed', 'capacity_changed', 'claimed')) = (changed_from is not null)
        and (changed_from is null) = (changed_to is null) and length(changed_from) <= 80 and length(changed_to) <= 80);
--> statement-breakpoint
-- As before, and with the website.
create or replace function private.record_audit(p_entries jsonb) returns void
  language sql security definer set search_path = ''
as $$
  insert into public.audit_log (
      id, at, action, actor_id, actor_role, actor_name, conversation_id, agent_id, agent_name, changed_from, changed_to, network, site)
    select (e ->> 'id')::uuid, (e ->> 'at')::timestamptz, e ->> 'action',
        (e #>> '{actor,id}')::uuid, e #>> '{actor,role}', e #>> '{actor,name}', (e ->> 'conversationId')::uuid,
        (e #>> '{agent,id}')::uuid, e #>> '{agent,name}', e #>> '{change,from}', e #>> '{change,to}',
        (e #>> '{actor,from}')::cidr, e ->> 'site'
      from jsonb_array_elements(p_entries) e
    on conflict (id) do nothing;
$$;

-- As before, and written down: who it was brought by, and which guest's it was. An entry for each conversation.
create or replace function private.move_conversations(p_from uuid, p_to uuid) returns jsonb
  language plpgsql security definer set search_path = ''
as $$
declare
  moving record;
  was_open boolean;
begin
  if not exists (select from auth.users where id = p_from and is_anonymous)
    or not exists (select from auth.users where id = p_to and not coalesce(is_anonymous, false))
  then
    return null;
  end if;
  -- Two moves that share a person take turns, whichever way round they were asked for.
  perform pg_advisory_xact_lock(hashtextextended('move:' || id::text, 0))
    from unnest(array[least(p_from, p_to), greatest(p_from, p_to)]) with ordinality as pair (id, place) order by place;

  for moving in
    select id, status, first_client_id from public.conversations where visitor_id = p_from order by id for update
  loop
    was_open := moving.status <> 'closed';
    update public.conversations set first_client_id = null
      where id = moving.id and exists (
        select from public.conversations c where c.visitor_id = p_to and c.first_client_id = moving.first_client_id);
    begin
      update public.conversations set visitor_id = p_to, updated_at = now() where id = moving.id;
      was_open := false;
    exception when unique_violation then
      if not was_open then
        raise;
      end if;
      update public.conversations
        set visitor_id = p_to, status = 'closed', closed_at = now(), updated_at = now() where id = moving.id;
    end;
    insert into private.conversation_moves (conversation_id, from_visitor, to_visitor, closed)
      values (moving.id, p_from, p_to, was_open);
    insert into public.audit_log (id, at, action, actor_id, actor_role, actor_name, conversation_id, changed_from, changed_to)
      values (gen_random_uuid(), now(), 'claimed', p_to, 'visitor',
        (select p.full_name from public.profiles p where p.id = p_to), moving.id, p_from, p_to);
  end loop;

  return (
    select jsonb_build_object(
      'brought', count(*), 'rooms', coalesce(jsonb_agg(conversation_id) filter (where told_at is null), '[]'))
    from private.conversation_moves where from_visitor = p_from and to_visitor = p_to
  );
end $$;

-- As before, and for a row that goes, for which there is no new one.
create or replace function private.keep_an_admin() returns trigger
  language plpgsql security definer set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('chat_agents.team', 0));
  if not exists (select from public.chat_agents where role = 'admin' and active and id <> old.id) then
    raise exception 'the last active admin' using errcode = 'WC001';
  end if;
  return coalesce(new, old);
end $$;
-- Deleting an account in Auth deletes its row here, so that the last admin's account stays in Auth, too, until somebody
-- else is an admin: better an account that can't be deleted yet than a team that nobody can manage.
create trigger chat_agents_keep_an_admin_there before delete on public.chat_agents for each row
  when (old.role = 'admin' and old.active)
  execute function private.keep_an_admin();
