//! Key files: one secret per file, mode 0600, in a directory with mode 0700.
//!
//! A file appears under its name whole or not at all: it is written and synced under a temporary name, then linked
//! to its own. Linking fails if the name is taken, so of two processes that start together one makes the key and
//! the other reads it.

use std::fmt;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::protect::random::Random;

/// More than any key format needs; it keeps a wrong path from being read into memory whole.
const LONGEST_KEY_FILE: u64 = 64 * 1024;
/// Permissions of anyone but the owner.
const GROUP_AND_OTHERS: u32 = 0o077;

/// Why a key file cannot be used. Each message names the path and what to do; none shows a key.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The operating system refused.
    #[error("cannot {action} {path}: {source}", path = path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Someone besides the service's user may read or change it.
    #[error("{path} is open to other users (mode {mode:04o}): run `chmod {wanted:o} {path}`; if others may have read it, replace the key", path = path.display())]
    OpenToOthers {
        /// The file or directory.
        path: PathBuf,
        /// Its permissions now.
        mode: u32,
        /// What they must be.
        wanted: u32,
    },
    /// A directory, a device or something else that cannot hold a key.
    #[error("{path} is not a {wanted}: name a {wanted} or remove what is there", path = path.display())]
    WrongKind {
        /// What is in the way.
        path: PathBuf,
        /// What was expected.
        wanted: &'static str,
    },
    /// Too long to be a key.
    #[error("{path} is longer than a key file can be: check that it is the right file", path = path.display())]
    TooLong {
        /// The file.
        path: PathBuf,
    },
    /// The master key file holds something else.
    #[error("{path} does not hold a master key, 32 bytes as 64 hexadecimal digits or in base64: restore it from your backup; a new key cannot open existing data", path = path.display())]
    NotMasterKey {
        /// The file.
        path: PathBuf,
    },
    /// A signing key file holds something else.
    #[error("{path} does not hold a key for {algorithm} in PKCS#8 DER: restore it from your backup, or move it away to have a new one made", path = path.display())]
    NotSigningKey {
        /// The file.
        path: PathBuf,
        /// What was expected.
        algorithm: &'static str,
    },
    /// Key names are plain file names.
    #[error("{path} is not a plain file name for a key", path = path.display())]
    NotFileName {
        /// What was given.
        path: PathBuf,
    },
    /// A new key could not be made.
    #[error("the system gave no random bytes for a new key")]
    NoRandomness,
}

impl KeyFileError {
    fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }
}

/// What a key file held.
pub struct KeyFile {
    /// The content; wiped when dropped.
    pub bytes: Zeroizing<Vec<u8>>,
    /// Whether it was made just now, which is worth a line in the log and a backup.
    pub created: bool,
}

impl fmt::Debug for KeyFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "KeyFile(…, created: {})", self.created)
    }
}

/// The directory of key files, closed to everyone but the service's user.
#[derive(Debug, Clone)]
pub struct KeyDirectory {
    path: PathBuf,
}

