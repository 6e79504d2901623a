/**
 * A pattern of the allow-list as a regular expression for the whole of a URL. `*` stands for anything but `.` and
 * `/`, `**` for anything, `?` for one character that is neither, `[abc]` and `[!abc]` for one of a set, `{a,b}` for
 * alternatives, `\` takes the next character as it is. (Supabase: gobwas/glob with the separators `.` and `/`.)
 */
export function globToRegExp(pattern: string): RegExp {
  let source = '';
  let braces = 0;
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern.charAt(at);
    if (char === '*') {
      const any = pattern[at + 1] === '*';
      if (any) at++;
      source += any ? '.*' : '[^./]*';
    } else if (char === '?') source += '[^./]';
    else if (char === '[') {
      const end = pattern.indexOf(']', at + 1);
      if (end < 0) source += '\\[';
      else {
        const set = pattern.slice(at + 1, end).replace(/[\\\]^]/g, '\\$&');
        source += set.startsWith('!') ? `[^${set.slice(1)}]` : `[${set}]`;
        at = end;
      }
    } else if (char === '{') {
      source += '(?:';
      braces++;
    } else if (char === '}' && braces > 0) {
      source += ')';
      braces--;
    } else if (char === ',' && braces > 0) source += '|';
    else if (char === '\\') source += literal(pattern.charAt(++at));
    else source += literal(char);
  }
  return new RegExp(`^${source}${')'.repeat(braces)}$`, 's');
}

function literal(char: string): string {
  return char.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
