//! Every command beside every other.

use super::{
    beside::{Course, beside, length},
    deeds::{Deed, all, named},
    invariants::{Done, Standing, violations},
    scene::Scene,
};
use crate::operations;
use std::collections::BTreeSet;

/// So that both commands of a pair ask for the same hour, address and name.
const SERIAL: u32 = 10;

/// How many statements a command has at most, alone or beside another.
const LONGEST: u32 = 400;

/// What a run came to.
#[derive(Debug, Default)]
struct Tally {
    pairs: u32,
    pauses: u32,
    wrong: Vec<String>,
}

/// Runs `second` beside `first`, held at its `n`-th statement; whether it had so many.
async fn run(scene: &mut Scene, first: &Deed, second: &Deed, n: u32, tally: &mut Tally) -> bool {
    scene.restore().await;
    let one = first.ready(scene, SERIAL, None).await;
    let shared = first.subject().map(|subject| (subject, &one.ids));
    let other = second.ready(scene, SERIAL, shared).await;
    let mark = scene.mark().await;
    let standing = [Standing::from(&one), Standing::from(&other)];
    let Course { was_held, answers } =
        beside(&scene.stage.app, &mut scene.raw, one.request, n, other.request).await;
    let done: Vec<Done<'_>> = [first, second]
        .into_iter()
        .zip(standing)
        .zip(&answers)
        .map(|((deed, ready), answer)| Done { deed, ready, answer })
        .collect();
    let found = violations(scene, &mark, &done).await;
    tally.pauses += u32::from(was_held);
    if !found.is_empty() {
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        tally.wrong.push(format!(
            "\"{}\" held at its statement {n} beside \"{}\" ({statuses:?}): {found:#?}",
            first.name, second.name
        ));
    }
    was_held
}

/// At every pause of the first.
async fn every_pause(scene: &mut Scene, first: &Deed, second: &Deed, tally: &mut Tally) {
    tally.pairs += 1;
    for n in 1..LONGEST {
        if !run(scene, first, second, n, tally).await {
            return;
        }
    }
    panic!("{} never ends", first.name);
}

impl Tally {
    fn check(self, name: &str) {
        eprintln!("{name}: {} pairs, {} pauses", self.pairs, self.pauses);
        assert!(self.wrong.is_empty(), "{} of {}:\n{}", self.wrong.len(), self.pauses, self.wrong.join("\n"));
    }
}

#[test]
fn every_operation_has_a_deed() {
    let changing: BTreeSet<String> = operations::all()
        .into_iter()
        .filter(|one| one.method != reqwest::Method::GET)
        .map(|one| one.id)
        .collect();
    let here: BTreeSet<String> = all().into_iter().map(|deed| deed.operation.to_owned()).collect();
    let missing: Vec<_> = changing.difference(&here).collect();
    assert!(missing.is_empty(), "register a deed beside the tests of its feature for {missing:?}");
    let wrong: Vec<_> = here.difference(&changing).collect();
    assert!(wrong.is_empty(), "these deeds are of no operation that changes something: {wrong:?}");
    let names: BTreeSet<&str> = all().into_iter().map(|deed| deed.name).collect();
    assert_eq!(names.len(), all().len(), "two deeds have one name: {:?}", all());
}

