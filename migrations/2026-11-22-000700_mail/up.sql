-- Mails, and files that go with parts of replies.

CREATE TABLE mail_messages (
  id UUID PRIMARY KEY,
  company_id UUID NOT NULL REFERENCES companies (id),
  execution_id UUID NOT NULL,
  profile_id UUID NOT NULL,
  to_address TEXT NOT NULL CHECK (to_address <> ''),
  subject TEXT NOT NULL,
  message_id TEXT NOT NULL UNIQUE,
  status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sending', 'sent', 'failed')),
  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  error TEXT,
  sending_since TIMESTAMPTZ,
  sent_at TIMESTAMPTZ,
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  UNIQUE (company_id, id),
  UNIQUE (execution_id, to_address),
  FOREIGN KEY (company_id, profile_id) REFERENCES profiles (company_id, id),
  CHECK ((status = 'sent') = (sent_at IS NOT NULL))
);
COMMENT ON TABLE mail_messages IS 'mails that go with a reply; one an execution and address';
COMMENT ON COLUMN mail_messages.id IS 'derived from execution and address';
COMMENT ON COLUMN mail_messages.message_id IS 'the Message-ID without its brackets: a mail sent twice is recognised by it';
COMMENT ON COLUMN mail_messages.status IS 'pending: not handed over; sending: it may have been; sent: the mail server has it; failed: given up';
COMMENT ON COLUMN mail_messages.error IS 'what the mail server said last';
COMMENT ON COLUMN mail_messages.sending_since IS 'when the latest attempt began';
CREATE INDEX idx_mail_messages_profile ON mail_messages (company_id, profile_id, created_at);

ALTER TABLE outbound_messages ADD COLUMN media_url TEXT;
COMMENT ON COLUMN outbound_messages.media_url IS 'the signed link to the file that the part carries; such a part has no text';
