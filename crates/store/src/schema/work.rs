//! Agents, and what they watch, write and change.

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
