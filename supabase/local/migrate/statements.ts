/** One statement of a file, without its semicolon. */
export interface Statement {
  text: string;
  /** The line it begins on, from 1. */
  line: number;
}

/**
 * Cuts a SQL file into statements at the semicolons that end one: not those within quotes, dollar quotes, comments
 * or a `begin atomic … end` body. Comments before a statement belong to it, as in the Supabase CLI's book.
 */
export function splitStatements(source: string): Statement[] {
  const statements: Statement[] = [];
  let start = 0;
  let atomic = 0;
  const cut = (end: number) => {
    const raw = source.slice(start, end);
    const text = raw.trim();
    if (stripComments(text) !== '') {
      const begin = start + raw.indexOf(text);
      statements.push({ text, line: source.slice(0, begin).split('\n').length });
    }
    start = end + 1;
  };
  for (const token of tokens(source)) {
    if (token.kind === 'word') {
      const word = token.text.toLowerCase();
      if (word === 'atomic' && /begin\s+$/i.test(source.slice(start, token.at))) atomic = 1;
      else if (atomic > 0 && word === 'case') atomic++;
      else if (atomic > 0 && word === 'end') atomic--;
    } else if (token.kind === 'semicolon' && atomic === 0) cut(token.at);
  }
  cut(source.length);
  return statements;
}

interface Token {
  kind: 'word' | 'semicolon' | 'skip';
  text: string;
  at: number;
}

// Order matters: what can hold a semicolon comes first. A nested block comment is followed by hand below.
const lexer =
  /--[^\n]*|\/\*|\b[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|;/gs;

function* tokens(source: string): Generator<Token> {
  lexer.lastIndex = 0;
  const scan = new RegExp(lexer);
  for (let match = scan.exec(source); match; match = scan.exec(source)) {
    const [text] = match;
    const at = match.index;
    if (text === '/*') scan.lastIndex = blockCommentEnd(source, at);
    else if (text.startsWith('$')) {
      const close = source.indexOf(text, at + text.length);
      scan.lastIndex = close === -1 ? source.length : close + text.length;
    }
    const kind =
      text === ';' ? 'semicolon' : /^[\p{L}_]/u.test(text) && !text.endsWith("'") ? 'word' : 'skip';
    yield { kind, text, at };
  }
}

function blockCommentEnd(source: string, at: number): number {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = at + 2;
  for (let depth = 1, match = edge.exec(source); match; match = edge.exec(source)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
  return source.length;
}

function stripComments(text: string): string {
  let rest = text;
  for (;;) {
    rest = rest.trimStart();
    if (rest.startsWith('--')) rest = rest.includes('\n') ? rest.slice(rest.indexOf('\n')) : '';
    else if (rest.startsWith('/*')) rest = rest.slice(blockCommentEnd(rest, 0));
    else return rest;
  }
}
