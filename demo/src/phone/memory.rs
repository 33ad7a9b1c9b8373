//! What the phone remembers between two starts: one small file that only its owner may read.

use super::device_key::DeviceKey;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use contract::DeviceId;
use notifications::channel::web_push::keys::ReceiverKeys;
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// The memory of a phone.
#[derive(Serialize, Deserialize)]
pub struct Memory {
    /// The service that it is enrolled with.
    pub server: String,
    /// Its own key, PKCS#8 in base64url.
    device_key: String,
    /// Gets the next tokens.
    pub refresh_token: String,
    /// As what the service knows it, once its subscription is registered.
    pub device_id: Option<DeviceId>,
    /// The private key of its subscription, base64url.
    subscription_key: String,
    /// The secret of its subscription, base64url.
    subscription_secret: String,
    #[serde(skip)]
    path: PathBuf,
}

/// Why the memory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MemoryError {
    /// The operating system refused.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// The file holds something else.
    #[error("{0} is not a phone's memory; enrol again with --code")]
    Damaged(String),
}

impl Memory {
    /// That of a phone which was just enrolled.
    ///
    /// # Errors
    /// If the system has no random numbers for the subscription's keys.
    pub fn new(
        path: &Path,
        server: &str,
        key: &DeviceKey,
        refresh_token: String,
    ) -> Result<Self, MemoryError> {
        let keys = ReceiverKeys::generate().map_err(|_| damaged(path))?;
        let private_key = keys.private_key_bytes().map_err(|_| damaged(path))?;
        Ok(Self {
            server: server.to_owned(),
            device_key: URL_SAFE_NO_PAD.encode(key.pkcs8()),
            refresh_token,
            device_id: None,
            subscription_key: URL_SAFE_NO_PAD.encode(*private_key),
            subscription_secret: keys.auth_base64url(),
            path: path.to_owned(),
        })
    }

    /// Reads it; `None` if there is none.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn load(path: &Path) -> Result<Option<Self>, MemoryError> {
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(refused(path, source)),
        };
        let memory: Self = serde_json::from_slice(&text).map_err(|_| damaged(path))?;
        Ok(Some(Self { path: path.to_owned(), ..memory }))
    }

    /// Writes it, whole or not at all: a phone that lost its refresh token is signed out.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&self) -> Result<(), MemoryError> {
        let write = || {
            if let Some(parent) = self.path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
                DirBuilder::new().recursive(true).mode(0o700).create(parent)?;
            }
            let temporary = self.path.with_extension("new");
            let mut file =
                OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
            file.write_all(&serde_json::to_vec_pretty(self)?)?;
            file.sync_all()?;
            fs::rename(&temporary, &self.path)
        };
        write().map_err(|source| refused(&self.path, source))
    }

    /// The phone's own key.
    ///
    /// # Errors
    /// If the file holds none.
    pub fn device_key(&self) -> Result<DeviceKey, MemoryError> {
        let bytes = URL_SAFE_NO_PAD.decode(&self.device_key).map_err(|_| damaged(&self.path))?;
        DeviceKey::from_pkcs8(&bytes).map_err(|_| damaged(&self.path))
    }

    /// The keys of its subscription.
    ///
    /// # Errors
    /// If the file holds none.
    pub fn subscription_keys(&self) -> Result<ReceiverKeys, MemoryError> {
        let private_key: Option<[u8; 32]> =
            URL_SAFE_NO_PAD.decode(&self.subscription_key).ok().and_then(|bytes| bytes.try_into().ok());
        let secret: Option<[u8; 16]> =
            URL_SAFE_NO_PAD.decode(&self.subscription_secret).ok().and_then(|bytes| bytes.try_into().ok());
        let (Some(private_key), Some(secret)) = (private_key, secret) else {
            return Err(damaged(&self.path));
        };
        ReceiverKeys::from_bytes(&private_key, secret).map_err(|_| damaged(&self.path))
    }
}

fn refused(path: &Path, source: io::Error) -> MemoryError {
    MemoryError::Io { path: path.display().to_string(), source }
}

fn damaged(path: &Path) -> MemoryError {
    MemoryError::Damaged(path.display().to_string())
}
