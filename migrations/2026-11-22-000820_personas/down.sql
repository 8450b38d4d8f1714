DROP TABLE persona_changes;
