# The commands of the project; each brings in what it needs (Debian 12, Rust, Node 20 and root are given) and leaves
# nothing running. ARGS="…" is handed on to what is run.
.PHONY: run test quick bench alike chaos pairs simulate upgrade-check
MAKEFLAGS += --no-print-directory

## Start the service with demonstration data; Ctrl-C stops it.
run:
	@exec scripts/run $(ARGS)

## Everything CI checks, on SQLite and PostgreSQL.
test:
	@exec scripts/test

## The edit loop: compile everything, test on SQLite.
quick:
	@exec scripts/quick $(ARGS)

## Measure the dispatcher beside what a team would otherwise pick.
bench:
	@exec scripts/bench $(ARGS)

## Compare the times of "absent" and "out of scope".
alike:
	@exec scripts/alike $(ARGS)

## Kill the dispatcher in the middle of sending, several times, and count what was lost.
chaos:
	@exec scripts/chaos $(ARGS)

## Run every command beside every other on PostgreSQL, at every statement; about an hour.
pairs:
	@exec scripts/pairs $(ARGS)

## Live two years of 2,000 invented people through the service on both databases, and look at what must hold.
simulate:
	@exec scripts/simulate $(ARGS)

## Upgrade from the last release with data in the database, both versions running.
upgrade-check:
	@exec scripts/upgrade-check $(ARGS)
