DROP INDEX idx_conversations_feedback;
ALTER TABLE whatsapp_conversations
  DROP CONSTRAINT feedback_has_a_time,
  DROP COLUMN feedback_at,
  DROP COLUMN feedback;
