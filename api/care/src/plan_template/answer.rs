//! What callers get.

use super::{
    content::PlanContent,
    store::{Row, Version, read},
    words::PlanTemplateId,
};
use contract::{CentreId, StaffId, time::Instant};
use kernel::error::Result;
use serde::Serialize;
use utoipa::ToSchema;

/// A plan template with what it says now.
#[derive(Serialize, ToSchema)]
pub struct PlanTemplate {
    /// Its id.
    pub id: PlanTemplateId,
    /// Whose; absent if it is for all centres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub centre_id: Option<CentreId>,
    /// The number of the version with which plans are started now.
    #[schema(minimum = 1)]
    pub number: i64,
    /// What it says.
    pub content: PlanContent,
    /// When it was made.
    pub created_at: Instant,
    /// Who made it.
    pub created_by: StaffId,
    /// When it was retired; absent while plans can be started with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<Instant>,
    /// Who retired it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retired_by: Option<StaffId>,
    /// Counts its changes; the same as its ETag.
    pub version: i64,
}

/// What a template says in one of its versions. None is ever changed.
#[derive(Serialize, ToSchema)]
pub struct PlanTemplateVersion {
    /// The number of the version.
    #[schema(minimum = 1)]
    pub number: i64,
    /// What it says.
    pub content: PlanContent,
    /// Since when.
    pub created_at: Instant,
    /// Who wrote it.
    pub created_by: StaffId,
}

impl PlanTemplate {
    /// As it is stored.
    pub fn of(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.id,
            centre_id: row.centre_id,
            number: row.number,
            content: read(&row.content)?,
            created_at: row.created_at,
            created_by: row.created_by,
            retired_at: row.retired_at,
            retired_by: row.retired_by,
            version: row.version,
        })
    }
}

impl PlanTemplateVersion {
    /// As it is stored.
    pub fn of(version: &Version) -> Result<Self> {
        Ok(Self {
            number: version.number,
            content: read(&version.content)?,
            created_at: version.created_at,
            created_by: version.created_by,
        })
    }
}
