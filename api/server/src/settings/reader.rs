//! Takes settings one by one from the file and the environment, and remembers where each came from.

use super::{
    error::{Origin, SettingsError},
    value::{Raw, Value},
};
use std::{collections::BTreeMap, ops::RangeInclusive, path::Path};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// What the variables of the settings begin with.
const PREFIX: &str = "MUWAKABA_";
/// Variables with the prefix that are no settings: the file's name, and what the tests of this project use.
const NO_SETTINGS: [&str; 2] = [super::FILE_VARIABLE, "MUWAKABA_TEST_"];

/// The values that were set, as they were written.
pub struct Reader<'a> {
    file: String,
    text: &'a str,
    in_file: BTreeMap<String, (Raw, usize)>,
    in_environment: BTreeMap<String, String>,
    origins: BTreeMap<&'static str, Origin>,
}

impl<'a> Reader<'a> {
    pub fn new(
        file: Option<(&Path, &'a str)>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, SettingsError> {
        let (file, text) =
            file.map_or((String::new(), ""), |(path, text)| (path.display().to_string(), text));
        let in_environment = environment
            .into_iter()
            .filter(|(name, _)| name == "DATABASE_URL" || name.starts_with(PREFIX))
            .filter(|(name, _)| !NO_SETTINGS.iter().any(|prefix| name.starts_with(prefix)))
            .collect();
        let mut reader =
            Self { file, text, in_file: BTreeMap::new(), in_environment, origins: BTreeMap::new() };
        let table = DeTable::parse(text).map_err(|error| SettingsError::Syntax {
            path: reader.file.clone(),
            line: reader.line(error.span().map_or(0, |span| span.start)),
            cause: error.message().to_owned(),
        })?;
        reader.flatten("", table.get_ref())?;
        Ok(reader)
    }

    fn flatten(&mut self, above: &str, table: &DeTable<'_>) -> Result<(), SettingsError> {
        for (key, value) in table {
            let name = if above.is_empty() {
                key.get_ref().to_string()
            } else {
                format!("{above}.{}", key.get_ref())
            };
            if let DeValue::Table(inner) = value.get_ref() {
                self.flatten(&name, inner)?;
                continue;
            }
            let line = self.line(key.span().start);
            let raw = raw(value).ok_or_else(|| SettingsError::Value {
                name: name.clone(),
                origin: self.at(line),
                problem: "is of a kind that no setting has".to_owned(),
            })?;
            self.in_file.insert(name, (raw, line));
        }
        Ok(())
    }

    fn line(&self, at: usize) -> usize {
        1 + self.text.bytes().take(at).filter(|byte| *byte == b'\n').count()
    }

    fn at(&self, line: usize) -> Origin {
        Origin::Line { file: self.file.clone(), line }
    }

    fn take(&mut self, name: &'static str) -> Option<Raw> {
        let from_file = self.in_file.remove(name);
        let variable = variable(name);
        let (raw, origin) = match (self.in_environment.remove(&variable), from_file) {
            (Some(text), _) => (Raw::Text(text), Origin::Variable(variable)),
            (None, Some((raw, line))) => (raw, self.at(line)),
            (None, None) => return None,
        };
        self.origins.insert(name, origin);
        Some(raw)
    }

    /// A setting that need not be set.
    pub fn optional<V: Value>(&mut self, name: &'static str) -> Result<Option<V>, SettingsError> {
        let Some(raw) = self.take(name) else { return Ok(None) };
        V::read(raw).map(Some).map_err(|problem| self.refuse(name, problem))
    }

    /// A setting with a default.
    pub fn or<V: Value>(&mut self, name: &'static str, default: V) -> Result<V, SettingsError> {
        Ok(self.optional(name)?.unwrap_or(default))
    }

    /// A setting with a default that can be `off`.
    pub fn off_or<V: Value>(&mut self, name: &'static str, default: V) -> Result<Option<V>, SettingsError> {
        match self.take(name) {
            None => Ok(Some(default)),
            Some(Raw::Text(text)) if text == "off" => Ok(None),
            Some(raw) => V::read(raw).map(Some).map_err(|problem| self.refuse(name, problem)),
        }
    }

    /// A number with a default and bounds.
    pub fn within<V: Value + PartialOrd + std::fmt::Display>(
        &mut self,
        name: &'static str,
        default: V,
        bounds: RangeInclusive<V>,
    ) -> Result<V, SettingsError> {
        let value = self.or(name, default)?;
        if bounds.contains(&value) {
            return Ok(value);
        }
        Err(self.refuse(name, format!("must be from {} to {}", bounds.start(), bounds.end())))
    }

    /// Whether the setting came from the file.
    pub fn is_from_file(&self, name: &str) -> bool {
        matches!(self.origins.get(name), Some(Origin::Line { .. }))
    }

    /// Refuses the value of a setting that was read.
    pub fn refuse(&self, name: &str, problem: impl Into<String>) -> SettingsError {
        let origin = self.origins.get(name).cloned().unwrap_or(Origin::Default);
        SettingsError::Value { name: name.to_owned(), origin, problem: problem.into() }
    }

    /// The variables that were used.
    pub fn variables_used(&self) -> Vec<String> {
        let used = |origin: &Origin| match origin {
            Origin::Variable(name) => Some(name.clone()),
            _ => None,
        };
        self.origins.values().filter_map(used).collect()
    }

    /// Refuses what was set and is no setting.
    pub fn finish(mut self) -> Result<(), SettingsError> {
        if let Some((name, (_, line))) = self.in_file.pop_first() {
            return Err(SettingsError::Unknown { name, origin: self.at(line) });
        }
        match self.in_environment.pop_first() {
            Some((name, _)) => {
                Err(SettingsError::Unknown { name: name.clone(), origin: Origin::Variable(name) })
            }
            None => Ok(()),
        }
    }
}

/// The variable of a setting: `push.contact` is `MUWAKABA_PUSH_CONTACT`.
fn variable(name: &str) -> String {
    if name == "database_url" {
        return "DATABASE_URL".to_owned();
    }
    format!("{PREFIX}{}", name.replace('.', "_").to_ascii_uppercase())
}

fn raw(value: &Spanned<DeValue<'_>>) -> Option<Raw> {
    let scalar = |value: &DeValue<'_>| match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Boolean(flag) => Some(flag.to_string()),
        _ => None,
    };
    match value.get_ref() {
        DeValue::Array(items) => {
            items.iter().map(|item| scalar(item.get_ref())).collect::<Option<Vec<_>>>().map(Raw::List)
        }
        other => scalar(other).map(Raw::Text),
    }
}
