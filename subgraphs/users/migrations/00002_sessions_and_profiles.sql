-- +goose Up

ALTER TABLE users
    ADD COLUMN email_verified_at timestamptz,
    ADD COLUMN blocked_at        timestamptz,
    ADD COLUMN blocked_because   text,
    ADD COLUMN deleted_at        timestamptz,
    -- What staff finds an account by: the words of its name, and its address whole and in parts.
    ADD COLUMN search            tsvector GENERATED ALWAYS AS
        (to_tsvector('simple', name || ' ' || email || ' ' || translate(email, '@.-_+', '     '))) STORED,
    ADD CONSTRAINT users_blocked_with_reason CHECK ((blocked_at IS NULL) = (blocked_because IS NULL) AND char_length(blocked_because) <= 500),
    ADD CONSTRAINT users_deleted_is_empty    CHECK (deleted_at IS NULL OR email = 'deleted-' || id || '@deleted.invalid' AND name = 'Deleted account');
COMMENT ON COLUMN users.deleted_at IS 'An account that its owner deleted stays as a row without anything personal, so that orders keep their customer.';
CREATE INDEX users_search ON users USING gin (search);
CREATE INDEX users_of_role ON users (role, id);
CREATE INDEX users_blocked ON users (id) WHERE blocked_at IS NOT NULL;
CREATE INDEX users_deleted ON users (id) WHERE deleted_at IS NOT NULL;

CREATE TABLE sessions (
    id            uuid        PRIMARY KEY,
    user_id       uuid        NOT NULL REFERENCES users,
    created_at    timestamptz NOT NULL DEFAULT now(),
    used_at       timestamptz NOT NULL DEFAULT now(),
    expires_at    timestamptz NOT NULL,
    ended_at      timestamptz,
    ended_because text,
    CONSTRAINT sessions_end_reasoned CHECK ((ended_at IS NULL) = (ended_because IS NULL)),
    CONSTRAINT sessions_end_known    CHECK (ended_because IN ('LOGOUT', 'PASSWORD_CHANGED', 'PASSWORD_RESET', 'ROLE_CHANGED', 'BLOCKED', 'DELETED', 'REUSED'))
);
CREATE INDEX sessions_of_user ON sessions (user_id) WHERE ended_at IS NULL;
CREATE INDEX sessions_expired ON sessions (expires_at);
COMMENT ON TABLE sessions IS 'Logins. All refresh tokens of a session are one family: when one is used twice, the session ends.';

CREATE TABLE refresh_tokens (
    hash       bytea       PRIMARY KEY,
    session_id uuid        NOT NULL REFERENCES sessions ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    CONSTRAINT refresh_tokens_hashed CHECK (octet_length(hash) = 32)
);
CREATE INDEX refresh_tokens_of_session ON refresh_tokens (session_id);
COMMENT ON TABLE refresh_tokens IS 'SHA-256 of each refresh token, the used ones too, so that using one again is noticed.';

CREATE TABLE letter_tokens (
    hash       bytea       PRIMARY KEY,
    user_id    uuid        NOT NULL REFERENCES users,
    purpose    text        NOT NULL,
    email      text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    CONSTRAINT letter_tokens_hashed        CHECK (octet_length(hash) = 32),
    CONSTRAINT letter_tokens_purpose_known CHECK (purpose IN ('VERIFY_EMAIL', 'CHANGE_EMAIL', 'RESET_PASSWORD'))
);
CREATE INDEX letter_tokens_of_user ON letter_tokens (user_id, purpose);
CREATE INDEX letter_tokens_expired ON letter_tokens (expires_at);
COMMENT ON TABLE letter_tokens IS 'SHA-256 of the tokens that letters carry. Each is good once: using it deletes it.';

CREATE TABLE letters (
    id           uuid        PRIMARY KEY,
    recipient    text        NOT NULL,
    subject      text        NOT NULL,
    body         text        NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    due_at       timestamptz NOT NULL DEFAULT now(),
    attempts     integer     NOT NULL DEFAULT 0,
    last_error   text
);
CREATE INDEX letters_due ON letters (due_at);
COMMENT ON TABLE letters IS 'Letters to be sent, written in the transaction that they tell of. A letter that was sent is deleted: it holds a token.';

CREATE TABLE attempts (
    kind         text        NOT NULL,
    key          bytea       NOT NULL,
    tries        integer     NOT NULL,
    free         integer     NOT NULL,
    last_at      timestamptz NOT NULL,
    held_until   timestamptz NOT NULL,
    PRIMARY KEY (kind, key),
    CONSTRAINT attempts_kind_known CHECK (kind IN ('ACCOUNT', 'ADDRESS', 'LETTER', 'LETTER_ADDRESS')),
    CONSTRAINT attempts_counted    CHECK (tries > 0 AND free > 0)
);
CREATE INDEX attempts_old ON attempts (last_at);
COMMENT ON TABLE attempts IS 'How often a password was tried, and a letter asked for, by the hash of the account''s address and of the network address. Beyond the free tries each costs twice the waiting of the one before.';

CREATE TABLE addresses (
    id          uuid        PRIMARY KEY,
    user_id     uuid        NOT NULL REFERENCES users,
    recipient   text        NOT NULL,
    line1       text        NOT NULL,
    line2       text        NOT NULL,
    postal_code text        NOT NULL,
    city        text        NOT NULL,
    region      text        NOT NULL,
    country     text        NOT NULL,
    phone       text        NOT NULL,
    is_default  boolean     NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT addresses_country_form CHECK (country ~ '^[A-Z]{2}$'),
    CONSTRAINT addresses_filled       CHECK (char_length(recipient) BETWEEN 1 AND 100 AND char_length(line1) BETWEEN 1 AND 100 AND char_length(city) BETWEEN 1 AND 100),
    CONSTRAINT addresses_bounded      CHECK (char_length(line2) <= 100 AND char_length(region) <= 100 AND char_length(postal_code) <= 20 AND char_length(phone) <= 30)
);
CREATE INDEX addresses_of_user ON addresses (user_id, id);
CREATE UNIQUE INDEX addresses_one_default ON addresses (user_id) WHERE is_default;

-- +goose Down

DROP TABLE addresses;
DROP TABLE attempts;
DROP TABLE letters;
DROP TABLE letter_tokens;
DROP TABLE refresh_tokens;
DROP TABLE sessions;
ALTER TABLE users
    DROP CONSTRAINT users_blocked_with_reason,
    DROP CONSTRAINT users_deleted_is_empty,
    DROP COLUMN search,
    DROP COLUMN email_verified_at,
    DROP COLUMN blocked_at,
    DROP COLUMN blocked_because,
    DROP COLUMN deleted_at;
