import { expect, it, vi } from 'vitest';
import { sendCommand } from './commands.ts';
import { active, OTHER } from './summaries.fixture.ts';

const id = 'c0000000-0000-4000-8000-000000000001';

function problem(status: number, body: object): Response {
  return Response.json(
    { type: 'about:blank', title: 'Refused', status, detail: 'Detail.', ...body },
    { status },
  );
}

it('posts to the conversation and needs nothing back', async () => {
  const ask = vi.fn<typeof fetch>().mockResolvedValue(new Response(null, { status: 204 }));
  expect(await sendCommand(id, 'take-over', ask)).toEqual({ ok: true });
  expect(ask).toHaveBeenCalledWith(
    `/api/conversations/${id}/take-over`,
    expect.objectContaining({ method: 'POST' }),
  );
});

it('says who already has it', async () => {
  const { lastMessage: _, ...conversation } = active(1, OTHER);
  const ask = async () => problem(409, { code: 'conflict', conversation });
  expect(await sendCommand(id, 'accept', ask)).toMatchObject({
    ok: false,
    message: 'Support Two already has it.',
  });
});

it('says that one’s hands are full', async () => {
  const ask = async () => problem(409, { code: 'at_capacity' });
  expect(await sendCommand(id, 'accept', ask)).toMatchObject({
    message: expect.stringContaining('Close one first'),
  });
});

it('tells a lost session from a service that is away', async () => {
  expect(await sendCommand(id, 'close', async () => problem(401, { code: 'unauthorized' }))).toMatchObject({
    signedOut: true,
  });
  expect(await sendCommand(id, 'close', async () => new Response('oops', { status: 503 }))).toMatchObject({
    signedOut: false,
    message: expect.stringContaining('Nothing was changed'),
  });
});

it('survives having no network', async () => {
  const ask = async () => {
    throw new TypeError('Failed to fetch');
  };
  expect(await sendCommand(id, 'accept', ask)).toMatchObject({
    ok: false,
    message: expect.stringContaining('offline'),
  });
});
