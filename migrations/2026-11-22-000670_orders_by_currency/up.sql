-- A supplier may sell one thing in one currency and another in another: a request then draws up an order in each.

DROP INDEX idx_purchase_orders_execution;
CREATE UNIQUE INDEX idx_purchase_orders_execution ON purchase_orders (execution_id, supplier_id, currency)
  WHERE execution_id IS NOT NULL;
