-- What was asked and what was done about it. Columns and indexes of spec section 8 come first in each of its tables;
-- those below the blank line are ours.

CREATE TABLE agents (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  company_id UUID NOT NULL REFERENCES companies (id),
  agent_type TEXT NOT NULL CHECK (agent_type <> ''),
  state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'stopped')),
  last_run_at TIMESTAMPTZ,
  last_error TEXT,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  UNIQUE (company_id, id),
  UNIQUE (company_id, agent_type)
);
COMMENT ON COLUMN agents.last_error IS 'of the last run; none when it went well';

CREATE TABLE whatsapp_conversations (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  phone_number TEXT NOT NULL,
  user_id UUID,
  message_sid TEXT,
  message_body TEXT,
  intent_type TEXT,
  intent_confidence NUMERIC CHECK (intent_confidence BETWEEN 0 AND 1),
  entities JSONB,
  execution_id UUID NOT NULL UNIQUE,
  response_sent BOOLEAN NOT NULL DEFAULT false,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),

  company_id UUID NOT NULL REFERENCES companies (id),
  contact_id UUID NOT NULL,
  account_sid TEXT NOT NULL,
  conversation_key TEXT NOT NULL,
  seq BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY,
  inbound JSONB,
  outcome JSONB,
  received_at TIMESTAMPTZ NOT NULL,
  UNIQUE (company_id, id),
  UNIQUE (account_sid, message_sid),
  FOREIGN KEY (company_id, user_id) REFERENCES profiles (company_id, id),
  FOREIGN KEY (company_id, contact_id) REFERENCES contacts (company_id, id)
);
COMMENT ON TABLE whatsapp_conversations IS 'one row an inbound message';
COMMENT ON COLUMN whatsapp_conversations.phone_number IS 'the sender''s address without prefix: a phone number or a BSUID';
COMMENT ON COLUMN whatsapp_conversations.user_id IS 'the sender''s profile when the message came; none: not known';
COMMENT ON COLUMN whatsapp_conversations.execution_id IS 'derived from account_sid and message_sid by ingress';
COMMENT ON COLUMN whatsapp_conversations.response_sent IS 'Twilio has taken a reply to this message';
COMMENT ON COLUMN whatsapp_conversations.conversation_key IS 'account, our number and sender; orders the messages of one conversation';
COMMENT ON COLUMN whatsapp_conversations.seq IS 'the order in which messages were recorded';
COMMENT ON COLUMN whatsapp_conversations.inbound IS 'what the message carried beside its text: media, button, list, location, quote';
COMMENT ON COLUMN whatsapp_conversations.outcome IS 'the messages that handling it decided to publish; a redelivery publishes these again';
COMMENT ON COLUMN whatsapp_conversations.received_at IS 'when ingress received it; created_at is when it was recorded';
CREATE INDEX idx_conversations_phone ON whatsapp_conversations (phone_number);
CREATE INDEX idx_conversations_user ON whatsapp_conversations (user_id);
CREATE INDEX idx_conversations_key ON whatsapp_conversations (company_id, conversation_key, seq);

CREATE TABLE agent_execution_queue (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  agent_id UUID,
  priority INTEGER NOT NULL DEFAULT 5 CHECK (priority IN (3, 5, 8, 9, 10)),
  context JSONB,
  status TEXT NOT NULL DEFAULT 'pending'
    CHECK (status IN ('pending', 'processing', 'completed', 'failed', 'cancelled')),
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  started_at TIMESTAMPTZ,
  completed_at TIMESTAMPTZ,
  result JSONB,
  error TEXT,

  company_id UUID NOT NULL REFERENCES companies (id),
  contact_id UUID,
  profile_id UUID,
  conversation_key TEXT NOT NULL,
  intent_type TEXT NOT NULL,
  agent_type TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  lease_owner TEXT,
  lease_until TIMESTAMPTZ,
  soft_deadline_at TIMESTAMPTZ,
  hard_deadline_at TIMESTAMPTZ,
  outcome JSONB,
  UNIQUE (company_id, id),
  FOREIGN KEY (company_id, agent_id) REFERENCES agents (company_id, id),
  FOREIGN KEY (company_id, contact_id) REFERENCES contacts (company_id, id),
  FOREIGN KEY (company_id, profile_id) REFERENCES profiles (company_id, id),
  CHECK ((lease_owner IS NULL) = (lease_until IS NULL)),
  CHECK ((status = 'processing') = (lease_owner IS NOT NULL)),
  CHECK ((status IN ('completed', 'failed', 'cancelled')) = (completed_at IS NOT NULL))
);
COMMENT ON COLUMN agent_execution_queue.id IS 'the execution id, the same from the webhook to the reply';
COMMENT ON COLUMN agent_execution_queue.context IS 'what the agent is asked: entities and the moment of asking';
COMMENT ON COLUMN agent_execution_queue.contact_id IS 'who gets the result; none for work that nobody asked for';
COMMENT ON COLUMN agent_execution_queue.attempts IS 'how often it was begun; also the fencing token of the lease';
COMMENT ON COLUMN agent_execution_queue.lease_until IS 'until then no other worker may begin it';
COMMENT ON COLUMN agent_execution_queue.soft_deadline_at IS 'past it the user is told that it takes longer';
COMMENT ON COLUMN agent_execution_queue.hard_deadline_at IS 'past it the agent is stopped';
COMMENT ON COLUMN agent_execution_queue.outcome IS 'the messages that finishing it decided to publish; a redelivery publishes these again';
CREATE INDEX idx_queue_status_priority ON agent_execution_queue (status, priority DESC);
CREATE INDEX idx_queue_unfinished ON agent_execution_queue (created_at) WHERE status IN ('pending', 'processing');
CREATE INDEX idx_queue_conversation ON agent_execution_queue (company_id, conversation_key, created_at);
