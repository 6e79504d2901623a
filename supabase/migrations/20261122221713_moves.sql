-- A guest's conversations come along into the account that the guest turns out to have.

revoke all on public.profiles from anon, authenticated, public;
grant select on public.profiles to authenticated;
grant select, insert, update, delete on public.profiles to service_role;

-- Who a conversation belonged to before, for ever: their messages are resent under their old id's client ids. And
-- which rooms have not heard of it yet.
create table private.conversation_moves (
  conversation_id uuid not null references public.conversations (id) on delete cascade,
  from_visitor uuid not null,
  to_visitor uuid not null,
  -- It was open, and so was one of the account's: it was closed as it moved.
  closed boolean not null,
  moved_at timestamptz not null default now(),
  told_at timestamptz,
  primary key (conversation_id, from_visitor)
);
alter table private.conversation_moves enable row level security;
create index conversation_moves_untold on private.conversation_moves (moved_at) where told_at is null;
create index conversation_moves_from on private.conversation_moves (from_visitor);

create function private.former_visitors(p_conversation uuid) returns jsonb
  language sql stable security definer set search_path = ''
as $$
  select coalesce(jsonb_agg(from_visitor order by moved_at), '[]')
    from private.conversation_moves where conversation_id = p_conversation;
$$;

-- Whose a conversation is now, for its room. Null when there is no such conversation.
create function private.conversation_owner(p_conversation uuid) returns jsonb
  language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
      'id', c.visitor_id, 'name', u.raw_user_meta_data ->> 'full_name', 'isAnonymous', coalesce(u.is_anonymous, false),
      'formerVisitors', private.former_visitors(c.id),
      'closed', coalesce((select bool_or(m.closed) from private.conversation_moves m
        where m.conversation_id = c.id and m.to_visitor = c.visitor_id), false))
    from public.conversations c join auth.users u on u.id = c.visitor_id
    where c.id = p_conversation;
$$;

-- Moves everything of a guest's to an account, in one transaction. The caller has seen to it that both are the same
-- person's live sessions; that the one is a guest and the other is none is checked here once more.
-- Where both have an open conversation, the guest's is closed: one visitor has one. Done again, it moves what came
-- since. Returns null when it isn't a guest and an account, else {brought: <moved in all>, rooms: [<conversations whose rooms have not heard of it>]}.
create function private.move_conversations(p_from uuid, p_to uuid) returns jsonb
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
  end loop;

  return (
    select jsonb_build_object(
      'brought', count(*), 'rooms', coalesce(jsonb_agg(conversation_id) filter (where told_at is null), '[]'))
    from private.conversation_moves where from_visitor = p_from and to_visitor = p_to
  );
end $$;

-- Conversations whose rooms have not heard of a move, oldest first.
create function private.untold_moves(p_limit integer) returns setof uuid
  language sql stable security definer set search_path = ''
as $$
  select conversation_id from private.conversation_moves where told_at is null order by moved_at limit p_limit;
$$;

create function private.told_move(p_conversation uuid) returns void
  language sql security definer set search_path = ''
as $$
  update private.conversation_moves set told_at = now() where conversation_id = p_conversation and told_at is null;
$$;

-- As before, and who it belonged to.
create or replace function private.claim_room(p_conversation uuid) returns jsonb
  language plpgsql security definer set search_path = ''
as $$
declare
  claimed public.conversations;
begin
  update public.conversations set epoch = epoch + 1 where id = p_conversation returning * into claimed;
  if not found then
    return null;
  end if;
  return to_jsonb(claimed) || jsonb_build_object(
    'visitor', (
      select jsonb_build_object('name', u.raw_user_meta_data ->> 'full_name', 'isAnonymous', coalesce(u.is_anonymous, false))
      from auth.users u where u.id = claimed.visitor_id
    ),
    'agent', (
      select jsonb_build_object('id', a.id, 'name', a.name, 'avatarUrl', a.avatar_url)
      from public.chat_agents a where a.id = claimed.agent_id
    ),
    'formerVisitors', private.former_visitors(p_conversation)
  );
end $$;

-- As before, and what was closed as it moved stays closed until its room knows.
create or replace function private.ingest_one(p jsonb) returns jsonb
  language plpgsql security definer set search_path = ''
