//! How ids and vocabulary rest in the databases: ids as the database's own 16-byte type, words as text. It exists only with
//! the feature `storage`, so that the wire types stay light for everyone else.

#[cfg(feature = "storage")]
macro_rules! stored_as_word {
    ($name:ident) => {
        const _: () = {
            use sqlx::{Decode, Encode, Type, encode::IsNull, error::BoxDynError};
            macro_rules! on {
                ($database:ty) => {
                    impl Type<$database> for $name {
                        fn type_info() -> <$database as sqlx::Database>::TypeInfo {
                            <str as Type<$database>>::type_info()
                        }
                        fn compatible(ty: &<$database as sqlx::Database>::TypeInfo) -> bool {
                            <str as Type<$database>>::compatible(ty)
                        }
                    }
                    impl<'q> Encode<'q, $database> for $name {
                        fn encode_by_ref(
                            &self,
                            buffer: &mut <$database as sqlx::Database>::ArgumentBuffer,
                        ) -> Result<IsNull, BoxDynError> {
                            <&'static str as Encode<'q, $database>>::encode(self.as_str(), buffer)
                        }
                    }
                    impl<'r> Decode<'r, $database> for $name {
                        fn decode(
                            value: <$database as sqlx::Database>::ValueRef<'r>,
                        ) -> Result<Self, BoxDynError> {
                            Ok(<&'r str as Decode<'r, $database>>::decode(value)?.parse()?)
                        }
                    }
                };
            }
            on!(embedded::Embedded);
            on!(sqlx::Postgres);
        };
    };
}

#[cfg(not(feature = "storage"))]
macro_rules! stored_as_word {
    ($name:ident) => {};
}
pub(crate) use stored_as_word;
