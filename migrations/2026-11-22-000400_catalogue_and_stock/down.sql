DROP TABLE stock_levels;
DROP TABLE products;
DROP TABLE locations;
DROP TABLE legal_entities;
