// What a run cost, read from /proc: peak memory of this process, CPU time of the PostgreSQL server.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

export function peakMemoryMib() {
    const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    return Number(kib) / 1024;
}

// The fields of /proc/PID/stat after the command's name, which may itself hold spaces and brackets.
function statOf(process) {
    try {
        const line = readFileSync(`/proc/${process}/stat`, 'utf8');
        return line.slice(line.lastIndexOf(')') + 2).split(' ').map(Number);
    } catch {
        return undefined; // it ended meanwhile; its parent has its time
    }
}

// CPU seconds of the server so far: its own, those of children that ended, and those of children that live.
export function serverCpuSeconds(postmaster) {
    const [PARENT, USER, SYSTEM, CHILDREN_USER, CHILDREN_SYSTEM] = [1, 11, 12, 13, 14];
    const own = statOf(postmaster);
    if (!own) throw new Error(`PostgreSQL (process ${postmaster}) is not running`);
    let ticks = own[USER] + own[SYSTEM] + own[CHILDREN_USER] + own[CHILDREN_SYSTEM];
    for (const entry of readdirSync('/proc')) {
        const stat = /^\d+$/.test(entry) ? statOf(entry) : undefined;
        if (stat?.[PARENT] === postmaster) ticks += stat[USER] + stat[SYSTEM];
    }
    return ticks / TICKS_PER_SECOND;
}
