-- Whom to call: the centre's own number, and the numbers for an emergency where it is; without them those of the country.
ALTER TABLE centre ADD COLUMN phone TEXT;
ALTER TABLE centre ADD COLUMN emergency_phones TEXT;

-- What is asked in a check-in: a centre's, or for all centres. What is asked differently from now on is another version; none is ever changed
-- or deleted, so that an answer stays readable beside its question.
CREATE TABLE questionnaire (
    id BLOB NOT NULL PRIMARY KEY,
    -- Absent: for all centres.
    centre_id BLOB REFERENCES centre (id),
    name TEXT NOT NULL,
    -- The version that is asked now.
    number INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    -- Absent: it came with the service.
    created_by BLOB,
    retired_at INTEGER,
    retired_by BLOB,
    version INTEGER NOT NULL
) STRICT;

CREATE TABLE questionnaire_version (
    questionnaire_id BLOB NOT NULL REFERENCES questionnaire (id),
    number INTEGER NOT NULL,
    -- The questions in their languages, as JSON.
    questions TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by BLOB,
    PRIMARY KEY (questionnaire_id, number)
) STRICT, WITHOUT ROWID;

INSERT INTO questionnaire (id, name, number, created_at, version)
VALUES (x'019AC000000070008000000000000001', 'Muwakaba', 1, 1795737600000000, 1);
INSERT INTO questionnaire_version (questionnaire_id, number, questions, created_at)
VALUES (x'019AC000000070008000000000000001', 1,
        '[{"id":"how_are_you","kind":"faces","required":true,"text":{"ar":"كيف حالكم هذه الأيام؟","fr":"Comment allez-vous ces jours-ci ?","zgh":"ⵎⴰⵏⵣⴰⴽⵉⵏ ⵜⴳⵉⵎ ⵓⵙⵙⴰⵏ ⴰⴷ?","en":"How are you these days?"},"unit":null,"options":[{"id":"very_bad","icon":null,"text":null,"alarm":true},{"id":"bad","icon":null,"text":null,"alarm":false},{"id":"neutral","icon":null,"text":null,"alarm":false},{"id":"good","icon":null,"text":null,"alarm":false},{"id":"very_good","icon":null,"text":null,"alarm":false}]},{"id":"housing","kind":"choice","required":true,"text":{"ar":"كيف هو سكنكم؟","fr":"Où en est votre logement ?","zgh":"ⵎⴰⵏⵣⴰⴽⵉⵏ ⵜⴰⵏⵣⴷⵓⵖⵜ ⵏⵏⵓⵏ?","en":"How is your housing?"},"unit":null,"options":[{"id":"settled","icon":"house","text":{"ar":"مستقر","fr":"Stable","zgh":"ⵜⵣⴳⴰ","en":"Settled"},"alarm":false},{"id":"with_others","icon":"family","text":{"ar":"عند أشخاص آخرين","fr":"Chez d’autres personnes","zgh":"ⴷⴰⵔ ⵎⵉⴷⴷⵏ ⵢⴰⴹⵏ","en":"With other people"},"alarm":false},{"id":"uncertain","icon":"question","text":{"ar":"غير مؤكد","fr":"Incertain","zgh":"ⵓⵔ ⵜⵣⴳⵉ","en":"Uncertain"},"alarm":false},{"id":"nowhere","icon":"alert","text":{"ar":"لا أجد أين أنام","fr":"Je n’ai pas où dormir","zgh":"ⵓⵔ ⵖⵓⵔⵉ ⵎⴰⵏⵉ ⵖ ⵔⴰⴷ ⴳⵏⵖ","en":"I have nowhere to sleep"},"alarm":true}]},{"id":"work","kind":"choice","required":true,"text":{"ar":"أين وصلتم في العمل أو البحث عنه؟","fr":"Où en êtes-vous avec le travail, ou la recherche ?","zgh":"ⵎⴰⵏⵉ ⵜⵍⴽⵎⵎ ⴳ ⵜⵡⵓⵔⵉ ⵏⵖ ⵓⵔⵣⵣⵓ ⵏⵏⵙ?","en":"How is work going, or the search for it?"},"unit":null,"options":[{"id":"working","icon":"work","text":{"ar":"أعمل","fr":"Je travaille","zgh":"ⴷⴰ ⵙⵡⵓⵔⵉⵖ","en":"I am working"},"alarm":false},{"id":"training","icon":"school","text":{"ar":"أتعلم مهنة أو أدرس","fr":"Je me forme ou j’étudie","zgh":"ⴷⴰ ⵍⵎⵎⴷⵖ","en":"I am training or studying"},"alarm":false},{"id":"searching","icon":"search","text":{"ar":"أبحث","fr":"Je cherche","zgh":"ⴷⴰ ⵔⵣⵣⵓⵖ","en":"I am looking"},"alarm":false},{"id":"paused","icon":"pause","text":{"ar":"لا أبحث حاليا","fr":"Je ne cherche pas en ce moment","zgh":"ⵓⵔ ⴷⴰ ⵔⵣⵣⵓⵖ ⴷⵖⵉ","en":"I am not looking for now"},"alarm":false},{"id":"help","icon":"help","text":{"ar":"أحتاج إلى مساعدة","fr":"J’ai besoin d’aide","zgh":"ⵔⵉⵖ ⵜⵉⵡⵉⵙⵉ","en":"I need help"},"alarm":false}]},{"id":"worry","kind":"yes_no","required":true,"text":{"ar":"هل هناك ما يقلقكم؟","fr":"Y a-t-il quelque chose qui vous inquiète ?","zgh":"ⵉⵙ ⵉⵍⵍⴰ ⵎⴰ ⴽⵯⵏ ⵉⵙⵙⵉⵡⵉⴷⵏ?","en":"Is something worrying you?"},"unit":null,"options":[{"id":"yes","icon":null,"text":null,"alarm":false},{"id":"no","icon":null,"text":null,"alarm":false}]}]',
        1795737600000000);

