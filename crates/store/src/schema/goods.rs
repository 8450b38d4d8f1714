//! Places, products, stock, suppliers, orders and sales.

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
