//! Pages for people who have no account, outside the contract of the apps. A feature that has some names them in `PAGES`.

use super::App;
use axum::Router;

/// The pages of a feature.
#[derive(Debug, Clone, Copy)]
pub struct Pages {
    /// What all their paths begin with: `/r/`. Nobody is signed in there, and nothing of a browser opens them by itself: what their forms send proves
    /// all that there is to prove, so that it does not matter which page sent it.
    pub below: &'static str,
    /// Their routes.
    pub routes: fn() -> Router<App>,
}
