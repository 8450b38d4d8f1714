-- Personas that are offered to people whose way of writing another one fits. docs/adr/0021-adaptive-personas.md

CREATE TABLE persona_signals (
  company_id UUID NOT NULL,
  profile_id UUID NOT NULL,
  messages DOUBLE PRECISION NOT NULL CHECK (messages >= 0),
  short DOUBLE PRECISION NOT NULL CHECK (short >= 0),
  long DOUBLE PRECISION NOT NULL CHECK (long >= 0),
  details DOUBLE PRECISION NOT NULL CHECK (details >= 0),
  lessons DOUBLE PRECISION NOT NULL CHECK (lessons >= 0),
  off_hours DOUBLE PRECISION NOT NULL CHECK (off_hours >= 0),
  last_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (company_id, profile_id),
  FOREIGN KEY (company_id, profile_id) REFERENCES profiles (company_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE persona_signals IS 'how a person writes: counts of messages, in which the older weigh less (crates/domain/src/persona/adaptive.rs); no words are kept';
COMMENT ON COLUMN persona_signals.messages IS 'all that were counted';
COMMENT ON COLUMN persona_signals.short IS 'requests of three words at most';
COMMENT ON COLUMN persona_signals.long IS 'requests of twelve words at least';
COMMENT ON COLUMN persona_signals.details IS 'lines, pages and follow-ups of what was shown';
COMMENT ON COLUMN persona_signals.off_hours IS 'before 7 and from 19 o''clock where the person is';
COMMENT ON COLUMN persona_signals.last_at IS 'true of this moment: the counts fade with the time since';

CREATE TABLE persona_offers (
  id BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  company_id UUID NOT NULL REFERENCES companies (id),
  profile_id UUID NOT NULL,
  before TEXT CHECK (before IN ('streamliner', 'navigator', 'hub', 'spring', 'processor')),
  persona TEXT NOT NULL CHECK (persona IN ('streamliner', 'navigator', 'hub', 'spring', 'processor')),
  because TEXT NOT NULL CHECK (because IN ('short_messages', 'reads_on', 'takes_lessons')),
  percent SMALLINT NOT NULL CHECK (percent BETWEEN 0 AND 100),
  execution_id UUID NOT NULL,
  offered_at TIMESTAMPTZ NOT NULL,
  accepted BOOLEAN,
  answered_at TIMESTAMPTZ,
  UNIQUE (company_id, id),
  FOREIGN KEY (company_id, profile_id) REFERENCES profiles (company_id, id) ON DELETE CASCADE,
  CHECK ((accepted IS NULL) = (answered_at IS NULL))
);
COMMENT ON TABLE persona_offers IS 'one row an offer of another persona; what was accepted stands in persona_changes too';
COMMENT ON COLUMN persona_offers.before IS 'what answered then; none: the default texts';
COMMENT ON COLUMN persona_offers.percent IS 'the share of the counted messages that are as because says';
COMMENT ON COLUMN persona_offers.execution_id IS 'the request after whose answer it was made';
COMMENT ON COLUMN persona_offers.accepted IS 'none: no answer';
CREATE INDEX idx_persona_offers_profile ON persona_offers (company_id, profile_id, offered_at);

ALTER TABLE persona_changes
  ADD COLUMN because TEXT CHECK (because IN ('short_messages', 'reads_on', 'takes_lessons')),
  DROP CONSTRAINT persona_changes_why_check,
  ADD CONSTRAINT persona_changes_why_check CHECK (why IN ('chosen', 'auto', 'offered')),
  ADD CONSTRAINT persona_changes_because CHECK ((why = 'offered') = (because IS NOT NULL));
COMMENT ON COLUMN persona_changes.why IS 'chosen: the person named it; auto: the person left it to us; offered: the person accepted an offer';
COMMENT ON COLUMN persona_changes.because IS 'why it was offered';

SELECT wharf_isolate('persona_signals');
SELECT wharf_isolate('persona_offers');
