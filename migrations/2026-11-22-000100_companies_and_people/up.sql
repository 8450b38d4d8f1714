-- Who there is: tenants, their people, and those who write to them.
-- Every table has UNIQUE (company_id, id), so that a foreign key can carry the company along and no row can refer to
-- another tenant's.

CREATE TABLE companies (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  name TEXT NOT NULL CHECK (name <> ''),
  whatsapp_address TEXT NOT NULL UNIQUE CHECK (whatsapp_address ~ '^\+[0-9]{5,15}$'),
  time_zone TEXT NOT NULL DEFAULT 'UTC',
  week_start SMALLINT NOT NULL DEFAULT 1 CHECK (week_start BETWEEN 1 AND 7),
  locale TEXT NOT NULL DEFAULT 'en',
  currency TEXT NOT NULL DEFAULT 'USD' CHECK (currency ~ '^[A-Z]{3}$'),
  created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
COMMENT ON COLUMN companies.whatsapp_address IS 'our number without the whatsapp: prefix; the To of an inbound message';
COMMENT ON COLUMN companies.time_zone IS 'IANA name';
COMMENT ON COLUMN companies.week_start IS 'ISO day of the week: 1 is Monday, 7 is Sunday';
COMMENT ON COLUMN companies.currency IS 'ISO 4217';

CREATE TABLE profiles (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  company_id UUID NOT NULL REFERENCES companies (id),
  display_name TEXT NOT NULL,
  persona TEXT CHECK (persona IN ('streamliner', 'navigator', 'hub', 'spring', 'processor')),
  role TEXT NOT NULL DEFAULT 'viewer' CHECK (role <> ''),
  email TEXT,
  time_zone TEXT,
  locale TEXT,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  UNIQUE (company_id, id)
);
COMMENT ON COLUMN profiles.persona IS 'how the person likes to be answered; none: the default texts';
COMMENT ON COLUMN profiles.role IS 'what the person may do; the roles are in the code';
COMMENT ON COLUMN profiles.time_zone IS 'IANA name; none: the company''s';
COMMENT ON COLUMN profiles.locale IS 'none: the company''s';

CREATE TABLE contacts (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  company_id UUID NOT NULL REFERENCES companies (id),
  profile_id UUID,
  display_name TEXT,
  last_inbound_at TIMESTAMPTZ,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  UNIQUE (company_id, id),
  FOREIGN KEY (company_id, profile_id) REFERENCES profiles (company_id, id)
);
COMMENT ON COLUMN contacts.profile_id IS 'none: somebody who wrote to us and is not (yet) known';
COMMENT ON COLUMN contacts.display_name IS 'the name that WhatsApp states: untrusted text';
COMMENT ON COLUMN contacts.last_inbound_at IS 'starts WhatsApp''s 24-hour window for free text';
CREATE INDEX idx_contacts_profile ON contacts (company_id, profile_id);

CREATE TABLE contact_addresses (
  company_id UUID NOT NULL,
  address TEXT NOT NULL,
  contact_id UUID NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('phone', 'bsuid')),
  last_seen_at TIMESTAMPTZ,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  PRIMARY KEY (company_id, address),
  FOREIGN KEY (company_id, contact_id) REFERENCES contacts (company_id, id) ON DELETE CASCADE,
  CHECK ((kind = 'phone') = (address LIKE '+%'))
);
COMMENT ON COLUMN contact_addresses.address IS 'without the whatsapp: prefix';
COMMENT ON COLUMN contact_addresses.last_seen_at IS 'the last message from it; replies go to the address seen last';
CREATE INDEX idx_contact_addresses_contact ON contact_addresses (company_id, contact_id);
