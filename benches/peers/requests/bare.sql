-- What a bare service keeps: people and their appointments, and nothing beside them. Nobody who receives people has two at
-- once; the database sees to that.
--
-- The same people and times as Muwakaba's store (benches/src/store/shape.rs): `centres` centres, five who receive people in each,
-- ten people with each of those, and for every one who receives an appointment of half an hour every four hours, the first of
-- them 30 days ago. psql sets the variables `centres` and `rounds`.
create extension if not exists btree_gist;

create table staff (id int primary key, centre int not null, name text not null, active boolean not null default true);
create table participant (id int primary key, centre int not null, name text not null, active boolean not null default true);
create table appointment (
    id bigserial primary key,
    centre int not null,
    participant int not null references participant (id),
    host int not null references staff (id),
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    state text not null,
    constraint host_is_free exclude using gist (host with =, tstzrange(starts_at, ends_at) with &&)
);

insert into staff (id, centre, name)
select number, number % :centres, 'Colleague ' || number from generate_series(0, 5 * :centres - 1) as number;
insert into participant (id, centre, name)
select number, number % :centres, 'Participant ' || number from generate_series(0, 50 * :centres - 1) as number;
insert into appointment (id, centre, participant, host, starts_at, ends_at, state)
select 1 + 5 * :centres * round + host, host % :centres, host + 5 * :centres * (round % 10), host, start, start + interval '30 minutes', 'scheduled'
from generate_series(0, :rounds - 1) as round,
     generate_series(0, 5 * :centres - 1) as host,
     lateral (select date_trunc('hour', now()) - interval '30 days' + round * interval '4 hours') as at (start);
select setval('appointment_id_seq', (select max(id) from appointment));
create index on appointment (centre, starts_at);
