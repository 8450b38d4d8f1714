//! The tables as diesel sees them; what each column means stands in `migrations/`.
//!
//! Written by hand: `tests/database/migrations.rs` compares it with the migrated database column by column.

diesel::table! {
    companies (id) {
        id -> Uuid,
        name -> Text,
        whatsapp_address -> Text,
        time_zone -> Text,
        week_start -> SmallInt,
        locale -> Text,
        currency -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    profiles (id) {
        id -> Uuid,
        company_id -> Uuid,
        display_name -> Text,
        persona -> Nullable<Text>,
        role -> Text,
        email -> Nullable<Text>,
        time_zone -> Nullable<Text>,
        locale -> Nullable<Text>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    contacts (id) {
        id -> Uuid,
        company_id -> Uuid,
        profile_id -> Nullable<Uuid>,
        display_name -> Nullable<Text>,
        last_inbound_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    contact_addresses (company_id, address) {
        company_id -> Uuid,
        address -> Text,
        contact_id -> Uuid,
        kind -> Text,
        last_seen_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    agents (id) {
        id -> Uuid,
        company_id -> Uuid,
        agent_type -> Text,
        state -> Text,
        last_run_at -> Nullable<Timestamptz>,
        last_error -> Nullable<Text>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    whatsapp_conversations (id) {
        id -> Uuid,
        phone_number -> Text,
        user_id -> Nullable<Uuid>,
        message_sid -> Nullable<Text>,
        message_body -> Nullable<Text>,
        intent_type -> Nullable<Text>,
        intent_confidence -> Nullable<Numeric>,
        entities -> Nullable<Jsonb>,
        execution_id -> Uuid,
        response_sent -> Bool,
        created_at -> Timestamptz,
        company_id -> Uuid,
        contact_id -> Uuid,
        account_sid -> Text,
        conversation_key -> Text,
        seq -> BigInt,
        inbound -> Nullable<Jsonb>,
        outcome -> Nullable<Jsonb>,
        received_at -> Timestamptz,
        feedback -> Nullable<Text>,
        feedback_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    agent_execution_queue (id) {
        id -> Uuid,
        agent_id -> Nullable<Uuid>,
        priority -> Integer,
        context -> Nullable<Jsonb>,
        status -> Text,
        created_at -> Timestamptz,
        started_at -> Nullable<Timestamptz>,
        completed_at -> Nullable<Timestamptz>,
        result -> Nullable<Jsonb>,
        error -> Nullable<Text>,
        company_id -> Uuid,
        contact_id -> Nullable<Uuid>,
        profile_id -> Nullable<Uuid>,
        conversation_key -> Text,
        intent_type -> Text,
        agent_type -> Text,
        attempts -> Integer,
        lease_owner -> Nullable<Text>,
        lease_until -> Nullable<Timestamptz>,
        soft_deadline_at -> Nullable<Timestamptz>,
        hard_deadline_at -> Nullable<Timestamptz>,
        outcome -> Nullable<Jsonb>,
    }
}

diesel::table! {
    whatsapp_templates (id) {
        id -> Uuid,
        template_name -> Text,
        template_sid -> Nullable<Text>,
        persona -> Nullable<Text>,
        intent_type -> Nullable<Text>,
        template_body -> Nullable<Text>,
        variables -> Nullable<Jsonb>,
        created_at -> Timestamptz,
        company_id -> Nullable<Uuid>,
        locale -> Text,
        version -> Integer,
        state -> Text,
    }
}

diesel::table! {
    outbound_messages (id) {
        id -> Uuid,
        company_id -> Uuid,
        contact_id -> Uuid,
        execution_id -> Uuid,
        reply_id -> Uuid,
        conversation_key -> Text,
        part -> SmallInt,
        parts -> SmallInt,
        body -> Text,
        status -> Text,
        status_rank -> SmallInt,
        message_sid -> Nullable<Text>,
        error_code -> Nullable<Integer>,
        error_message -> Nullable<Text>,
        attempts -> Integer,
        sending_since -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    message_status_events (message_sid, status) {
        message_sid -> Text,
        status -> Text,
        company_id -> Uuid,
        outbound_id -> Uuid,
        error_code -> Nullable<Integer>,
        received_at -> Timestamptz,
    }
}

diesel::table! {
    legal_entities (id) {
        id -> Uuid,
        company_id -> Uuid,
        name -> Text,
    }
}

diesel::table! {
    locations (id) {
        id -> Uuid,
        company_id -> Uuid,
        legal_entity_id -> Uuid,
        name -> Text,
    }
}

diesel::table! {
    products (id) {
        id -> Uuid,
        company_id -> Uuid,
        sku -> Text,
        name -> Text,
        unit -> Text,
        aliases -> Array<Text>,
        lead_time_days -> Nullable<Integer>,
        reorder_point -> Nullable<BigInt>,
        average_daily_demand -> Nullable<Numeric>,
        last_reorder_on -> Nullable<Date>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    stock_levels (product_id, location_id) {
        company_id -> Uuid,
        product_id -> Uuid,
        location_id -> Uuid,
        quantity -> BigInt,
        reorder_point -> Nullable<BigInt>,
        updated_at -> Timestamptz,
    }
}

diesel::joinable!(contacts -> companies (company_id));
diesel::joinable!(profiles -> companies (company_id));
diesel::joinable!(contact_addresses -> contacts (contact_id));
diesel::joinable!(contacts -> profiles (profile_id));
diesel::joinable!(locations -> legal_entities (legal_entity_id));
diesel::joinable!(stock_levels -> locations (location_id));
diesel::joinable!(stock_levels -> products (product_id));

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
    message_status_events,
    legal_entities,
    locations,
    products,
    stock_levels,
);
