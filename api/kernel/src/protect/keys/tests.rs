use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use tempfile::TempDir;

use super::*;
use crate::protect::random::SystemRandom;

const HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1F";

fn home() -> (TempDir, KeyDirectory) {
    let temporary = tempfile::tempdir().unwrap();
    let directory = KeyDirectory::open(temporary.path().join("keys")).unwrap();
    (temporary, directory)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn put(directory: &KeyDirectory, text: &str, mode: u32) {
    let path = directory.path_of(MASTER_KEY_FILE);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
}

fn load(directory: &KeyDirectory) -> Result<MasterKey, KeyFileError> {
    MasterKey::load_or_create(directory, &SystemRandom)
}

fn files(directory: &KeyDirectory) -> Vec<String> {
    let entries = fs::read_dir(directory.path_of("")).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn the_first_start_makes_a_closed_file_and_the_second_reads_it() {
    let (_temporary, directory) = home();
    let first = load(&directory).unwrap();
    assert_eq!(mode(&directory.path_of("")), 0o700);
    assert_eq!(mode(&directory.path_of(MASTER_KEY_FILE)), 0o600);
    assert_eq!(files(&directory), [MASTER_KEY_FILE], "no temporary file is left");
    let second = load(&directory).unwrap();
    assert_eq!(first.check_value().unwrap(), second.check_value().unwrap());
    let (_other_home, other) = home();
    assert_ne!(first.check_value().unwrap(), load(&other).unwrap().check_value().unwrap());
}

#[test]
fn hexadecimal_and_base64_name_the_same_key() {
    let (_temporary, directory) = home();
    let bytes: Vec<u8> = (0..32).collect();
    let texts = [
        HEX.to_owned(),
        format!("  {HEX}\n"),
        STANDARD.encode(&bytes),
        STANDARD_NO_PAD.encode(&bytes),
        URL_SAFE_NO_PAD.encode(&bytes),
    ];
    for text in texts {
        put(&directory, &text, 0o600);
        assert_eq!(*load(&directory).unwrap().bytes, bytes[..]);
    }
    put(&directory, HEX, 0o400);
    assert_eq!(*MasterKey::read(&directory.path_of(MASTER_KEY_FILE)).unwrap().bytes, bytes[..]);
}

#[test]
fn what_is_no_key_is_refused_and_left_alone() {
    let (_temporary, directory) = home();
    let short = STANDARD.encode([7; 31]);
    for text in ["", "\n", &HEX[..62], &format!("{HEX}00"), &HEX.replace(['f', 'F'], "g"), &short, "héhé"] {
        put(&directory, text, 0o600);
        let error = load(&directory).unwrap_err();
        assert!(matches!(error, KeyFileError::NotMasterKey { .. }), "{text:?}: {error}");
        assert!(error.to_string().contains("master.key") && error.to_string().contains("backup"), "{error}");
        assert!(text.trim().is_empty() || !error.to_string().contains(text), "{error}");
        assert_eq!(fs::read_to_string(directory.path_of(MASTER_KEY_FILE)).unwrap(), text);
    }
    put(&directory, &"0".repeat(70_000), 0o600);
    assert!(matches!(load(&directory).unwrap_err(), KeyFileError::TooLong { .. }));
}

#[test]
fn an_open_file_or_directory_is_refused() {
    let (_temporary, directory) = home();
    for open in [0o640, 0o604, 0o620, 0o601, 0o644] {
        put(&directory, HEX, open);
        let error = load(&directory).unwrap_err().to_string();
        assert!(error.contains("chmod 600") && error.contains("master.key"), "{error}");
    }
    for open in [0o750, 0o701, 0o777] {
        let path = directory.path_of("");
        fs::set_permissions(&path, Permissions::from_mode(open)).unwrap();
        let error = KeyDirectory::open(&path).unwrap_err().to_string();
        assert!(error.contains("chmod 700"), "{error}");
    }
}

#[test]
fn a_missing_secret_is_not_replaced_by_a_new_key() {
    let (temporary, directory) = home();
    std::os::unix::fs::symlink(temporary.path().join("unmounted"), directory.path_of(MASTER_KEY_FILE))
        .unwrap();
    assert!(matches!(load(&directory).unwrap_err(), KeyFileError::Io { .. }));
    assert!(matches!(MasterKey::read(&temporary.path().join("none")).unwrap_err(), KeyFileError::Io { .. }));
}

#[test]
fn a_directory_or_file_in_the_way_is_refused() {
    let (temporary, directory) = home();
    fs::create_dir(directory.path_of(MASTER_KEY_FILE)).unwrap();
    assert!(matches!(load(&directory).unwrap_err(), KeyFileError::WrongKind { .. }));
    let file = temporary.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(KeyDirectory::open(&file).is_err());
}

#[test]
fn names_that_leave_the_directory_are_refused() {
    let (_temporary, directory) = home();
    for name in ["../master.key", "a/b", "/etc/passwd", "", ".."] {
        let made = directory.load_or_create(name, &SystemRandom, || Ok(Zeroizing::new(vec![1])));
        assert!(matches!(made.unwrap_err(), KeyFileError::NotFileName { .. }), "{name}");
    }
}

#[test]
fn a_key_is_made_once() {
    let (_temporary, directory) = home();
    let get = |byte: u8| {
        directory.load_or_create("signing.pk8", &SystemRandom, || Ok(Zeroizing::new(vec![byte; 5]))).unwrap()
    };
    let first = get(1);
    assert!(first.created && *first.bytes == [1; 5]);
    let second = get(2);
    assert!(!second.created && *second.bytes == [1; 5]);
    assert_eq!(format!("{second:?}"), "KeyFile(…, created: false)");
}

/// The race of two first starts: while one process makes its key, another stores one. Both must end with the same.
#[test]
fn of_two_first_starts_one_key_wins() {
    let (_temporary, directory) = home();
    let second = directory.load_or_create("signing.pk8", &SystemRandom, || {
        directory.load_or_create("signing.pk8", &SystemRandom, || Ok(Zeroizing::new(vec![1; 5])))?;
        Ok(Zeroizing::new(vec![2; 5]))
    });
    let second = second.unwrap();
    assert!(!second.created);
    assert_eq!(*second.bytes, [1; 5]);
    assert_eq!(files(&directory), ["signing.pk8"]);
}

#[test]
fn signing_keys_are_made_once_and_checked() {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair};

    let (_temporary, directory) = home();
    let tokens = directory.ed25519_key("tokens.pk8", &SystemRandom).unwrap();
    let push = directory.p256_key("push.pk8", &SystemRandom).unwrap();
    assert!(Ed25519KeyPair::from_pkcs8(&tokens.bytes).is_ok());
    assert!(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &push.bytes).is_ok());
    assert_eq!(directory.ed25519_key("tokens.pk8", &SystemRandom).unwrap().bytes, tokens.bytes);
    assert_eq!(mode(&directory.path_of("push.pk8")), 0o600);
    let error = directory.ed25519_key("push.pk8", &SystemRandom).unwrap_err().to_string();
    assert!(error.contains("push.pk8") && error.contains("Ed25519"), "{error}");
    assert!(directory.p256_key("tokens.pk8", &SystemRandom).is_err());
}

