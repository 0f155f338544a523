-- Who publishes all tables of the database (FOR ALL TABLES) is refused every DELETE from a table without a key.
-- Where nobody replicates, it costs nothing.

ALTER TABLE :schema.kept_findings REPLICA IDENTITY FULL;
