ALTER TABLE outbound_messages DROP COLUMN media_url;
DROP TABLE mail_messages;
