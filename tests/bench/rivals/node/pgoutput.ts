/** Reads an insert of Postgres' own replication format (version 1): its columns as text, or null for anything else. */
export function readInsert(data: Buffer): (string | null)[] | null {
  if (data[0] !== 0x49) return null;
  // 'I', the relation, 'N', and how many columns there are.
  const count = data.readInt16BE(6);
  const columns: (string | null)[] = [];
  let at = 8;
  for (let column = 0; column < count; column++) {
    if (data[at++] !== 0x74) {
      columns.push(null);
      continue;
    }
    const length = data.readInt32BE(at);
    columns.push(data.toString('utf8', at + 4, at + 4 + length));
    at += 4 + length;
  }
  return columns;
}
