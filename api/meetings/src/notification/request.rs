//! What apps send about notifications.

use contract::ReceiptEvent;
use identity::typed::secret::Secret;
use serde::Deserialize;
use utoipa::ToSchema;
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
