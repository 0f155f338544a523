-- What tells rows apart comes first: an index whose first column is the same in all of them is slow to build.

ALTER TABLE :schema.links DROP CONSTRAINT links_pkey;
ALTER TABLE :schema.links ADD CONSTRAINT links_pkey PRIMARY KEY (key, source, entity);
DROP INDEX :schema.links_id;
CREATE INDEX links_id ON :schema.links (id, entity);
