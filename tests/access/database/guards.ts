import type { DatabaseMutant } from './mutants.ts';

/** What a function asks before it does something, taken out of its body. */
interface Guard {
  guard: string;
  from: string;
  to: string;
}

/** By signature. A function that isn't here has nothing in it to take out, and `harmless` says why. */
const guards: Readonly<Record<string, readonly Guard[]>> = {
  'private.is_agent()': [
    { guard: 'active', from: 'and active', to: '' },
    { guard: 'no guest', from: "not coalesce((auth.jwt() ->> 'is_anonymous')::boolean, false)", to: 'true' },
    { guard: 'themselves', from: 'id = auth.uid()', to: 'true' },
  ],
  'private.is_admin()': [
    { guard: 'active', from: 'and active', to: '' },
    { guard: 'no guest', from: "not coalesce((auth.jwt() ->> 'is_anonymous')::boolean, false)", to: 'true' },
    { guard: 'themselves', from: 'id = auth.uid()', to: 'true' },
    { guard: 'an admin', from: "and role = 'admin'", to: '' },
  ],
  'private.current_agent()': [
    { guard: 'active', from: 'and a.active', to: '' },
    {
      guard: 'no guest',
      from: "and not coalesce((auth.jwt() ->> 'is_anonymous')::boolean, false)",
      to: '',
    },
    { guard: 'themselves', from: 'a.id = auth.uid()', to: 'true' },
  ],
  'private.visitor_card(uuid)': [
    { guard: 'of this visitor', from: 'u.id = p_visitor', to: 'true' },
    { guard: 'one’s own', from: 'p_visitor = auth.uid() or', to: '' },
    { guard: 'agents', from: 'or private.is_agent()', to: '' },
    { guard: 'administration', from: "coalesce(auth.role(), '') = 'service_role'", to: 'false' },
    { guard: 'whoever asks', from: 'or private.is_agent()', to: 'or true' },
  ],
  'private.create_conversation(uuid,uuid,uuid,text,jsonb)': [
    {
      guard: 'a retry finds its conversation',
      from: 'and first_client_id = p_first_client_id',
      to: 'and false',
    },
    {
      guard: 'of this visitor',
      from: 'where visitor_id = p_visitor and first_client_id',
      to: 'where first_client_id',
    },
    { guard: 'the open one', from: "and status in ('waiting', 'active')", to: 'and false' },
  ],
  'private.claim_room(uuid)': [{ guard: 'a new epoch', from: 'epoch = epoch + 1', to: 'epoch = epoch' }],
  'private.room_messages(uuid,bigint,integer)': [
    { guard: 'of this conversation', from: 'conversation_id = p_conversation and', to: '' },
    { guard: 'after a place', from: 'and seq > p_after', to: '' },
    { guard: 'in order', from: 'order by seq', to: 'order by seq desc' },
    { guard: 'a page at most', from: 'least(p_limit, 5000)', to: 'least(1, 5000)' },
  ],
  'private.ingest(json)': [
    { guard: 'one bad one fails alone', from: 'when others then', to: 'when division_by_zero then' },
  ],
  'private.ingest_part(uuid,bigint,json,jsonb)': [
    { guard: 'gone', from: "return jsonb_build_object('code', 'gone');", to: 'null;' },
    { guard: 'epoch', from: 'if p_epoch < held.epoch then', to: 'if false then' },
    { guard: 'no gap', from: 'when first > held.head_seq + 1 then', to: 'when false then' },
    { guard: 'no hole', from: 'places <> last - first + 1 or', to: '' },
    { guard: 'none twice', from: 'or places <> n', to: '' },
    {
      guard: 'none differs',
      from: 'when first <= held.head_seq and exists (',
      to: 'when false and exists (',
    },
    {
      guard: 'no older revision',
      from: "if (p_state ->> 'rev')::bigint > held.rev",
      to: 'if p_state is not null',
    },
    {
      guard: 'read marks only go forward',
      from: "greatest(held.visitor_read_seq, (p_state ->> 'visitorReadSeq')::bigint)",
      to: "(p_state ->> 'visitorReadSeq')::bigint",
    },
    {
      guard: 'what was closed as it moved stays closed',
      from: "stays_closed := held.status = 'closed'",
      to: "stays_closed := false and held.status = 'closed'",
    },
  ],
  'private.reopen_conversation(uuid,bigint)': [
    { guard: 'of the life that asks', from: 'and epoch = p_epoch', to: '' },
    { guard: 'says what is open', from: 'when unique_violation then', to: 'when division_by_zero then' },
  ],
  'private.record_audit(jsonb)': [{ guard: 'once', from: 'on conflict (id) do nothing', to: '' }],
  'private.move_conversations(uuid,uuid)': [
    { guard: 'from a guest', from: 'where id = p_from and is_anonymous', to: 'where id = p_from' },
    {
      guard: 'into an account',
      from: 'where id = p_to and not coalesce(is_anonymous, false)',
      to: 'where id = p_to',
    },
    {
      guard: 'one open conversation a visitor',
      from: 'exception when unique_violation then',
      to: 'exception when division_by_zero then',
    },
    {
      guard: 'remembers whose it was',
      from: 'values (moving.id, p_from, p_to, was_open)',
      to: 'values (moving.id, p_to, p_to, was_open)',
    },
  ],
  'private.untold_moves(integer)': [
    { guard: 'untold', from: 'where told_at is null', to: '' },
    { guard: 'a page at most', from: 'limit p_limit', to: '' },
  ],
  'private.told_move(uuid)': [
    { guard: 'of this conversation', from: 'where conversation_id = p_conversation and', to: 'where' },
  ],
  'private.conversation_owner(uuid)': [
    { guard: 'of this conversation', from: 'where c.id = p_conversation', to: '' },
  ],
  'private.former_visitors(uuid)': [
    { guard: 'of this conversation', from: 'where conversation_id = p_conversation', to: '' },
  ],
  'private.account_of(text)': [
    { guard: 'of this address', from: 'u.email = lower(p_email) and', to: '' },
    { guard: 'however it is written', from: 'lower(p_email)', to: 'p_email' },
  ],
  'private.keep_an_admin()': [
    { guard: 'somebody else', from: 'and id <> old.id', to: '' },
    { guard: 'an active one', from: 'and active and id', to: 'and id' },
    { guard: 'an admin', from: "where role = 'admin' and active", to: 'where active' },
  ],
  'private.refuse_audit_change()': [
    {
      guard: 'refuses',
      from: "raise exception 'the audit log is append-only' using errcode = 'insufficient_privilege';",
      to: 'return null;',
    },
  ],
};

