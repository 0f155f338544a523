import { spawn } from 'node:child_process';
import { serverEnvironment } from './server-settings.js';

/** Runs one of PostgreSQL's programs to its end; `input` goes to its standard input. Errors: its last words. */
export async function runProgram(
  path: string,
  args: readonly string[],
  options: { cwd: string; uid?: number; gid?: number },
  input = '',
): Promise<void> {
  const child = spawn(path, args, {
    ...options,
    env: serverEnvironment(),
    stdio: ['pipe', 'ignore', 'pipe'],
    windowsHide: true,
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  await new Promise<void>((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) => {
      if (code === 0) done();
      else fail(new Error(said.trim().split('\n').slice(-3).join(' ') || `it ended with ${code}`));
    });
  });
}