-- What those who accompany somebody ask that person besides, in their language.
CREATE TABLE custom_questions (
    participant_id BLOB NOT NULL PRIMARY KEY REFERENCES participant (id),
    questions_sealed BLOB NOT NULL,
    count INTEGER NOT NULL,
    set_at INTEGER NOT NULL,
    set_by BLOB NOT NULL REFERENCES staff (id),
    version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A questionnaire that somebody answers within a window.
CREATE TABLE check_in (
    id BLOB NOT NULL PRIMARY KEY,
    centre_id BLOB NOT NULL REFERENCES centre (id),
    participant_id BLOB NOT NULL REFERENCES participant (id),
    -- Those that were planned in one request.
    series_id BLOB,
    questionnaire_id BLOB NOT NULL,
    questionnaire_number INTEGER NOT NULL,
    -- What is asked besides, as it was when this was planned.
    custom_questions_sealed BLOB,
    custom_questions_left_out INTEGER NOT NULL,
    -- On the wall; the instants are derived. Its window is from the first until before the last.
    local_opens TEXT NOT NULL,
    local_due TEXT NOT NULL,
    local_closes TEXT NOT NULL,
    zone TEXT NOT NULL,
    opens_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    closes_at INTEGER NOT NULL,
    -- Where it stood before a pause of the file moved it.
    original_opens TEXT,
    original_due TEXT,
    original_closes TEXT,
    -- Since when time stands still for it, because the file rests.
    paused_at INTEGER,
    -- What somebody did. That it has opened or was missed follows from the time, and is written nowhere.
    settled TEXT NOT NULL,
    -- What of the passing time was acted upon: phones were told, staff was.
    stage TEXT NOT NULL,
    planned_at INTEGER NOT NULL,
    planned_by BLOB NOT NULL REFERENCES staff (id),
    answers_sealed BLOB,
    -- The version that set them.
    answers_version INTEGER,
    -- What was answered and does not stand: it was taken back, somebody else answered, or it came too late.
    former_answers_sealed BLOB,
    -- When they were given, as the device says; and by whom for the participant, if not by themself.
    answered_at INTEGER,
    answered_by BLOB REFERENCES staff (id),
    -- When the service got them whole.
    submitted_at INTEGER,
    -- When an answer first asked for somebody at once.
    alarm_at INTEGER,
    call_wanted_at INTEGER,
    reviewed_at INTEGER,
    reviewed_by BLOB REFERENCES staff (id),
    excused_at INTEGER,
    excused_by BLOB REFERENCES staff (id),
    excuse TEXT,
    cancelled_at INTEGER,
    -- Absent: it followed from something else.
    cancelled_by BLOB REFERENCES staff (id),
    cancel_reason TEXT,
    version INTEGER NOT NULL,
    CONSTRAINT check_in_asks FOREIGN KEY (questionnaire_id, questionnaire_number) REFERENCES questionnaire_version (questionnaire_id, number)
) STRICT;
CREATE INDEX check_in_by_participant ON check_in (participant_id, opens_at, id);
-- Few of all: what time still changes. What was missed and told to staff stays unanswered for ever.
CREATE INDEX check_in_unanswered ON check_in (centre_id, id) WHERE settled = 'unanswered' AND stage <> 'escalated';