const harmless: Readonly<Record<string, string>> = {
  'private.team()': 'shows the whole team to whoever may call it',
};

/**
 * Each guard of each function, taken out.
 *
 * @throws Error when a function has neither guards nor a reason, or a guard isn't in its body (once) any more
 */
export async function guardMutants(
  ask: (query: string) => Promise<Record<string, string>[]>,
): Promise<DatabaseMutant[]> {
  const rows = await ask(`select p.oid::regprocedure::text as signature, pg_get_functiondef(p.oid) as body
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in ('public', 'private')
      and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e') order by 1`);
  for (const signature of Object.keys({ ...guards, ...harmless }))
    if (!rows.some((row) => row.signature === signature))
      throw new Error(`${signature} isn’t there any more`);
  return rows.flatMap(({ signature = '', body = '' }) => {
    const its = guards[signature] ?? [];
    if (its.length === 0 && harmless[signature] === undefined) {
      throw new Error(`${signature}: say in tests/access/database/guards.ts what in it protects`);
    }
    return its.map(({ guard, from, to }) => {
      const parts = body.split(from);
      if (parts.length !== 2)
        throw new Error(`${signature} has ${parts.length - 1} times, not once: ${from}`);
      return { protection: `${signature}: ${guard}`, about: signature, statements: [parts.join(to)] };
    });
  });
}
