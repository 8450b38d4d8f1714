-- What agents do and leave behind: alerts, reports, runs, schedules; who may ask for what; what a conversation waits for.

ALTER TABLE agents
  ADD COLUMN kind TEXT NOT NULL DEFAULT 'builtin' CHECK (kind IN ('builtin', 'http')),
  ADD COLUMN endpoint_url TEXT,
  ADD COLUMN signing_secret TEXT,
  ADD COLUMN stopped_by UUID,
  ADD COLUMN stopped_at TIMESTAMPTZ,
  ADD COLUMN failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
  ADD COLUMN closed_until TIMESTAMPTZ,
  ADD CONSTRAINT agents_http_has_an_endpoint CHECK ((kind = 'http') = (endpoint_url IS NOT NULL)),
  ADD CONSTRAINT agents_http_has_a_secret CHECK ((kind = 'http') = (signing_secret IS NOT NULL)),
  ADD CONSTRAINT agents_stopped_by FOREIGN KEY (company_id, stopped_by) REFERENCES profiles (company_id, id);
COMMENT ON COLUMN agents.kind IS 'builtin: of agent-executor; http: the company''s own, called at endpoint_url';
COMMENT ON COLUMN agents.signing_secret IS 'key of the HMAC that requests to endpoint_url carry';
COMMENT ON COLUMN agents.failures IS 'runs that failed one after the other';
COMMENT ON COLUMN agents.closed_until IS 'after too many failures nothing is sent to it until then';

CREATE TABLE agent_runs (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  company_id UUID NOT NULL,
  agent_id UUID NOT NULL,
  execution_id UUID,
  trigger TEXT NOT NULL CHECK (trigger IN ('user', 'schedule', 'recovery')),
  intent_type TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('completed', 'failed', 'cancelled')),
  started_at TIMESTAMPTZ NOT NULL,
  ended_at TIMESTAMPTZ NOT NULL,
  error TEXT,
  UNIQUE (company_id, id),
  FOREIGN KEY (company_id, agent_id) REFERENCES agents (company_id, id)
);
CREATE UNIQUE INDEX idx_agent_runs_execution ON agent_runs (execution_id) WHERE execution_id IS NOT NULL;
CREATE INDEX idx_agent_runs_agent ON agent_runs (company_id, agent_id, ended_at);

CREATE TABLE alerts (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  company_id UUID NOT NULL REFERENCES companies (id),
  number BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('low_stock', 'out_of_stock', 'over_stock', 'late_delivery', 'supplier_trouble',
    'price_jump', 'agent_failing')),
  severity TEXT NOT NULL CHECK (severity IN ('critical', 'high', 'medium', 'low')),
  category TEXT NOT NULL CHECK (category IN ('stock', 'supplier', 'delivery', 'quality', 'price', 'system')),
  subject TEXT NOT NULL,
  facts JSONB NOT NULL,
  product_id UUID,
  supplier_id UUID,
  order_id UUID,
  state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'acknowledged', 'resolved')),
  raised_at TIMESTAMPTZ NOT NULL,
  seen_at TIMESTAMPTZ NOT NULL,
  acknowledged_by UUID,
  acknowledged_at TIMESTAMPTZ,
  resolved_by UUID,
  resolved_at TIMESTAMPTZ,
  UNIQUE (company_id, id),
  UNIQUE (company_id, number),
  FOREIGN KEY (company_id, product_id) REFERENCES products (company_id, id) ON DELETE CASCADE,
  FOREIGN KEY (company_id, supplier_id) REFERENCES suppliers (company_id, id) ON DELETE CASCADE,
  FOREIGN KEY (company_id, order_id) REFERENCES purchase_orders (company_id, id) ON DELETE CASCADE,
  FOREIGN KEY (company_id, acknowledged_by) REFERENCES profiles (company_id, id),
  FOREIGN KEY (company_id, resolved_by) REFERENCES profiles (company_id, id),
  CHECK ((state = 'resolved') = (resolved_at IS NOT NULL)),
  CHECK (state <> 'acknowledged' OR acknowledged_at IS NOT NULL)
);
COMMENT ON COLUMN alerts.number IS 'counts within the company; people say A17';
COMMENT ON COLUMN alerts.subject IS 'what it is about, e.g. the SKU: one live alert a kind and subject';
COMMENT ON COLUMN alerts.facts IS 'the figures that raised it, true at seen_at';
COMMENT ON COLUMN alerts.seen_at IS 'the latest scan that found it still true';
COMMENT ON COLUMN alerts.resolved_by IS 'NULL in a resolved alert: a scan found it true no more';
CREATE UNIQUE INDEX idx_alerts_live ON alerts (company_id, kind, subject) WHERE state <> 'resolved';
CREATE INDEX idx_alerts_severity ON alerts (company_id, severity, raised_at) WHERE state <> 'resolved';

