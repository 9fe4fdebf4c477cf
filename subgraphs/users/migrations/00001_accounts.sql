-- +goose Up

CREATE TABLE users (
    id            uuid        PRIMARY KEY,
    email         text        NOT NULL,
    name          text        NOT NULL,
    role          text        NOT NULL,
    password_hash text        NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT users_email_unique     UNIQUE (email),
    CONSTRAINT users_email_form       CHECK (email ~ '^[^@[:space:]]+@[^@[:space:]]+$' AND email = lower(email COLLATE "C") AND octet_length(email) <= 254),
    CONSTRAINT users_name_form        CHECK (char_length(name) BETWEEN 1 AND 100 AND name = btrim(name)),
    CONSTRAINT users_role_known       CHECK (role IN ('CUSTOMER', 'STAFF', 'ADMIN')),
    CONSTRAINT users_password_hashed  CHECK (password_hash LIKE '$argon2id$%')
);
COMMENT ON TABLE users IS 'Accounts. An e-mail address is lower-case and belongs to one account.';

CREATE TABLE signing_keys (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    private_key text        NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE signing_keys IS 'Ed25519 keys in PEM, for where none is given from outside. The newest signs access tokens, all verify.';

-- +goose Down

DROP TABLE signing_keys;
DROP TABLE users;
