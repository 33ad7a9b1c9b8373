// pg-boss with four loops per process, each fetching and completing 100 jobs at a time: its own `work` waits at least
// half a second between batches, so a team in a hurry writes this loop.
import { PgBoss } from 'pg-boss';

export const name = 'pg-boss';
const QUEUE = 'remind';
const LOOPS = 4;
const BATCH = 100;

async function open(database, options) {
    const boss = new PgBoss({ connectionString: database, max: 12, supervise: false, schedule: false, ...options });
    boss.on('error', error => console.error(error));
    await boss.start();
    return boss;
}

export async function enqueue(database, count) {
    const boss = await open(database);
    await boss.createQueue(QUEUE);
    for (let first = 0; first < count; first += 1000) {
        const numbers = Array.from({ length: Math.min(1000, count - first) }, (_, offset) => first + offset);
        await boss.insert(QUEUE, numbers.map(number => ({ data: { number } })));
    }
    await boss.stop({ graceful: false });
}

export async function prepare(database, { concurrency, sent, send }) {
    const boss = await open(database, { migrate: false });
    let loops = [];

    async function drain() {
        for (;;) {
            const jobs = await boss.fetch(QUEUE, { batchSize: BATCH });
            if (jobs.length === 0) return;
            let next = 0;
            const sendOneByOne = async () => {
                while (next < jobs.length) await send(jobs[next++].data.number);
            };
            await Promise.all(Array.from({ length: Math.ceil(concurrency / LOOPS) }, sendOneByOne));
            await boss.complete(QUEUE, jobs.map(job => job.id));
            sent(jobs.length);
        }
    }

    return {
        start: async () => {
            loops = Array.from({ length: LOOPS }, drain);
        },
        stop: async () => {
            await Promise.all(loops);
            await boss.stop({ graceful: false });
        },
    };
}

export const unfinished = "select count(*)::int as jobs from pgboss.job where state <> 'completed'";
