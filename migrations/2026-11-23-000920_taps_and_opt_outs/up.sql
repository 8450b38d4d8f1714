-- Buttons and lists to tap in place of a text, and what nobody asked for while it waits.

ALTER TABLE outbound_messages ADD COLUMN proactive BOOLEAN NOT NULL DEFAULT false;
COMMENT ON COLUMN outbound_messages.proactive IS 'nobody asked for it: not sent to who has opted out meanwhile';
COMMENT ON COLUMN outbound_messages.content_sid IS 'Twilio Content template, HX…: a part without a text is a notice; one with a text goes out as buttons or a list, and the text in its place when Twilio refuses that';
COMMENT ON COLUMN outbound_messages.content_variables IS 'the variables of content_sid, texts by number';
COMMENT ON COLUMN whatsapp_templates.variables IS 'of template_sid: minijinja texts by number, e.g. {"1": "{{ line }}"}; quick_reply and list_picker_N have some without it (docs/templates.md)';
