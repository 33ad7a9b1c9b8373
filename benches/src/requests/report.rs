//! The table of a run, and its verdict. Rates wander on a shared machine, so what is demanded is a ratio within a round, where
//! everybody was asked one after the other; the median of the rounds counts.

use std::process::ExitCode;

use super::calls::Call;
use super::{Contender, Figure};

/// How much faster than the same work in Fastify, at least: on the embedded database, and on the server.
const FASTER: [(Call, f64, f64); 3] =
    [(Call::OwnList, 3.5, 1.3), (Call::StaffList, 2.5, 1.3), (Call::Create, 4.0, 1.3)];
/// One appointment by staff, as a share of a participant's own, at least.
const STAFF_OF_OWN: f64 = 0.7;
/// The longest wait of 99 in 100 for an appointment to be made, in milliseconds.
const CREATED_WITHIN_MS: f64 = 25.0;
/// How many times as long as an appointment it takes to log a visit with a next step, at most.
const VISIT_OF_CREATED: f64 = 1.5;
/// Processor time of a request, as a share of the same work's, at most.
const PROCESSOR: f64 = 1.0 / 3.0;
/// Memory, in MiB, at most.
const MEMORY_MIB: f64 = 64.0;

struct Figures<'a>(&'a [Figure]);

impl Figures<'_> {
    /// One of them by rounds.
    fn all(&self, contender: Contender, call: Call, field: fn(&Figure) -> f64) -> Vec<f64> {
        let these = self.0.iter().filter(|figure| figure.contender == contender && figure.call == call);
        these.map(field).collect()
    }

    fn median(&self, contender: Contender, call: Call, field: fn(&Figure) -> f64) -> Option<f64> {
        median(self.all(contender, call, field))
    }

    /// The median of the rounds' ratios.
    fn ratio(
        &self,
        (ours, our_call): (Contender, Call),
        (theirs, their_call): (Contender, Call),
        field: fn(&Figure) -> f64,
    ) -> Option<f64> {
        let (ours, theirs) = (self.all(ours, our_call, field), self.all(theirs, their_call, field));
        median(ours.iter().zip(&theirs).map(|(one, other)| one / other).collect())
    }
}

fn median(mut numbers: Vec<f64>) -> Option<f64> {
    numbers.sort_by(f64::total_cmp);
    let middle = numbers.len() / 2;
    let upper = numbers.get(middle).copied()?;
    if numbers.len() % 2 == 1 {
        return Some(upper);
    }
    numbers.get(middle.checked_sub(1)?).map(|lower| f64::midpoint(*lower, upper))
}

