// Installs what is missing and builds what is stale: plain JavaScript, since nothing is installed yet when it runs.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const windows = process.platform === 'win32';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Pamoja needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

/** Runs a program with the terminal's own input and output; ends the process where it fails. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { stdio: 'inherit', cwd: root, shell: windows, ...options });
  if (result.error) console.error(`${command}: ${result.error.message}`);
  if (result.status !== 0) process.exit(result.status ?? 1);
}

/** `npm ci`, where the installed packages are not those of the lockfile. */
export function install() {
  const lock = join(root, 'package-lock.json');
  const installed = join(root, 'node_modules', '.pamoja-installed');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  console.error('Installing packages …');
  run('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], {
    stdio: ['ignore', 2, 2],
  });
  writeFileSync(installed, '');
}

/** Compiles `src/` into `dist/`, where it is newer. */
export function build() {
  const stamp = join(root, 'dist', '.built');
  const newest = Math.max(
    ...['src', 'tsconfig.json', 'tsconfig.build.json', 'package.json'].map((path) =>
      newestIn(join(root, path)),
    ),
  );
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= newest) return;
  const fresh = `dist-${process.pid}`;
  run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', fresh], {
    stdio: ['ignore', 2, 2],
    shell: false,
  });
  for (const file of filesIn(join(root, 'src')).filter((each) => each.endsWith('.sql'))) {
    cpSync(join(root, 'src', file), join(root, fresh, file));
  }
  writeFileSync(join(root, fresh, '.built'), '');
  // Dates have whole milliseconds and files finer ones: rounded down, the stamp would always be too old.
  utimesSync(join(root, fresh, '.built'), new Date(), new Date(Math.ceil(newest)));
  // Two builds at once each make their own folder; the last to finish stays.
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  mkdirSync(join(root, 'dist'), { recursive: true });
  cpSync(join(root, fresh), join(root, 'dist'), { recursive: true, preserveTimestamps: true });
  rmSync(join(root, fresh), { recursive: true, force: true });
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true }).map(String);
}

function newestIn(path) {
  if (!statSync(path).isDirectory()) return statSync(path).mtimeMs;
  return Math.max(0, ...filesIn(path).map((file) => statSync(join(path, file)).mtimeMs));
}
