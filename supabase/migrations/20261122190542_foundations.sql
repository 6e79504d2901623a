-- What the tables' policies lean on. Run by an ordinary database owner, never as superuser.

-- A schema the API doesn't expose.
create schema private;
revoke all on schema private from public;

-- Rooms act as this role: it may execute the functions granted to it and nothing else.
do $$
begin
  if not exists (select from pg_roles where rolname = 'chat_room') then
    create role chat_room nologin noinherit;
  end if;
end $$;
grant chat_room to current_user;

-- Supabase's defaults hand every new table and function to anon and authenticated. Not here.
alter default privileges in schema public revoke all on tables from anon, authenticated;
alter default privileges in schema public revoke all on sequences from anon, authenticated;
alter default privileges in schema public revoke execute on functions from anon, authenticated;
alter default privileges in schema private revoke execute on functions from public;

-- plpgsql, because the table it reads comes with the next migration.
create function private.is_agent() returns boolean
  language plpgsql stable security definer set search_path = ''
as $$
begin
  return not coalesce((auth.jwt() ->> 'is_anonymous')::boolean, false)
    and exists (select from public.chat_agents where id = auth.uid() and active);
end $$;
revoke execute on function private.is_agent() from public;
grant usage on schema private to authenticated, service_role, chat_room;
grant execute on function private.is_agent() to authenticated, service_role;
