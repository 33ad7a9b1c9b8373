// How one reminder leaves the process, on either channel. Both use one undici pool, the fastest HTTP client of Node.
import { readFileSync } from 'node:fs';
import { Pool } from 'undici';
import webPush from 'web-push';

const APPOINTMENT = '01890000-0000-7000-8000-000000000000';

// What a phone would show; about as long as a real reminder.
const REMINDER = JSON.stringify({
    kind: 'appointment',
    id: APPOINTMENT,
    title: 'You have an appointment tomorrow at 10:00',
    body: 'Tap to confirm it or to ask for another time. Bring the papers you were given at your last visit.',
    tag: `reminder-${APPOINTMENT}`,
    actions: ['confirm', 'ask-to-move'],
});

export function sender({ channel, sink, concurrency, recipients }) {
    const http = new Pool(sink, { connections: concurrency });

    async function post(path, headers, body, expected) {
        const response = await http.request({ path, method: 'POST', headers, body });
        await response.body.dump();
        if (response.statusCode !== expected) throw new Error(`${path} answered ${response.statusCode}`);
    }

    const channels = {
        // Each reminder is encrypted to a subscription of its own (RFC 8291) and signed (RFC 8292).
        'web-push': () => {
            const { vapid, subscriptions } = JSON.parse(readFileSync(recipients, 'utf8'));
            const options = {
                vapidDetails: { subject: 'mailto:operator@example.org', ...vapid },
                TTL: 3600,
                urgency: 'normal',
                contentEncoding: 'aes128gcm',
            };
            return number => {
                const request = webPush.generateRequestDetails(subscriptions[number], REMINDER, options);
                return post(new URL(request.endpoint).pathname, request.headers, request.body, 201);
            };
        },
        // A wake-up with nothing in it but what the app needs to ask for the text.
        fcm: () => {
            const headers = { authorization: 'Bearer measured', 'content-type': 'application/json' };
            return number => {
                const message = {
                    token: `device-${number}-${'t'.repeat(140)}`,
                    data: { wake: 'reminder' },
                    android: { priority: 'high', ttl: '3600s', collapse_key: `reminder-${number}` },
                };
                return post('/v1/projects/p/messages:send', headers, JSON.stringify({ message }), 200);
            };
        },
    };
    return { send: channels[channel](), close: () => http.close() };
}
