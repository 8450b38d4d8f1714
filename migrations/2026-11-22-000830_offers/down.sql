DROP TABLE lessons_read;
ALTER TABLE schedules
  DROP CONSTRAINT schedules_number,
  DROP CONSTRAINT schedules_paused,
  DROP CONSTRAINT schedules_weekdays,
  DROP COLUMN paused_by,
  DROP COLUMN weekdays,
  DROP COLUMN number,
  ADD COLUMN weekday SMALLINT CHECK (weekday BETWEEN 1 AND 7),
  ADD CHECK ((cadence = 'weekly') = (weekday IS NOT NULL));
COMMENT ON TABLE schedules IS NULL;
COMMENT ON COLUMN schedules.next_run_at IS NULL;
