-- Nobody writes but the Worker; people read the columns meant for them, through the policies.

revoke all on all tables in schema public from anon, authenticated, public;

grant select (id, name, avatar_url, is_online) on public.chat_agents to authenticated;
grant select on public.canned_responses to authenticated;
grant select (
    id, visitor_id, agent_id, status, subject, category, metadata, head_seq, rev, visitor_read_seq, agent_read_seq,
    last_message_at, first_response_at, created_at, updated_at, closed_at
  ) on public.conversations to authenticated;
grant select on public.messages to authenticated;

-- Administration and cron.
grant usage on schema public to service_role;
grant select, insert, update, delete on all tables in schema public to service_role;
