// Measures one peer once and prints one line of JSON.
// usage: node peer.mjs --queue graphile-worker|pg-boss --channel web-push|fcm --sink URL
//                      [--count 20000] [--processes 1] [--concurrency 64] [--database URL]
//
// COUNT due reminders are stored as jobs first. The clock then runs from the word to start until the last one has been
// answered by the push service. What comes before (connecting, reading subscriptions) and after (shutting down) is
// not counted, to the peers' advantage; nor are subscriptions looked up in the database, each process has them in memory.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { serverCpuSeconds } from './measure.mjs';
import { writeRecipients } from './recipients.mjs';

const { values: options } = parseArgs({
    options: {
        queue: { type: 'string' },
        channel: { type: 'string' },
        sink: { type: 'string' },
        count: { type: 'string', default: '20000' },
        processes: { type: 'string', default: '1' },
        concurrency: { type: 'string', default: '64' },
        database: { type: 'string', default: process.env.MUWAKABA_TEST_POSTGRES },
    },
});
const count = Number(options.count);
const processes = Number(options.processes);
const postmaster = Number(process.env.MUWAKABA_POSTGRES_PID);
const queue = await import(`./queues/${options.queue}.mjs`);

async function query(database, text) {
    const client = new pg.Client({ connectionString: database });
    await client.connect();
    try {
        return (await client.query(text)).rows;
    } finally {
        await client.end();
    }
}

async function arrived() {
    return (await (await fetch(`${options.sink}/count`)).json()).posts;
}

// Starts the worker processes and returns once each is ready.
async function startProcesses(task) {
    const children = Array.from({ length: processes }, () => fork(new URL('process.mjs', import.meta.url), [JSON.stringify(task)]));
    for (const child of children) {
        child.once('exit', code => {
            if (code !== 0) throw new Error(`a worker process ended with ${code}`);
        });
    }
    await Promise.all(children.map(child => once(child, 'message')));
    return children;
}

function allSent(children) {
    let sent = 0;
    return new Promise(resolve => {
        for (const child of children) {
            child.on('message', message => {
                sent += message.sent ?? 0;
                if (message.sent && sent >= count) resolve();
            });
        }
    });
}

async function report(child) {
    const answer = new Promise(resolve => child.on('message', message => 'cpuSeconds' in message && resolve(message)));
    const ended = once(child, 'exit');
    child.send('report');
    const cost = await answer;
    await ended;
    return cost;
}

const name = `peer_${process.pid}`;
const folder = mkdtempSync(join(tmpdir(), 'muwakaba-peer.'));
const database = Object.assign(new URL(options.database), { pathname: `/${name}` }).href;
await query(options.database, `create database ${name}`);
try {
    const recipients = join(folder, 'recipients.json');
    if (options.channel === 'web-push') writeRecipients(recipients, options.sink, count);
    await queue.enqueue(database, count);
    await query(database, 'analyze');

    const concurrency = Math.ceil(Number(options.concurrency) / processes);
    const { channel, sink } = options;
    const children = await startProcesses({ queue: options.queue, channel, sink, concurrency, database, recipients });
    const arrivedBefore = await arrived();
    const serverBefore = serverCpuSeconds(postmaster);
    const started = performance.now();
    const finished = allSent(children);
    for (const child of children) child.send('start');
    await finished;
    const seconds = (performance.now() - started) / 1000;
    const serverSeconds = serverCpuSeconds(postmaster) - serverBefore;
    const costs = await Promise.all(children.map(report));

    const [{ jobs }] = await query(database, queue.unfinished);
    const delivered = (await arrived()) - arrivedBefore;
    if (jobs !== 0 || delivered !== count) throw new Error(`${delivered} of ${count} arrived, ${jobs} jobs are left`);

    const cpuSeconds = costs.reduce((sum, cost) => sum + cost.cpuSeconds, 0);
    const memory = costs.reduce((sum, cost) => sum + cost.peakMemoryMib, 0);
    console.log(JSON.stringify({
        name: queue.name,
        channel,
        database: 'postgres',
        processes,
        count,
        seconds: Number(seconds.toFixed(3)),
        per_second: Math.round(count / seconds),
        cpu_seconds_per_1000: Number((cpuSeconds / count * 1000).toFixed(4)),
        cpu_seconds_per_1000_with_database: Number(((cpuSeconds + serverSeconds) / count * 1000).toFixed(4)),
        peak_memory_mib: Number(memory.toFixed(1)),
    }));
} finally {
    rmSync(folder, { recursive: true, force: true });
    await query(options.database, `drop database if exists ${name} with (force)`);
}
