-- What rooms write through is read once: as json, which is not taken apart to be put together again, and by one
-- statement that looks at the rows, judges them and inserts them.
drop function private.ingest(jsonb);
drop function private.ingest_one(jsonb);

-- One conversation's part of an ingest. Contiguous and idempotent: Postgres stays a gap-free prefix of the room's log.
-- Returns {head} or {code[, head]}; raises only what the caller turns into `refused`.
create function private.ingest_part(p_conversation uuid, p_epoch bigint, p_messages json, p_state jsonb)
  returns jsonb
  language plpgsql security definer set search_path = ''
as $$
declare
  held public.conversations;
  came record;
  stays_closed boolean;
begin
  select * into held from public.conversations where id = p_conversation for update;
  if not found then
    return jsonb_build_object('code', 'gone');
  end if;
  if p_epoch < held.epoch then
    return jsonb_build_object('code', 'stale_epoch');
  end if;

  with part as materialized (
    select r.* from json_to_recordset(p_messages) as r (
      seq bigint, id uuid, "senderId" uuid, "senderRole" text, "senderName" text, "clientId" uuid,
      kind text, text text, event jsonb, at timestamptz)
  ), said as (
    select count(*) as n, count(distinct seq) as places, min(seq) as first, max(seq) as last, max(at) as at from part
  ), verdict as (
    select case
        when n = 0 then null
        when first > held.head_seq + 1 then 'gap'
        when places <> last - first + 1 or places <> n then 'refused'
        when first <= held.head_seq and exists (
          select from part r
            left join public.messages m on m.conversation_id = p_conversation and m.seq = r.seq
            where r.seq <= held.head_seq
              and (m.id, m.sender_id, m.sender_role, m.client_id, m.message_type, m.content, m.event)
                is distinct from (r.id, r."senderId", r."senderRole", r."clientId", r.kind, r.text, r.event)
        ) then 'differs'
      end as code
      from said
  ), written as (
    insert into public.messages (
        id, conversation_id, seq, sender_id, sender_role, sender_name, client_id, message_type, content, event, created_at)
      select r.id, p_conversation, r.seq, r."senderId", r."senderRole", r."senderName", r."clientId", r.kind, r.text, r.event, r.at
        from part r
        where r.seq > held.head_seq and (select code from verdict) is null
  )
  select code, greatest(held.head_seq, last) as head, at into came from verdict, said;
  if came.code is not null then
    return jsonb_strip_nulls(jsonb_build_object(
      'code', came.code, 'head', case when came.code = 'gap' then held.head_seq end));
  end if;

  update public.conversations set
      head_seq = came.head,
      last_message_at = coalesce(came.at, held.last_message_at),
      epoch = p_epoch,
      updated_at = now()
    where id = p_conversation;
  if (p_state ->> 'rev')::bigint > held.rev then
    -- Closed here as it moved to another visitor, and its room has not heard of it yet.
    stays_closed := held.status = 'closed' and p_state ->> 'status' <> 'closed' and exists (
      select from private.conversation_moves m where m.conversation_id = p_conversation and m.closed and m.told_at is null);
    update public.conversations set
        rev = (p_state ->> 'rev')::bigint,
        status = case when stays_closed then held.status else p_state ->> 'status' end,
        -- An agent whose row is gone must not keep the conversation from being written.
        agent_id = (select a.id from public.chat_agents a where a.id = (p_state ->> 'agentId')::uuid),
        subject = p_state ->> 'subject',
        category = p_state ->> 'category',
        visitor_read_seq = greatest(held.visitor_read_seq, (p_state ->> 'visitorReadSeq')::bigint),
        agent_read_seq = greatest(held.agent_read_seq, (p_state ->> 'agentReadSeq')::bigint),
        first_response_at = (p_state ->> 'firstResponseAt')::timestamptz,
        closed_at = case when stays_closed then held.closed_at else (p_state ->> 'closedAt')::timestamptz end
      where id = p_conversation;
  end if;
  return jsonb_build_object('head', came.head);
end $$;

-- Many conversations at once, in one order everywhere so that two lanes can't deadlock, each in a block of its own
-- so that one bad one doesn't fail the rest. Takes [{conversationId, epoch, messages, state}], returns as many
-- [{conversationId, head | code[, head][, sqlstate]}]. Error texts stay here: they carry people's messages.
create function private.ingest(p_batch json) returns jsonb
  language plpgsql security definer set search_path = ''
as $$
declare
  part record;
  result jsonb;
  results jsonb := '[]';
begin
  for part in
    select * from json_to_recordset(p_batch) as r ("conversationId" text, epoch text, messages json, state jsonb)
      order by "conversationId"
  loop
    begin
      result := private.ingest_part(part."conversationId"::uuid, part.epoch::bigint, part.messages, part.state);
    exception
      when query_canceled or admin_shutdown or serialization_failure or deadlock_detected then
        raise;
      when others then
        result := jsonb_build_object('code', 'refused', 'sqlstate', sqlstate);
    end;
    results := results || jsonb_build_array(result || jsonb_build_object('conversationId', part."conversationId"));
  end loop;
  return results;
end $$;

revoke execute on function private.ingest_part(uuid, bigint, json, jsonb), private.ingest(json) from public;
grant execute on function private.ingest(json) to chat_room;
