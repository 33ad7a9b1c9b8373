// Reads the lines that the runs printed (one JSON object each), prints the comparison, and judges it.
// usage: node report.mjs RESULTS [--no-gates]
//
// Rates wander on a shared machine, and processor time with them, so what is demanded is a ratio within a round, where everybody
// worked one after the other; the median of the rounds counts. Only memory and waiting times have bounds of their own.
import { readFileSync } from 'node:fs';

const OURS = 'muwakaba';
const [file, flag] = process.argv.slice(2);
const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean).map(line => JSON.parse(line));
const runs = lines.filter(line => 'per_second' in line);

function median(numbers) {
    const sorted = numbers.filter(number => number !== undefined).sort((a, b) => a - b);
    if (sorted.length === 0) return undefined;
    const middle = Math.floor(sorted.length / 2);
    return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const groups = Map.groupBy
    ? Map.groupBy(runs, key)
    : runs.reduce((map, run) => map.set(key(run), [...(map.get(key(run)) ?? []), run]), new Map());
function key({ name, channel, database, processes }) {
    return [name, channel, database, processes].join(' ');
}

const results = [...groups.values()].map(group => ({
    ...group[0],
    rounds: group,
    runs: group.length,
    perSecond: median(group.map(run => run.per_second)),
    cpu: median(group.map(run => run.cpu_seconds_per_1000)),
    cpuWithDatabase: median(group.map(run => run.cpu_seconds_per_1000_with_database)),
    memory: median(group.map(run => run.peak_memory_mib)),
}));

function bestPeer(channel) {
    const peers = results.filter(result => result.name !== OURS && result.channel === channel);
    return peers.reduce((best, peer) => (best && best.perSecond >= peer.perSecond ? best : peer), undefined);
}
const find = wanted => results.find(result => Object.entries(wanted).every(([field, value]) => result[field] === value));

const show = (number, digits) => (number === undefined ? '-' : number.toFixed(digits));
const times = (number, base) => (number === undefined || !base ? '-' : `${(number / base).toFixed(2)} x`);

const rows = [['channel', 'name', 'database', 'processes', 'reminders/s', 'of best peer', 'CPU s/1000', '+ database', 'peak MiB', 'runs']];
for (const channel of ['web-push', 'fcm']) {
    const base = bestPeer(channel)?.perSecond;
    for (const result of results.filter(one => one.channel === channel).sort((a, b) => b.perSecond - a.perSecond)) {
        rows.push([
            channel, result.name, result.database, String(result.processes), show(result.perSecond, 0), times(result.perSecond, base),
            show(result.cpu, 3), show(result.cpuWithDatabase, 3), show(result.memory, 0), String(result.runs),
        ]);
    }
}
const widths = rows[0].map((_, column) => Math.max(...rows.map(row => row[column].length)));
console.log(`\n${runs[0]?.count ?? 0} reminders a run, medians\n`);
for (const row of rows) {
    console.log(row.map((cell, column) => (column < 3 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  ').trimEnd());
}
if (flag === '--no-gates') process.exit(0);

const ours = (database, channel) => find({ name: OURS, database, channel });

// The median of the rounds' ratios.
function ratio(one, other, field) {
    return one && other && median(one.rounds.map((round, number) => round[field] / other.rounds[number]?.[field]));
}

// Our processor time holds the embedded database's, so theirs holds the server's.
function ofCheapestPeer(channel) {
    const mine = ours('sqlite', channel);
    const peers = results.filter(result => result.name !== OURS && result.channel === channel);
    if (!mine || peers.length === 0) return undefined;
    return median(mine.rounds.map((round, number) =>
        round.cpu_seconds_per_1000 / Math.min(...peers.map(peer => peer.rounds[number].cpu_seconds_per_1000_with_database))));
}

const rate = (database, channel, peer = bestPeer(channel)) => ratio(ours(database, channel), peer, 'per_second');
const extra = (name, database, field) =>
    median(lines.filter(line => line.name === name && line.database === database).map(line => line[field]));
const gates = [
    ['Web Push on SQLite, times the best peer', rate('sqlite', 'web-push'), 'at least', 7.5],
    ['Web Push on SQLite, processor time of the cheapest peer\'s', ofCheapestPeer('web-push'), 'at most', 1 / 7],
    ['Web Push on SQLite, peak memory in MiB', ours('sqlite', 'web-push')?.memory, 'at most', 40],
    ['Web Push on PostgreSQL, times graphile-worker with one process',
        rate('postgres', 'web-push', find({ name: 'graphile-worker', channel: 'web-push', processes: 1 })), 'at least', 6],
    ['FCM on SQLite, times the best peer', rate('sqlite', 'fcm'), 'at least', 4],
    ['FCM on SQLite, peak memory in MiB', ours('sqlite', 'fcm')?.memory, 'at most', 40],
    ['FCM on PostgreSQL, times the best peer', rate('postgres', 'fcm'), 'at least', 2.5],
    ['Pick-up on SQLite, p99 in ms', extra('pick-up', 'sqlite', 'p99_ms'), 'at most', 8],
    ['Pick-up on PostgreSQL, p99 in ms', extra('pick-up', 'postgres', 'p99_ms'), 'at most', 15],
    ['A million that wait on SQLite, of the rate without them', extra('waiting', 'sqlite', 'ratio'), 'at least', 0.9],
    ['A million that wait on PostgreSQL, of the rate without them', extra('waiting', 'postgres', 'ratio'), 'at least', 0.9],
];
console.log('');
let missed = 0;
for (const [what, value, direction, bound] of gates) {
    const met = value !== undefined && (direction === 'at least' ? value >= bound : value <= bound);
    if (!met) missed += 1;
    console.log(`${met ? 'met   ' : 'MISSED'}  ${what}: ${show(value, 3)} (${direction} ${Number(bound.toFixed(3))})`);
}
process.exit(missed === 0 ? 0 : 1);
