ALTER TABLE locations
  DROP CONSTRAINT locations_both_coordinates,
  DROP COLUMN longitude,
  DROP COLUMN latitude;
DROP TABLE inbound_media;
DROP TABLE opt_outs;
DROP TABLE unknown_senders;
DROP TABLE pairing_codes;
