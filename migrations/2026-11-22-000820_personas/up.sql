-- How people are answered: the history of their personas. The present one stands in profiles.persona.

CREATE TABLE persona_changes (
  id BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  company_id UUID NOT NULL REFERENCES companies (id),
  profile_id UUID NOT NULL,
  before TEXT CHECK (before IN ('streamliner', 'navigator', 'hub', 'spring', 'processor')),
  persona TEXT CHECK (persona IN ('streamliner', 'navigator', 'hub', 'spring', 'processor')),
  why TEXT NOT NULL CHECK (why IN ('chosen', 'auto')),
  execution_id UUID NOT NULL,
  at TIMESTAMPTZ NOT NULL,
  UNIQUE (company_id, id),
  FOREIGN KEY (company_id, profile_id) REFERENCES profiles (company_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE persona_changes IS 'one row a switch; rows are added, never changed';
COMMENT ON COLUMN persona_changes.before IS 'none: the default texts';
COMMENT ON COLUMN persona_changes.why IS 'chosen: the person named it; auto: the person left it to us';
COMMENT ON COLUMN persona_changes.execution_id IS 'the message that asked for it';
CREATE INDEX idx_persona_changes_profile ON persona_changes (company_id, profile_id, at);
