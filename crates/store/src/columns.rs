//! Columns read as the domain's types, so that no row carries a status or persona as loose text.
//!
//! A field says `#[diesel(deserialize_as = Col<Persona>)]`, or `OptCol` where the column may be
//! NULL. To add a type: a line in `column_types!` below.

use std::{error::Error, str::FromStr};

use bigdecimal::{BigDecimal, ToPrimitive};
use chrono_tz::Tz;
use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    pg::{Pg, PgValue},
    sql_types,
};
use wharf_domain::{
    address::Address,
    agent::AgentType,
    ids::{AgentId, ContactId, ExecutionId, ProfileId},
    intent::IntentType,
    persona::{Persona, adaptive::Because},
    priority::Priority,
};

use crate::{
    agents::{AgentKind, AgentState},
    alerts::{AlertKind, AlertState, Severity},
    audit::AuditAction,
    executions::ExecutionStatus,
    inbound_media::InboundMediaState,
    mail::MailStatus,
    movements::MovementKind,
    outbound::OutboundStatus,
    personas::Why,
    purchase_orders::OrderState,
    schedules::{PausedBy, ScheduleState},
    templates::{Approval, TemplateState},
};

/// A column that always has a value.
#[derive(Debug, FromSqlRow)]
pub struct Col<T>(T);

/// A column that may be NULL.
#[derive(Debug, FromSqlRow)]
pub struct OptCol<T>(Option<T>);

impl<T> FromSql<sql_types::Text, Pg> for Col<T>
where
    T: FromStr,
    T::Err: Error + Send + Sync + 'static,
{
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<sql_types::Text, Pg>>::from_sql(value)?;
        Ok(Self(text.parse()?))
    }
}

impl<T> FromSql<sql_types::Nullable<sql_types::Text>, Pg> for OptCol<T>
where
    T: FromStr,
    T::Err: Error + Send + Sync + 'static,
{
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(Some(Col::from_sql(value)?.0)))
    }

    fn from_nullable_sql(value: Option<PgValue<'_>>) -> deserialize::Result<Self> {
        value.map_or(Ok(Self(None)), Self::from_sql)
    }
}

impl<T: From<uuid::Uuid>> FromSql<sql_types::Nullable<sql_types::Uuid>, Pg> for OptCol<T> {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let id = <uuid::Uuid as FromSql<sql_types::Uuid, Pg>>::from_sql(value)?;
        Ok(Self(Some(id.into())))
    }

    fn from_nullable_sql(value: Option<PgValue<'_>>) -> deserialize::Result<Self> {
        value.map_or(
            Ok(Self(None)),
            <Self as FromSql<sql_types::Nullable<sql_types::Uuid>, Pg>>::from_sql,
        )
    }
}

impl FromSql<sql_types::Integer, Pg> for Col<Priority> {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let number = <i32 as FromSql<sql_types::Integer, Pg>>::from_sql(value)?;
        Ok(Self(u8::try_from(number)?.try_into()?))
    }
}

impl FromSql<sql_types::Nullable<sql_types::Numeric>, Pg> for OptCol<f64> {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let number = <BigDecimal as FromSql<sql_types::Numeric, Pg>>::from_sql(value)?;
        Ok(Self(number.to_f64()))
    }

    fn from_nullable_sql(value: Option<PgValue<'_>>) -> deserialize::Result<Self> {
        value.map_or(
            Ok(Self(None)),
            <Self as FromSql<sql_types::Nullable<sql_types::Numeric>, Pg>>::from_sql,
        )
    }
}

macro_rules! column_types {
    ($($ty:ty),+ $(,)?) => { $(
        impl From<Col<$ty>> for $ty {
            fn from(column: Col<$ty>) -> Self {
                column.0
            }
        }

        impl From<OptCol<$ty>> for Option<$ty> {
            fn from(column: OptCol<$ty>) -> Self {
                column.0
            }
        }
    )+ };
}

column_types!(
    Address,
    AgentId,
    AgentKind,
    AgentState,
    AgentType,
    AlertKind,
    AlertState,
    AuditAction,
    Why,
    ContactId,
    ExecutionId,
    ExecutionStatus,
    IntentType,
    MovementKind,
    OrderState,
    InboundMediaState,
    MailStatus,
    OutboundStatus,
    PausedBy,
    Because,
    Persona,
    Priority,
    ProfileId,
    ScheduleState,
    Severity,
    TemplateState,
    Approval,
    Tz,
    f64,
);

/// Declares an enum that a text column holds.
macro_rules! text_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $( $(#[$vmeta:meta])* $variant:ident = $text:literal, )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $( $(#[$vmeta])* $variant, )+
        }

        impl $name {
            /// Every value, in declaration order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The text in the database.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = wharf_domain::ids::UnknownName;

            fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err(wharf_domain::ids::UnknownName {
                        what: stringify!($name),
                        name: text.to_owned(),
                    }),
                }
            }
        }
    };
}

pub(crate) use text_enum;
