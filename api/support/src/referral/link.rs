//! The one-time link by which a partner answers, and the code that opens it. The link's secret has 192 random bits, which nobody guesses; the
//! code has six digits, which somebody could, so that it has five tries and is given to the partner apart from the link. The database keeps
//! keyed hashes of both: a stolen one, without the key file, opens nothing.

use super::{
    rules::{LINK_LIFETIME, MAX_TRIES},
    words::ReferralId,
};
use crate::App;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use contract::time::Instant;
use db::{Tx, sql};
use kernel::{
    error::{Error, Result},
    protect::{keys::DerivedKey, random::Random},
};
use zeroize::Zeroizing;

/// Random bytes in the link.
const SECRET: usize = 24;
/// What there is of codes.
const CODES: u32 = 1_000_000;

/// What is shown to whoever hands it over, once.
pub struct ShownOnce {
    /// The last part of the link.
    pub secret: Zeroizing<String>,
    /// The code that opens it.
    pub code: Zeroizing<String>,
    /// Until when it can be used.
    pub expires_at: Instant,
}

/// Makes a link of this referral; the one before works no more.
pub async fn make(app: &App, tx: &mut Tx, referral: ReferralId, now: Instant) -> Result<ShownOnce> {
    let mut bytes = Zeroizing::new([0; SECRET]);
    app.random.fill(&mut *bytes).map_err(Error::internal)?;
    let secret = Zeroizing::new(URL_SAFE_NO_PAD.encode(*bytes));
    let code = draw_code(&*app.random)?;
    let expires_at = now.saturating_add(LINK_LIFETIME);
    tx.query(sql!(
        "INSERT INTO referral_link (referral_id, secret_hash, code_hash, expires_at, tries_left) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (referral_id) DO UPDATE SET secret_hash = excluded.secret_hash, code_hash = excluded.code_hash,
             expires_at = excluded.expires_at, tries_left = excluded.tries_left"
    ))
    .bind(referral)
    .bind(secret_hash(&app.keys.links, &secret).as_slice())
    .bind(app.keys.links.authenticate(&code_message(referral, &code)).as_slice())
    .bind(expires_at)
    .bind(MAX_TRIES)
    .execute()
    .await?;
    Ok(ShownOnce { secret, code, expires_at })
}

/// Ends the link of this referral, if it has one.
pub async fn end(tx: &mut Tx, referral: ReferralId) -> Result<()> {
    tx.query(sql!("DELETE FROM referral_link WHERE referral_id = $1")).bind(referral).execute().await?;
    Ok(())
}

/// A link that somebody tries a code on.
#[derive(sqlx::FromRow)]
struct Tried {
    referral_id: ReferralId,
    code_hash: Vec<u8>,
}

/// Which referral this link opens with this code. The try is counted before it is made, in a transaction of its own, so that guesses sent all at once do
/// not slip past the count; the right code forgives those before it. `None` whatever is wrong.
pub async fn try_code(app: &App, secret: &str, typed: &str) -> Result<Option<ReferralId>> {
    let (hash, now) = (secret_hash(&app.keys.links, secret), app.clock.now());
    let mut tx = app.db.write().await?;
    let tried: Option<Tried> = tx
        .query(sql!(
            "UPDATE referral_link SET tries_left = tries_left - 1 WHERE secret_hash = $1 AND expires_at > $2 AND tries_left > 0
             RETURNING referral_id, code_hash"
        ))
        .bind(hash.as_slice())
        .bind(now)
        .optional()
        .await?;
    tx.commit().await?;
    let code = read_code(typed);
    let Some(Tried { referral_id, code_hash }) = tried else { return Ok(None) };
    if !app.keys.links.is_authentic(&code_message(referral_id, &code), &code_hash) {
        return Ok(None);
    }
    let mut tx = app.db.write().await?;
    tx.query(sql!("UPDATE referral_link SET tries_left = $1 WHERE secret_hash = $2"))
        .bind(MAX_TRIES)
        .bind(hash.as_slice())
        .execute()
        .await?;
    tx.commit().await?;
    Ok(Some(referral_id))
}

/// Whether this is still the link of a referral that is held.
pub async fn stands(
    app: &App,
    tx: &mut Tx,
    referral: ReferralId,
    secret: &str,
    now: Instant,
) -> Result<bool> {
    let found: Option<ReferralId> = tx
        .query(sql!(
            "SELECT referral_id FROM referral_link WHERE referral_id = $1 AND secret_hash = $2 AND expires_at > $3"
        ))
        .bind(referral)
        .bind(secret_hash(&app.keys.links, secret).as_slice())
        .bind(now)
        .optional_scalar()
        .await?;
    Ok(found.is_some())
}

fn secret_hash(key: &DerivedKey, secret: &str) -> [u8; 32] {
    key.authenticate(format!("secret {secret}").as_bytes())
}

/// A code of one referral says nothing about another's.
fn code_message(referral: ReferralId, code: &str) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(format!("code {referral} {code}").into_bytes())
}

/// Every code as likely as every other: the few numbers at the end that would make some likelier are drawn again.
fn draw_code(random: &dyn Random) -> Result<Zeroizing<String>> {
    loop {
        let mut bytes = [0; 4];
        random.fill(&mut bytes).map_err(Error::internal)?;
        let number = u32::from_be_bytes(bytes);
        if number < u32::MAX - u32::MAX % CODES {
            return Ok(Zeroizing::new(format!("{:06}", number % CODES)));
        }
    }
}

/// What somebody typed: with or without blanks, with the digits of an Arabic keyboard.
fn read_code(typed: &str) -> Zeroizing<String> {
    let digit = |letter: char| match letter {
        '٠'..='٩' => char::from_digit(u32::from(letter) - u32::from('٠'), 10),
        '۰'..='۹' => char::from_digit(u32::from(letter) - u32::from('۰'), 10),
        _ => Some(letter).filter(char::is_ascii_digit),
    };
    Zeroizing::new(typed.chars().take(40).filter_map(digit).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::protect::random::SeededRandom;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        for typed in ["048213", "048 213", " 048-213 ", "٠٤٨٢١٣", "۰۴۸۲۱۳"] {
            assert_eq!(*read_code(typed), "048213", "{typed}");
        }
        assert_eq!(*read_code("x"), "");
        assert!(read_code(&"7".repeat(10_000)).len() <= 40);
    }

    #[test]
    fn a_code_has_six_digits_and_is_another_each_time() {
        let random = SeededRandom::deterministic(7);
        let codes: std::collections::BTreeSet<_> =
            (0..200).map(|_| draw_code(&random).unwrap().to_string()).collect();
        assert!(codes.len() > 195 && codes.iter().all(|code| code.len() == 6), "{codes:?}");
    }
}
