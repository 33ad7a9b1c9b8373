//! How ids and vocabulary rest in the databases: ids as the database's own 16-byte type, words as text. It exists only with
//! the feature `storage`, so that the wire types stay light for everyone else.

#[doc(hidden)]
#[cfg(feature = "storage")]
#[macro_export]
macro_rules! __stored_as_word {
    ($name:ident) => {
        const _: () = {
            use $crate::__private::sqlx::{self, Decode, Encode, Type, encode::IsNull, error::BoxDynError};
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
            on!($crate::__private::embedded::Embedded);
            on!(sqlx::Postgres);
        };
    };
}

#[doc(hidden)]
#[cfg(feature = "storage")]
#[macro_export]
macro_rules! __stored_as_id {
    ($name:ident) => {
        const _: () = {
            use $crate::__private::Uuid;
            use $crate::__private::sqlx::{
                Database, Decode, Encode, Type, encode::IsNull, error::BoxDynError,
            };
            impl<D: Database> Type<D> for $name
            where
                Uuid: Type<D>,
            {
                fn type_info() -> D::TypeInfo {
                    Uuid::type_info()
                }
                fn compatible(ty: &D::TypeInfo) -> bool {
                    Uuid::compatible(ty)
                }
            }
            impl<'q, D: Database> Encode<'q, D> for $name
            where
                Uuid: Encode<'q, D>,
            {
                fn encode_by_ref(&self, buffer: &mut D::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
                    self.0.encode_by_ref(buffer)
                }
            }
            impl<'r, D: Database> Decode<'r, D> for $name
            where
                Uuid: Decode<'r, D>,
            {
                fn decode(value: D::ValueRef<'r>) -> Result<Self, BoxDynError> {
                    Uuid::decode(value).map(Self)
                }
            }
        };
    };
}

#[doc(hidden)]
#[cfg(not(feature = "storage"))]
#[macro_export]
macro_rules! __stored_as_word {
    ($name:ident) => {};
}

#[doc(hidden)]
#[cfg(not(feature = "storage"))]
#[macro_export]
macro_rules! __stored_as_id {
    ($name:ident) => {};
}
