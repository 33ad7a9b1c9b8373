//! What apps send about notifications.

use crate::{page, sign_in::secret::Secret};
use contract::ReceiptEvent;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A button that was pressed.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"token": "AZNvbk0AcACAAAAAAAAAAQFpJjYAq6urq6urq6urq6urq6urqw"}))]
pub struct PressedButton {
    /// The token that came with the button.
    #[validate(length(min = 1, max = 200))]
    #[schema(value_type = String, min_length = 1, max_length = 200)]
    pub token: Secret,
}

/// What became of a notification on the phone.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"token": "AZNvbk0AcACAAAAAAAAAAQNpJjYAq6urq6urq6urq6urq6urqw", "event": "seen"}))]
pub struct Receipt {
    /// The receipt token of the notification.
    #[validate(length(min = 1, max = 200))]
    #[schema(value_type = String, min_length = 1, max_length = 200)]
    pub token: Secret,
    /// What happened.
    pub event: ReceiptEvent,
}

/// Which page of a list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Where the page begins: `next_cursor` of the page before.
    #[validate(length(max = 256))]
    #[param(max_length = 256)]
    pub cursor: Option<String>,
    /// How many at most.
    #[validate(range(min = 1, max = page::MAX_LIMIT))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u16>,
}
