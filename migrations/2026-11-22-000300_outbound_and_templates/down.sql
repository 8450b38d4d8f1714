DROP TABLE message_status_events;
DROP TABLE outbound_messages;
DROP TABLE whatsapp_templates;
