-- What was answered, in which words, and how far it got.

CREATE TABLE whatsapp_templates (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  template_name TEXT NOT NULL CHECK (template_name <> ''),
  template_sid TEXT,
  persona TEXT CHECK (persona IN ('streamliner', 'navigator', 'hub', 'spring', 'processor')),
  intent_type TEXT,
  template_body TEXT,
  variables JSONB,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),

  company_id UUID REFERENCES companies (id),
  locale TEXT NOT NULL DEFAULT 'en',
  version INTEGER NOT NULL DEFAULT 1 CHECK (version > 0),
  state TEXT NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'active', 'retired')),
  UNIQUE NULLS NOT DISTINCT (company_id, template_name, persona, locale, version)
);
COMMENT ON TABLE whatsapp_templates IS 'texts that override the shipped ones at run time';
COMMENT ON COLUMN whatsapp_templates.template_sid IS 'Twilio Content template, HX…, for messages outside the 24-hour window';
COMMENT ON COLUMN whatsapp_templates.company_id IS 'none: for every company that has no text of its own';
COMMENT ON COLUMN whatsapp_templates.persona IS 'none: the default text';
CREATE UNIQUE INDEX idx_templates_one_active ON whatsapp_templates (company_id, template_name, persona, locale)
  NULLS NOT DISTINCT WHERE state = 'active';

CREATE TABLE outbound_messages (
  id UUID PRIMARY KEY,
  company_id UUID NOT NULL REFERENCES companies (id),
  contact_id UUID NOT NULL,
  execution_id UUID NOT NULL,
  reply_id UUID NOT NULL,
  conversation_key TEXT NOT NULL,
  part SMALLINT NOT NULL CHECK (part >= 0),
  parts SMALLINT NOT NULL CHECK (parts > 0),
  body TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sending', 'queued', 'sent', 'delivered', 'read',
    'failed', 'undelivered', 'canceled', 'unknown')),
  status_rank SMALLINT NOT NULL DEFAULT -2,
  message_sid TEXT UNIQUE,
  error_code INTEGER,
  error_message TEXT,
  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  sending_since TIMESTAMPTZ,
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  UNIQUE (company_id, id),
  UNIQUE (reply_id, part),
  FOREIGN KEY (company_id, contact_id) REFERENCES contacts (company_id, id),
  CHECK (part < parts)
);
COMMENT ON COLUMN outbound_messages.id IS 'derived from reply and part; travels in the StatusCallback URL';
COMMENT ON COLUMN outbound_messages.reply_id IS 'the message that asked for the reply';
COMMENT ON COLUMN outbound_messages.part IS 'from 0';
COMMENT ON COLUMN outbound_messages.status IS 'pending: not handed over; sending: the POST may have happened; unknown: nobody can say';
COMMENT ON COLUMN outbound_messages.status_rank IS 'the place of status in the lattice: -2 pending, -1 sending or unknown, then DeliveryStatus::rank; only mark_pending goes back';
COMMENT ON COLUMN outbound_messages.sending_since IS 'when the latest POST began';
CREATE INDEX idx_outbound_contact ON outbound_messages (company_id, contact_id, created_at);
CREATE INDEX idx_outbound_execution ON outbound_messages (company_id, execution_id);
CREATE INDEX idx_outbound_doubtful ON outbound_messages (sending_since) WHERE status = 'sending';

CREATE TABLE message_status_events (
  message_sid TEXT NOT NULL,
  status TEXT NOT NULL,
  company_id UUID NOT NULL,
  outbound_id UUID NOT NULL,
  error_code INTEGER,
  received_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (message_sid, status),
  FOREIGN KEY (company_id, outbound_id) REFERENCES outbound_messages (company_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE message_status_events IS 'status callbacks as they came; Twilio repeats and reorders them';
CREATE INDEX idx_status_events_outbound ON message_status_events (company_id, outbound_id);
