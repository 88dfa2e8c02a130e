// Completes package-lock.json with the optional packages of other platforms.
//
// A registry mirror that lacks them (or npm itself, npm/cli#4828) leaves them out of the lock, and then `npm ci` refuses the lock
// everywhere, and on another platform the right binary would not be installed. Run after `npm install`: node scripts/complete-lock.mjs
import { readFileSync, writeFileSync } from 'node:fs';

const file = process.argv[2] ?? 'package-lock.json';
const lock = JSON.parse(readFileSync(file, 'utf8'));
const systems = {
  windows: 'win32',
  win32: 'win32',
  darwin: 'darwin',
  linux: 'linux',
  android: 'android',
  freebsd: 'freebsd',
  openharmony: 'openharmony',
};
const processors = ['arm64', 'x64', 'ia32', 'arm', 'ppc64', 'riscv64', 's390x', 'loong64'];

/** Where Node finds a package from a place in the tree: the nearest node_modules upwards. */
function resolve(place, name) {
  for (let at = place; ; at = at.includes('/node_modules/') ? at.slice(0, at.lastIndexOf('/node_modules/')) : '') {
    const key = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`;
    if (lock.packages[key]) return lock.packages[key];
    if (at === '') return undefined;
  }
}

/** What the name of a platform package says of it, such as `@swc/core-linux-arm-gnueabihf`. */
function platform(name) {
  const words = name.split(/[/-]/);
  const system = words.find((word) => word in systems);
  const processor = words.find((word) => processors.includes(word));
  const libc = words.some((word) => word.startsWith('musl'))
    ? 'musl'
    : words.some((word) => word.startsWith('gnu'))
      ? 'glibc'
      : undefined;
  return {
    ...(processor && { cpu: [processor] }),
    ...(system === 'linux' && libc && { libc: [libc] }),
    ...(system && { os: [systems[system]] }),
  };
}

const added = [];
for (const [place, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
  for (const [name, range] of Object.entries(optionalDependencies)) {
    const version = range.replace(/^\^/, '');
    if (resolve(place, name)?.version === version) continue;
    const key = lock.packages[`node_modules/${name}`] ? `${place}/node_modules/${name}` : `node_modules/${name}`;
    lock.packages[key] = { version, ...(dev && { dev }), optional: true, ...platform(name) };
    added.push(key);
  }
}
const [root, ...rest] = Object.entries(lock.packages);
lock.packages = Object.fromEntries([root, ...rest.sort(([a], [b]) => a.localeCompare(b, 'en'))]);
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added.length} packages of other platforms added`);
