export { parseProject, readProject } from './config/read-config.js';
export type { Doubt } from './config/start/doubts.js';
export { type GenerateOptions, type GenerateResult, generate } from './generate/generate.js';
export { type ServedBusiness, type ServeOptions, serveBusiness } from './generate/serve-business.js';
export type { ParameterValue } from './insights/bind-parameters.js';
export type {
  Insight,
  InsightChart,
  InsightColumn,
  InsightParameter,
  InsightRow,
} from './insights/insight.js';
export { listInsights } from './insights/list-insights.js';
export type { OpenInsight } from './insights/read-insight.js';
export type { ErrorCode } from './kernel/error-codes.js';
export { PamojaError } from './kernel/errors.js';
export type { Log } from './kernel/log.js';
export type {
  Delivery,
  EntityConfig,
  EntityMapping,
  Feed,
  FieldMapping,
  Project,
  ProjectConfig,
  RejectLimit,
  Source,
  SourceConfig,
  Vanished,
} from './model/config.js';
export { defineProject } from './model/define-project.js';
export type { Entity } from './model/entity.js';
export type { Amount, Check, EntityOutcome, LedgerLine, Outcome, RunRecord } from './model/ledger.js';
export { type CheckOptions, type CheckResult, checkProject } from './pipeline/check-project.js';
export { checkTruth, type Sameness, type TruthResult } from './pipeline/check-truth.js';
export { diffSchema, type SchemaDiff } from './pipeline/diff-schema.js';
export type { RejectGroup } from './pipeline/group-rejects.js';
export { makeReport, type Report, type ReportOptions } from './pipeline/make-report.js';
export {
  type Preview,
  type PreviewFeed,
  type PreviewFinding,
  type PreviewOptions,
  type PreviewRow,
  previewSource,
} from './pipeline/preview-source.js';
export { type RejectQuery, type Rejects, readRejects } from './pipeline/read-rejects.js';
export { type InsightOptions, type InsightResult, openInsight, runInsight } from './pipeline/run-insight.js';
export type { RunOptions, RunResult } from './pipeline/run-options.js';
export { runProject } from './pipeline/run-project.js';
export { type StartOptions, type StartResult, startProject } from './pipeline/start-project.js';
export { type TraceOptions, type TraceQuery, traceRow } from './pipeline/trace-row.js';
export type { SchemaDifference } from './schema/compare-schema.js';
export { type SchemaFormat, schemaText } from './schema/schema-text.js';
export { type DoctorOptions, diagnose } from './store/doctor/diagnose.js';
export type { Finding } from './store/doctor/finding.js';
export { type OpenTarget, openTarget, resolveTarget, type Target } from './store/target.js';
export type { Trace, TracedField, TracedRecord } from './tracing/trace.js';
