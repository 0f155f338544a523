-- Migrations 4 and 5 were once others. Where they are done already, this makes of it what they make by now.

DO $do$
DECLARE
  told record;
BEGIN
  IF (SELECT atttypid = 'xid8'::regtype FROM pg_attribute
      WHERE attrelid = $q$:schema.state$q$::regclass AND attname = 'published') THEN
    -- No transaction is known: the next run compares everything.
    ALTER TABLE :schema.state ALTER COLUMN published TYPE xid8[] USING '{}';
    ALTER TABLE :schema.state ALTER COLUMN published SET DEFAULT '{}', ALTER COLUMN published SET NOT NULL;
    COMMENT ON COLUMN :schema.state.published IS 'The transactions that published rows: the last one, and those before it that as_of does not cover';
  END IF;

  IF current_setting('server_version_num')::int >= 150000 THEN
    FOR told IN SELECT oid::regclass AS name FROM pg_class
      WHERE relnamespace = $q$:schema$q$::regnamespace AND relkind = 'v' AND relname IN ('rejects', 'findings')
        AND NOT coalesce(reloptions, '{}') && '{security_invoker=true,security_invoker=on,security_invoker=1}'
    LOOP
      EXECUTE format('ALTER VIEW %s SET (security_invoker = true)', told.name);
    END LOOP;
  END IF;

  -- Who was let into the tables that lie behind the views by now reads the views. A view of PostgreSQL 14 asks with the
  -- rights of its owner, from whom row level security hides nothing.
  FOR told IN SELECT v.oid::regclass AS name,
      CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS reader
    FROM pg_class t JOIN pg_class v ON v.relnamespace = t.relnamespace AND t.relname = 'kept_' || v.relname,
      aclexplode(t.relacl) a
    WHERE t.relnamespace = $q$:schema$q$::regnamespace AND v.relkind = 'v' AND v.relname IN ('rejects', 'findings')
      AND a.privilege_type = 'SELECT' AND a.grantee <> t.relowner AND pg_has_role(v.relowner, 'USAGE')
      AND (NOT t.relrowsecurity OR current_setting('server_version_num')::int >= 150000)
      AND NOT EXISTS (SELECT FROM aclexplode(v.relacl) h
        WHERE h.grantee = a.grantee AND h.privilege_type = 'SELECT')
  LOOP
    EXECUTE format('GRANT SELECT ON %s TO %s', told.name, told.reader);
  END LOOP;
END $do$;
