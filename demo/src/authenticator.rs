//! The authenticator apps of invented people, who have none: their secrets, and the codes of the present moment. Nothing of it
//! is in the program that ships.

use care::App;
use contract::{StaffId, time::Instant};
use db::{Tx, sql};
use kernel::{
    Error, Result,
    protect::{
        privacy::Email,
        seal::{Field, Sealed, WrappedKey},
    },
};
use totp_rs::Builder;
use zeroize::Zeroizing;

/// Length of a secret, in bytes.
const SECRET_LENGTH: usize = 20;

const fn field(id: StaffId) -> Field {
    Field::new("staff", "authenticator_sealed", id.0)
}

/// The code of this moment of the account with this address; `None` if there is no such account.
pub async fn present_code(app: &App, tx: &mut Tx, email: &Email, now: Instant) -> Result<Option<String>> {
    let found: Option<(StaffId, WrappedKey, Option<Sealed>)> = tx
        .query(sql!(
            "SELECT id, data_key, authenticator_sealed FROM staff WHERE email_lookup = $1 AND active"
        ))
        .bind(app.keys.emails.hash(email))
        .optional()
        .await?;
    let Some((id, wrapped, Some(sealed))) = found else { return Ok(None) };
    let secret = app.keys.staff.key(id.0, &wrapped)?.open(field(id), &sealed)?;
    code(&secret, now).map(Some)
}

/// As every app computes it (RFC 6238): SHA-1, six digits, thirty seconds, which is what the library assumes.
fn code(secret: &[u8], now: Instant) -> Result<String> {
    let authenticator = Builder::new().with_secret(secret.to_vec()).build().map_err(Error::internal)?;
    Ok(authenticator.generate(u64::try_from(now.as_seconds()).unwrap_or(0)).to_string())
}

/// Gives an authenticator to every account that has none: the data may have been written by a version in which mentors signed
/// in with a password alone.
pub async fn give_to_all(app: &App, tx: &mut Tx) -> Result<()> {
    let lacking: Vec<(StaffId, WrappedKey)> =
        tx.query(sql!("SELECT id, data_key FROM staff WHERE authenticator_sealed IS NULL")).all().await?;
    for (id, wrapped) in lacking {
        let mut secret = Zeroizing::new([0_u8; SECRET_LENGTH]);
        app.random.fill(&mut *secret).map_err(Error::internal)?;
        let sealed = app.keys.staff.key(id.0, &wrapped)?.seal(field(id), &*secret, &*app.random)?;
        tx.query(sql!("UPDATE staff SET authenticator_sealed = $1 WHERE id = $2"))
            .bind(sealed)
            .bind(id)
            .execute()
            .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::code;
    use contract::time::Instant;

    #[test]
    fn the_published_code_is_ours() {
        // RFC 6238, appendix B: the last six digits of 94287082.
        let now = Instant::from_seconds(59).expect("a time");
        assert_eq!(code(b"12345678901234567890", now).expect("a code"), "287082");
    }
}
