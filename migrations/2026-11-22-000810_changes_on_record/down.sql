ALTER TABLE effects DROP COLUMN undo_until;

DROP INDEX idx_purchase_orders_drafts;
ALTER TABLE purchase_orders
  DROP CONSTRAINT purchase_orders_reason_of_cancelled,
  DROP COLUMN cancel_reason;

DELETE FROM audit_log WHERE action IN ('drafted', 'agent_failing', 'agent_recovered');
ALTER TABLE audit_log
  DROP CONSTRAINT audit_log_action_check,
  ADD CONSTRAINT audit_log_action_check CHECK (action IN ('denied', 'done', 'undone', 'cancelled'));
