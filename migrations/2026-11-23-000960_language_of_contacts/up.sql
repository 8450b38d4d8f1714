-- The language that somebody writes in, for who has set none.

ALTER TABLE contacts ADD COLUMN language TEXT CHECK (language IN ('en', 'es'));
COMMENT ON COLUMN contacts.language IS 'that of the latest message that was plainly in one; counts where profiles.locale is none';
