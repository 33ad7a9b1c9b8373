//! A participant as they lie in the table.

use super::{
    status::{rules, words::FileStatus},
    words::{HostWish, Sex},
};
use crate::opening_hours::calendar::CalendarDate;
use contract::{
    CentreId, Language, ParticipantId, Province,
    time::{Instant, ZoneName},
};
use db::{Change, Operation};
use identity::things::PARTICIPANT;
use kernel::protect::{
    lookup::FileNumberHash,
    seal::{Sealed, WrappedKey},
};

/// A participant as they lie in the table.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    /// Their id.
    pub id: ParticipantId,
    /// Their centre.
    pub centre_id: CentreId,
    /// The language of their app.
    pub language: Language,
    /// Where they live.
    pub zone: ZoneName,
    /// Their data key, wrapped.
    pub data_key: WrappedKey,
    /// Name, sealed.
    pub name_sealed: Sealed,
    /// Telephone number, sealed.
    pub phone_sealed: Option<Sealed>,
    /// E-mail address, sealed.
    pub email_sealed: Option<Sealed>,
    /// Edition of the programme, sealed.
    pub edition_sealed: Option<Sealed>,
    /// Whether reminders are pushed.
    pub push_wanted: bool,
    /// Whether they are still accompanied.
    pub active: bool,
    /// Where the file stands, as this version wrote it: see [`Row::standing`].
    pub status: FileStatus,
    /// Into which file it was merged, if it was: see [`Row::merged_into`].
    pub merged_into: Option<ParticipantId>,
    /// Counts the changes.
    pub version: i64,
    /// When they were registered.
    pub created_at: Instant,
    /// What else is known of them.
    #[sqlx(flatten)]
    pub particulars: Particulars,
}

impl Row {
    /// Where the file stands. A node of the former version closes and opens files and knows of no status: what it did counts.
    pub const fn standing(&self) -> FileStatus {
        rules::standing(self.active, self.status)
    }

    /// Where what it says is kept now, if it was merged into another file. One that a node of the former version has opened again stands for
    /// itself.
    pub fn merged_into(&self) -> Option<ParticipantId> {
        self.merged_into.filter(|_| self.standing() == FileStatus::Merged)
    }

    /// The columns as they are read: what a node of the former version left of another state is not found by any statement then.
    pub fn settle(&mut self) {
        (self.status, self.merged_into) = (self.standing(), self.merged_into());
    }

    /// That this participant is no longer that centre's, told to everybody there.
    pub const fn revoked_at(&self, centre: CentreId) -> Change {
        Change { centre: centre.0, operation: Operation::Revoke, ..self.changed() }
    }

    /// That this participant is new or different, for the change feed.
    pub const fn changed(&self) -> Change {
        PARTICIPANT.changed(self.centre_id.0, Some(self.id.0), self.id.0)
    }
}

/// What a file says of somebody besides how to reach them.
#[derive(Debug, Clone, Default, sqlx::FromRow)]
pub struct Particulars {
    /// The name in Arabic script, sealed.
    pub name_arabic_sealed: Option<Sealed>,
    /// The name in Latin script, sealed.
    pub name_latin_sealed: Option<Sealed>,
    /// The centre's own number of the file, sealed.
    pub file_number_sealed: Option<Sealed>,
    /// Its keyed hash.
    pub file_number_lookup: Option<FileNumberHash>,
    /// The number that another centre gave the file, sealed.
    pub former_file_number_sealed: Option<Sealed>,
    /// Its keyed hash.
    pub former_file_number_lookup: Option<FileNumberHash>,
    /// The year of birth.
    pub birth_year: Option<i64>,
    /// Woman or man.
    pub sex: Option<Sex>,
    /// By whom they wish to be received.
    pub host_wish: Option<HostWish>,
    /// The code of their province.
    pub province: Option<String>,
    /// What they read, as words.
    pub reads: Option<String>,
    /// What they speak, as words.
    pub speaks: Option<String>,
    /// Whether somebody is to interpret.
    pub interpreter_wanted: bool,
    /// What they need in order to hear, sealed.
    pub need_hearing_sealed: Option<Sealed>,
    /// What they need in order to see, sealed.
    pub need_seeing_sealed: Option<Sealed>,
    /// What they need in order to move, sealed.
    pub need_moving_sealed: Option<Sealed>,
    /// The last day on which they are under age.
    pub minor_until: Option<String>,
    /// Who stands for them, sealed.
    pub guardian_name_sealed: Option<Sealed>,
    /// Where to call that person, sealed.
    pub guardian_phone_sealed: Option<Sealed>,
    /// The day of their release, sealed.
    pub release_date_sealed: Option<Sealed>,
    /// Its kind, sealed.
    pub release_kind_sealed: Option<Sealed>,
    /// The quarter of that day.
    pub release_quarter: Option<String>,
    /// The axes of the programme, a line each, sealed.
    pub axes_sealed: Option<Sealed>,
}

impl Particulars {
    /// The year of birth.
    pub fn birth_year(&self) -> Option<i32> {
        self.birth_year.and_then(|year| i32::try_from(year).ok())
    }

    /// Where they live.
    pub fn province(&self) -> Option<Province> {
        self.province.as_deref().and_then(Province::stored)
    }

    /// The last day on which they are under age.
    pub fn minor_until(&self) -> Option<CalendarDate> {
        self.minor_until.as_deref().and_then(|day| day.parse().ok())
    }
}
