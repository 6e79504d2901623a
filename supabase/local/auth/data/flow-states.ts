import type { Sql } from './database.ts';
import type { Method } from './sessions.ts';

export interface FlowState {
  id: string;
  user_id: string | null;
  auth_code: string | null;
  code_challenge_method: 's256' | 'plain' | null;
  code_challenge: string | null;
  provider_type: string;
  provider_access_token: string | null;
  created_at: Date;
  authentication_method: Method;
  auth_code_issued_at: Date | null;
  /** Where the person goes afterwards. */
  referrer: string | null;
  /** Whose identity the provider's account becomes; null for a sign-in. */
  linking_target_id: string | null;
}

/** What a client sends that wants a code instead of tokens. */
export interface Challenge {
  challenge: string;
  method: 's256' | 'plain';
}

export interface NewFlow {
  provider: string;
  method: Method;
  challenge: Challenge | null;
  userId?: string;
  referrer?: string;
  linkingTargetId?: string;
}

export async function insertFlow(sql: Sql, flow: NewFlow, now: Date): Promise<FlowState> {
  const { challenge } = flow;
  const [row] = await sql<FlowState[]>`
    insert into auth.flow_state (id, user_id, auth_code, code_challenge_method, code_challenge, provider_type,
      authentication_method, referrer, linking_target_id, created_at, updated_at)
    values (${crypto.randomUUID()}, ${flow.userId ?? null}, ${challenge && crypto.randomUUID()},
      ${challenge?.method ?? null}, ${challenge?.challenge ?? null}, ${flow.provider}, ${flow.method},
      ${flow.referrer ?? null}, ${flow.linkingTargetId ?? null}, ${now}, ${now})
    returning *`;
  return row as FlowState;
}

/** Locked, so that a state or a code is used once. */
export async function lockFlow(tx: Sql, id: string): Promise<FlowState | null> {
  const [row] = await tx<FlowState[]>`select * from auth.flow_state where id = ${id} for update`;
  return row ?? null;
}

export async function lockFlowByCode(tx: Sql, authCode: string): Promise<FlowState | null> {
  const [row] = await tx<FlowState[]>`select * from auth.flow_state where auth_code = ${authCode} for update`;
  return row ?? null;
}

/** The newest of this kind that the person began. */
export async function latestFlow(tx: Sql, userId: string, method: Method): Promise<FlowState | null> {
  const [row] = await tx<FlowState[]>`
    select * from auth.flow_state
    where user_id = ${userId} and authentication_method = ${method} and auth_code is not null
    order by created_at desc, id limit 1 for update`;
  return row ?? null;
}

/** Notes that the code is on its way to the browser, and whose it is. */
export async function issueCode(
  tx: Sql,
  id: string,
  userId: string,
  providerToken: string | null,
  now: Date,
): Promise<void> {
  await tx`
    update auth.flow_state set user_id = ${userId}, provider_access_token = ${providerToken},
      auth_code_issued_at = ${now}, updated_at = ${now}
    where id = ${id}`;
}

export async function deleteFlow(tx: Sql, id: string): Promise<void> {
  await tx`delete from auth.flow_state where id = ${id}`;
}
