//! Test support: the real service on a real database behind real HTTP.
//!
//! A test is written once with [`both_databases!`] and runs twice, on SQLite and on PostgreSQL. It gets a [`TestApp`]: a
//! service of its own with a database of its own, a clock that stands until the test moves it, and a [`World`] of people in
//! two centres who are signed in already.
//!
//! [`simulation`] is two years in the lives of many more.

pub mod app;
pub mod binary;
pub mod database;
pub mod fcm_double;
pub mod http;
pub mod ids;
pub mod simulation;
pub mod world;

pub use app::TestApp;
pub use database::Database;
pub use http::Answer;
pub use world::{SignedIn, World};

/// Declares a test that runs on both databases: `both_databases!(async fn name(app: TestApp) { … });`.
#[macro_export]
macro_rules! both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($app:ident: TestApp) $body:block)+) => { $(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports, reason = "the body may use anything of its module")]
            use super::*;

            async fn body($app: $crate::TestApp) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                body($crate::TestApp::start($crate::Database::sqlite().await).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let Some(database) = $crate::Database::postgres().await else { return };
                body($crate::TestApp::start(database).await).await;
            }
        }
    )+ };
}
