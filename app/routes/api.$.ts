import { problem } from '../services/problem.server.ts';

/** Whatever the API doesn't have is a problem with a code, like every refusal: a program can't read a page. */
export const loader = () => problem(404, 'not_found', 'There is no such address.');

export const action = loader;
