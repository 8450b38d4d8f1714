//! Requests, conversations, replies and what became of them.

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
    dialogues (company_id, conversation_key) {
        company_id -> Uuid,
        conversation_key -> Text,
        state -> Jsonb,
        expires_at -> Timestamptz,
        updated_at -> Timestamptz,
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
