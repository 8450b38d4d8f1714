-- When a company's alerts were last looked for.

CREATE TABLE alert_scans (
  company_id UUID PRIMARY KEY REFERENCES companies (id),
  scanned_at TIMESTAMPTZ
);
COMMENT ON TABLE alert_scans IS 'one row a company; who raises or reopens alerts holds it, so that two scans at once count and number as one after the other';
COMMENT ON COLUMN alert_scans.scanned_at IS 'NULL: never';
