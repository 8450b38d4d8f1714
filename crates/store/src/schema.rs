//! The tables as diesel sees them; what each column means stands in `migrations/`.
//!
//! Written by hand: `tests/database/migrations.rs` compares them with the migrated database column by
//! column. A new table goes into the file of its kind, and into the list at the end of this one.

mod goods;
mod messages;
mod people;
mod work;

pub(crate) use goods::*;
pub(crate) use messages::*;
pub(crate) use people::*;
pub(crate) use work::*;

diesel::joinable!(contacts -> companies (company_id));
diesel::joinable!(profiles -> companies (company_id));
diesel::joinable!(contact_addresses -> contacts (contact_id));
diesel::joinable!(contacts -> profiles (profile_id));
diesel::joinable!(locations -> legal_entities (legal_entity_id));
diesel::joinable!(stock_levels -> locations (location_id));
diesel::joinable!(stock_levels -> products (product_id));
diesel::joinable!(supplier_products -> suppliers (supplier_id));
diesel::joinable!(supplier_products -> products (product_id));
diesel::joinable!(supplier_prices -> suppliers (supplier_id));
diesel::joinable!(supplier_prices -> products (product_id));
diesel::joinable!(purchase_orders -> suppliers (supplier_id));
diesel::joinable!(purchase_order_lines -> purchase_orders (order_id));
diesel::joinable!(purchase_order_lines -> products (product_id));
diesel::joinable!(deliveries -> purchase_orders (order_id));
diesel::joinable!(delivery_lines -> deliveries (delivery_id));
diesel::joinable!(delivery_lines -> products (product_id));
diesel::joinable!(sales -> products (product_id));
diesel::joinable!(sales -> locations (location_id));
diesel::joinable!(stock_movements -> products (product_id));
diesel::joinable!(stock_movements -> locations (location_id));
diesel::joinable!(stock_snapshots -> products (product_id));
diesel::joinable!(stock_snapshots -> locations (location_id));
diesel::joinable!(agent_runs -> agents (agent_id));
diesel::joinable!(alerts -> products (product_id));
diesel::joinable!(alerts -> suppliers (supplier_id));
diesel::joinable!(profile_locations -> locations (location_id));
diesel::joinable!(pairing_codes -> profiles (profile_id));

diesel::allow_tables_to_appear_in_same_query!(
    companies,
    profiles,
    contacts,
    contact_addresses,
    agents,
    whatsapp_conversations,
    agent_execution_queue,
    whatsapp_templates,
    outbound_messages,
    mail_messages,
    message_status_events,
    legal_entities,
    locations,
    products,
    stock_levels,
    suppliers,
    supplier_products,
    supplier_prices,
    purchase_orders,
    purchase_order_lines,
    deliveries,
    delivery_lines,
    sales,
    stock_movements,
    stock_snapshots,
    agent_runs,
    alerts,
    alert_scans,
    reports,
    schedules,
    lessons_read,
    role_permissions,
    profile_locations,
    audit_log,
    effects,
    dialogues,
    pairing_codes,
    unknown_senders,
    opt_outs,
    inbound_media,
    persona_changes,
    persona_signals,
    persona_offers,
);
