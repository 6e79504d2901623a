import { expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../app/protocol/limits.ts';
import { newAgent, openConversation } from '../testing/room.ts';
import { enter, join } from '../testing/sockets.ts';

const { socketsPerRoom, socketsPerPerson } = DEFAULT_LIMITS;

test('agents fill a room only so far, and however many look in, the visitor gets in', async () => {
  const { id, visitor } = await openConversation('hello');
  for (let agents = 0; agents < socketsPerRoom / socketsPerPerson; agents++) {
    const curious = await newAgent();
    for (let sockets = 0; sockets < socketsPerPerson; sockets++) await enter(id, curious);
  }
  expect(await (await enter(id, await newAgent())).end()).toBe(4429);
  const socket = await join(id, visitor);
  expect(socket).toBeTruthy();
});
