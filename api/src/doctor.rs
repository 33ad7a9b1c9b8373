//! `muwakaba doctor`.
