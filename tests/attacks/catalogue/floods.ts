import { randomUUID } from 'node:crypto';
import type { RoomFrame } from '../../../app/protocol/frames.ts';
import { DEFAULT_LIMITS } from '../../../app/protocol/limits.ts';
import { attack, type Group } from '../attack.ts';
import { CANARY } from '../stage.ts';
import { said } from '../tools/http.ts';

const send = (text: string) => ({ t: 'send', id: randomUUID(), kind: 'text', text });

export const floods: Group = {
  title: 'Floods',
  attacks: [
    attack(
      'fifteen messages at once: a burst of ten, one spent already',
      '9 ack, 6 rate_limited with a time, in order',
      async (stage) => {
        const { room, socket } = await stage.roomWithSocket();
        const sends = Array.from({ length: 15 }, (_, index) => send(`${CANARY} ${index}`));
        for (const frame of sends) socket.send(frame);
        const answers = () =>
          socket.frames.filter(
            (frame): frame is Extract<RoomFrame, { t: 'ack' | 'error' }> =>
              frame.t === 'ack' || frame.t === 'error',
          );
        await socket.until(() => answers().length === 15, 'fifteen answers');
        const refused = answers().flatMap((frame) => (frame.t === 'error' ? [frame] : []));
        const acked = answers().filter(({ t }) => t === 'ack').length;
        const timed = refused.every(
          ({ code, retryAfterMs, ref }) =>
            code === 'rate_limited' &&
            (retryAfterMs ?? 0) > 0 &&
            (retryAfterMs ?? 0) <= 60_000 &&
            sends.some(({ id }) => id === ref),
        );
        const log = (await stage.log(room.id, room.visitor.token)).slice(2).map(({ text }) => text);
        const ordered = log.every((text, index) => text === `${CANARY} ${index}`);
        return `${acked} ack, ${refused.length} rate_limited ${timed ? 'with' : 'without'} a time, ${ordered ? 'in' : 'out of'} order`;
      },
    ),
    attack('the same flood over several sockets of one person', '9 ack among all', async (stage) => {
      const { room, socket } = await stage.roomWithSocket();
      const sockets = [
        socket,
        await stage.enter(room.id, room.visitor.token),
        await stage.enter(room.id, room.visitor.token),
      ];
      for (let index = 0; index < 8; index++) for (const one of sockets) one.send(send(`${CANARY} ${index}`));
      const count = (t: string) =>
        sockets.flatMap(({ frames }) => frames).filter((frame) => frame.t === t).length;
      await Promise.all(
        sockets.map((one) =>
          one.until(
            () => one.frames.filter(({ t }) => t === 'ack' || t === 'error').length === 8,
            'eight answers',
          ),
        ),
      );
      return `${count('ack')} ack among all`;
    }),
    attack(
      'a refused message costs nothing, a resend of an acked one is answered while limited',
      'rate_limited, then ack 3',
      async (stage) => {
        const { socket } = await stage.roomWithSocket();
        const first = send(CANARY);
        await socket.ask(first);
        for (let index = 0; index < 8; index++) await socket.ask(send(`${index}`));
        return `${await socket.ask(send('too many'))}, then ${await socket.ask(first)}`;
      },
    ),
    attack('frames without end', 'closed 4429; the room lives', async (stage) => {
      const { room, socket } = await stage.roomWithSocket();
      for (let count = 0; count < DEFAULT_LIMITS.framesPerSecond * 4; count++)
        socket.send({ t: 'typing', on: true });
      const how = await socket.ending();
      await new Promise((resolve) => setTimeout(resolve, 300));
      return `${how}; the room ${(await stage.dial(`/rooms/${room.id}`, { bearer: room.visitor.token }).hello()) === 'open' ? 'lives' : 'is shut'}`;
    }),
    attack('garbage without end', 'closed 4429', async (stage) => {
      const { socket } = await stage.roomWithSocket();
      for (let count = 0; count < DEFAULT_LIMITS.framesPerSecond * 4; count++) socket.raw('{');
      return socket.ending();
    }),
    attack('frames to the lobby without end', 'closed 4429', async (stage) => {
      const { token } = await stage.account({ agent: {} });
      const socket = stage.dial('/lobby', { bearer: token });
      await socket.opening();
      for (let count = 0; count < DEFAULT_LIMITS.framesPerSecond * 4; count++) socket.raw('{}');
      return socket.ending();
    }),
    attack('25 sockets of one person', '20 open, the oldest 5 closed 4429', async (stage) => {
      const room = await stage.room();
      const sockets = [];
      for (let count = 0; count < 25; count++) sockets.push(await stage.enter(room.id, room.visitor.token));
      await Promise.all(sockets.slice(0, 5).map((socket) => socket.ending()));
      await sockets.at(-1)?.ask({ t: 'history', before: 1 });
      const ended = sockets.slice(0, 5).map(({ end }) => end);
      return `${sockets.filter(({ isOpen }) => isOpen).length} open, the oldest 5 ${[...new Set(ended)].join()}`;
    }),
    attack('25 sockets of one agent in the lobby', '20 open, the oldest 5 closed 4429', async (stage) => {
      const { token } = await stage.account({ agent: {} });
      const sockets = [];
      for (let count = 0; count < 25; count++) {
        const socket = stage.dial('/lobby', { bearer: token });
        await socket.opening();
        sockets.push(socket);
      }
      await Promise.all(sockets.slice(0, 5).map((socket) => socket.ending()));
      const ended = sockets.slice(0, 5).map(({ end }) => end);
      return `${sockets.filter(({ isOpen }) => isOpen).length} open, the oldest 5 ${[...new Set(ended)].join()}`;
    }),
    attack('200 sign-ins at once', '200 people; healthy', async (stage) => {
      const replies = await Promise.all(
        Array.from({ length: 200 }, () => stage.http('POST', '/api/session', { body: {} })),
      );
      const ids = new Set(
        replies.flatMap(({ status, text }) => (status === 200 ? [JSON.parse(text).user.id as string] : [])),
      );
      const others = new Set(replies.filter(({ status }) => status !== 200).map(said));
      const health = await stage.http('GET', '/healthz');
      return `${ids.size} people${others.size > 0 ? ` and ${[...others].join()}` : ''}; ${health.status === 200 ? 'healthy' : health.status}`;
    }),
    attack('100 wrong passwords at once', 'no session; healthy', async (stage) => {
      const replies = await Promise.all(
        Array.from({ length: 100 }, (_, index) =>
          stage.http('POST', '/agent/login', {
            headers: { Origin: stage.worker.url, 'Content-Type': 'application/x-www-form-urlencoded' },
            body: `email=agent%40wellchina.test&password=guess${index}`,
          }),
        ),
      );
      const let_in = replies.filter(({ status, headers }) => status === 302 || headers['set-cookie']);
      const health = await stage.http('GET', '/healthz');
      return `${let_in.length === 0 ? 'no session' : `${let_in.length} sessions`}; ${health.status === 200 ? 'healthy' : health.status}`;
    }),
    attack('200 upgrades with a forged token at once', 'closed 4401', async (stage) => {
      const room = await stage.room();
      const token = await stage.forge.foreign(stage.forge.claims(room.visitor.id), { kid: 'rotated-in' });
      const answers = await Promise.all(
        Array.from({ length: 200 }, () => stage.dial(`/rooms/${room.id}`, { bearer: token }).hello()),
      );
      return [...new Set(answers)].join();
    }),
  ],
};
