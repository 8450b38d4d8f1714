DROP TABLE agent_execution_queue;
DROP TABLE whatsapp_conversations;
DROP TABLE agents;
