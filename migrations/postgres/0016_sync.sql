-- What a phone asks for since it last synchronised. Whoever speaks to one staff member alone is found by them.
CREATE INDEX change_by_audience ON change (audience, position) WHERE audience IS NOT NULL;

-- Each start of the service begins an epoch of the database. What a phone was told in an epoch that is not there, or later in one than the
-- next of them began, was told by a database in whose place an older copy was put.
CREATE TABLE epoch (
    number BIGINT PRIMARY KEY,
    id UUID NOT NULL,
    began_at TIMESTAMPTZ NOT NULL
);
-- How far the feed of each centre had come when an epoch began.
CREATE TABLE epoch_position (
    epoch BIGINT NOT NULL REFERENCES epoch (number),
    centre_id UUID NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (epoch, centre_id)
);

-- Whom the phone of which session was told about, and in which line of the audit log the last time is. Without foreign keys: a session is
-- forgotten earlier than what was told in it.
CREATE TABLE sync_seen (
    session_id UUID NOT NULL,
    participant_id UUID NOT NULL,
    staff_id UUID NOT NULL,
    line_id UUID NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (session_id, participant_id)
);
CREATE INDEX sync_seen_by_participant ON sync_seen (participant_id, line_id);
CREATE INDEX sync_seen_by_staff ON sync_seen (staff_id, seen_at);
