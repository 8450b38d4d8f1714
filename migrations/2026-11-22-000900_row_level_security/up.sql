-- Companies kept apart by the database itself: the services' role sees and writes the rows of one company at a time,
-- the one that the transaction has named by wharf.company_id; without it none. docs/adr/0020-row-level-security.md.
--
-- wharf_service: what the services are while they work in a company.
-- wharf_across: what they are while they look for the company that something is about; it reads what is listed at the
-- end of this file, and writes nothing.
-- The owner of the tables (migrations, backups) is not limited. Nobody logs in as the two roles: a login is given them.

-- Roles are the cluster's, so they may be there already, or be made by another database's migration at this moment.
DO $$
DECLARE
  wanted TEXT;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['wharf_service', 'wharf_across'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
      EXCEPTION
        WHEN duplicate_object OR unique_violation THEN NULL;
        WHEN insufficient_privilege THEN
          RAISE EXCEPTION 'user % may not create roles: have an administrator run "CREATE ROLE wharf_service NOLOGIN; CREATE ROLE wharf_across NOLOGIN; GRANT wharf_service, wharf_across TO %;" once, then migrate again (docs/operations.md)',
            current_user, quote_ident(current_user);
      END;
    END IF;
    -- So that services may log in as this user too. A superuser may act as any role.
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
      BEGIN
        EXECUTE format('GRANT %I TO %I', wanted, current_user);
      EXCEPTION
        WHEN unique_violation OR internal_error THEN NULL; -- another database's migration is giving it
        WHEN insufficient_privilege THEN
          RAISE NOTICE 'user % was not given the role %: services need a login that has it', current_user, wanted;
      END;
    END IF;
  END LOOP;
END
$$;

CREATE FUNCTION wharf_company() RETURNS UUID
LANGUAGE sql STABLE PARALLEL SAFE
-- After a transaction that had named a company the setting is empty, not absent.
RETURN nullif(current_setting('wharf.company_id', true), '')::uuid;
COMMENT ON FUNCTION wharf_company() IS 'the company that the transaction works in; NULL: none, so that no row is its';

CREATE FUNCTION wharf_isolate(isolated REGCLASS, company NAME DEFAULT 'company_id') RETURNS VOID
LANGUAGE plpgsql AS $$
DECLARE
  shared BOOLEAN;
BEGIN
  SELECT NOT attnotnull INTO shared FROM pg_attribute
    WHERE attrelid = isolated AND attname = company AND NOT attisdropped;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'table % has no column %: whose are its rows?', isolated, company;
  END IF;
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', isolated);
  EXECUTE format('CREATE POLICY tenant ON %s TO wharf_service USING (%I = wharf_company())', isolated, company);
  IF shared THEN
    EXECUTE format('CREATE POLICY shared ON %s FOR SELECT TO wharf_service
      USING (%I IS NULL AND wharf_company() IS NOT NULL)', isolated, company);
  END IF;
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO wharf_service', isolated);
END
$$;
COMMENT ON FUNCTION wharf_isolate(REGCLASS, NAME) IS
  'gives the services'' role the table, each company its own rows; rows without a company, where the column allows them, are read by all. Call it for every new table';

CREATE FUNCTION wharf_look_across(seen REGCLASS, VARIADIC columns NAME[] DEFAULT '{}') RETURNS VOID
LANGUAGE plpgsql AS $$
DECLARE
  listed TEXT := (SELECT '(' || string_agg(quote_ident(name), ', ') || ')' FROM unnest(columns) AS name);
BEGIN
  EXECUTE format('GRANT SELECT %s ON %s TO wharf_across', coalesce(listed, ''), seen);
  EXECUTE format('CREATE POLICY across ON %s FOR SELECT TO wharf_across USING (true)', seen);
END
$$;
COMMENT ON FUNCTION wharf_look_across(REGCLASS, NAME[]) IS
  'lets wharf_across read the columns (none named: all) of every company''s rows. Call it only for a use that Across in crates/store lists';

DO $$
DECLARE
  name TEXT;
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO wharf_service, wharf_across', current_schema());
  EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO wharf_service', current_schema());
  FOR name IN
    SELECT c.table_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
      WHERE c.table_schema = current_schema() AND c.column_name = 'company_id' AND t.table_type = 'BASE TABLE'
      ORDER BY 1
  LOOP
    PERFORM wharf_isolate(format('%I', name));
  END LOOP;
END
$$;
SELECT wharf_isolate('companies', 'id');

-- All that is read across companies. Who reads it, and why: Across in crates/store/src/tenant.rs.
SELECT wharf_look_across('companies');
SELECT wharf_look_across('outbound_messages', 'id', 'company_id', 'message_sid');
SELECT wharf_look_across('agent_execution_queue');
SELECT wharf_look_across('inbound_media', 'company_id', 'state', 'next_try_at', 'remove_at');
SELECT wharf_look_across('profiles', 'persona');
SELECT wharf_look_across('whatsapp_conversations', 'intent_type', 'created_at', 'feedback', 'feedback_at');