/// Prints everything; whether every bound is kept.
pub fn print(figures: &[Figure], gates: bool) -> ExitCode {
    let figures = Figures(figures);
    println!(
        "\nrequests, medians; CPU with the database's; ratios to the same work in Fastify and to bare Fastify\n"
    );
    print_row(
        [
            "call",
            "who",
            "requests/s",
            "of same",
            "of bare",
            "p50 ms",
            "p99 ms",
            "CPU ms",
            "of same",
            "peak MiB",
            "audited",
        ]
        .map(str::to_owned),
    );
    for call in Call::ALL {
        for contender in Contender::ALL {
            if let Some(row) = row(&figures, contender, call) {
                print_row(row);
            }
        }
    }
    println!(
        "\naudited: lines of the audit log for each answer. Readers and what they read rotate, so that most readings must write theirs."
    );
    if !gates {
        return ExitCode::SUCCESS;
    }
    println!();
    let mut missed = 0;
    for gate in gates_of(&figures) {
        missed += usize::from(!gate.print());
    }
    if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn print_row(cells: [String; 11]) {
    let [call, who, numbers @ ..] = cells;
    let numbers: Vec<String> = numbers.iter().map(|cell| format!("{cell:>10}")).collect();
    println!("{call:<24} {who:<21}{}", numbers.join(" "));
}

fn show(number: Option<f64>, digits: usize) -> String {
    number.map_or_else(|| "-".to_owned(), |number| format!("{number:.digits$}"))
}

fn row(figures: &Figures<'_>, contender: Contender, call: Call) -> Option<[String; 11]> {
    let of = |other, field| figures.ratio((contender, call), (other, call), field);
    let median = |field| figures.median(contender, call, field);
    let rate = median(|figure| figure.per_second)?;
    let recorded = |figure: &Figure| figure.recorded.unwrap_or(f64::NAN);
    Some([
        call.name().to_owned(),
        contender.name().to_owned(),
        show(Some(rate), 0),
        show(of(Contender::Same, |figure| figure.per_second), 2),
        show(of(Contender::Bare, |figure| figure.per_second), 2),
        show(median(|figure| figure.p50_ms), 2),
        show(median(|figure| figure.p99_ms), 2),
        show(median(|figure| figure.processor_ms), 3),
        show(of(Contender::Same, |figure| figure.processor_ms), 2),
        show(median(|figure| figure.peak_mib), 0),
        show(median(recorded).filter(|share| !share.is_nan()), 2),
    ])
}

/// Something that is demanded.
struct Gate {
    what: String,
    value: Option<f64>,
    bound: f64,
    is_least: bool,
}

impl Gate {
    fn print(&self) -> bool {
        let met = self
            .value
            .is_some_and(|value| if self.is_least { value >= self.bound } else { value <= self.bound });
        println!(
            "{}  {}: {} ({} {:.2})",
            if met { "met   " } else { "MISSED" },
            self.what,
            show(self.value, 2),
            if self.is_least { "at least" } else { "at most" },
            self.bound,
        );
        met
    }
}

fn gates_of(figures: &Figures<'_>) -> Vec<Gate> {
    use Contender::{Postgres, Same, Sqlite};
    let rate: fn(&Figure) -> f64 = |figure| figure.per_second;
    let mut gates = Vec::new();
    let mut least = |what: String, value, bound| gates.push(Gate { what, value, bound, is_least: true });
    for (call, on_sqlite, on_postgres) in FASTER {
        for (contender, bound) in [(Sqlite, on_sqlite), (Postgres, on_postgres)] {
            let value = figures.ratio((contender, call), (Same, call), rate);
            least(format!("{}, {}, times the same work", call.name(), contender.name()), value, bound);
        }
    }
    least(
        format!("{}, {}, of a participant's own", Call::StaffOne.name(), Sqlite.name()),
        figures.ratio((Sqlite, Call::StaffOne), (Sqlite, Call::OwnOne), rate),
        STAFF_OF_OWN,
    );
    let mut most = |what: String, value, bound| gates.push(Gate { what, value, bound, is_least: false });
    for (call, ..) in FASTER {
        let value = figures.ratio((Sqlite, call), (Same, call), |figure| figure.processor_ms);
        most(
            format!("{}, {}, processor time of the same work's", call.name(), Sqlite.name()),
            value,
            PROCESSOR,
        );
    }
    most(
        format!("{}, {}, p99 in ms", Call::Create.name(), Sqlite.name()),
        figures.median(Sqlite, Call::Create, |figure| figure.p99_ms),
        CREATED_WITHIN_MS,
    );
    for contender in [Sqlite, Postgres] {
        most(
            format!("{}, {}, times as long as {}", Call::Visit.name(), contender.name(), Call::Create.name()),
            figures.ratio((contender, Call::Create), (contender, Call::Visit), rate),
            VISIT_OF_CREATED,
        );
    }
    let peaks =
        Call::ALL.into_iter().filter_map(|call| figures.median(Sqlite, call, |figure| figure.peak_mib));
    most(format!("{}, peak memory in MiB", Sqlite.name()), peaks.reduce(f64::max), MEMORY_MIB);
    gates
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_middle_of_an_even_number_lies_between_two() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(Vec::new()), None);
    }
}
