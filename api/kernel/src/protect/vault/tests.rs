use zeroize::Zeroizing;

use super::*;
use crate::protect::keys::MasterKey;
use crate::protect::random::SystemRandom;
use crate::protect::seal::Field;

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn vault(capacity: usize) -> Vault {
    let master = MasterKey::from_bytes(Zeroizing::new([3; 32]));
    Vault::new(WrapKey::participants(&master).unwrap(), capacity)
}

fn wrapped(vault: &Vault, owner: u128) -> WrappedKey {
    DataKey::generate(&SystemRandom).unwrap().wrap(vault.wrap_key(), id(owner), &SystemRandom).unwrap()
}

#[test]
fn a_key_is_opened_once() {
    let vault = vault(10);
    let stored = wrapped(&vault, 1);
    let first = vault.key(id(1), &stored).unwrap();
    assert!(Arc::ptr_eq(&first, &vault.key(id(1), &stored).unwrap()));
    assert_eq!(vault.len(), 1);
}

#[test]
fn the_remembered_key_is_not_given_for_another_wrapping() {
    let vault = vault(10);
    let (old, new) = (wrapped(&vault, 1), wrapped(&vault, 1));
    let first = vault.key(id(1), &old).unwrap();
    let field = Field::new("participants", "name", id(1));
    let sealed = vault.key(id(1), &new).unwrap().seal(field, b"x", &SystemRandom).unwrap();
    assert!(first.open(field, &sealed).is_err());
    assert_eq!(vault.len(), 1, "the newer one replaces it");
    let forged = WrappedKey::from_bytes(vec![1; 93]);
    assert_eq!(vault.key(id(1), &forged).unwrap_err(), SealError::NotAuthentic);
}

#[test]
fn an_erased_owner_does_not_come_back() {
    let vault = vault(10);
    let stored = wrapped(&vault, 1);
    let held = vault.key(id(1), &stored).unwrap();
    vault.forget(id(1));
    assert!(vault.is_empty());
    assert_eq!(Arc::strong_count(&held), 1, "only the caller who had it holds it still");
    assert_eq!(vault.key(id(1), &stored).unwrap_err(), SealError::Erased);
    let slot = Slot { owner: id(1), wrapped: stored, key: held, used: false };
    assert!(vault.memory().remember(slot, 10).is_err(), "nor by a reader who opened it before");
    vault.forget(id(2));
}

#[test]
fn a_full_vault_drops_what_is_not_used() {
    let vault = vault(3);
    let stored: Vec<_> = (0..4).map(|owner| wrapped(&vault, owner)).collect();
    let get = |owner: usize| vault.key(id(owner as u128), &stored[owner]).unwrap();
    let held: Vec<_> = (0..3).map(get).collect();
    get(0);
    get(2);
    get(3);
    assert_eq!(vault.len(), 3);
    assert!(Arc::ptr_eq(&held[0], &get(0)));
    assert!(Arc::ptr_eq(&held[2], &get(2)));
    assert!(!Arc::ptr_eq(&held[1], &get(1)), "1 was dropped, and is opened again");
}

#[test]
fn it_never_grows_beyond_its_capacity_and_stays_consistent() {
    let vault = vault(5);
    let stored: Vec<_> = (0..12).map(|owner| wrapped(&vault, owner)).collect();
    for step in 0_usize..600 {
        let owner = (step * step + step / 7) % 12;
        vault.key(id(owner as u128), &stored[owner]).unwrap();
        let memory = vault.memory();
        assert!(memory.slots.len() <= 5);
        assert_eq!(memory.places.len(), memory.slots.len());
        for (owner, place) in &memory.places {
            assert_eq!(memory.slots[*place].owner, *owner);
        }
    }
}

#[test]
fn no_capacity_still_serves() {
    let vault = vault(0);
    for owner in 0..3 {
        let stored = wrapped(&vault, owner);
        vault.key(id(owner), &stored).unwrap();
    }
    assert_eq!(vault.len(), 1);
    assert_eq!(format!("{vault:?}"), "Vault(1 of 0 keys)");
}
