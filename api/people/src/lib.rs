//! Who is accompanied, by whom, with whose consent, and how they can be reached; and what everything that happens to them stands on: what a
//! feature is ([`app::Feature`]), what follows from what ([`life`]), and the one list of what needs somebody ([`work_item`]).

pub mod accompanied;
pub mod app;
pub mod calling;
pub mod life;
pub mod names;
pub mod opening_hours;
pub mod public_text;
pub mod push;

pub mod absence;
pub mod assignment;
pub mod consent;
pub mod contact;
pub mod contact_way;
pub mod device;
pub mod emergency_access;
pub mod participant;
pub mod posting;
pub mod recorded;
pub mod staff;
pub mod work_item;

pub use app::App;
