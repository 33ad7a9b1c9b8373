//! What is on whose list, by asking everybody for theirs; and whether every window that was planned is still there, where it was planned.

use super::{Result, Simulation, cast::Who, service::Seen};
use contract::time::Instant;
use db::sql;
use reqwest::Method;
use std::collections::HashMap;
use uuid::Uuid;

impl Simulation {
    /// Every open item is one staff member's own, or nobody's and so the managers'; and none is in two hands.
    pub async fn look_at_lists(&mut self) -> Result<()> {
        let open: Vec<(Uuid, bool)> = {
            let mut tx = self.service.app.db.read().await.map_err(|error| error.to_string())?;
            let items = tx.query(sql!(
                "SELECT id, rose_at IS NOT NULL FROM work_item WHERE closed_at IS NULL ORDER BY id"
            ));
            items.all().await.map_err(|error| error.to_string())?
        };
        let mut hands: HashMap<Uuid, usize> = HashMap::new();
        let mut seen_by_managers: HashMap<Uuid, usize> = HashMap::new();
        for staff in 0..self.cast.staff.len() {
            let is_manager = self.cast.staff[staff].is_manager;
            for (id, is_nobodys) in self.whole_list(staff).await? {
                if is_manager {
                    *seen_by_managers.entry(id).or_default() += 1;
                }
                if !is_manager || is_nobodys {
                    *hands.entry(id).or_default() += 1;
                }
            }
        }
        for (id, has_risen) in open {
            let hands = hands.remove(&id).unwrap_or(0);
            if hands != 1 {
                return Err(format!("a work item is on {hands} lists: {id}"));
            }
            if has_risen && !seen_by_managers.contains_key(&id) {
                return Err(format!("an overdue work item rose to no manager: {id}"));
            }
        }
        match hands.into_keys().min() {
            Some(id) => Err(format!("a list shows a work item that is not open: {id}")),
            None => Ok(()),
        }
    }

    /// The items of somebody's own list, and whether each is nobody's.
    async fn whole_list(&mut self, staff: usize) -> Result<Vec<(Uuid, bool)>> {
        let (mut all, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let more = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
            let path = format!("/v1/work-items?limit=200&snoozed=true{more}");
            let page = self.ask(Who::Staff(staff), Method::GET, &path, Seen::Nothing, None).await?;
            let page = page.ok_or_else(|| "nobody reads their work list".to_owned())?.json();
            for item in page["items"].as_array().into_iter().flatten() {
                let id = item["id"].as_str().and_then(|id| id.parse().ok()).ok_or("an item without an id")?;
                all.push((id, item.get("responsible_id").is_none()));
            }
            cursor = page["next_cursor"].as_str().map(ToOwned::to_owned);
            if cursor.is_none() {
                return Ok(all);
            }
        }
    }

    /// No window is lost: each that was planned is there, and where it was planned, unless a pause moved it later, or an outage its end.
    pub async fn look_at_windows(&mut self) -> Result<()> {
        type Row = (Uuid, Instant, Instant, bool, bool, bool);
        let rows: Vec<Row> = {
            let mut tx = self.service.app.db.read().await.map_err(|error| error.to_string())?;
            let windows = tx.query(sql!(
                "SELECT id, opens_at, closes_at, original_opens IS NOT NULL, outage_micros > 0, settled = 'cancelled' FROM check_in ORDER BY id"
            ));
            windows.all().await.map_err(|error| error.to_string())?
        };
        if rows.len() != self.cast.planned.len() {
            return Err(format!(
                "{} windows were planned, and {} are there",
                self.cast.planned.len(),
                rows.len()
            ));
        }
        for (id, opens_at, closes_at, was_moved, was_extended, is_cancelled) in rows {
            let planned =
                self.cast.planned.get(&id).ok_or_else(|| format!("a window nobody planned: {id}"))?;
            let is_there = (opens_at, closes_at) == (planned.opens_at, planned.closes_at);
            let is_moved = was_moved && opens_at > planned.opens_at && closes_at > planned.closes_at;
            let is_extended = was_extended && opens_at >= planned.opens_at && closes_at > planned.closes_at;
            if !(is_there || is_moved || is_extended) {
                return Err(format!("a window moved by itself: {id}"));
            }
            // Only the end of a file calls one off here, and the change or the end of a plan.
            let person = &self.cast.people[planned.person];
            if is_cancelled && !person.was_closed && !person.was_replanned {
                return Err(format!("a window was called off by nobody: {id}"));
            }
        }
        Ok(())
    }
}
