//! Reads JSON as the contract means it, where the derived readers would mean something else, at every depth.
//!
//! An object is an object only: they also take an array with the fields in their order, so that `[]` would be a change that
//! changes nothing, and `["phone", "+212…"]` a place. A whole number is one however it is written: `45.0` and `4.5e1` are
//! integers (JSON Schema 2020-12, validation, §6.1.1). What was expected is said in words of JSON, not of this program.

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Unexpected, Visitor,
};
use std::fmt;

/// A reader that asks for an object wherever a struct is due, and for a whole number wherever an integer is.
pub struct Objects<D>(pub D);

/// Up to here, every whole number has a form of its own as a floating-point number.
const EXACT: f64 = 9_007_199_254_740_992.0;

macro_rules! forward {
    ($($method:ident)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method(Within::plainly(visitor))
        }
    )* };
}

macro_rules! forward_as {
    ($($words:literal: $($method:ident)*),*) => { $($(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method(Within { inner: visitor, words: Some($words) })
        }
    )*)* };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Objects<D> {
    type Error = D::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(Within { inner: visitor, words: Some("an object") })
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_newtype_struct(name, Within::plainly(visitor))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_unit_struct(name, Within::plainly(visitor))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple(length, Within::plainly(visitor))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple_struct(name, length, Within::plainly(visitor))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_enum(name, variants, Within::plainly(visitor))
    }

    forward! {
        deserialize_any deserialize_option deserialize_identifier deserialize_ignored_any
    }

    forward_as! {
        "true or false": deserialize_bool,
        "a whole number in its limits": deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
            deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128,
        "a number": deserialize_f32 deserialize_f64,
        "text": deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf,
        "null": deserialize_unit,
        "a list": deserialize_seq,
        "an object": deserialize_map
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

/// Something that is being read, whose parts are read in the same way.
struct Within<T> {
    inner: T,
    /// What is expected, if that is known here.
    words: Option<&'static str>,
}

impl<T> Within<T> {
    const fn plainly(inner: T) -> Self {
        Self { inner, words: None }
    }
}

/// The refusal of a number by a derived reader, which would name a type of this program, in our words.
fn in_words<E: Error>(refusal: E, found: Unexpected<'_>, words: Option<&'static str>) -> E {
    let text = refusal.to_string();
    match words {
        Some(words) if text.starts_with("invalid type") => E::invalid_type(found, &words),
        Some(words) if text.starts_with("invalid value") => E::invalid_value(found, &words),
        _ => refusal,
    }
}

macro_rules! hand_on {
    ($($method:ident: $value:ty),*) => { $(
        fn $method<E: Error>(self, value: $value) -> Result<V::Value, E> {
            self.inner.$method(value)
        }
    )* };
}

macro_rules! hand_number_on {
    ($($method:ident: $value:ty),*) => { $(
        fn $method<E: Error>(self, value: $value) -> Result<V::Value, E> {
            let words = self.words;
            self.inner.$method(value).map_err(|refusal| in_words(refusal, Unexpected::Other("number"), words))
        }
    )* };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Within<V> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.words {
            Some(words) => formatter.write_str(words),
            None => self.inner.expecting(formatter),
        }
    }

    hand_on! {
        visit_bool: bool, visit_str: &str, visit_borrowed_str: &'de str, visit_string: String
    }

    hand_number_on! { visit_i64: i64, visit_i128: i128, visit_u64: u64, visit_u128: u128 }

    fn visit_f64<E: Error>(self, value: f64) -> Result<V::Value, E> {
        if value.fract() != 0.0 || value.abs() > EXACT {
            let words = self.words;
            let refused = |refusal| in_words(refusal, Unexpected::Other("number"), words);
            return self.inner.visit_f64(value).map_err(refused);
        }
        // Readers of floating-point numbers take whole ones as well.
        let whole = value as i64;
        match u64::try_from(whole) {
            Ok(whole) => self.visit_u64(whole),
            Err(_) => self.visit_i64(whole),
        }
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.inner.visit_some(Objects(inner))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.inner.visit_newtype_struct(Objects(inner))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<V::Value, A::Error> {
        self.inner.visit_seq(Within::plainly(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<V::Value, A::Error> {
        self.inner.visit_map(Within::plainly(fields))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, word: A) -> Result<V::Value, A::Error> {
        self.inner.visit_enum(word)
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Within<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.inner.next_element_seed(Within::plainly(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Within<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.inner.next_key_seed(seed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.inner.next_value_seed(Within::plainly(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Within<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.inner.deserialize(Objects(deserializer))
    }
}

#[cfg(test)]
mod tests {
    use super::Objects;
    use serde::Deserialize;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Inner {
        word: Option<String>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Outer {
        number: Option<u8>,
        inner: Option<Inner>,
        list: Option<Vec<Inner>>,
    }

    fn read(text: &str) -> Result<Outer, serde_json::Error> {
        Outer::deserialize(Objects(&mut serde_json::Deserializer::from_str(text)))
    }

    #[test]
    fn objects_are_read_as_ever() {
        let text = r#"{"number": 7, "inner": {"word": "a"}, "list": [{"word": null}, {}]}"#;
        assert_eq!(read(text).unwrap(), serde_json::from_str(text).unwrap());
    }

    #[test]
    fn arrays_are_no_objects_at_any_depth() {
        for text in ["[]", "[7]", r#"{"inner": []}"#, r#"{"inner": ["a"]}"#, r#"{"list": [["a"]]}"#] {
            let refused = read(text).unwrap_err().to_string();
            assert!(refused.starts_with("invalid type: sequence, expected an object"), "{text}: {refused}");
        }
    }

    #[test]
    fn a_whole_number_is_one_however_it_is_written() {
        for text in ["7", "7.0", "0.7e1", "70E-1"] {
            assert_eq!(read(&format!(r#"{{"number": {text}}}"#)).unwrap().number, Some(7), "{text}");
        }
        for text in ["7.5", "256.0", "-1.0", "1e300", "\"7\"", "256"] {
            let refused = read(&format!(r#"{{"number": {text}}}"#)).unwrap_err().to_string();
            assert!(refused.contains("expected a whole number"), "{text}: {refused}");
        }
    }
}