/// Each command alone is carried out: a pair of refusals would prove nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_deed_alone_is_done() {
    let Some(mut scene) = Scene::set().await else { return };
    let mut refused = Vec::new();
    for deed in all() {
        scene.restore().await;
        let ready = deed.ready(&scene, SERIAL, None).await;
        let (mark, standing) = (scene.mark().await, Standing::from(&ready));
        let answer = ready.request.send().await;
        let done = [Done { deed, ready: standing, answer: &answer }];
        let found = violations(&mut scene, &mark, &done).await;
        if answer.status >= 300 || !found.is_empty() {
            refused.push(format!("{}: {} {found:#?}", deed.name, answer.text()));
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

/// Two commands, by their names, at every pause and both ways round.
pub async fn both_ways_round(first: &str, second: &str) {
    let Some(mut scene) = Scene::set().await else { return };
    let mut tally = Tally::default();
    every_pause(&mut scene, named(first), named(second), &mut tally).await;
    every_pause(&mut scene, named(second), named(first), &mut tally).await;
    tally.check(&format!("\"{first}\" and \"{second}\""));
}

/// Pairs that went wrong once. Those of a single feature can stand beside its tests as well.
macro_rules! known_pairs {
    ($($name:ident: $first:literal, $second:literal;)+) => { $(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            both_ways_round($first, $second).await;
        }
    )+ };
}

known_pairs! {
    nobody_is_booked_into_a_file_that_is_being_closed: "schedule", "close a file";
    nobody_is_assigned_to_a_file_that_is_being_closed: "assign", "close a file";
    nobody_is_booked_at_a_centre_that_somebody_is_leaving: "schedule", "move to another centre";
    nobody_is_assigned_at_a_centre_that_somebody_is_leaving: "assign", "move to another centre";
    no_code_is_left_at_a_centre_that_somebody_is_leaving: "make an enrolment code", "move to another centre";
    no_emergency_access_is_left_at_a_centre_that_somebody_is_leaving: "open an emergency access", "move to another centre";
    no_note_is_written_at_a_centre_that_somebody_is_leaving: "write a note", "move to another centre";
    nobody_who_is_moved_is_handed_over_to_a_former_host: "close an account", "move to another centre";
    what_a_person_chooses_is_told_to_their_centre: "choose a language", "move to another centre";
    nobody_is_offered_times_in_a_file_that_is_being_closed: "propose", "close a file";
    no_emergency_access_outlives_its_managers_account: "open an emergency access", "close a manager's account";
    no_device_outlives_the_session_it_is_registered_in: "register a subscription", "cut a phone off";
    nobody_hears_of_what_was_declined_in_a_closed_file: "decline", "close a file";
    what_was_confirmed_is_not_announced_anew_by_a_new_host: "press a button", "close an account";
    a_button_pressed_beside_its_command_is_no_failure: "confirm", "press a button";
    one_address_at_once_is_two_registrations_and_no_failure: "register a subscription", "register a subscription";
}

/// Which part of all pairs a test of the sample runs: every pair at one of its pauses, spread over all of them.
async fn sample(part: usize, parts: usize) {
    let Some(mut scene) = Scene::set().await else { return };
    let (mut tally, deeds) = (Tally::default(), all());
    for (index, first) in deeds.iter().enumerate() {
        if index % parts != part {
            continue;
        }
        scene.restore().await;
        let alone = first.ready(&scene, SERIAL, None).await;
        let length = length(&scene.stage.app, alone.request).await.max(1);
        for step in 0..SECONDS {
            // Steps that share no factor with the numbers of commands and statements come by all of them.
            let second = deeds[(index * 5 + step * 7 + 3) % deeds.len()];
            let n = 1 + u32::try_from(index * 3 + step * 5).expect("a small number") % length;
            if !second.fits_beside(first) {
                continue;
            }
            tally.pairs += 1;
            run(&mut scene, first, second, n, &mut tally).await;
        }
    }
    tally.check("a part of the sample");
}

/// How many others each command of the sample meets.
const SECONDS: usize = 3;

macro_rules! sample_parts {
    ($parts:literal: $($name:ident = $part:literal),+) => { $(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            sample($part, $parts).await;
        }
    )+ };
}

sample_parts!(4: sample_of_all_pairs_first = 0, sample_of_all_pairs_second = 1, sample_of_all_pairs_third = 2, sample_of_all_pairs_fourth = 3);

/// All of them. `make pairs` runs it, for about an hour; `PAIRS_FIRST` names one command to hold, and `PAIRS_SECOND` one to run beside.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes an hour: make pairs"]
async fn every_pair_at_every_pause() {
    let (only_first, only_second) = (std::env::var("PAIRS_FIRST").ok(), std::env::var("PAIRS_SECOND").ok());
    let wanted = |deed: &&Deed, only: &Option<String>| only.as_ref().is_none_or(|only| only == deed.name);
    let mut whole = Tally::default();
    for first in all().into_iter().filter(|deed| wanted(deed, &only_first)) {
        // A database of its own for each, so that none grows for an hour.
        let Some(mut scene) = Scene::set().await else { return };
        let mut tally = Tally::default();
        for second in all().into_iter().filter(|deed| wanted(deed, &only_second)) {
            every_pause(&mut scene, first, second, &mut tally).await;
        }
        eprintln!(
            "{}: {} pairs, {} pauses, {} wrong",
            first.name,
            tally.pairs,
            tally.pauses,
            tally.wrong.len()
        );
        whole.pairs += tally.pairs;
        whole.pauses += tally.pauses;
        whole.wrong.append(&mut tally.wrong);
    }
    whole.check("all pairs");
}