as $$
declare
  conversation uuid := (p ->> 'conversationId')::uuid;
  state jsonb := nullif(p -> 'state', 'null');
  rows jsonb := coalesce(p -> 'messages', '[]');
  held public.conversations;
  first_seq bigint;
  last_seq bigint;
  row_count bigint;
  newer_state boolean;
  stays_closed boolean;
begin
  select * into held from public.conversations where id = conversation for update;
  if not found then
    return jsonb_build_object('code', 'gone');
  end if;
  if (p ->> 'epoch')::bigint < held.epoch then
    return jsonb_build_object('code', 'stale_epoch');
  end if;

  select min(seq), max(seq), count(distinct seq) into first_seq, last_seq, row_count
    from jsonb_to_recordset(rows) as r (seq bigint);
  if row_count > 0 then
    if first_seq > held.head_seq + 1 then
      return jsonb_build_object('code', 'gap', 'head', held.head_seq);
    end if;
    if row_count <> last_seq - first_seq + 1 or row_count <> jsonb_array_length(rows) then
      return jsonb_build_object('code', 'refused');
    end if;
    if first_seq <= held.head_seq and exists (
      select from jsonb_to_recordset(rows) as r (
          seq bigint, id uuid, "senderId" uuid, "senderRole" text, "clientId" uuid, kind text, text text, event jsonb)
        left join public.messages m on m.conversation_id = conversation and m.seq = r.seq
        where r.seq <= held.head_seq
          and (m.id, m.sender_id, m.sender_role, m.client_id, m.message_type, m.content, m.event)
            is distinct from (r.id, r."senderId", r."senderRole", r."clientId", r.kind, r.text, r.event)
    ) then
      return jsonb_build_object('code', 'differs');
    end if;
    insert into public.messages (
        id, conversation_id, seq, sender_id, sender_role, sender_name, client_id, message_type, content, event, created_at)
      select r.id, conversation, r.seq, r."senderId", r."senderRole", r."senderName", r."clientId", r.kind, r.text, r.event, r.at
        from jsonb_to_recordset(rows) as r (
          seq bigint, id uuid, "senderId" uuid, "senderRole" text, "senderName" text, "clientId" uuid,
          kind text, text text, event jsonb, at timestamptz)
        where r.seq > held.head_seq;
  end if;

  newer_state := state is not null and (state ->> 'rev')::bigint > held.rev;
  -- Closed here as it moved to another visitor, and its room has not heard of it yet.
  stays_closed := newer_state and held.status = 'closed' and state ->> 'status' <> 'closed' and exists (
    select from private.conversation_moves m where m.conversation_id = conversation and m.closed and m.told_at is null);
  update public.conversations set
      head_seq = greatest(held.head_seq, coalesce(last_seq, 0)),
      last_message_at = coalesce((
        select max((r ->> 'at')::timestamptz) from jsonb_array_elements(rows) r), held.last_message_at),
      epoch = greatest(held.epoch, (p ->> 'epoch')::bigint),
      updated_at = now(),
      rev = case when newer_state then (state ->> 'rev')::bigint else held.rev end,
      status = case when newer_state and not stays_closed then state ->> 'status' else held.status end,
      -- An agent whose row is gone must not keep the conversation from being written.
      agent_id = case when newer_state
        then (select a.id from public.chat_agents a where a.id = (state ->> 'agentId')::uuid) else held.agent_id end,
      subject = case when newer_state then state ->> 'subject' else held.subject end,
      category = case when newer_state then state ->> 'category' else held.category end,
      visitor_read_seq = case when newer_state
        then greatest(held.visitor_read_seq, (state ->> 'visitorReadSeq')::bigint) else held.visitor_read_seq end,
      agent_read_seq = case when newer_state
        then greatest(held.agent_read_seq, (state ->> 'agentReadSeq')::bigint) else held.agent_read_seq end,
      first_response_at = case when newer_state
        then (state ->> 'firstResponseAt')::timestamptz else held.first_response_at end,
      closed_at = case when newer_state and not stays_closed then (state ->> 'closedAt')::timestamptz else held.closed_at end
    where id = conversation;
  return jsonb_build_object('head', greatest(held.head_seq, coalesce(last_seq, 0)));
end $$;

revoke execute on all functions in schema private from public;
grant execute on function private.conversation_owner(uuid) to chat_room;
grant execute on function
  private.move_conversations(uuid, uuid), private.untold_moves(integer), private.told_move(uuid)
  to service_role;
