//! What the rows and the dispatcher do together, on both databases.
//!
//! SQLite always; PostgreSQL where `MUWAKABA_TEST_POSTGRES` names a server and a superuser. Where `CI` or
//! `CI_REQUIRES_ORACLE` is set, a missing server is a failure.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking; clippy excuses only the test functions themselves, not their helpers"
)]

mod courier;
mod delivering;
mod devices;
mod hanging;
mod leasing;
mod planning;
mod repeating;
mod settling;
mod stopping;
mod world;

/// Makes one test for each database from each of these functions.
macro_rules! on_both_databases {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(&crate::world::World::sqlite().await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let Some(world) = crate::world::World::postgres().await else { return };
                super::$name(&world).await;
                world.remove().await;
            })+
        }
    };
}
pub(crate) use on_both_databases;