#[test]
fn purposes_have_keys_of_their_own() {
    let purposes = [
        Purpose::WrapParticipantKeys,
        Purpose::WrapStaffKeys,
        Purpose::EmailLookup,
        Purpose::FileNumberLookup,
        Purpose::ReminderTopics,
        Purpose::ActionTokens,
        Purpose::RefreshTokens,
        Purpose::EnrolmentCodes,
        Purpose::Cursors,
        Purpose::IdempotencyKeys,
        Purpose::Impressions,
        Purpose::ImpressionHashes,
        Purpose::EmployerTexts,
        Purpose::ReferralLinks,
        Purpose::KeyCheck,
    ];
    let master = MasterKey::from_bytes(Zeroizing::new([7; 32]));
    let keys: std::collections::HashSet<_> =
        purposes.iter().map(|purpose| *master.derive(*purpose).unwrap().expose()).collect();
    assert_eq!(keys.len(), purposes.len());
    assert!(!keys.contains(&[7; 32]));
    let again = master.derive(Purpose::Cursors).unwrap();
    assert!(keys.contains(again.expose()));
}

#[test]
fn authentication_tells_messages_and_keys_apart() {
    let master = MasterKey::from_bytes(Zeroizing::new([7; 32]));
    let (cursors, actions) =
        (master.derive(Purpose::Cursors).unwrap(), master.derive(Purpose::ActionTokens).unwrap());
    let tag = cursors.authenticate(b"page 2");
    assert!(cursors.is_authentic(b"page 2", &tag));
    assert!(!cursors.is_authentic(b"page 3", &tag));
    assert!(!actions.is_authentic(b"page 2", &tag));
    assert!(!cursors.is_authentic(b"page 2", &tag[..31]));
}

#[test]
fn keys_do_not_print() {
    let master = MasterKey::from_bytes(Zeroizing::new([7; 32]));
    let derived = master.derive(Purpose::Cursors).unwrap();
    assert_eq!(format!("{master:?} {derived:?}"), "MasterKey(…) DerivedKey(…)");
}
