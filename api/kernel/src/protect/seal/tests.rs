use proptest::prelude::*;

use super::*;
use crate::protect::privacy::{Name, Phone};
use crate::protect::random::{SeededRandom, SystemRandom};

const CANARY: &str = "Canary Zuleikha";

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn field() -> Field {
    Field::new("participants", "name", id(1))
}

fn master(byte: u8) -> MasterKey {
    MasterKey::from_bytes(Zeroizing::new([byte; KEY_LENGTH]))
}

fn new_key() -> DataKey {
    DataKey::generate(&SystemRandom).unwrap()
}

struct Broken;

impl Random for Broken {
    fn fill(&self, _: &mut [u8]) -> Result<(), NoRandomness> {
        Err(NoRandomness)
    }
}

#[test]
fn a_value_opens_only_where_it_was_sealed() {
    let key = new_key();
    let sealed = key.seal(field(), CANARY.as_bytes(), &SystemRandom).unwrap();
    assert_eq!(**key.open(field(), &sealed).unwrap(), *CANARY.as_bytes());
    let elsewhere = [
        Field::new("participants", "name", id(2)),
        Field::new("participants", "phone", id(1)),
        Field::new("staff", "name", id(1)),
        // The same letters, divided differently between table and column.
        Field::new("participantsn", "ame", id(1)),
        Field::new("", "participantsname", id(1)),
    ];
    for other in elsewhere {
        assert_eq!(key.open(other, &sealed), Err(SealError::NotAuthentic), "{other:?}");
    }
    assert_eq!(new_key().open(field(), &sealed), Err(SealError::NotAuthentic));
}

#[test]
fn every_flipped_bit_and_every_cut_is_noticed() {
    let key = new_key();
    let sealed = key.seal(field(), CANARY.as_bytes(), &SystemRandom).unwrap();
    for bit in 0..sealed.as_bytes().len() * 8 {
        let mut bytes = sealed.as_bytes().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let expected = if bit < 8 { SealError::UnknownVersion } else { SealError::NotAuthentic };
        assert_eq!(key.open(field(), &Sealed::from_bytes(bytes)), Err(expected), "bit {bit}");
    }
    for length in 0..sealed.as_bytes().len() {
        let bytes = sealed.as_bytes()[..length].to_vec();
        assert_eq!(key.open(field(), &Sealed::from_bytes(bytes)), Err(SealError::NotAuthentic), "{length}");
    }
    let mut longer = sealed.as_bytes().to_vec();
    longer.push(0);
    assert_eq!(key.open(field(), &Sealed::from_bytes(longer)), Err(SealError::NotAuthentic));
}

#[test]
fn lengths_do_not_tell_values_apart() {
    let key = new_key();
    let length = |size: usize| key.seal(field(), &vec![b'x'; size], &SystemRandom).unwrap().as_bytes().len();
    assert_eq!(length(0), 1 + 12 + 64 + 16);
    for size in 0..=63 {
        assert_eq!(length(size), length(0), "{size}");
    }
    assert_eq!(length(64), length(127));
    assert!(length(64) > length(63));
    assert_eq!(length(511), length(500));
    assert_eq!(length(512), 1 + 12 + 768 + 16);
    assert_eq!(length(512), length(767));
    assert_eq!(length(4000), length(4095));
}

#[test]
fn the_same_value_never_looks_the_same() {
    let key = new_key();
    let seal = || key.seal(field(), CANARY.as_bytes(), &SystemRandom).unwrap();
    assert_ne!(seal(), seal());
    assert!(
        !seal().as_bytes().windows(4).any(|window| CANARY.as_bytes().windows(4).any(|part| part == window))
    );
}

/// Fixes the layout: a change that cannot read what is stored must fail here.
#[test]
fn version_one_stays_readable() {
    let random = SeededRandom::deterministic(1);
    let key = DataKey::generate(&random).unwrap();
    let wrap_key = WrapKey::participants(&master(9)).unwrap();
    let wrapped = key.wrap(&wrap_key, id(5), &random).unwrap();
    let sealed = key.seal(field(), b"x", &random).unwrap();
    let tail = |bytes: &[u8]| bytes[bytes.len() - 4..].to_vec();
    assert_eq!(tail(wrapped.as_bytes()), [40, 123, 236, 69]);
    assert_eq!(tail(sealed.as_bytes()), [15, 37, 84, 253]);
}

