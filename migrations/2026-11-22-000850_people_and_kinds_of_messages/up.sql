-- Who may write, who may be written to, and what of a message is no text.

CREATE TABLE pairing_codes (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  company_id UUID NOT NULL REFERENCES companies (id),
  profile_id UUID NOT NULL,
  code_hash BYTEA NOT NULL CHECK (length(code_hash) = 32),
  created_at TIMESTAMPTZ NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL CHECK (expires_at > created_at),
  used_at TIMESTAMPTZ,
  used_by UUID,
  revoked_at TIMESTAMPTZ,
  UNIQUE (company_id, id),
  UNIQUE (company_id, code_hash),
  FOREIGN KEY (company_id, profile_id) REFERENCES profiles (company_id, id),
  FOREIGN KEY (company_id, used_by) REFERENCES contacts (company_id, id),
  CHECK ((used_at IS NULL) = (used_by IS NULL)),
  CHECK (used_at IS NULL OR revoked_at IS NULL)
);
COMMENT ON TABLE pairing_codes IS 'wharfctl invite: whoever writes the code from an unknown number is that person';
COMMENT ON COLUMN pairing_codes.code_hash IS 'SHA-256 of company id and code; the code itself is shown once and not kept';

CREATE TABLE unknown_senders (
  company_id UUID NOT NULL,
  contact_id UUID NOT NULL,
  messages BIGINT NOT NULL DEFAULT 0,
  last_at TIMESTAMPTZ NOT NULL,
  told_at TIMESTAMPTZ,
  guesses INTEGER NOT NULL DEFAULT 0,
  guesses_since TIMESTAMPTZ,
  PRIMARY KEY (company_id, contact_id),
  FOREIGN KEY (company_id, contact_id) REFERENCES contacts (company_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE unknown_senders IS 'contacts without a profile who wrote: the row stays when they are paired';
COMMENT ON COLUMN unknown_senders.told_at IS 'when they were last told that we do not know them; at most once in 24 hours';
COMMENT ON COLUMN unknown_senders.guesses IS 'wrong pairing codes since guesses_since';

CREATE TABLE opt_outs (
  company_id UUID NOT NULL,
  contact_id UUID NOT NULL,
  opted_out BOOLEAN NOT NULL,
  changed_at TIMESTAMPTZ NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('word', 'twilio', 'refused')),
  PRIMARY KEY (company_id, contact_id),
  FOREIGN KEY (company_id, contact_id) REFERENCES contacts (company_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE opt_outs IS 'who has ever said STOP or START; nobody may be written to first who is opted out';
COMMENT ON COLUMN opt_outs.source IS 'word: STOP or START in a message; twilio: OptOutType; refused: error 21610 when sending';

CREATE TABLE inbound_media (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  company_id UUID NOT NULL,
  contact_id UUID NOT NULL,
  profile_id UUID,
  execution_id UUID NOT NULL,
  number SMALLINT NOT NULL CHECK (number >= 0),
  message_sid TEXT NOT NULL,
  url TEXT NOT NULL,
  declared_type TEXT NOT NULL,
  received_at TIMESTAMPTZ NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'kept', 'refused', 'failed', 'removed')),
  reason TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_try_at TIMESTAMPTZ NOT NULL,
  content_type TEXT,
  size_bytes BIGINT CHECK (size_bytes >= 0),
  object_key TEXT,
  kept_at TIMESTAMPTZ,
  remove_at TIMESTAMPTZ,
  UNIQUE (company_id, id),
  UNIQUE (company_id, execution_id, number),
  FOREIGN KEY (company_id, contact_id) REFERENCES contacts (company_id, id),
  FOREIGN KEY (company_id, profile_id) REFERENCES profiles (company_id, id),
  CHECK ((state IN ('kept', 'removed')) = (object_key IS NOT NULL)),
  CHECK (state <> 'kept' OR (content_type IS NOT NULL AND size_bytes IS NOT NULL AND kept_at IS NOT NULL))
);
COMMENT ON TABLE inbound_media IS 'files that people sent: fetched from Twilio by responder and kept for agents that ask for them';
COMMENT ON COLUMN inbound_media.number IS 'of the message''s files, from 0';
COMMENT ON COLUMN inbound_media.declared_type IS 'the MIME type that Twilio stated';
COMMENT ON COLUMN inbound_media.content_type IS 'the MIME type that the bytes showed';
COMMENT ON COLUMN inbound_media.state IS 'refused: not what we keep (too large, wrong type or host); failed: not to be had; removed: its time was over';
COMMENT ON COLUMN inbound_media.next_try_at IS 'while waiting: not before; moved ahead while somebody fetches it';
CREATE INDEX idx_inbound_media_waiting ON inbound_media (next_try_at) WHERE state = 'waiting';
CREATE INDEX idx_inbound_media_kept ON inbound_media (remove_at) WHERE state = 'kept';

ALTER TABLE locations
  ADD COLUMN latitude DOUBLE PRECISION CHECK (latitude BETWEEN -90 AND 90),
  ADD COLUMN longitude DOUBLE PRECISION CHECK (longitude BETWEEN -180 AND 180),
  ADD CONSTRAINT locations_both_coordinates CHECK ((latitude IS NULL) = (longitude IS NULL));
COMMENT ON COLUMN locations.latitude IS 'degrees north (WGS 84); none: not known';
COMMENT ON COLUMN locations.longitude IS 'degrees east';
