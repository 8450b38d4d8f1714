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
        language -> Nullable<Text>,
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
        kind -> Text,
        endpoint_url -> Nullable<Text>,
        signing_secret -> Nullable<Text>,
        stopped_by -> Nullable<Uuid>,
        stopped_at -> Nullable<Timestamptz>,
        failures -> Integer,
        closed_until -> Nullable<Timestamptz>,
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
        approval -> Text,
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
        media_url -> Nullable<Text>,
        template -> Nullable<Text>,
        held_at -> Nullable<Timestamptz>,
        held_after -> Nullable<Timestamptz>,
        noticed_at -> Nullable<Timestamptz>,
        content_sid -> Nullable<Text>,
        content_variables -> Nullable<Jsonb>,
        proactive -> Bool,
    }
}

diesel::table! {
    mail_messages (id) {
        id -> Uuid,
        company_id -> Uuid,
        execution_id -> Uuid,
        profile_id -> Uuid,
        to_address -> Text,
        subject -> Text,
        message_id -> Text,
        status -> Text,
        attempts -> Integer,
        error -> Nullable<Text>,
        sending_since -> Nullable<Timestamptz>,
        sent_at -> Nullable<Timestamptz>,
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
        latitude -> Nullable<Double>,
        longitude -> Nullable<Double>,
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
        category -> Nullable<Text>,
        pack_size -> Nullable<BigInt>,
        price -> Nullable<Numeric>,
        cost -> Nullable<Numeric>,
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

diesel::table! {
    suppliers (id) {
        id -> Uuid,
        company_id -> Uuid,
        name -> Text,
        contact_name -> Nullable<Text>,
        email -> Nullable<Text>,
        phone -> Nullable<Text>,
        lead_time_days -> Nullable<Integer>,
        payment_terms -> Nullable<Text>,
        active -> Bool,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    supplier_products (supplier_id, product_id) {
        company_id -> Uuid,
        supplier_id -> Uuid,
        product_id -> Uuid,
        supplier_sku -> Nullable<Text>,
        unit_price -> Numeric,
        currency -> Text,
        minimum_quantity -> Nullable<BigInt>,
        pack_size -> Nullable<BigInt>,
        lead_time_days -> Nullable<Integer>,
        preferred -> Bool,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    supplier_prices (supplier_id, product_id, valid_from) {
        company_id -> Uuid,
        supplier_id -> Uuid,
        product_id -> Uuid,
        valid_from -> Date,
        unit_price -> Numeric,
        currency -> Text,
    }
}

diesel::table! {
    purchase_orders (id) {
        id -> Uuid,
        company_id -> Uuid,
        number -> BigInt,
        supplier_id -> Uuid,
        location_id -> Nullable<Uuid>,
        state -> Text,
        currency -> Text,
        created_by -> Nullable<Uuid>,
        execution_id -> Nullable<Uuid>,
        created_at -> Timestamptz,
        confirmed_at -> Nullable<Timestamptz>,
        expected_on -> Nullable<Date>,
        received_at -> Nullable<Timestamptz>,
        cancelled_at -> Nullable<Timestamptz>,
        cancel_reason -> Nullable<Text>,
    }
}

diesel::table! {
    purchase_order_lines (order_id, line) {
        company_id -> Uuid,
        order_id -> Uuid,
        line -> SmallInt,
        product_id -> Uuid,
        quantity -> BigInt,
        unit_price -> Numeric,
    }
}

diesel::table! {
    deliveries (id) {
        id -> Uuid,
        company_id -> Uuid,
        order_id -> Uuid,
        delivered_at -> Timestamptz,
    }
}

diesel::table! {
    delivery_lines (delivery_id, product_id) {
        company_id -> Uuid,
        delivery_id -> Uuid,
        product_id -> Uuid,
        quantity -> BigInt,
        rejected -> BigInt,
    }
}

diesel::table! {
    sales (id) {
        id -> Uuid,
        company_id -> Uuid,
        product_id -> Uuid,
        location_id -> Uuid,
        sold_on -> Date,
        requested -> BigInt,
        quantity -> BigInt,
        unit_price -> Numeric,
        reference -> Nullable<Text>,
    }
}

diesel::table! {
    stock_movements (id) {
        id -> Uuid,
        company_id -> Uuid,
        product_id -> Uuid,
        location_id -> Uuid,
        kind -> Text,
        quantity_before -> BigInt,
        quantity_after -> BigInt,
        reason -> Nullable<Text>,
        execution_id -> Nullable<Uuid>,
        profile_id -> Nullable<Uuid>,
        reverses -> Nullable<Uuid>,
        moved_at -> Timestamptz,
    }
}

diesel::table! {
    stock_snapshots (product_id, location_id, taken_on) {
        company_id -> Uuid,
        product_id -> Uuid,
        location_id -> Uuid,
        taken_on -> Date,
        quantity -> BigInt,
    }
}

diesel::table! {
    agent_runs (id) {
        id -> Uuid,
        company_id -> Uuid,
        agent_id -> Uuid,
        execution_id -> Nullable<Uuid>,
        trigger -> Text,
        intent_type -> Text,
        state -> Text,
        started_at -> Timestamptz,
        ended_at -> Timestamptz,
        error -> Nullable<Text>,
    }
}

diesel::table! {
    alerts (id) {
        id -> Uuid,
        company_id -> Uuid,
        number -> BigInt,
        kind -> Text,
        severity -> Text,
        category -> Text,
        subject -> Text,
        facts -> Jsonb,
        product_id -> Nullable<Uuid>,
        supplier_id -> Nullable<Uuid>,
        order_id -> Nullable<Uuid>,
        state -> Text,
        raised_at -> Timestamptz,
        seen_at -> Timestamptz,
        acknowledged_by -> Nullable<Uuid>,
        acknowledged_at -> Nullable<Timestamptz>,
        resolved_by -> Nullable<Uuid>,
        resolved_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    alert_scans (company_id) {
        company_id -> Uuid,
        scanned_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    reports (id) {
        id -> Uuid,
        company_id -> Uuid,
        execution_id -> Uuid,
        profile_id -> Nullable<Uuid>,
        report_type -> Text,
        format -> Text,
        starts_on -> Date,
        ends_on -> Date,
        object_key -> Text,
        file_name -> Text,
        size_bytes -> BigInt,
        created_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    schedules (id) {
        id -> Uuid,
        company_id -> Uuid,
        profile_id -> Uuid,
        contact_id -> Uuid,
        conversation_key -> Text,
        intent_type -> Text,
        entities -> Jsonb,
        cadence -> Text,
        month_day -> Nullable<SmallInt>,
        at_time -> Time,
        time_zone -> Text,
        state -> Text,
        next_run_at -> Timestamptz,
        last_run_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        number -> Integer,
        weekdays -> Nullable<SmallInt>,
        paused_by -> Nullable<Text>,
    }
}

diesel::table! {
    lessons_read (profile_id, lesson) {
        company_id -> Uuid,
        profile_id -> Uuid,
        lesson -> Text,
        times -> Integer,
        first_read_at -> Timestamptz,
        read_at -> Timestamptz,
    }
}

diesel::table! {
    role_permissions (company_id, role, intent_type) {
        company_id -> Uuid,
        role -> Text,
        intent_type -> Text,
        allowed -> Bool,
    }
}

diesel::table! {
    profile_locations (profile_id, location_id) {
        company_id -> Uuid,
        profile_id -> Uuid,
        location_id -> Uuid,
    }
}

diesel::table! {
    audit_log (id) {
        id -> BigInt,
        company_id -> Uuid,
        at -> Timestamptz,
        profile_id -> Nullable<Uuid>,
        execution_id -> Nullable<Uuid>,
        intent_type -> Text,
        action -> Text,
        detail -> Jsonb,
    }
}

diesel::table! {
    effects (execution_id) {
        execution_id -> Uuid,
        company_id -> Uuid,
        conversation_key -> Text,
        profile_id -> Nullable<Uuid>,
        agent_type -> Text,
        intent_type -> Text,
        change -> Jsonb,
        done_at -> Timestamptz,
        undone_by -> Nullable<Uuid>,
        undone_at -> Nullable<Timestamptz>,
        undo_until -> Timestamptz,
    }
}

diesel::table! {
    persona_changes (id) {
        id -> BigInt,
        company_id -> Uuid,
        profile_id -> Uuid,
        before -> Nullable<Text>,
        persona -> Nullable<Text>,
        why -> Text,
        execution_id -> Uuid,
        at -> Timestamptz,
        because -> Nullable<Text>,
    }
}

diesel::table! {
    persona_signals (company_id, profile_id) {
        company_id -> Uuid,
        profile_id -> Uuid,
        messages -> Double,
        short -> Double,
        long -> Double,
        details -> Double,
        lessons -> Double,
        off_hours -> Double,
        last_at -> Timestamptz,
    }
}

diesel::table! {
    persona_offers (id) {
        id -> BigInt,
        company_id -> Uuid,
        profile_id -> Uuid,
        before -> Nullable<Text>,
        persona -> Text,
        because -> Text,
        percent -> SmallInt,
        execution_id -> Uuid,
        offered_at -> Timestamptz,
        accepted -> Nullable<Bool>,
        answered_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    dialogues (company_id, conversation_key) {
        company_id -> Uuid,
        conversation_key -> Text,
        state -> Jsonb,
        expires_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    pairing_codes (id) {
        id -> Uuid,
        company_id -> Uuid,
        profile_id -> Uuid,
        code_hash -> Bytea,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
        used_by -> Nullable<Uuid>,
        revoked_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    unknown_senders (company_id, contact_id) {
        company_id -> Uuid,
        contact_id -> Uuid,
        messages -> BigInt,
        last_at -> Timestamptz,
        told_at -> Nullable<Timestamptz>,
        guesses -> Integer,
        guesses_since -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    opt_outs (company_id, contact_id) {
        company_id -> Uuid,
        contact_id -> Uuid,
        opted_out -> Bool,
        changed_at -> Timestamptz,
        source -> Text,
    }
}

diesel::table! {
    inbound_media (id) {
        id -> Uuid,
        company_id -> Uuid,
        contact_id -> Uuid,
        profile_id -> Nullable<Uuid>,
        execution_id -> Uuid,
        number -> SmallInt,
        message_sid -> Text,
        url -> Text,
        declared_type -> Text,
        received_at -> Timestamptz,
        state -> Text,
        reason -> Nullable<Text>,
        attempts -> Integer,
        next_try_at -> Timestamptz,
        content_type -> Nullable<Text>,
        size_bytes -> Nullable<BigInt>,
        object_key -> Nullable<Text>,
        kept_at -> Nullable<Timestamptz>,
        remove_at -> Nullable<Timestamptz>,
    }
}

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
