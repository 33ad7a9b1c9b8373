//! `staff` and `enrol-code`: what somebody with access to the machine may do without signing in. It is audited as done at the
//! command line. What is shown here is shown once and kept nowhere.

use super::{
    Outcome,
    arguments::{EnrolCode, NewStaff, Staff},
    qr,
};
use crate::{settings::Settings, start};
use care::centre::things::CENTRE;
use care::{App, centre};
use contract::{AuditId, CentreId, ParticipantId, ProblemCode, StaffId, StaffRole, time::Instant};
use db::{Tx, sql};
use identity::things::ENROLMENT_CODE;
use identity::things::STAFF;
use identity::{
    enrolment::{self, codes::Fresh},
    sign_in::accounts::{self, Credentials, NewAccount, ShownOnce},
};
use kernel::{
    Error,
    audit::Audit,
    protect::privacy::{Email, Name},
};
use std::process::ExitCode;

/// `staff add` and `staff reset`.
pub async fn staff(settings: &Settings, command: Staff) -> Outcome {
    let app = start::open(settings).await?;
    let shown = match command {
        Staff::Add(new) => add(&app, &new).await?,
        Staff::Reset { email } => reset(&app, &email).await?,
    };
    app.db.close().await;
    show(settings, &shown);
    Ok(ExitCode::SUCCESS)
}

async fn add(app: &App, new: &NewStaff) -> Result<ShownOnce, String> {
    let name = Name::parse(&new.name).map_err(|error| format!("--name {error}"))?;
    let email = Email::parse(&new.email).map_err(|error| format!("--email {error}"))?;
    let credentials = Credentials::generate(app, new.role).await.map_err(in_words)?;
    let mut tx = app.db.write().await.map_err(|error| error.to_string())?;
    let now = app.clock.now();
    let centre = find_or_make_centre(app, &mut tx, now, new).await?;
    let account = NewAccount {
        id: StaffId::new(&*app.ids),
        centre,
        role: new.role,
        language: new.language,
        name: &name,
        email: &email,
    };
    let shown = accounts::new_account(app, &mut tx, now, &account, credentials).await.map_err(in_words)?;
    let audit = Audit::new(&STAFF, "create", account.id.0).at(centre).with("role", new.role.as_str());
    finish(app, tx, now, audit).await?;
    Ok(shown)
}

async fn reset(app: &App, email: &str) -> Result<ShownOnce, String> {
    let email = Email::parse(email).map_err(|error| format!("--email {error}"))?;
    let mut tx = app.db.read().await.map_err(|error| error.to_string())?;
    let found: Option<(StaffId, StaffRole, CentreId)> = tx
        .query(sql!("SELECT id, role, centre_id FROM staff WHERE email_lookup = $1 AND active"))
        .bind(app.keys.emails.hash(&email))
        .optional()
        .await
        .map_err(|error| error.to_string())?;
    drop(tx);
    let (id, role, centre) = found.ok_or("no active account has this e-mail address")?;
    let credentials = Credentials::generate(app, role).await.map_err(in_words)?;
    let mut tx = app.db.write().await.map_err(|error| error.to_string())?;
    let now = app.clock.now();
    let shown = accounts::reset(app, &mut tx, now, id, credentials).await.map_err(in_words)?;
    finish(app, tx, now, Audit::new(&STAFF, "reset_factors", id.0).at(centre)).await?;
    Ok(shown)
}

async fn find_or_make_centre(
    app: &App,
    tx: &mut Tx,
    now: Instant,
    new: &NewStaff,
) -> Result<CentreId, String> {
    let found: Vec<CentreId> = match new.centre.parse::<CentreId>() {
        Ok(id) => tx.query(sql!("SELECT id FROM centre WHERE id = $1")).bind(id).scalars().await,
        Err(_) => {
            let query = tx.query(sql!("SELECT id FROM centre WHERE name = $1"));
            query.bind(new.centre.as_str()).scalars().await
        }
    }
    .map_err(|error| error.to_string())?;
    match (found.as_slice(), new.new_centre) {
        ([id], _) => Ok(*id),
        ([], true) => make_centre(app, tx, now, new).await,
        ([], false) => Err("--centre names none; add --new-centre to register it".to_owned()),
        _ => Err("--centre names more than one; give its id".to_owned()),
    }
}

async fn make_centre(app: &App, tx: &mut Tx, now: Instant, new: &NewStaff) -> Result<CentreId, String> {
    let name = new.centre.trim();
    let length = name.chars().count();
    if !(1..=100).contains(&length) || name.chars().any(char::is_control) {
        return Err("--centre must have 1 to 100 characters".to_owned());
    }
    let id = centre::register(app, tx, now, name, new.zone.clone(), None).await.map_err(in_words)?;
    let audit = Audit::new(&CENTRE, "create", id.0).at(id);
    audit.write(tx, None, AuditId::new(&*app.ids), now).await.map_err(|error| error.to_string())?;
    Ok(id)
}

/// `enrol-code`.
pub async fn enrol_code(settings: &Settings, command: &EnrolCode) -> Outcome {
    let app = start::open(settings).await?;
    let fresh = Fresh::generate(&app).await.map_err(in_words)?;
    let mut tx = app.db.write().await?;
    let now = app.clock.now();
    let participant = command.participant;
    let centre = centre_of(&mut tx, participant).await?.ok_or("no active participant has this id")?;
    let shown = enrolment::create_enrolment_code(&app, &mut tx, now, participant, None, fresh)
        .await
        .map_err(in_words)?;
    let audit = Audit::new(&ENROLMENT_CODE, "create", shown.id.0).about(participant).at(centre);
    finish(&app, tx, now, audit).await?;
    app.db.close().await;
    if let Some(picture) = qr::draw(&shown.qr_payload) {
        println!("{picture}");
    }
    println!("QR text:  {}", shown.qr_payload.as_str());
    println!("Code:     {}", shown.code.as_str());
    println!("Works once, until {}. It is not shown again.", shown.expires_at);
    Ok(ExitCode::SUCCESS)
}

async fn centre_of(tx: &mut Tx, participant: ParticipantId) -> db::Result<Option<CentreId>> {
    tx.query(sql!("SELECT centre_id FROM participant WHERE id = $1 AND active"))
        .bind(participant)
        .optional_scalar()
        .await
}

async fn finish(app: &App, mut tx: Tx, now: Instant, audit: Audit) -> Result<(), String> {
    let audit = audit.with("at", "command_line");
    audit.write(&mut tx, None, AuditId::new(&*app.ids), now).await.map_err(|error| error.to_string())?;
    tx.commit().await.map_err(|error| error.to_string())
}

fn show(settings: &Settings, shown: &ShownOnce) {
    if let Some(uri) = &shown.authenticator_uri {
        println!("Scan this with an authenticator app, or copy the address under it:");
        if let Some(picture) = qr::draw(uri) {
            println!("{picture}");
        }
        println!("Authenticator:      {}", uri.as_str());
    }
    println!("Sign in at:         {}", settings.public_url);
    println!("One-time password:  {}", shown.one_time_password.as_str());
    println!("It works until {} and must be changed then. None of this is shown again.", shown.expires_at);
    if shown.authenticator_uri.is_none() {
        println!("Use it first on the phone they will work with: that phone becomes their second factor.");
    }
}

/// A refusal in words for the terminal.
fn in_words(error: Error) -> String {
    match error.code() {
        Some(ProblemCode::AlreadyExists) => "another account has this e-mail address".to_owned(),
        Some(ProblemCode::Internal) | None => "the service failed; the log above says why".to_owned(),
        Some(code) => code.title().to_owned(),
    }
}
