//! JSON in its one canonical form (RFC 8785): no spaces, fields in order, numbers and texts written in one way. Two requests that say
//! the same have the same form, whatever program wrote them.

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use std::{collections::BTreeMap, fmt};

/// The largest whole number up to which every one has a form of its own as a floating-point number.
const EXACT: u64 = 1 << 53;

/// The canonical form of a text that was parsed before. A field that is there twice is refused; its name is given.
pub fn text(json: &[u8]) -> Result<String, String> {
    let mut out = String::with_capacity(json.len());
    match serde_json::from_slice::<Value>(json) {
        Ok(value) => value.write(&mut out),
        Err(error) => {
            let message = error.to_string();
            return Err(format!("/{}", message.split('`').nth(1).unwrap_or_default()));
        }
    }
    Ok(out)
}

enum Value {
    Null,
    Bool(bool),
    Whole(i128),
    Number(f64),
    Text(String),
    List(Vec<Self>),
    /// Sorted by the UTF-16 code units of the names (RFC 8785 §3.2.3).
    Object(BTreeMap<Vec<u16>, (String, Self)>),
}

impl Value {
    fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Whole(value) => out.push_str(&value.to_string()),
            Self::Number(value) => number(*value, out),
            Self::Text(value) => quoted(value, out),
            Self::List(items) => list('[', ']', items, out, |item, out| item.write(out)),
            Self::Object(fields) => list('{', '}', fields.values(), out, |(name, value), out| {
                quoted(name, out);
                out.push(':');
                value.write(out);
            }),
        }
    }
}

fn list<T>(
    open: char,
    close: char,
    items: impl IntoIterator<Item = T>,
    out: &mut String,
    write: impl Fn(T, &mut String),
) {
    out.push(open);
    for (position, item) in items.into_iter().enumerate() {
        if position > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(close);
}

/// The parser's own writer escapes exactly what RFC 8785 §3.2.2.2 says.
fn quoted(text: &str, out: &mut String) {
    out.push_str(&serde_json::Value::from(text).to_string());
}

/// As ECMAScript writes a number (RFC 8785 §3.2.2.3). What JSON can say is finite.
fn number(value: f64, out: &mut String) {
    out.push_str(ryu_js::Buffer::new().format(value));
}

struct Reader;

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(whole(i128::from(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(whole(i128::from(value)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut object = BTreeMap::new();
        while let Some((name, value)) = fields.next_entry::<String, Value>()? {
            let key = name.encode_utf16().collect();
            if object.insert(key, (name.clone(), value)).is_some() {
                return Err(A::Error::custom(format_args!("twice `{name}`")));
            }
        }
        Ok(Value::Object(object))
    }
}

/// Whole numbers that floating-point numbers would round are kept as they are: two requests must not look like one.
fn whole(value: i128) -> Value {
    if value.unsigned_abs() <= u128::from(EXACT) { Value::Number(value as f64) } else { Value::Whole(value) }
}

#[cfg(test)]
mod tests {
    use super::text;

    fn form(json: &str) -> String {
        text(json.as_bytes()).unwrap()
    }

    #[test]
    fn the_examples_of_the_standard() {
        // RFC 8785 §3.2.2 and §3.2.3.
        assert_eq!(
            form(
                r#"{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
                    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
                    "literals": [null, true, false]}"#
            ),
            "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\
             \"string\":\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}"
        );
        let sorted = form(
            r#"{"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7}"#,
        );
        let order: Vec<_> = sorted.split(':').filter_map(|part| part.chars().next()).collect();
        assert_eq!(order, ['{', '2', '4', '6', '7', '1', '5', '3']);
    }

    #[test]
    fn numbers_are_written_as_ecmascript_does() {
        // RFC 8785, appendix B.
        for (written, canonical) in [
            ("0", "0"),
            ("-0.0", "0"),
            ("5e-324", "5e-324"),
            ("1.7976931348623157e308", "1.7976931348623157e+308"),
            ("9007199254740992", "9007199254740992"),
            ("9007199254740993", "9007199254740993"),
            ("295147905179352830000", "295147905179352830000"),
            ("9.999999999999997e22", "9.999999999999997e+22"),
            ("1e21", "1e+21"),
            ("999999999999999900000", "999999999999999900000"),
            ("9.999999999999997e-7", "9.999999999999997e-7"),
            ("0.000001", "0.000001"),
            ("333333333.33333325", "333333333.33333325"),
            ("-1424953923781206.2", "-1424953923781206.2"),
        ] {
            assert_eq!(form(written), canonical, "{written}");
        }
        for same in ["45", "45.0", "4.5e1", "450E-1"] {
            assert_eq!(form(same), "45", "{same}");
        }
    }

    #[test]
    fn what_says_the_same_has_one_form_and_what_does_not_has_another() {
        assert_eq!(form(r#" { "b" : [ 1 , {} ], "a": "\u00e9" } "#), form("{\"a\":\"é\",\"b\":[1,{}]}"));
        assert_ne!(form(r#"{"a":1,"b":2}"#), form(r#"{"a":2,"b":1}"#));
        assert_ne!(form("[1,2]"), form("[2,1]"));
        assert_eq!(text(br#"{"a":{"b":1,"b":1}}"#), Err("/b".to_owned()));
    }
}
