-- What somebody else wrote is told from what Pamoja wrote by the transaction that did it.

ALTER TABLE :schema.state
  ADD COLUMN published xid8[] NOT NULL DEFAULT '{}',
  ADD COLUMN as_of xid8,
  ADD COLUMN written xid8,
  ADD COLUMN shape text;
COMMENT ON COLUMN :schema.state.published IS 'The transactions that published rows: the last one, and those before it that as_of does not cover';
COMMENT ON COLUMN :schema.state.as_of IS 'All transactions before this one had ended when the tables were last compared';
COMMENT ON COLUMN :schema.state.written IS 'The transaction that wrote this row: another one, where the database was restored from a copy';
COMMENT ON COLUMN :schema.state.shape IS 'MD5 of the columns and files of the tables, as they were left';
