// One worker process of a peer. It gets ready, waits for the word, drains the queue together with its siblings, and
// tells what that cost it.
import { peakMemoryMib } from './measure.mjs';
import { sender } from './send.mjs';

const task = JSON.parse(process.argv[2]);
const queue = await import(`./queues/${task.queue}.mjs`);
const { send, close } = sender(task);

// Told to the parent a few dozen at a time: a message for each would be work that no team's worker does.
let untold = 0;
function tell() {
    if (untold > 0) process.send({ sent: untold });
    untold = 0;
}
function sent(count) {
    untold += count;
    if (untold >= 64) tell();
}

const worker = await queue.prepare(task.database, { ...task, send, sent });
let cpuAtStart;
let telling;

process.on('message', async word => {
    if (word === 'start') {
        cpuAtStart = process.cpuUsage();
        telling = setInterval(tell, 5);
        await worker.start();
    } else if (word === 'report') {
        clearInterval(telling);
        const cpu = process.cpuUsage(cpuAtStart);
        process.send({ cpuSeconds: (cpu.user + cpu.system) / 1e6, peakMemoryMib: peakMemoryMib() });
        await worker.stop();
        await close();
        process.disconnect();
    }
});
process.send({ ready: true });
