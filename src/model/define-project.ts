import type { ProjectConfig } from './config.js';

/** Gives a `pamoja.config.ts` its types: `export default defineProject({ sources: { … } })`. */
export function defineProject(config: ProjectConfig): ProjectConfig {
  return config;
}