impl KeyDirectory {
    /// Opens the directory, making it with mode 0700 if it does not exist.
    ///
    /// # Errors
    /// If it cannot be made, is no directory, or is open to other users.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, KeyFileError> {
        let path = path.into();
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&path)
            .map_err(KeyFileError::io("create the key directory", &path))?;
        let metadata = fs::metadata(&path).map_err(KeyFileError::io("look at", &path))?;
        if !metadata.is_dir() {
            return Err(KeyFileError::WrongKind { path, wanted: "directory" });
        }
        refuse_if_open(&path, metadata.mode(), 0o700)?;
        Ok(Self { path })
    }

    /// Where the key of that name lies.
    pub fn path_of(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Reads a key, or makes it with `make` and stores it for good. `random` names the temporary file.
    ///
    /// # Errors
    /// If the name is no plain file name, the file is open to others or unreadable, or `make` fails.
    pub fn load_or_create(
        &self,
        name: &str,
        random: &dyn Random,
        make: impl FnOnce() -> Result<Zeroizing<Vec<u8>>, KeyFileError>,
    ) -> Result<KeyFile, KeyFileError> {
        if Path::new(name).file_name() != Some(name.as_ref()) {
            return Err(KeyFileError::NotFileName { path: PathBuf::from(name) });
        }
        let path = self.path_of(name);
        if let Some(bytes) = self.read_if_there(&path)? {
            return Ok(KeyFile { bytes, created: false });
        }
        let bytes = make()?;
        if self.store(name, &path, &bytes, random)? {
            return Ok(KeyFile { bytes, created: true });
        }
        Ok(KeyFile { bytes: read_private(&path)?, created: false })
    }

    /// Reads a key that may be absent, such as the one that was in use before the present one.
    ///
    /// # Errors
    /// If the name is no plain file name, or the file is open to others or unreadable.
    pub fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeyFileError> {
        if Path::new(name).file_name() != Some(name.as_ref()) {
            return Err(KeyFileError::NotFileName { path: PathBuf::from(name) });
        }
        self.read_if_there(&self.path_of(name))
    }

    fn read_if_there(&self, path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, KeyFileError> {
        match read_private(path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(KeyFileError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                match fs::symlink_metadata(path) {
                    // A link to nowhere is a secret that was not mounted, not a first start.
                    Ok(_) => Err(KeyFileError::io("read", path)(source)),
                    Err(_) => Ok(None),
                }
            }
            Err(error) => Err(error),
        }
    }

    /// Whether the key now stands under its name; `false` if another process was first.
    fn store(
        &self,
        name: &str,
        path: &Path,
        bytes: &[u8],
        random: &dyn Random,
    ) -> Result<bool, KeyFileError> {
        let mut suffix = [0; 8];
        random.fill(&mut suffix).map_err(|_| KeyFileError::NoRandomness)?;
        let temporary = self.path.join(format!(".{name}.{:016x}.new", u64::from_be_bytes(suffix)));
        let written = write_new(&temporary, bytes).and_then(|()| match fs::hard_link(&temporary, path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(KeyFileError::io("create the key file", path)(error)),
        });
        let removed = fs::remove_file(&temporary);
        let created = written?;
        removed.map_err(KeyFileError::io("remove", &temporary))?;
        File::open(&self.path)
            .and_then(|directory| directory.sync_all())
            .map_err(KeyFileError::io("sync", &self.path))?;
        Ok(created)
    }
}

fn write_new(path: &Path, bytes: &[u8]) -> Result<(), KeyFileError> {
    let write = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(KeyFileError::io("write", path))
}

/// Reads a secret file, refusing one that others may read. What is checked is the opened file, so it cannot be
/// exchanged between the check and the reading.
pub(super) fn read_private(path: &Path) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    let file = File::open(path).map_err(KeyFileError::io("read", path))?;
    let metadata = file.metadata().map_err(KeyFileError::io("look at", path))?;
    if !metadata.is_file() {
        return Err(KeyFileError::WrongKind { path: path.to_owned(), wanted: "file" });
    }
    refuse_if_open(path, metadata.mode(), 0o600)?;
    if metadata.len() > LONGEST_KEY_FILE {
        return Err(KeyFileError::TooLong { path: path.to_owned() });
    }
    // Room for the whole file: a vector that grows leaves copies of the key behind.
    let capacity = usize::try_from(metadata.len()).unwrap_or(0).saturating_add(64);
    let mut bytes = Zeroizing::new(Vec::with_capacity(capacity));
    file.take(LONGEST_KEY_FILE).read_to_end(&mut bytes).map_err(KeyFileError::io("read", path))?;
    Ok(bytes)
}

fn refuse_if_open(path: &Path, mode: u32, wanted: u32) -> Result<(), KeyFileError> {
    if mode & GROUP_AND_OTHERS != 0 {
        return Err(KeyFileError::OpenToOthers { path: path.to_owned(), mode: mode & 0o7777, wanted });
    }
    Ok(())
}