CREATE TABLE reports (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  company_id UUID NOT NULL REFERENCES companies (id),
  execution_id UUID NOT NULL,
  profile_id UUID,
  report_type TEXT NOT NULL CHECK (report_type IN ('inventory', 'sales', 'supplier', 'financial')),
  format TEXT NOT NULL CHECK (format IN ('csv', 'xlsx', 'pdf')),
  starts_on DATE NOT NULL,
  ends_on DATE NOT NULL CHECK (ends_on >= starts_on),
  object_key TEXT NOT NULL,
  file_name TEXT NOT NULL,
  size_bytes BIGINT NOT NULL CHECK (size_bytes >= 0),
  created_at TIMESTAMPTZ NOT NULL,
  revoked_at TIMESTAMPTZ,
  UNIQUE (company_id, id),
  UNIQUE (execution_id, format),
  FOREIGN KEY (company_id, profile_id) REFERENCES profiles (company_id, id)
);
COMMENT ON COLUMN reports.ends_on IS 'the last day, included';
COMMENT ON COLUMN reports.object_key IS 'where the file is in the object storage';
CREATE INDEX idx_reports_company ON reports (company_id, created_at);

CREATE TABLE schedules (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  company_id UUID NOT NULL REFERENCES companies (id),
  profile_id UUID NOT NULL,
  contact_id UUID NOT NULL,
  conversation_key TEXT NOT NULL,
  intent_type TEXT NOT NULL,
  entities JSONB NOT NULL,
  cadence TEXT NOT NULL CHECK (cadence IN ('daily', 'weekly', 'monthly')),
  weekday SMALLINT CHECK (weekday BETWEEN 1 AND 7),
  month_day SMALLINT CHECK (month_day BETWEEN 1 AND 31),
  at_time TIME NOT NULL,
  time_zone TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'cancelled')),
  next_run_at TIMESTAMPTZ NOT NULL,
  last_run_at TIMESTAMPTZ,
  created_at TIMESTAMPTZ NOT NULL,
  UNIQUE (company_id, id),
  FOREIGN KEY (company_id, profile_id) REFERENCES profiles (company_id, id),
  FOREIGN KEY (company_id, contact_id) REFERENCES contacts (company_id, id),
  CHECK ((cadence = 'weekly') = (weekday IS NOT NULL)),
  CHECK ((cadence = 'monthly') = (month_day IS NOT NULL))
);
COMMENT ON COLUMN schedules.month_day IS 'in shorter months the last day';
COMMENT ON COLUMN schedules.at_time IS 'wall clock in time_zone';
CREATE INDEX idx_schedules_due ON schedules (next_run_at) WHERE state = 'active';
CREATE INDEX idx_schedules_profile ON schedules (company_id, profile_id);

CREATE TABLE role_permissions (
  company_id UUID NOT NULL REFERENCES companies (id),
  role TEXT NOT NULL CHECK (role <> ''),
  intent_type TEXT NOT NULL,
  allowed BOOLEAN NOT NULL,
  PRIMARY KEY (company_id, role, intent_type)
);
COMMENT ON TABLE role_permissions IS 'where a company departs from the shipped roles, or has roles of its own';

CREATE TABLE profile_locations (
  company_id UUID NOT NULL,
  profile_id UUID NOT NULL,
  location_id UUID NOT NULL,
  PRIMARY KEY (profile_id, location_id),
  FOREIGN KEY (company_id, profile_id) REFERENCES profiles (company_id, id) ON DELETE CASCADE,
  FOREIGN KEY (company_id, location_id) REFERENCES locations (company_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE profile_locations IS 'the places a person may see and change; a person without rows: all of them';

CREATE TABLE audit_log (
  id BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  company_id UUID NOT NULL REFERENCES companies (id),
  at TIMESTAMPTZ NOT NULL,
  profile_id UUID,
  execution_id UUID,
  intent_type TEXT NOT NULL,
  action TEXT NOT NULL CHECK (action IN ('denied', 'done', 'undone', 'cancelled')),
  detail JSONB NOT NULL,
  FOREIGN KEY (company_id, profile_id) REFERENCES profiles (company_id, id)
);
COMMENT ON TABLE audit_log IS 'who changed what, and who was refused; rows are added, never changed';
CREATE INDEX idx_audit_log_company ON audit_log (company_id, at);
CREATE INDEX idx_audit_log_execution ON audit_log (company_id, execution_id);

CREATE TABLE effects (
  execution_id UUID PRIMARY KEY,
  company_id UUID NOT NULL,
  conversation_key TEXT NOT NULL,
  profile_id UUID,
  agent_type TEXT NOT NULL,
  intent_type TEXT NOT NULL,
  change JSONB NOT NULL,
  done_at TIMESTAMPTZ NOT NULL,
  undone_by UUID UNIQUE,
  undone_at TIMESTAMPTZ,
  FOREIGN KEY (company_id, execution_id) REFERENCES agent_execution_queue (company_id, id),
  FOREIGN KEY (company_id, profile_id) REFERENCES profiles (company_id, id),
  CHECK ((undone_by IS NULL) = (undone_at IS NULL))
);
COMMENT ON TABLE effects IS 'what an execution changed, so that UNDO can take it back by a change the other way';
COMMENT ON COLUMN effects.change IS 'the rows concerned, as the agent that made the change wrote them';
CREATE INDEX idx_effects_conversation ON effects (company_id, conversation_key, done_at);

CREATE TABLE dialogues (
  company_id UUID NOT NULL REFERENCES companies (id),
  conversation_key TEXT NOT NULL,
  state JSONB NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (company_id, conversation_key)
);
COMMENT ON TABLE dialogues IS 'what a conversation waits for; one row a conversation';
