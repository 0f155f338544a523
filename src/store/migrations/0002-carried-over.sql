-- A run for which nothing changed carries the accounting of the one before it over.

ALTER TABLE :schema.state ADD COLUMN settings text;
COMMENT ON COLUMN :schema.state.settings IS 'SHA-256 of the configuration and the version that the tables were made with';

ALTER TABLE :schema.ledger ADD COLUMN carried boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN :schema.ledger.carried IS 'The file had not changed and was not read again: the line is that of an earlier run';
