-- The roles stay: other databases of the cluster may use them.
DO $$
DECLARE
  policy RECORD;
BEGIN
  FOR policy IN SELECT policyname, tablename FROM pg_policies
    WHERE schemaname = current_schema() AND policyname IN ('tenant', 'shared', 'across')
  LOOP
    EXECUTE format('DROP POLICY %I ON %I', policy.policyname, policy.tablename);
    EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', policy.tablename);
    EXECUTE format('REVOKE ALL ON %I FROM wharf_service, wharf_across', policy.tablename);
  END LOOP;
  EXECUTE format('REVOKE ALL ON ALL SEQUENCES IN SCHEMA %I FROM wharf_service', current_schema());
  EXECUTE format('REVOKE ALL ON SCHEMA %I FROM wharf_service, wharf_across', current_schema());
END
$$;
DROP FUNCTION wharf_look_across(REGCLASS, NAME[]);
DROP FUNCTION wharf_isolate(REGCLASS, NAME);
DROP FUNCTION wharf_company();
