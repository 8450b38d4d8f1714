-- What is bought, sold and moved. Money is NUMERIC in the currency of its row; quantities are whole units of the product.

ALTER TABLE products
  ADD COLUMN category TEXT CHECK (category <> ''),
  ADD COLUMN pack_size BIGINT CHECK (pack_size > 0),
  ADD COLUMN price NUMERIC CHECK (price >= 0),
  ADD COLUMN cost NUMERIC CHECK (cost >= 0);
COMMENT ON COLUMN products.pack_size IS 'units a pack; NULL: single units';
COMMENT ON COLUMN products.price IS 'what one unit is sold for, in the company''s currency';
COMMENT ON COLUMN products.cost IS 'what one unit in stock is worth, in the company''s currency';
COMMENT ON COLUMN products.reorder_point IS 'over all locations: at or below it, order; NULL: computed where sales allow it';
COMMENT ON COLUMN products.average_daily_demand IS 'units a day over all locations, as the company states it; sales go before it';

CREATE TABLE suppliers (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  company_id UUID NOT NULL REFERENCES companies (id),
  name TEXT NOT NULL CHECK (name <> ''),
  contact_name TEXT,
  email TEXT,
  phone TEXT,
  lead_time_days INTEGER CHECK (lead_time_days >= 0),
  payment_terms TEXT,
  active BOOLEAN NOT NULL DEFAULT true,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  UNIQUE (company_id, id)
);
COMMENT ON COLUMN suppliers.lead_time_days IS 'as agreed; supplier_products may say otherwise for a product';
CREATE UNIQUE INDEX idx_suppliers_name ON suppliers (company_id, lower(name));

CREATE TABLE supplier_products (
  company_id UUID NOT NULL,
  supplier_id UUID NOT NULL,
  product_id UUID NOT NULL,
  supplier_sku TEXT,
  unit_price NUMERIC NOT NULL CHECK (unit_price >= 0),
  currency TEXT NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  minimum_quantity BIGINT CHECK (minimum_quantity > 0),
  pack_size BIGINT CHECK (pack_size > 0),
  lead_time_days INTEGER CHECK (lead_time_days >= 0),
  preferred BOOLEAN NOT NULL DEFAULT false,
  updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  PRIMARY KEY (supplier_id, product_id),
  FOREIGN KEY (company_id, supplier_id) REFERENCES suppliers (company_id, id) ON DELETE CASCADE,
  FOREIGN KEY (company_id, product_id) REFERENCES products (company_id, id) ON DELETE CASCADE
);
COMMENT ON COLUMN supplier_products.minimum_quantity IS 'units; NULL: any';
COMMENT ON COLUMN supplier_products.pack_size IS 'the supplier sells whole packs of this many units; NULL: single units';
CREATE INDEX idx_supplier_products_product ON supplier_products (company_id, product_id);

CREATE TABLE supplier_prices (
  company_id UUID NOT NULL,
  supplier_id UUID NOT NULL,
  product_id UUID NOT NULL,
  valid_from DATE NOT NULL,
  unit_price NUMERIC NOT NULL CHECK (unit_price >= 0),
  currency TEXT NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  PRIMARY KEY (supplier_id, product_id, valid_from),
  FOREIGN KEY (company_id, supplier_id) REFERENCES suppliers (company_id, id) ON DELETE CASCADE,
  FOREIGN KEY (company_id, product_id) REFERENCES products (company_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE supplier_prices IS 'every price a supplier had, the present one among them';
CREATE INDEX idx_supplier_prices_product ON supplier_prices (company_id, product_id, valid_from);

CREATE TABLE purchase_orders (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  company_id UUID NOT NULL REFERENCES companies (id),
  number BIGINT NOT NULL,
  supplier_id UUID NOT NULL,
  location_id UUID,
  state TEXT NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'confirmed', 'received', 'cancelled')),
  currency TEXT NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  created_by UUID,
  execution_id UUID,
  created_at TIMESTAMPTZ NOT NULL,
  confirmed_at TIMESTAMPTZ,
  expected_on DATE,
  received_at TIMESTAMPTZ,
  cancelled_at TIMESTAMPTZ,
  UNIQUE (company_id, id),
  UNIQUE (company_id, number),
  FOREIGN KEY (company_id, supplier_id) REFERENCES suppliers (company_id, id),
  FOREIGN KEY (company_id, location_id) REFERENCES locations (company_id, id),
  FOREIGN KEY (company_id, created_by) REFERENCES profiles (company_id, id),
  CHECK (state NOT IN ('confirmed', 'received') OR confirmed_at IS NOT NULL),
  CHECK ((state = 'received') = (received_at IS NOT NULL)),
  CHECK ((state = 'cancelled') = (cancelled_at IS NOT NULL))
);
COMMENT ON COLUMN purchase_orders.number IS 'counts within the company; people say PO-1001';
COMMENT ON COLUMN purchase_orders.execution_id IS 'the request that made it; NULL: imported';
CREATE UNIQUE INDEX idx_purchase_orders_execution ON purchase_orders (execution_id, supplier_id) WHERE execution_id IS NOT NULL;
CREATE INDEX idx_purchase_orders_supplier ON purchase_orders (company_id, supplier_id, confirmed_at);
CREATE INDEX idx_purchase_orders_open ON purchase_orders (company_id, expected_on) WHERE state = 'confirmed';

