-- What waits for the user's next message, and templates for messages outside the 24-hour window.

ALTER TABLE outbound_messages
  ADD COLUMN template TEXT,
  ADD COLUMN held_at TIMESTAMPTZ,
  ADD COLUMN held_after TIMESTAMPTZ,
  ADD COLUMN noticed_at TIMESTAMPTZ,
  ADD COLUMN content_sid TEXT,
  ADD COLUMN content_variables JSONB,
  DROP CONSTRAINT outbound_messages_status_check,
  ADD CONSTRAINT outbound_messages_status_check CHECK (status IN ('pending', 'sending', 'queued', 'sent', 'delivered',
    'read', 'failed', 'undelivered', 'canceled', 'unknown', 'held'));
COMMENT ON COLUMN outbound_messages.status IS 'pending: not handed over; held: waits for the user''s next message; sending: the POST may have happened; unknown: nobody can say';
COMMENT ON COLUMN outbound_messages.template IS 'what the text was worded with: ReplyContent::template';
COMMENT ON COLUMN outbound_messages.held_at IS 'since when it waits, or waited; from then on the reply''s message does not drive it';
COMMENT ON COLUMN outbound_messages.held_after IS 'the user''s last message when it was held (none: they never wrote); a later one releases it';
COMMENT ON COLUMN outbound_messages.noticed_at IS 'when a template message told the user that it waits';
COMMENT ON COLUMN outbound_messages.content_sid IS 'Twilio Content template, HX…: such a part is a notice and has no text';
COMMENT ON COLUMN outbound_messages.content_variables IS 'the notice''s variables, texts by number';
CREATE INDEX idx_outbound_held ON outbound_messages (company_id, contact_id, created_at)
  WHERE status IN ('held', 'pending', 'sending') AND (held_at IS NOT NULL OR content_sid IS NOT NULL);
CREATE INDEX idx_outbound_notices ON outbound_messages (company_id, contact_id, created_at) WHERE content_sid IS NOT NULL;

ALTER TABLE whatsapp_templates
  ADD COLUMN approval TEXT NOT NULL DEFAULT 'unsubmitted' CHECK (approval IN ('unsubmitted', 'received', 'pending',
    'approved', 'rejected', 'paused', 'disabled'));
COMMENT ON COLUMN whatsapp_templates.approval IS 'WhatsApp''s state of template_sid; only an approved one is sent';
COMMENT ON COLUMN whatsapp_templates.variables IS 'of template_sid: minijinja texts by number, e.g. {"1": "{{ line }}"}';
