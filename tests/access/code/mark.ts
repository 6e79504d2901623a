/** Before the line that `try.ts` answers with. */
export const MARK = '\u0001outcomes ';
