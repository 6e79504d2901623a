import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { type Lockfile, platform, withMissingPlatforms } from './lockfile.ts';
import { root } from './project-root.ts';

test('names tell their platform', () => {
  expect(platform('@rollup/rollup-linux-x64-musl')).toEqual({ os: ['linux'], cpu: ['x64'], libc: ['musl'] });
  expect(platform('@rollup/rollup-win32-x64-gnu')).toEqual({ os: ['win32'], cpu: ['x64'] });
  expect(platform('@cloudflare/workerd-darwin-64')).toEqual({ os: ['darwin'], cpu: ['x64'] });
  expect(platform('@img/sharp-linuxmusl-arm64')).toEqual({ os: ['linux'], cpu: ['arm64'], libc: ['musl'] });
  expect(() => platform('left-pad')).toThrow('left-pad');
});

test('what is missing is added once, and nested where two versions are wanted', () => {
  const { lockfile, added } = withMissingPlatforms({
    packages: {
      '': {},
      'node_modules/esbuild': {
        version: '2.0.0',
        dev: true,
        optionalDependencies: { '@esbuild/darwin-x64': '2.0.0' },
      },
      'node_modules/old/node_modules/esbuild': {
        version: '1.0.0',
        optionalDependencies: { '@esbuild/darwin-x64': '1.0.0', '@esbuild/linux-x64': '1.0.0' },
      },
      'node_modules/@esbuild/linux-x64': { version: '1.0.0', optional: true },
    },
  });
  expect(added).toEqual([
    'node_modules/@esbuild/darwin-x64',
    'node_modules/old/node_modules/esbuild/node_modules/@esbuild/darwin-x64',
  ]);
  expect(lockfile.packages['node_modules/@esbuild/darwin-x64']).toEqual({
    version: '2.0.0',
    dev: true,
    optional: true,
    os: ['darwin'],
    cpu: ['x64'],
  });
});

test('this project’s lockfile is complete, and names no address', async () => {
  const text = await readFile(path.join(root, 'package-lock.json'), 'utf8');
  expect(withMissingPlatforms(JSON.parse(text) as Lockfile).added).toEqual([]);
  expect(text).not.toMatch(/"resolved": "(?!https:\/\/registry\.npmjs\.org\/)/);
});
