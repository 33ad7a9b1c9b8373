//! What a table says about whom.

/// A table.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Whom it is about.
    pub about: About,
    /// Why it is empty in the large database over which the plans of lists are looked at.
    pub unseeded: Option<&'static str>,
    /// Whether what is in it stays when two commands side by side are done.
    pub is_kept: bool,
}

/// Whom a table is about.
#[derive(Debug, Clone, Copy)]
pub enum About {
    /// People, as this row of a privacy page says, and what phones get of it.
    People(&'static str, Phones),
    /// Nobody.
    Nobody,
}

/// What phones get of a table.
#[derive(Debug, Clone, Copy)]
pub enum Phones {
    /// These lists of a pull.
    Get(&'static [&'static str]),
    /// Nothing, for this reason.
    GetNothing(&'static str),
}

impl Phones {
    /// Why phones get nothing: it is read online.
    pub const ONLINE: Self =
        Self::GetNothing("read online: it is needed where there is a network, or changes by time passing");
    /// Why phones get nothing: it signs somebody in.
    pub const SECRET: Self = Self::GetNothing("a means of signing in");
    /// Why phones get nothing: nobody reads it as it is.
    pub const MACHINERY: Self = Self::GetNothing("the service's own work; what it is about is told");
    /// Why phones get nothing: it is about those who look.
    pub const OVERSIGHT: Self = Self::GetNothing("for oversight, read online");
}

/// A table about people: its row on a privacy page, and what phones get of it.
pub const fn about(name: &'static str, row: &'static str, phones: Phones) -> Table {
    Table { name, about: About::People(row, phones), unseeded: None, is_kept: false }
}

/// A table about nobody.
pub const fn about_nobody(name: &'static str) -> Table {
    Table { name, about: About::Nobody, unseeded: None, is_kept: false }
}

impl Table {
    /// Empty in the large database, for this reason.
    pub const fn unseeded(self, why: &'static str) -> Self {
        Self { unseeded: Some(why), ..self }
    }

    /// Not emptied between one pair of commands and the next.
    pub const fn kept(self) -> Self {
        Self { is_kept: true, ..self }
    }
}
