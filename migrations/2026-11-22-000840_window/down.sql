ALTER TABLE whatsapp_templates DROP COLUMN approval;
COMMENT ON COLUMN whatsapp_templates.variables IS NULL;
DROP INDEX idx_outbound_notices;
DROP INDEX idx_outbound_held;
UPDATE outbound_messages SET status = 'failed', status_rank = 4 WHERE status = 'held';
ALTER TABLE outbound_messages
  DROP CONSTRAINT outbound_messages_status_check,
  ADD CONSTRAINT outbound_messages_status_check CHECK (status IN ('pending', 'sending', 'queued', 'sent', 'delivered',
    'read', 'failed', 'undelivered', 'canceled', 'unknown')),
  DROP COLUMN content_variables,
  DROP COLUMN content_sid,
  DROP COLUMN noticed_at,
  DROP COLUMN held_after,
  DROP COLUMN held_at,
  DROP COLUMN template;
COMMENT ON COLUMN outbound_messages.status IS 'pending: not handed over; sending: the POST may have happened; unknown: nobody can say';
