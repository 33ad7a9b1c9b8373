// N Web Push subscriptions, each with a P-256 key pair of its own, and one VAPID key pair, as a file for all processes.
import { createECDH, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import webPush from 'web-push';

function subscription(sink, number) {
    const keys = createECDH('prime256v1');
    keys.generateKeys();
    return {
        endpoint: `${sink}/push/${number}`,
        keys: { p256dh: keys.getPublicKey('base64url'), auth: randomBytes(16).toString('base64url') },
    };
}

export function writeRecipients(file, sink, count) {
    const subscriptions = Array.from({ length: count }, (_, number) => subscription(sink, number));
    writeFileSync(file, JSON.stringify({ vapid: webPush.generateVAPIDKeys(), subscriptions }));
}
