// A run in a process of its own, that dies at a named point: node dying-run.mjs FOLDER POINT
import { readProject, runProject } from '../../dist/index.js';

const [folder, point] = process.argv.slice(2);
const project = await readProject(folder);
await runProject(project, {
  reached(name) {
    if (name === point) process.kill(process.pid, 'SIGKILL');
  },
});
console.log('published');
