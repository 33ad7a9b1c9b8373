// What a team would write without this service: Fastify on PostgreSQL.
// usage: PG=postgres://… node server.mjs bare|same PORT
//
// `bare` does the least that answers the question: it trusts the token, keeps no session and no log, and an appointment is one
// row. `same` does Muwakaba's work: the session is looked up, what staff read is audited in the same transaction, and an
// appointment comes with its six reminders, its audit line and its place in the change feed. Each request of `same` is one
// statement after the session's, which is as good as it gets on PostgreSQL.
import { randomUUID } from 'node:crypto';
import jwt from '@fastify/jwt';
import Fastify from 'fastify';
import pg from 'pg';

const [work, port] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: process.env.PG, max: 16 });
const app = Fastify();
// benches/src/requests/fastify.rs signs with the same secret.
await app.register(jwt, { secret: 'a-secret-for-measurements-and-nothing-else' });

// A named statement is prepared once for each connection.
async function ask(name, text, values) {
    return (await pool.query({ name, text, values })).rows;
}

const instant = column => `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;
const appointments = `
    select a.id, ${instant('a.starts_at')} as starts_at, ${instant('a.ends_at')} as ends_at, a.state,
           participant.name as participant, staff.name as host
    from appointment a join participant on participant.id = a.participant join staff on staff.id = a.host`;
const ahead = column => `${appointments} where a.${column} = $1 and a.starts_at >= now() order by a.starts_at limit 20`;
const insertAppointment = `
    insert into appointment (centre, participant, host, starts_at, ends_at, state)
    values ($1, $2, $3, $4, $5, 'scheduled') returning id`;

const statements = {
    session: `
        select s.id, s.staff, s.participant, coalesce(staff.centre, participant.centre) as centre
        from session s
        left join staff on staff.id = s.staff and staff.active
        left join participant on participant.id = s.participant and participant.active
        where s.id = $1 and s.ended_at is null and s.expires_at > now()`,
    auditedList: `
        with line as (
            insert into audit (centre, actor, session, request, action, details)
            values ($1, $2, $3, $4, 'appointment.list', '{"count":20}'))
        ${ahead('centre')}`,
    ownAppointment: `${appointments} where a.participant = $1 and a.id = $2`,
    auditedAppointment: `
        with found as (select id, participant from appointment where centre = $1 and id = $2),
        line as (
            insert into audit (centre, actor, session, request, action, subject, participant, details)
            select $1, $3, $4, $5, 'appointment.read', id, participant, '{}' from found)
        ${appointments} join found on found.id = a.id`,
    schedule: `
        with made as (${insertAppointment}),
        planned as (
            insert into reminder (participant, recipient, appointment, purpose, due_at, expires_at, ready_at, facts)
            select $2, plan.recipient, made.id, plan.purpose, $4::timestamptz - plan.lead, $4, $4::timestamptz - plan.lead,
                   json_build_object('purpose', plan.purpose, 'subject_kind', 'appointment', 'subject_id', made.id,
                                     'state', 'scheduled', 'local_start', $4::timestamptz, 'zone', 'Africa/Casablanca',
                                     'place_kind', 'address')::text
            from made, (values (interval '7 days', 'in_seven_days', $2), ('3 days', 'in_three_days', $2), ('1 day', 'tomorrow', $2),
                               ('2 hours', 'soon', $2), ('24 hours', 'unconfirmed', $3), ('40 days', 'scheduled', $2)
                       ) as plan (lead, purpose, recipient)),
        counted as (
            insert into change_counter (centre, position) values ($1, 1)
            on conflict (centre) do update set position = change_counter.position + 1 returning position),
        changed as (
            insert into change (centre, position, participant, subject_kind, subject, operation)
            select $1, counted.position, $2, 'appointment', made.id, 'upsert' from made, counted),
        line as (
            insert into audit (centre, actor, session, request, action, subject, participant, details)
            select $1, $6, $7, $8, 'appointment.schedule', made.id, $2, '{"kind":"social_counselling","override":false}' from made)
        select id from made`,
};

const properties = {
    id: { type: 'integer' }, starts_at: { type: 'string' }, ends_at: { type: 'string' }, state: { type: 'string' },
    participant: { type: 'string' }, host: { type: 'string' },
};
const one = { response: { 200: { type: 'object', properties } } };
const list = { response: { 200: { type: 'array', items: one.response[200] } } };
const time = { type: 'string', format: 'date-time' };
const body = {
    type: 'object',
    required: ['participant', 'host', 'starts_at', 'ends_at'],
    additionalProperties: false,
    properties: { participant: { type: 'integer' }, host: { type: 'integer' }, starts_at: time, ends_at: time },
};

async function create(reply, statement, text, values) {
    try {
        const [{ id }] = await ask(statement, text, values);
        return reply.code(201).send({ id: Number(id) });
    } catch (error) {
        if (error.code === '23P01') return reply.code(409).send({ error: 'taken' });
        throw error;
    }
}

function bare() {
    const onRequest = request => request.jwtVerify();
    app.get('/appointments/ahead', { onRequest, schema: list }, ({ user }) => ask('ahead', ahead('centre'), [user.centre]));
    app.post('/appointments', { onRequest, schema: { body } }, ({ user, body: asked }, reply) =>
        create(reply, 'insert', insertAppointment, [user.centre, asked.participant, asked.host, asked.starts_at, asked.ends_at]));
}

function same() {
    const onRequest = async (request, reply) => {
        await request.jwtVerify();
        [request.caller] = await ask('session', statements.session, [request.user.session]);
        if (!request.caller) return reply.code(401).send();
    };
    const only = ([row], reply) => row ?? reply.code(404).send();

    app.get('/appointments/own', { onRequest, schema: list }, ({ caller }) => ask('own', ahead('participant'), [caller.participant]));
    app.get('/appointments/ahead', { onRequest, schema: list }, ({ caller }) =>
        ask('auditedList', statements.auditedList, [caller.centre, caller.staff, caller.id, randomUUID()]));
    app.get('/appointments/own/:id', { onRequest, schema: one }, async ({ caller, params }, reply) =>
        only(await ask('ownAppointment', statements.ownAppointment, [caller.participant, params.id]), reply));
    app.get('/appointments/:id', { onRequest, schema: one }, async ({ caller, params }, reply) =>
        only(await ask('auditedAppointment', statements.auditedAppointment,
            [caller.centre, params.id, caller.staff, caller.id, randomUUID()]), reply));
    app.post('/appointments', { onRequest, schema: { body } }, ({ caller, body: asked }, reply) =>
        create(reply, 'schedule', statements.schedule,
            [caller.centre, asked.participant, asked.host, asked.starts_at, asked.ends_at, caller.staff, caller.id, randomUUID()]));
}

({ bare, same })[work]();
await app.listen({ port: Number(port), host: '127.0.0.1' });
