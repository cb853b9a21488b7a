-- The tables that intelia reads and (with `intelia serve`) writes. The five columns of the first block are all that
-- `intelia extract` needs; every name can be mapped (--table, --columns), and everything else may be absent.
-- A role that may SELECT from these tables is enough to extract.

CREATE TABLE conversations (
  conversation_id text PRIMARY KEY,                   -- uuid works as well
  messages        jsonb,                              -- [{"role":"user","content":"…"},{"role":"assistant",…},…]
  rating          numeric,                            -- 1 to 5; NULL: not rated
  created_at      timestamptz NOT NULL DEFAULT now(),
  language        text,                               -- fr, en, es, pt

  user_id         text,
  updated_at      timestamptz,
  thumbs          boolean                             -- true: up, false: down
);

-- The order of extraction: the newest come first without sorting the table.
CREATE INDEX conversations_newest_first ON conversations (created_at DESC, conversation_id);

-- What users said about an answer.
CREATE TABLE feedback (
  feedback_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  conversation_id  text NOT NULL REFERENCES conversations ON DELETE CASCADE,
  turn             integer NOT NULL,                  -- place of the answer in messages, from 0
  question         text,
  answer           text,
  sources          jsonb,                             -- documents that the answer was based on
  rating           numeric,                           -- 1 to 5
  feedback_text    text,
  corrected_answer text,
  created_at       timestamptz NOT NULL DEFAULT now()
);

-- What experts said about it.
CREATE TABLE annotations (
  annotation_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  conversation_id  text NOT NULL REFERENCES conversations ON DELETE CASCADE,
  turn             integer NOT NULL,
  annotator        text NOT NULL,
  corrected_answer text,
  scores           jsonb,                             -- {"accuracy":4,"clarity":5,…}, each 1 to 5
  comment          text,
  created_at       timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX feedback_of_conversation ON feedback (conversation_id, turn);
CREATE INDEX annotations_of_conversation ON annotations (conversation_id, turn);
