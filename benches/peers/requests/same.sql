-- What Muwakaba keeps beside the bare service's tables: sessions, reminders of what is ahead, the audit log, the change feed; and
-- no participant has two appointments at once either. psql sets `callers` too: how many managers there are.
alter table appointment add constraint participant_is_free
    exclude using gist (participant with =, tstzrange(starts_at, ends_at) with &&);
create index on appointment (participant, starts_at);

-- The managers come after those who receive people.
insert into staff (id, centre, name)
select 5 * :centres + number, number % :centres, 'Manager ' || number from generate_series(0, :callers - 1) as number;

create table session (
    id int primary key,
    staff int references staff (id),
    participant int references participant (id),
    expires_at timestamptz not null,
    ended_at timestamptz
);
-- Whoever works here first, then the participants: a session bears its owner's number.
insert into session (id, staff, expires_at) select id, id, now() + interval '1 day' from staff;
insert into session (id, participant, expires_at)
select 5 * :centres + :callers + id, id, now() + interval '1 day' from participant;

create table reminder (
    id bigserial primary key,
    participant int not null references participant (id),
    recipient int not null,
    appointment bigint not null references appointment (id),
    purpose text not null,
    due_at timestamptz not null,
    expires_at timestamptz not null,
    ready_at timestamptz,
    facts text not null
);
insert into reminder (participant, recipient, appointment, purpose, due_at, expires_at, ready_at, facts)
select participant, recipient, id, purpose, starts_at - lead, starts_at, starts_at - lead, repeat('x', 220)
from appointment,
     lateral (values ('in_seven_days', interval '7 days', participant), ('in_three_days', '3 days', participant),
                     ('tomorrow', '1 day', participant), ('soon', '2 hours', participant),
                     ('unconfirmed', '24 hours', host)) as planned (purpose, lead, recipient)
where starts_at - lead > now() + interval '1 hour';
create index on reminder (ready_at) where ready_at is not null;
create index on reminder (appointment, recipient);
create index on reminder (recipient, due_at);

create table audit (
    id bigserial primary key,
    at timestamptz not null default now(),
    centre int,
    actor int not null,
    session int not null,
    request text not null,
    action text not null,
    subject bigint,
    participant int,
    details text not null
);
create index on audit (participant, id) where participant is not null;
create index on audit (actor, id);
create index on audit (centre, id);

create table change_counter (centre int primary key, position bigint not null);
create table change (
    centre int not null,
    position bigint not null,
    participant int,
    subject_kind text not null,
    subject bigint not null,
    operation text not null,
    primary key (centre, position)
);
