COMMENT ON COLUMN whatsapp_templates.variables IS 'of template_sid: minijinja texts by number, e.g. {"1": "{{ line }}"}';
COMMENT ON COLUMN outbound_messages.content_variables IS 'the notice''s variables, texts by number';
COMMENT ON COLUMN outbound_messages.content_sid IS 'Twilio Content template, HX…: such a part is a notice and has no text';
ALTER TABLE outbound_messages DROP COLUMN proactive;
