/** What of a package-lock.json is looked at; everything else is kept as it is. */
export interface Lockfile {
  packages: Record<string, LockedPackage>;
  [key: string]: unknown;
}

export interface LockedPackage {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
  [key: string]: unknown;
}

/**
 * Adds each optional dependency that no entry satisfies: at the top, or beside its dependent where another version has
 * that place. Entries say version and platform and no integrity, which nobody here can know.
 * Returns a new lockfile and the places added. Throws when a name does not tell its platform.
 */
export function withMissingPlatforms(lockfile: Lockfile): { lockfile: Lockfile; added: string[] } {
  const packages = { ...lockfile.packages };
  const added: string[] = [];
  for (const [dependent, { optionalDependencies = {}, dev }] of Object.entries(lockfile.packages)) {
    for (const [name, range] of Object.entries(optionalDependencies)) {
      if (places(dependent, name).some((place) => packages[place])) continue;
      const place = `node_modules/${name}`;
      packages[place] = {
        version: range.replace(/^[\^~=]/, ''),
        ...(dev ? { dev } : {}),
        optional: true,
        ...platform(name),
      };
      added.push(place);
    }
  }
  for (const [dependent, { optionalDependencies = {}, dev }] of Object.entries(lockfile.packages)) {
    for (const [name, range] of Object.entries(optionalDependencies)) {
      const version = range.replace(/^[\^~=]/, '');
      const found = places(dependent, name).find((place) => packages[place]);
      // An entry npm made itself satisfies its range by npm's judgement.
      if (found === undefined || !added.includes(found) || packages[found]?.version === version) continue;
      const place = `${dependent}/node_modules/${name}`;
      packages[place] = { version, ...(dev ? { dev } : {}), optional: true, ...platform(name) };
      added.push(place);
    }
  }
  return { lockfile: { ...lockfile, packages: sorted(packages) }, added };
}

/** Where Node looks for `name` from `dependent`, nearest first. */
function places(dependent: string, name: string): string[] {
  const found: string[] = [];
  for (let at = dependent; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    found.push(`${at}/node_modules/${name}`);
  }
  return [...found, `node_modules/${name}`];
}

const systems: Record<string, string> = {
  aix: 'aix',
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  fsevents: 'darwin',
  linux: 'linux',
  linuxmusl: 'linux',
  netbsd: 'netbsd',
  openbsd: 'openbsd',
  openharmony: 'openharmony',
  sunos: 'sunos',
  win32: 'win32',
  windows: 'win32',
};
const processors: Record<string, string> = { '64': 'x64' };
for (const cpu of 'arm arm64 ia32 loong64 mips64el ppc64 riscv64 s390x wasm32 x64'.split(' ')) {
  processors[cpu] = cpu;
}

/** The platform that a package's name tells, as `os`, `cpu` and `libc` of package.json. */
export function platform(name: string): Pick<LockedPackage, 'os' | 'cpu' | 'libc'> {
  const words = name.split(/[/-]/);
  const os = words.map((word) => systems[word]).find((one) => one !== undefined);
  const cpu = words.map((word) => processors[word]).find((one) => one !== undefined);
  if (os === undefined && cpu !== 'wasm32') throw new Error(`Which platform is ${name} for?`);
  const libc = words.some((word) => /^(linux)?musl/.test(word))
    ? 'musl'
    : words.some((word) => /^gnu/.test(word))
      ? 'glibc'
      : null;
  return {
    ...(os === undefined ? {} : { os: [os] }),
    ...(cpu === undefined ? {} : { cpu: [cpu] }),
    ...(os === 'linux' && libc ? { libc: [libc] } : {}),
  };
}

function sorted(packages: Record<string, LockedPackage>): Record<string, LockedPackage> {
  return Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
}
