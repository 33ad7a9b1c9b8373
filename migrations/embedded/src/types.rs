//! How Rust's own types are stored: whole numbers and truth values as INTEGER, text as TEXT, bytes and ids as BLOB.

use crate::{
    Embedded,
    value::{Buffer, Cell, Kind, ValueRef, present, unexpected},
};
use sqlx::{Decode, Encode, Type, encode::IsNull, error::BoxDynError};
use std::borrow::Cow;
use uuid::Uuid;

sqlx_core::impl_encode_for_option!(Embedded);

macro_rules! stored {
    ($type:ty, $kind:ident) => {
        impl Type<Embedded> for $type {
            fn type_info() -> Kind {
                Kind::$kind
            }
        }
    };
}

macro_rules! encoded {
    ($type:ty, |$value:ident| $cell:expr) => {
        impl<'q> Encode<'q, Embedded> for $type {
            fn encode_by_ref(&self, buffer: &mut Buffer) -> Result<IsNull, BoxDynError> {
                let $value = self;
                buffer.push($cell);
                Ok(present())
            }
        }
    };
}

macro_rules! decoded {
    ($type:ty, $kind:ident, |$inner:ident| $result:expr) => {
        impl<'r> Decode<'r, Embedded> for $type {
            fn decode(value: ValueRef<'r>) -> Result<Self, BoxDynError> {
                match value.0 {
                    Cell::$kind($inner) => $result,
                    _ => Err(unexpected(&value, Kind::$kind)),
                }
            }
        }
    };
}

macro_rules! whole_number {
    ($($type:ty),*) => {$(
        stored!($type, Integer);
        encoded!($type, |value| Cell::Integer(i64::from(*value)));
        decoded!($type, Integer, |number| Ok(<$type>::try_from(number)?));
    )*};
}
whole_number!(i16, i32, i64, u8, u16, u32);

stored!(bool, Integer);
encoded!(bool, |value| Cell::Integer(i64::from(*value)));
decoded!(bool, Integer, |number| Ok(number != 0));

stored!(f64, Real);
encoded!(f64, |value| Cell::Real(*value));
decoded!(f64, Real, |number| Ok(number));

stored!(str, Text);
stored!(String, Text);
encoded!(&'_ str, |value| Cell::Text(value));
encoded!(String, |value| Cell::Text(value));
encoded!(Cow<'_, str>, |value| Cell::Text(value));
decoded!(&'r str, Text, |text| Ok(text));
decoded!(String, Text, |text| Ok(text.to_owned()));

stored!([u8], Blob);
stored!(Vec<u8>, Blob);
encoded!(&'_ [u8], |value| Cell::Blob(value));
encoded!(Vec<u8>, |value| Cell::Blob(value));
decoded!(&'r [u8], Blob, |bytes| Ok(bytes));
decoded!(Vec<u8>, Blob, |bytes| Ok(bytes.to_vec()));

stored!(Uuid, Blob);
encoded!(Uuid, |value| Cell::Blob(value.as_bytes()));
decoded!(Uuid, Blob, |bytes| Ok(Uuid::from_slice(bytes)?));

#[cfg(test)]
mod tests {
    use super::{Cell, Embedded, Uuid, ValueRef};
    use crate::Arguments;
    use sqlx::{Arguments as _, Decode, Encode, Type};

    fn read<'r, T: Decode<'r, Embedded>>(cell: Cell<'r>) -> Option<T> {
        T::decode(ValueRef(cell)).ok()
    }

    fn back<T>(value: T) -> T
    where
        T: for<'q> Encode<'q, Embedded> + for<'r> Decode<'r, Embedded> + Type<Embedded> + Clone,
    {
        let mut arguments = Arguments::default();
        arguments.add(value).expect("encoded");
        T::decode(ValueRef(arguments.0.get(0))).expect("decoded")
    }

    #[test]
    fn what_is_stored_comes_back() {
        assert_eq!(back(i64::MIN), i64::MIN);
        assert_eq!(back(u16::MAX), u16::MAX);
        assert!(back(true) && !back(false));
        assert_eq!(back("é ⵣ ع".to_owned()), "é ⵣ ع");
        assert_eq!(back(vec![0_u8, 255]), [0, 255]);
        let id = Uuid::from_u128(7 << 76);
        assert_eq!(back(id), id);
    }

    #[test]
    fn nothing_is_null_and_null_is_not_a_value() {
        let mut arguments = Arguments::default();
        arguments.add(None::<i64>).expect("encoded");
        assert_eq!(arguments.0.get(0), Cell::Null);
        assert_eq!(read::<i64>(Cell::Null), None);
        assert_eq!(read::<Option<i64>>(Cell::Null), Some(None));
    }

    #[test]
    fn another_kind_or_a_number_out_of_range_is_an_error() {
        assert_eq!(read::<String>(Cell::Integer(1)), None);
        assert_eq!(read::<u8>(Cell::Integer(256)), None);
        assert_eq!(read::<Uuid>(Cell::Blob(&[1, 2, 3])), None);
    }
}
