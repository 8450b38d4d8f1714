//! The store against a real PostgreSQL (`TEST_DATABASE_URL`), one module an aggregate. One binary,
//! since each costs a link.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod agents;
mod agents_and_templates;
mod alerts;
mod contacts;
mod conversations;
mod cross_tenant;
mod demand;
mod demo;
mod dialogues;
mod effects;
mod executions;
mod feedback;
mod inbound_media;
mod isolation;
mod locations;
mod mail;
mod metrics;
mod migrations;
mod movements;
mod offers;
mod opt_outs;
mod outbound;
mod people;
mod permissions;
mod persona_offers;
mod pool;
mod products;
mod purchasing;
mod replenishment;
mod supplier_scores;
mod support;
