-- What rooms may ask of Postgres, all of it: make a conversation, claim it, read it back, write it through, reopen it.

-- Makes a visitor's conversation, or finds the one this call is a retry of, or the one already open.
-- Returns {created, conversation: <row>}.
create function private.create_conversation(
  p_visitor uuid, p_id uuid, p_first_client_id uuid, p_subject text, p_metadata jsonb
) returns jsonb
  language plpgsql security definer set search_path = ''
as $$
declare
  found_row public.conversations;
begin
  for attempt in 1..3 loop
    select * into found_row from public.conversations
      where visitor_id = p_visitor and first_client_id = p_first_client_id;
    if found then
      return jsonb_build_object('created', false, 'conversation', to_jsonb(found_row));
    end if;

    insert into public.conversations (id, visitor_id, first_client_id, subject, metadata)
      values (p_id, p_visitor, p_first_client_id, p_subject, coalesce(p_metadata, '{}'))
      on conflict do nothing
      returning * into found_row;
    if found then
      return jsonb_build_object('created', true, 'conversation', to_jsonb(found_row));
    end if;

    select * into found_row from public.conversations
      where visitor_id = p_visitor and status in ('waiting', 'active');
    if found then
      return jsonb_build_object('created', false, 'conversation', to_jsonb(found_row));
    end if;
    -- The open one was closed between the two statements: try again.
  end loop;
  raise exception 'conversation could not be created' using errcode = 'serialization_failure';
end $$;

-- A room without a log takes over: from now on only it may write. Returns the row with the names the room shows,
-- or null when there is no such conversation.
create function private.claim_room(p_conversation uuid) returns jsonb
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
    )
  );
end $$;

-- A page of a conversation's messages, oldest first, for the room that claimed it.
create function private.room_messages(p_conversation uuid, p_after bigint, p_limit integer)
  returns setof public.messages
  language sql stable security definer set search_path = ''
as $$
  select * from public.messages
    where conversation_id = p_conversation and seq > p_after
    order by seq
    limit least(p_limit, 5000);
$$;

-- One conversation's part of an ingest. Contiguous and idempotent: Postgres stays a gap-free prefix of the room's log.
-- Returns {head} or {code[, head]}; raises only what the caller turns into `refused`.
create function private.ingest_one(p jsonb) returns jsonb
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
  update public.conversations set
      head_seq = greatest(held.head_seq, coalesce(last_seq, 0)),
      last_message_at = coalesce((
        select max((r ->> 'at')::timestamptz) from jsonb_array_elements(rows) r), held.last_message_at),
      epoch = greatest(held.epoch, (p ->> 'epoch')::bigint),
      updated_at = now(),
      rev = case when newer_state then (state ->> 'rev')::bigint else held.rev end,
      status = case when newer_state then state ->> 'status' else held.status end,
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
      closed_at = case when newer_state then (state ->> 'closedAt')::timestamptz else held.closed_at end
    where id = conversation;
  return jsonb_build_object('head', greatest(held.head_seq, coalesce(last_seq, 0)));
end $$;

-- Many conversations at once, in one order everywhere so that two lanes can't deadlock, each in a block of its own
-- so that one bad one doesn't fail the rest. Takes [{conversationId, epoch, messages, state}], returns as many
-- [{conversationId, head | code[, head][, sqlstate]}]. Error texts stay here: they carry people's messages.
create function private.ingest(p_batch jsonb) returns jsonb
  language plpgsql security definer set search_path = ''
as $$
declare
  part jsonb;
  result jsonb;
  results jsonb := '[]';
begin
  for part in select value from jsonb_array_elements(p_batch) order by value ->> 'conversationId' loop
    begin
      result := private.ingest_one(part);
    exception
      when query_canceled or admin_shutdown or serialization_failure or deadlock_detected then
        raise;
      when others then
        result := jsonb_build_object('code', 'refused', 'sqlstate', sqlstate);
    end;
    results := results || jsonb_build_array(result || jsonb_build_object('conversationId', part -> 'conversationId'));
  end loop;
  return results;
end $$;

-- A closed conversation may be open again if the visitor has no other: only Postgres sees them all.
-- Returns {ok: true}, or {ok: false, open: <id of the one that is open>}, or null when it is gone or another epoch's.
create function private.reopen_conversation(p_conversation uuid, p_epoch bigint) returns jsonb
  language plpgsql security definer set search_path = ''
as $$
declare
  owner uuid;
  other uuid;
begin
  update public.conversations set status = 'waiting', closed_at = null, agent_id = null, updated_at = now()
    where id = p_conversation and epoch = p_epoch
    returning visitor_id into owner;
  if not found then
    return null;
  end if;
  return jsonb_build_object('ok', true);
exception when unique_violation then
  select c.id into other from public.conversations c
    where c.status in ('waiting', 'active')
      and c.visitor_id = (select visitor_id from public.conversations where id = p_conversation);
  return jsonb_build_object('ok', false, 'open', other);
end $$;

revoke execute on all functions in schema private from public;
grant execute on function
  private.create_conversation(uuid, uuid, uuid, text, jsonb),
  private.claim_room(uuid),
  private.room_messages(uuid, bigint, integer),
  private.ingest(jsonb),
  private.reopen_conversation(uuid, bigint)
  to chat_room;

-- Who is asking, if an agent: their own row with what others don't see of it.
create function private.current_agent()
  returns table (id uuid, name text, avatar_url text, role text, max_chats integer)
  language sql stable security definer set search_path = ''
as $$
  select a.id, a.name, a.avatar_url, a.role, a.max_chats
    from public.chat_agents a
    where a.id = auth.uid() and a.active
      and not coalesce((auth.jwt() ->> 'is_anonymous')::boolean, false);
$$;
revoke execute on function private.current_agent() from public;
grant execute on function private.current_agent() to authenticated;

-- Who a visitor is, for agents, for administration and for themselves.
create function private.visitor_card(p_visitor uuid)
  returns table (name text, is_anonymous boolean)
  language sql stable security definer set search_path = ''
as $$
  select u.raw_user_meta_data ->> 'full_name', coalesce(u.is_anonymous, false)
    from auth.users u
    where u.id = p_visitor
      and (p_visitor = auth.uid() or coalesce(auth.role(), '') = 'service_role' or private.is_agent());
$$;
revoke execute on function private.visitor_card(uuid) from public;
grant execute on function private.visitor_card(uuid) to authenticated, service_role;
