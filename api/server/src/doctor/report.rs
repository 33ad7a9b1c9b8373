//! What the doctor found, as a table for people.

use std::fmt;

/// The findings, in the order in which they were made.
#[derive(Debug, Default)]
pub struct Report(Vec<Finding>);

#[derive(Debug)]
struct Finding {
    grade: Grade,
    subject: &'static str,
    text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grade {
    Fine,
    Warning,
    Error,
}

impl Report {
    /// It is as it should be.
    pub fn fine(&mut self, subject: &'static str, text: impl Into<String>) {
        self.add(Grade::Fine, subject, text.into());
    }

    /// The service works, but somebody should look.
    pub fn warning(&mut self, subject: &'static str, text: impl Into<String>) {
        self.add(Grade::Warning, subject, text.into());
    }

    /// The service cannot work like this.
    pub fn error(&mut self, subject: &'static str, text: impl Into<String>) {
        self.add(Grade::Error, subject, text.into());
    }

    /// Whether the service could not work.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|finding| finding.grade == Grade::Error)
    }

    fn add(&mut self, grade: Grade, subject: &'static str, text: String) {
        self.0.push(Finding { grade, subject, text });
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Finding { grade, subject, text } in &self.0 {
            let grade = match grade {
                Grade::Fine => "ok",
                Grade::Warning => "WARNING",
                Grade::Error => "ERROR",
            };
            writeln!(formatter, "{grade:<8} {subject:<13} {text}")?;
        }
        Ok(())
    }
}
