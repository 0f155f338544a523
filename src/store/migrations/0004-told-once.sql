-- A run that found nothing changed tells the rejects and findings of the run before it, instead of copies of them.
-- No foreign key: to look up the same run for each of a hundred thousand rejects takes as long as to write them.

ALTER TABLE :schema.runs ADD COLUMN told_in text;
COMMENT ON COLUMN :schema.runs.told_in IS 'The run whose rejects and findings are also those of this one; its own where null';

ALTER TABLE :schema.rejects RENAME TO kept_rejects;
ALTER TABLE :schema.kept_rejects DROP CONSTRAINT rejects_run_id_fkey;
CREATE VIEW :schema.rejects AS
  SELECT r.run_id, reject_id, root_id, source, file, entity, line, ordinal, key, rule, field, value, reason, waiting, raw
  FROM :schema.runs r JOIN :schema.kept_rejects k ON k.run_id = coalesce(r.told_in, r.run_id);
COMMENT ON VIEW :schema.rejects IS 'Source records that a run refused; root_id names the reject for whose sake another was refused; raw holds mapped columns only';
COMMENT ON TABLE :schema.kept_rejects IS 'The rows of rejects, of the run that told them first';

ALTER TABLE :schema.findings RENAME TO kept_findings;
ALTER TABLE :schema.kept_findings DROP CONSTRAINT findings_run_id_fkey;
CREATE VIEW :schema.findings AS
  SELECT r.run_id, severity, source, file, entity, ordinal, key, rule, field, value, reason
  FROM :schema.runs r JOIN :schema.kept_findings k ON k.run_id = coalesce(r.told_in, r.run_id);
COMMENT ON VIEW :schema.findings IS 'What rules blanked, mended or warned of in records that a run took';
COMMENT ON TABLE :schema.kept_findings IS 'The rows of findings, of the run that told them first';

-- Who reads a view reads the tables behind it, with the rights and the row security that hold for them.
DO $do$ BEGIN
  IF current_setting('server_version_num')::int >= 150000 THEN
    EXECUTE $q$ALTER VIEW :schema.rejects SET (security_invoker = true)$q$;
    EXECUTE $q$ALTER VIEW :schema.findings SET (security_invoker = true)$q$;
  END IF;
END $do$;

-- Placeholders are asked for in every run, and are a handful among millions.
CREATE INDEX links_placeholder ON :schema.links (entity) WHERE placeholder;
