-- What there is and where. A figure that a company does not keep is NULL, and is said to be unknown, never guessed.

CREATE TABLE legal_entities (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  company_id UUID NOT NULL REFERENCES companies (id),
  name TEXT NOT NULL CHECK (name <> ''),
  UNIQUE (company_id, id),
  UNIQUE (company_id, name)
);

CREATE TABLE locations (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  company_id UUID NOT NULL REFERENCES companies (id),
  legal_entity_id UUID NOT NULL,
  name TEXT NOT NULL CHECK (name <> ''),
  UNIQUE (company_id, id),
  FOREIGN KEY (company_id, legal_entity_id) REFERENCES legal_entities (company_id, id)
);
CREATE UNIQUE INDEX idx_locations_name ON locations (company_id, lower(name));

CREATE TABLE products (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  company_id UUID NOT NULL REFERENCES companies (id),
  sku TEXT NOT NULL CHECK (sku <> ''),
  name TEXT NOT NULL CHECK (name <> ''),
  unit TEXT NOT NULL DEFAULT 'unit' CHECK (unit <> ''),
  aliases TEXT[] NOT NULL DEFAULT '{}' CHECK (array_position(aliases, NULL) IS NULL),
  lead_time_days INTEGER CHECK (lead_time_days >= 0),
  reorder_point BIGINT CHECK (reorder_point >= 0),
  average_daily_demand NUMERIC CHECK (average_daily_demand >= 0),
  last_reorder_on DATE,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  UNIQUE (company_id, id)
);
COMMENT ON COLUMN products.unit IS 'what quantities count, singular: unit, box, kg';
COMMENT ON COLUMN products.aliases IS 'other names that people use for it';
COMMENT ON COLUMN products.reorder_point IS 'over all locations: at or below it, order';
COMMENT ON COLUMN products.average_daily_demand IS 'units a day, over all locations';
CREATE UNIQUE INDEX idx_products_sku ON products (company_id, upper(sku));

CREATE TABLE stock_levels (
  company_id UUID NOT NULL,
  product_id UUID NOT NULL,
  location_id UUID NOT NULL,
  quantity BIGINT NOT NULL CHECK (quantity >= 0),
  reorder_point BIGINT CHECK (reorder_point >= 0),
  updated_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (product_id, location_id),
  FOREIGN KEY (company_id, product_id) REFERENCES products (company_id, id) ON DELETE CASCADE,
  FOREIGN KEY (company_id, location_id) REFERENCES locations (company_id, id)
);
COMMENT ON COLUMN stock_levels.reorder_point IS 'of this location alone; NULL: not kept';
COMMENT ON COLUMN stock_levels.updated_at IS 'the last movement or count';
CREATE INDEX idx_stock_location ON stock_levels (company_id, location_id);