CREATE TABLE purchase_order_lines (
  company_id UUID NOT NULL,
  order_id UUID NOT NULL,
  line SMALLINT NOT NULL CHECK (line > 0),
  product_id UUID NOT NULL,
  quantity BIGINT NOT NULL CHECK (quantity > 0),
  unit_price NUMERIC NOT NULL CHECK (unit_price >= 0),
  PRIMARY KEY (order_id, line),
  FOREIGN KEY (company_id, order_id) REFERENCES purchase_orders (company_id, id) ON DELETE CASCADE,
  FOREIGN KEY (company_id, product_id) REFERENCES products (company_id, id)
);
CREATE INDEX idx_purchase_order_lines_product ON purchase_order_lines (company_id, product_id);

CREATE TABLE deliveries (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  company_id UUID NOT NULL,
  order_id UUID NOT NULL,
  delivered_at TIMESTAMPTZ NOT NULL,
  UNIQUE (company_id, id),
  FOREIGN KEY (company_id, order_id) REFERENCES purchase_orders (company_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE deliveries IS 'an order may come in several';
CREATE INDEX idx_deliveries_order ON deliveries (company_id, order_id);
CREATE INDEX idx_deliveries_at ON deliveries (company_id, delivered_at);

CREATE TABLE delivery_lines (
  company_id UUID NOT NULL,
  delivery_id UUID NOT NULL,
  product_id UUID NOT NULL,
  quantity BIGINT NOT NULL CHECK (quantity >= 0),
  rejected BIGINT NOT NULL DEFAULT 0 CHECK (rejected BETWEEN 0 AND quantity),
  PRIMARY KEY (delivery_id, product_id),
  FOREIGN KEY (company_id, delivery_id) REFERENCES deliveries (company_id, id) ON DELETE CASCADE,
  FOREIGN KEY (company_id, product_id) REFERENCES products (company_id, id)
);
COMMENT ON COLUMN delivery_lines.rejected IS 'units of quantity that were not good';

CREATE TABLE sales (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  company_id UUID NOT NULL,
  product_id UUID NOT NULL,
  location_id UUID NOT NULL,
  sold_on DATE NOT NULL,
  requested BIGINT NOT NULL CHECK (requested >= 0),
  quantity BIGINT NOT NULL CHECK (quantity BETWEEN 0 AND requested),
  unit_price NUMERIC NOT NULL CHECK (unit_price >= 0),
  reference TEXT,
  FOREIGN KEY (company_id, product_id) REFERENCES products (company_id, id),
  FOREIGN KEY (company_id, location_id) REFERENCES locations (company_id, id)
);
COMMENT ON COLUMN sales.sold_on IS 'the company''s day';
COMMENT ON COLUMN sales.requested IS 'units that customers asked for; quantity of them could be supplied';
COMMENT ON COLUMN sales.unit_price IS 'in the company''s currency';
COMMENT ON COLUMN sales.reference IS 'the number of the row in the system that it came from; imported once';
CREATE UNIQUE INDEX idx_sales_reference ON sales (company_id, reference) WHERE reference IS NOT NULL;
CREATE INDEX idx_sales_day ON sales (company_id, sold_on);
CREATE INDEX idx_sales_product ON sales (company_id, product_id, sold_on);

CREATE TABLE stock_movements (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  company_id UUID NOT NULL,
  product_id UUID NOT NULL,
  location_id UUID NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('count', 'receipt', 'issue', 'sale', 'import', 'undo')),
  quantity_before BIGINT NOT NULL CHECK (quantity_before >= 0),
  quantity_after BIGINT NOT NULL CHECK (quantity_after >= 0),
  reason TEXT,
  execution_id UUID,
  profile_id UUID,
  reverses UUID,
  moved_at TIMESTAMPTZ NOT NULL,
  UNIQUE (company_id, id),
  UNIQUE (reverses),
  FOREIGN KEY (company_id, product_id) REFERENCES products (company_id, id) ON DELETE CASCADE,
  FOREIGN KEY (company_id, location_id) REFERENCES locations (company_id, id),
  FOREIGN KEY (company_id, profile_id) REFERENCES profiles (company_id, id),
  FOREIGN KEY (company_id, reverses) REFERENCES stock_movements (company_id, id)
);
COMMENT ON TABLE stock_movements IS 'history: rows are added, never changed; stock_levels has their sum';
COMMENT ON COLUMN stock_movements.kind IS 'count: set to what was counted; receipt: added; issue: taken out; undo: takes back the movement that reverses names';
COMMENT ON COLUMN stock_movements.execution_id IS 'the request that caused it';
CREATE UNIQUE INDEX idx_stock_movements_execution ON stock_movements (execution_id, product_id, location_id)
  WHERE execution_id IS NOT NULL;
CREATE INDEX idx_stock_movements_product ON stock_movements (company_id, product_id, moved_at);

CREATE TABLE stock_snapshots (
  company_id UUID NOT NULL,
  product_id UUID NOT NULL,
  location_id UUID NOT NULL,
  taken_on DATE NOT NULL,
  quantity BIGINT NOT NULL CHECK (quantity >= 0),
  PRIMARY KEY (product_id, location_id, taken_on),
  FOREIGN KEY (company_id, product_id) REFERENCES products (company_id, id) ON DELETE CASCADE,
  FOREIGN KEY (company_id, location_id) REFERENCES locations (company_id, id)
);
COMMENT ON TABLE stock_snapshots IS 'stock at the end of the company''s day, for averages over a period; inventory_monitor takes them';
CREATE INDEX idx_stock_snapshots_day ON stock_snapshots (company_id, taken_on);
