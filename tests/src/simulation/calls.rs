//! Calls: whoever has no app is told by somebody what there is to say.

use super::{
    Result, Simulation,
    acts::{Act, id_at},
    cast::Who,
    service::Seen,
};
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

/// How many calls somebody looks at together.
const AT_ONCE: usize = 4;

impl Simulation {
    /// Somebody makes some of the calls that are theirs to make, and reaches most of whom they call.
    pub async fn make_calls(&mut self, staff: usize) -> Result<()> {
        let (who, path) = (Who::Staff(staff), format!("/v1/calls-to-make?limit={AT_ONCE}"));
        let listed = self.ask(who, Method::GET, &path, Seen::Nothing, None).await?;
        let Some(listed) = listed.map(|listed| listed.json()) else { return Ok(()) };
        for call in listed["items"].as_array().into_iter().flatten() {
            if !self.chance.happens(60) {
                continue;
            }
            let reminder = call["reminder_id"].as_str().ok_or("a call without a reminder")?;
            let body = json!({"how": self.chance.one_of(&["called", "called", "met", "slip_handed"])});
            let path = format!("/v1/calls-to-make/{reminder}/settle");
            if let Some(told) = self.post(who, &path, Seen::Nothing, body).await? {
                let call = id_at(&told, "/id")?;
                self.totals.called += 1;
                self.perhaps(4, (0, 3), Act::TakeCallBack { staff, call });
            }
        }
        Ok(())
    }

    /// It was somebody else whom they had told.
    pub async fn take_call_back(&mut self, staff: usize, call: Uuid) -> Result<()> {
        let path = format!("/v1/reminder-calls/{call}/withdraw");
        self.command(Who::Staff(staff), &path, Seen::Any).await.map(drop)
    }
}
