import type { BenchResult, Standing } from './benchmark.js';

/** The results as a page: a table, bars and Pamoja's steps for each size. */
export function writeMarkdown(results: readonly BenchResult[]): string {
  return results.map(section).join('\n');
}

function section(result: BenchResult): string {
  const pamoja = result.standings.find(({ name }) => name === 'pamoja');
  const longest = Math.max(...result.standings.map(median));
  const lines = [
    `## ${result.size.toLocaleString('en')} customers, ${result.rows.toLocaleString('en')} rows`,
    '',
    `${result.machine}; median of ${pamoja?.seconds.length ?? 0} rounds, the contenders in turn.`,
    '',
    '| who | seconds | spread | times Pamoja | peak memory | |',
    '|---|---:|---:|---:|---:|---|',
    ...result.standings.map((standing) => {
      const seconds = median(standing);
      const ratio = pamoja === undefined ? '' : (seconds / median(pamoja)).toFixed(2);
      const spread = `${Math.min(...standing.seconds).toFixed(1)} – ${Math.max(...standing.seconds).toFixed(1)}`;
      const bar = '█'.repeat(Math.max(1, Math.round((seconds / longest) * 30)));
      return `| ${standing.name} | ${seconds.toFixed(1)} | ${spread} | ${ratio} | ${Math.round(standing.memoryMb)} MB | ${bar} |`;
    }),
    ...result.skipped.map(({ name, why }) => `| ${name} | left out | | | | ${why} |`),
    '',
    ...result.standings.map(({ name, does }) => `- *${name}*: ${does}.`),
    '',
  ];
  if (pamoja !== undefined && pamoja.steps.length > 0)
    lines.push(`Where Pamoja's time goes: ${steps(pamoja.steps)}.`, '');
  if (result.again.length > 0 && pamoja !== undefined) {
    lines.push(
      '| Pamoja again | seconds | of the first run | peak memory | steps |',
      '|---|---:|---:|---:|---|',
    );
    for (const { name, seconds, memoryMb, steps: parts } of result.again) {
      const share = ((seconds / median(pamoja)) * 100).toFixed(1);
      lines.push(
        `| ${name} | ${seconds.toFixed(1)} | ${share} % | ${Math.round(memoryMb)} MB | ${steps(parts)} |`,
      );
    }
    lines.push('');
  }
  return lines.join('\n');
}

function steps(parts: readonly { name: string; seconds: number }[]): string {
  return parts.map(({ name, seconds }) => `${name} ${seconds.toFixed(1)} s`).join(', ');
}

function median({ seconds }: Standing): number {
  const sorted = [...seconds].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
