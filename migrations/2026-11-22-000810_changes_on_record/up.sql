-- What is needed to say afterwards why something changed: more kinds of lines of the audit log, why an order was
-- cancelled, and until when a change can be taken back.

ALTER TABLE audit_log
  DROP CONSTRAINT audit_log_action_check,
  ADD CONSTRAINT audit_log_action_check CHECK (action IN ('denied', 'drafted', 'done', 'undone', 'cancelled',
    'agent_failing', 'agent_recovered'));

ALTER TABLE purchase_orders
  ADD COLUMN cancel_reason TEXT CHECK (cancel_reason IN ('declined', 'expired', 'undone')),
  ADD CONSTRAINT purchase_orders_reason_of_cancelled CHECK (cancel_reason IS NULL OR state = 'cancelled');
COMMENT ON COLUMN purchase_orders.cancel_reason IS 'declined: a no; expired: nobody answered; undone: UNDO; NULL: not known';
CREATE INDEX idx_purchase_orders_drafts ON purchase_orders (company_id, created_at) WHERE state = 'draft';

ALTER TABLE effects ADD COLUMN undo_until TIMESTAMPTZ NOT NULL DEFAULT 'epoch';
UPDATE effects SET undo_until = done_at + interval '10 minutes';
-- For writers of the version before, which did not note it.
ALTER TABLE effects ALTER COLUMN undo_until SET DEFAULT now() + interval '10 minutes';
COMMENT ON COLUMN effects.undo_until IS 'the last moment at which UNDO takes it back';
