import { requireAdmin } from '../authenticate.ts';
import type { AuthContext, AuthServices } from '../context.ts';
import { userJson } from '../data/user-json.ts';
import { AUDIENCE, type UserRow } from '../data/users.ts';
import { badRequest } from '../http/errors.ts';

/** GET /admin/users: newest first, a page at a time, the headers `link` and `x-total-count` saying what there is. */
export async function listUsers(services: AuthServices, c: AuthContext): Promise<Response> {
  await requireAdmin(services, c);
  const page = whole(c.req.query('page'), 1);
  const perPage = whole(c.req.query('per_page'), 50);
  if (perPage === 0) throw badPage('per_page must be greater than 0');
  const { rows, count } = await services.db.run(async (sql) => {
    const rows = await sql<UserRow[]>`
      select * from auth.users where aud = ${AUDIENCE} order by created_at desc, id
      limit ${perPage} offset ${Math.max(0, page - 1) * perPage}`;
    const [count] = await sql<{ total: string }[]>`
      select count(*) as total from auth.users where aud = ${AUDIENCE}`;
    return { rows, count };
  });
  const total = Number(count?.total ?? 0);
  const pages = Math.ceil(total / perPage);
  // supabase-js reads the page from right behind the first "=", so `page` comes first.
  const link = (to: number, rel: string) => `</admin/users?page=${to}&per_page=${perPage}>; rel="${rel}"`;
  const links = page < pages ? [link(page + 1, 'next'), link(pages, 'last')] : [link(pages, 'last')];
  c.header('link', links.join(', '));
  c.header('x-total-count', String(total));
  // GoTrue doesn't load identities for a list.
  return c.json({ users: rows.map((row) => userJson(row, null)), aud: AUDIENCE });
}

function whole(value: string | undefined, otherwise: number): number {
  if (value === undefined || value === '') return otherwise;
  if (!/^\d{1,9}$/.test(value)) throw badPage(`parsing "${value}": invalid syntax`);
  return Number(value);
}

const badPage = (why: string) => badRequest('validation_failed', `Bad Pagination Parameters: ${why}`);
