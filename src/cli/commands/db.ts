import { relative } from 'node:path';
import { placeOf } from '../../engine/place-of-url.js';
import { EXIT } from '../../kernel/error-codes.js';
import { PamojaError } from '../../kernel/errors.js';
import type { Project } from '../../model/config.js';
import {
  type EmbeddedStatus,
  embeddedStatus,
  startEmbedded,
  stopEmbedded,
} from '../../store/embedded/control-embedded.js';
import { resolveTarget, type Target } from '../../store/target.js';
import type { Session } from '../session.js';
import { alignTable } from '../terminal/align-table.js';

/** `pamoja db status`: which database it is, and whether it is on. Changes nothing. */
export async function status(session: Session): Promise<number> {
  const { out } = session;
  const { project, target } = await targetOf(session);
  if (target.kind === 'url') {
    const place = placeOf(target.url);
    if (session.json) out.line(JSON.stringify({ kind: 'url', from: target.from, place }, null, 2));
    else
      out.line(
        `The database is the one of ${target.from}: ${place}. See whether it answers: ${out.paint.command(session.typed('doctor'))}`,
      );
    return EXIT.ok;
  }
  const found = embeddedStatus(target.dir);
  if (session.json) out.line(statusAsJson(found));
  else for (const line of renderStatus(session, project, found)) out.line(line);
  return EXIT.ok;
}

function statusAsJson(found: EmbeddedStatus): string {
  // Only `db url` gives the password away.
  const { url: _, ...shown } = found as EmbeddedStatus & { url?: string };
  return JSON.stringify({ kind: 'embedded', ...shown }, null, 2);
}

function renderStatus({ out, typed }: Session, project: Project, found: EmbeddedStatus): string[] {
  const { paint } = out;
  if (found.state === 'absent') {
    return [
      `The embedded PostgreSQL of ${project.name} is not made yet. The first ${paint.command(typed('run'))} makes it.`,
    ];
  }
  const rows: [string, string][] =
    found.state === 'stopped'
      ? []
      : [
          ['address', `127.0.0.1:${found.port}`],
          ['process', String(found.pid)],
          ['in use by', found.clients === 1 ? '1 process' : `${found.clients} processes`],
          ['stays on', found.kept ? `until ${typed('db stop')}` : 'until the last of them leaves'],
        ];
  rows.push(['data', shortPath(found.data)], ['log', shortPath(found.logFile)]);
  return [
    found.state === 'running'
      ? `The embedded PostgreSQL is ${paint.good('on')}.`
      : 'The embedded PostgreSQL is off. A command that needs it starts it.',
    ...alignTable(
      [{ title: '' }, { title: '' }],
      rows.map(([label, value]) => [{ text: label, paint: paint.soft }, value]),
      { width: 400 },
    ),
  ];
}

function shortPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith('..') ? path : fromHere;
}

/** `pamoja db url`: prints the URL with its password, because that was asked for. */
export async function url(session: Session): Promise<number> {
  const { target } = await targetOf(session);
  const found = target.kind === 'url' ? target.url : await embeddedUrl(session, target.dir);
  session.out.line(session.json ? JSON.stringify({ url: found }, null, 2) : found);
  return EXIT.ok;
}

/** The URL of a stopped server would reach nobody, and its port is another one the next time. */
async function embeddedUrl(session: Session, dir: string): Promise<string> {
  const found = embeddedStatus(dir);
  if (found.state === 'running' && found.url !== undefined) {
    if (!found.kept)
      session.err.line(
        `It stops when the command that uses it ends; keep it on with: ${session.typed('db start')}`,
      );
    return found.url;
  }
  throw new PamojaError('PAM-DB-001', 'The embedded PostgreSQL is off, so it has no address.', {
    next: `Start it with: ${session.typed('db start')}`,
  });
}

/** `pamoja db start`: starts the embedded server and keeps it on. */
export async function start(session: Session): Promise<number> {
  const { out, progress } = session;
  const dir = await embeddedDir(session);
  progress.log.step('Starting the embedded PostgreSQL');
  const { port } = await startEmbedded(dir, progress.log);
  progress.end();
  if (session.json) out.line(JSON.stringify({ state: 'running', port }, null, 2));
  else if (!session.quiet) {
    const { paint } = out;
    out.line(
      `The embedded PostgreSQL is ${paint.good('on')}, 127.0.0.1:${port}, until ${paint.command(session.typed('db stop'))}.`,
    );
    out.line(
      `Look inside with ${paint.command(session.typed('db psql'))}; other tools take what ${paint.command(session.typed('db url'))} prints.`,
    );
  }
  return EXIT.ok;
}

/** `pamoja db stop`: stops the embedded server, once nobody uses it. */
export async function stop(session: Session): Promise<number> {
  const { out } = session;
  const state = await stopEmbedded(await embeddedDir(session));
  if (session.json) out.line(JSON.stringify({ state }, null, 2));
  else if (!session.quiet) {
    const said = {
      stopped: 'The embedded PostgreSQL is off.',
      'not running': 'The embedded PostgreSQL was off already.',
      'in use': 'The embedded PostgreSQL is in use; it stops when the last that uses it ends.',
    };
    out.line(said[state]);
  }
  return EXIT.ok;
}

async function embeddedDir(session: Session): Promise<string> {
  const { target } = await targetOf(session);
  if (target.kind === 'embedded') return target.dir;
  throw new PamojaError(
    'PAM-CLI-001',
    `The database is the one of ${target.from}, and not ours to start or stop.`,
    {
      next: `Where ${target.from} is not set, the project has an embedded database.`,
    },
  );
}

export async function targetOf(session: Session): Promise<{ project: Project; target: Target }> {
  const project = await session.project();
  return { project, target: resolveTarget(project.root, session.env) };
}
