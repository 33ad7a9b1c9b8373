//! How time rests in the databases. An instant is an INTEGER of microseconds on SQLite and a TIMESTAMPTZ on PostgreSQL: both
//! compare as time does, and neither can hold anything finer. Wall-clock times, dates of a known precision, zone
//! names and editions are text on both.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use embedded::Embedded;
use sqlx::{Database, Decode, Encode, Postgres, Type, encode::IsNull, error::BoxDynError};

use super::{ImpreciseDate, Instant, InvalidInstant, LocalDateTime, ZoneDataVersion, ZoneName};

type TypeInfo<Db> = <Db as Database>::TypeInfo;
type Buffer<Db> = <Db as Database>::ArgumentBuffer;
type Value<'r, Db> = <Db as Database>::ValueRef<'r>;

macro_rules! stored_instant {
    ($database:ty, $stored:ty, $to:expr, $from:expr) => {
        impl Type<$database> for Instant {
            fn type_info() -> TypeInfo<$database> {
                <$stored as Type<$database>>::type_info()
            }
            fn compatible(other: &TypeInfo<$database>) -> bool {
                <$stored as Type<$database>>::compatible(other)
            }
        }
        impl<'q> Encode<'q, $database> for Instant {
            fn encode_by_ref(&self, buffer: &mut Buffer<$database>) -> Result<IsNull, BoxDynError> {
                <$stored as Encode<'q, $database>>::encode($to(*self), buffer)
            }
        }
        impl<'r> Decode<'r, $database> for Instant {
            fn decode(value: Value<'r, $database>) -> Result<Self, BoxDynError> {
                let stored = <$stored as Decode<'r, $database>>::decode(value)?;
                Ok($from(stored).ok_or(InvalidInstant)?)
            }
        }
    };
}

stored_instant!(Embedded, i64, Instant::as_micros, Instant::from_micros);
stored_instant!(Postgres, DateTime<Utc>, Instant::to_chrono, Instant::from_chrono);

macro_rules! stored_as_text {
    ($name:ty, $database:ty, $from:expr) => {
        impl Type<$database> for $name {
            fn type_info() -> TypeInfo<$database> {
                <str as Type<$database>>::type_info()
            }
            fn compatible(other: &TypeInfo<$database>) -> bool {
                <str as Type<$database>>::compatible(other)
            }
        }
        impl<'q> Encode<'q, $database> for $name {
            fn encode_by_ref(&self, buffer: &mut Buffer<$database>) -> Result<IsNull, BoxDynError> {
                <String as Encode<'q, $database>>::encode(self.to_string(), buffer)
            }
        }
        impl<'r> Decode<'r, $database> for $name {
            fn decode(value: Value<'r, $database>) -> Result<Self, BoxDynError> {
                let text = <Cow<'r, str> as Decode<'r, $database>>::decode(value)?;
                Ok($from(&text)?)
            }
        }
    };
}

stored_as_text!(ImpreciseDate, Embedded, str::parse::<ImpreciseDate>);
stored_as_text!(ImpreciseDate, Postgres, str::parse::<ImpreciseDate>);
stored_as_text!(LocalDateTime, Embedded, str::parse::<LocalDateTime>);
stored_as_text!(LocalDateTime, Postgres, str::parse::<LocalDateTime>);
stored_as_text!(ZoneName, Embedded, ZoneName::stored);
stored_as_text!(ZoneName, Postgres, ZoneName::stored);
stored_as_text!(ZoneDataVersion, Embedded, str::parse::<ZoneDataVersion>);
stored_as_text!(ZoneDataVersion, Postgres, str::parse::<ZoneDataVersion>);
