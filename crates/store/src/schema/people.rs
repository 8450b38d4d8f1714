//! Companies, their people, and who may do what.

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
