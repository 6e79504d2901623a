-- Born closed. What a schema's defaults take away from PUBLIC means nothing while the database's own give it: so far
-- every new function could be called by whoever reaches its schema.
alter default privileges revoke execute on functions from public;

-- Administration and cron read and write rows. Nothing of ours truncates a table, hangs triggers on one or refers to
-- it. (The audit log has been given less by its own migration.)
revoke all on public.canned_responses, public.chat_agents, public.conversations, public.messages, public.profiles,
  public.widget_sites from service_role;
grant select, insert, update, delete on public.canned_responses, public.chat_agents, public.conversations,
  public.messages, public.profiles, public.widget_sites to service_role;
alter default privileges in schema public revoke all on tables from service_role;
alter default privileges in schema public revoke all on sequences from service_role;
alter default privileges in schema public revoke all on functions from service_role;
