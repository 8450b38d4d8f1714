-- What the texts offer: requests that come again (SCHEDULE) and lessons (LEARN).

-- Nothing has read or written schedules so far.
ALTER TABLE schedules
  DROP COLUMN weekday,
  ADD COLUMN number INTEGER NOT NULL CHECK (number > 0),
  ADD COLUMN weekdays SMALLINT CHECK (weekdays BETWEEN 1 AND 127),
  ADD COLUMN paused_by TEXT CHECK (paused_by IN ('person', 'role')),
  ADD CONSTRAINT schedules_weekdays CHECK ((cadence = 'weekly') = (weekdays IS NOT NULL)),
  ADD CONSTRAINT schedules_paused CHECK ((state = 'paused') = (paused_by IS NOT NULL)),
  ADD CONSTRAINT schedules_number UNIQUE (company_id, profile_id, number);
COMMENT ON TABLE schedules IS 'requests that come again by themselves; agent-executor''s sweeper runs those that are due';
COMMENT ON COLUMN schedules.number IS 'what the person calls it; not given again';
COMMENT ON COLUMN schedules.weekdays IS 'bit 0 is Monday';
COMMENT ON COLUMN schedules.paused_by IS 'role: the person may not ask for it any more';
COMMENT ON COLUMN schedules.next_run_at IS 'of an active one; what lies behind is due';

CREATE TABLE lessons_read (
  company_id UUID NOT NULL,
  profile_id UUID NOT NULL,
  lesson TEXT NOT NULL CHECK (lesson <> ''),
  times INTEGER NOT NULL DEFAULT 1 CHECK (times > 0),
  first_read_at TIMESTAMPTZ NOT NULL,
  read_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (profile_id, lesson),
  FOREIGN KEY (company_id, profile_id) REFERENCES profiles (company_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE lessons_read IS 'which lessons a person has read';
CREATE INDEX idx_lessons_read_company ON lessons_read (company_id, profile_id);
