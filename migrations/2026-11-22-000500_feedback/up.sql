-- What people said of our understanding of their messages: the only labels from real use.

ALTER TABLE whatsapp_conversations
  ADD COLUMN feedback TEXT CHECK (feedback IN ('right', 'wrong')),
  ADD COLUMN feedback_at TIMESTAMPTZ,
  ADD CONSTRAINT feedback_has_a_time CHECK ((feedback IS NULL) = (feedback_at IS NULL));
COMMENT ON COLUMN whatsapp_conversations.feedback IS 'what the sender said of the answer to this message, the last word counts';
CREATE INDEX idx_conversations_feedback ON whatsapp_conversations (feedback_at) WHERE feedback IS NOT NULL;