#[test]
fn a_wrapped_key_opens_for_its_owner_only() {
    let participants = WrapKey::participants(&master(1)).unwrap();
    let key = new_key();
    let wrapped = key.wrap(&participants, id(1), &SystemRandom).unwrap();
    let sealed = key.seal(field(), b"text", &SystemRandom).unwrap();
    let opened = DataKey::unwrap(&participants, id(1), &wrapped).unwrap();
    assert_eq!(**opened.open(field(), &sealed).unwrap(), *b"text");

    let refused = |wrap_key: &WrapKey, owner| DataKey::unwrap(wrap_key, owner, &wrapped).unwrap_err();
    assert_eq!(refused(&participants, id(2)), SealError::NotAuthentic);
    assert_eq!(refused(&WrapKey::staff(&master(1)).unwrap(), id(1)), SealError::NotAuthentic);
    assert_eq!(refused(&WrapKey::participants(&master(2)).unwrap(), id(1)), SealError::NotAuthentic);
    let mut bytes = wrapped.as_bytes().to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    assert!(DataKey::unwrap(&participants, id(1), &WrappedKey::from_bytes(bytes)).is_err());
    assert!(!wrapped.as_bytes().windows(8).any(|window| key.bytes.windows(8).any(|part| part == window)));
}

/// A field's ciphertext cannot be passed off as a wrapped key, even under the same cipher key.
#[test]
fn fields_and_keys_are_told_apart() {
    let owner = id(1);
    assert_ne!(owner_data(owner), field_data(Field::new("", "", owner)));
    assert_ne!(field_data(Field::new("a", "bc", owner)), field_data(Field::new("ab", "c", owner)));
}

#[test]
fn privacy_types_go_in_and_out() {
    let key = new_key();
    let name = Name::parse("ⵜⵓⴷⴰ").unwrap();
    let sealed = key.seal_text(field(), &name, &SystemRandom).unwrap();
    assert_eq!(key.open_text::<Name>(field(), &sealed).unwrap(), name);
    let noise = key.seal(field(), &[0xff, 0xfe], &SystemRandom).unwrap();
    assert_eq!(key.open_text::<Phone>(field(), &noise), Err(SealError::NotText));
}

#[test]
fn nothing_is_sealed_without_randomness() {
    assert!(matches!(DataKey::generate(&Broken), Err(SealError::NoRandomness(_))));
    let key = new_key();
    assert!(matches!(key.seal(field(), b"x", &Broken), Err(SealError::NoRandomness(_))));
    assert!(key.wrap(&WrapKey::staff(&master(1)).unwrap(), id(1), &Broken).is_err());
}

#[test]
fn nothing_prints() {
    let key = new_key();
    let sealed = key.seal(field(), CANARY.as_bytes(), &SystemRandom).unwrap();
    let wrap_key = WrapKey::staff(&master(1)).unwrap();
    let wrapped = key.wrap(&wrap_key, id(1), &SystemRandom).unwrap();
    let printed = format!("{key:?} {sealed:?} {wrap_key:?} {wrapped:?}");
    assert_eq!(printed, "DataKey(…) Sealed(93 bytes) WrapKey(…) WrappedKey(93 bytes)");
}

/// Sealed values are stored as plain bytes on both databases.
#[test]
fn both_databases_store_them_as_bytes() {
    use embedded::Embedded;
    use sqlx::{Decode, Encode, Postgres, Type, TypeInfo as _};

    fn kinds<T>() -> (String, String)
    where
        T: Type<Embedded>
            + Type<Postgres>
            + for<'row> Decode<'row, Embedded>
            + for<'row> Decode<'row, Postgres>,
        T: for<'query> Encode<'query, Embedded> + for<'query> Encode<'query, Postgres>,
    {
        let (sqlite, postgres) = (<T as Type<Embedded>>::type_info(), <T as Type<Postgres>>::type_info());
        (sqlite.name().to_owned(), postgres.name().to_owned())
    }
    let bytes = ("BLOB".to_owned(), "BYTEA".to_owned());
    assert_eq!(kinds::<Sealed>(), bytes);
    assert_eq!(kinds::<WrappedKey>(), bytes);
    assert_eq!(kinds::<crate::protect::lookup::EmailHash>(), bytes);
}

proptest! {
    #[test]
    fn what_is_sealed_opens(plain in prop::collection::vec(any::<u8>(), 0..2000), seed: u64, row: u128) {
        let random = SeededRandom::deterministic(seed);
        let key = DataKey::generate(&random).unwrap();
        let field = Field::new("visits", "note", id(row));
        let sealed = key.seal(field, &plain, &random).unwrap();
        prop_assert_eq!(&**key.open(field, &sealed).unwrap(), &plain);
    }

    #[test]
    fn noise_does_not_open(noise in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(new_key().open(field(), &Sealed::from_bytes(noise)).is_err());
    }
}
