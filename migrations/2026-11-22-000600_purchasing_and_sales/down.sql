DROP TABLE stock_snapshots;
DROP TABLE stock_movements;
DROP TABLE sales;
DROP TABLE delivery_lines;
DROP TABLE deliveries;
DROP TABLE purchase_order_lines;
DROP TABLE purchase_orders;
DROP TABLE supplier_prices;
DROP TABLE supplier_products;
DROP TABLE suppliers;
COMMENT ON COLUMN products.average_daily_demand IS 'units a day, over all locations';
COMMENT ON COLUMN products.reorder_point IS 'over all locations: at or below it, order';
ALTER TABLE products
  DROP COLUMN cost,
  DROP COLUMN price,
  DROP COLUMN pack_size,
  DROP COLUMN category;
