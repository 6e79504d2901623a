/** Origins that are not ours, as close as they get. */
export function strangers(url: string): string[] {
  const { port, host } = new URL(url);
  return [
    'null',
    'https://evil.test',
    'https://localhost:8787.evil.test',
    `http://${host}.evil.test`,
    `http://evil.test/${host}`,
    `https://${host}`,
    `http://127.0.0.1`,
    `http://127.0.0.1:${Number(port) + 1}`,
    `http://127.0.0.1:${port}0`,
    `http://localhost:${port}`,
    `http://evil.test@${host}`,
    `${url}/`,
    `${url}, https://evil.test`,
    url.toUpperCase(),
    'file://',
    '*',
  ];
}
