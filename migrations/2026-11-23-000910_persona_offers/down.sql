UPDATE persona_changes SET why = 'chosen', because = NULL WHERE why = 'offered';
ALTER TABLE persona_changes
  DROP CONSTRAINT persona_changes_because,
  DROP CONSTRAINT persona_changes_why_check,
  DROP COLUMN because,
  ADD CONSTRAINT persona_changes_why_check CHECK (why IN ('chosen', 'auto'));
COMMENT ON COLUMN persona_changes.why IS 'chosen: the person named it; auto: the person left it to us';
DROP TABLE persona_offers;
DROP TABLE persona_signals;
