-- What Pamoja knows about its runs. Every table can be read with SQL; only Pamoja writes here.

CREATE TABLE :schema.state (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  last_run text
);
COMMENT ON TABLE :schema.state IS 'One row, locked while a run publishes: the run that the tables stand at';
INSERT INTO :schema.state DEFAULT VALUES;

CREATE TABLE :schema.runs (
  run_number bigint GENERATED ALWAYS AS IDENTITY,
  run_id text PRIMARY KEY,
  project text NOT NULL,
  started_at timestamptz NOT NULL,
  finished_at timestamptz NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('published', 'unchanged', 'failed')),
  error_code text,
  error text,
  entities jsonb NOT NULL,
  version text NOT NULL
);
COMMENT ON TABLE :schema.runs IS 'One row a run, also one that failed and changed nothing';

CREATE TABLE :schema.entities (
  entity text PRIMARY KEY,
  table_schema text NOT NULL,
  next_id bigint NOT NULL DEFAULT 1,
  adopted boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE :schema.entities IS 'The unified tables that are ours, and the next id of each; an id is never given twice';

CREATE TABLE :schema.ledger (
  run_id text NOT NULL REFERENCES :schema.runs ON DELETE CASCADE,
  source text NOT NULL,
  file text NOT NULL,
  entity text NOT NULL,
  read bigint NOT NULL,
  accepted bigint NOT NULL,
  rejected bigint NOT NULL,
  filtered bigint NOT NULL,
  repeated bigint NOT NULL,
  merged bigint NOT NULL,
  balanced boolean NOT NULL,
  sha256 text,
  PRIMARY KEY (run_id, source, file, entity)
);
COMMENT ON TABLE :schema.ledger IS 'read = accepted + rejected + filtered + repeated, per source, file and entity; read is counted by other code than the reader';

CREATE TABLE :schema.amounts (
  run_id text NOT NULL REFERENCES :schema.runs ON DELETE CASCADE,
  source text NOT NULL,
  file text NOT NULL,
  entity text NOT NULL,
  measure text NOT NULL,
  currency text NOT NULL,
  read numeric NOT NULL,
  accepted numeric NOT NULL,
  rejected numeric NOT NULL,
  filtered numeric NOT NULL,
  repeated numeric NOT NULL,
  unreadable bigint NOT NULL,
  PRIMARY KEY (run_id, source, file, entity, measure, currency)
);
COMMENT ON TABLE :schema.amounts IS 'The money of the ledger, per measure and currency (XXX: no currency told); unreadable counts rows, and is never taken as 0';

CREATE TABLE :schema.rejects (
  run_id text NOT NULL REFERENCES :schema.runs ON DELETE CASCADE,
  reject_id bigint NOT NULL,
  root_id bigint,
  source text NOT NULL,
  file text NOT NULL,
  entity text NOT NULL,
  line bigint,
  ordinal bigint,
  key text,
  rule text NOT NULL,
  field text,
  value text,
  reason text NOT NULL,
  waiting boolean NOT NULL,
  raw text,
  PRIMARY KEY (run_id, reject_id)
);
COMMENT ON TABLE :schema.rejects IS 'Source records that were refused; root_id names the reject for whose sake another was refused; raw holds mapped columns only';

CREATE TABLE :schema.findings (
  run_id text NOT NULL REFERENCES :schema.runs ON DELETE CASCADE,
  severity text NOT NULL,
  source text NOT NULL,
  file text NOT NULL,
  entity text NOT NULL,
  ordinal bigint,
  key text,
  rule text NOT NULL,
  field text,
  value text,
  reason text NOT NULL
);
CREATE INDEX findings_run ON :schema.findings (run_id);
COMMENT ON TABLE :schema.findings IS 'What rules blanked, mended or warned of in records that were taken';

CREATE TABLE :schema.checks (
  run_id text NOT NULL REFERENCES :schema.runs ON DELETE CASCADE,
  name text NOT NULL,
  passed boolean NOT NULL,
  detail text NOT NULL,
  PRIMARY KEY (run_id, name)
);
COMMENT ON TABLE :schema.checks IS 'What was asked of the database before the run was committed, and the answers';

CREATE TABLE :schema.links (
  entity text NOT NULL,
  source text NOT NULL,
  key text NOT NULL,
  id bigint NOT NULL,
  placeholder boolean NOT NULL DEFAULT false,
  deleted boolean NOT NULL DEFAULT false,
  vanished boolean NOT NULL DEFAULT false,
  run_id text NOT NULL,
  PRIMARY KEY (entity, source, key)
);
CREATE INDEX links_id ON :schema.links (entity, id);
COMMENT ON TABLE :schema.links IS 'Source record to golden row. Documents carry theirs in source_system and source_key, and are here once deleted: a returning record gets its id back';
