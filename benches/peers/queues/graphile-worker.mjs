// graphile-worker with its local queue: 500 jobs are claimed at a time and finished ones are removed in batches, the
// settings under which it was fastest here.
import { Logger, makeWorkerUtils, run } from 'graphile-worker';

export const name = 'graphile-worker';

// Its default logger prints a line for each job, which would be most of the work.
const logger = new Logger(() => (level, message) => {
    if (level === 'error') console.error(message);
});

export async function enqueue(database, count) {
    const tools = await makeWorkerUtils({ connectionString: database, logger });
    await tools.migrate();
    const due = new Date(Date.now() - 60_000);
    for (let first = 0; first < count; first += 1000) {
        const numbers = Array.from({ length: Math.min(1000, count - first) }, (_, offset) => first + offset);
        await tools.addJobs(numbers.map(number => ({ identifier: 'remind', payload: { number }, runAt: due })));
    }
    await tools.release();
}

export async function prepare(database, { concurrency, sent, send }) {
    const options = {
        connectionString: database,
        maxPoolSize: 12,
        logger,
        concurrency,
        noHandleSignals: true,
        pollInterval: 100,
        preset: {
            worker: { localQueue: { size: 500, ttl: 60_000 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 },
        },
        taskList: {
            remind: async ({ number }) => {
                await send(number);
                sent(1);
            },
        },
    };
    let runner;
    return {
        start: async () => {
            runner = await run(options);
        },
        stop: () => runner.stop(),
    };
}

// Finished jobs are deleted, so what is left is what was not finished.
export const unfinished = 'select count(*)::int as jobs from graphile_worker._private_jobs';
