DROP INDEX idx_purchase_orders_execution;
CREATE UNIQUE INDEX idx_purchase_orders_execution ON purchase_orders (execution_id, supplier_id) WHERE execution_id IS NOT NULL;
