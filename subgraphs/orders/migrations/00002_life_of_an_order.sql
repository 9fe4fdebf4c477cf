-- +goose Up

ALTER TABLE orders
    ADD COLUMN tax            bigint      NOT NULL DEFAULT 0,
    ADD COLUMN version        integer     NOT NULL DEFAULT 0,
    ADD COLUMN from_cart      boolean     NOT NULL DEFAULT false,
    ADD COLUMN payment_due_at timestamptz,
    DROP CONSTRAINT orders_status_known,
    ADD CONSTRAINT orders_status_known CHECK (status IN ('PENDING', 'PLACED', 'REJECTED', 'PAID', 'SHIPPED', 'DELIVERED', 'CANCELLED', 'REFUNDED')),
    ADD CONSTRAINT orders_tax_within_total CHECK (tax <= total AND (tax >= 0 OR total < 0)),
    ADD CONSTRAINT orders_due_while_placed CHECK (payment_due_at IS NULL OR status = 'PLACED');
CREATE INDEX orders_unpaid ON orders (payment_due_at) WHERE payment_due_at IS NOT NULL;
CREATE INDEX orders_by_status ON orders (status, id);
COMMENT ON COLUMN orders.version IS 'How many events the order has had: the sequence of its last one.';
COMMENT ON COLUMN orders.tax IS 'What tax is in the total: the sum of the lines'' tax.';

ALTER TABLE order_lines
    ADD COLUMN tax_rate integer NOT NULL DEFAULT 0,
    ADD COLUMN tax      bigint  NOT NULL DEFAULT 0,
    ADD COLUMN input    smallint,
    ADD CONSTRAINT order_lines_tax_rate_bounds  CHECK (tax_rate BETWEEN 0 AND 1000000),
    ADD CONSTRAINT order_lines_tax_within_total CHECK (tax BETWEEN 0 AND total);
CREATE INDEX order_lines_search ON order_lines USING gin (to_tsvector('simple', product_name || ' ' || variant_name || ' ' || sku));
COMMENT ON COLUMN order_lines.input IS 'Where the line stood in what the customer sent, from 0; NULL when it came from the cart.';
COMMENT ON COLUMN order_lines.tax_rate IS 'In millionths of the net price: 190000 is 19 per cent.';

CREATE TABLE order_events (
    id         uuid        PRIMARY KEY,
    order_id   uuid        NOT NULL REFERENCES orders,
    sequence   integer     NOT NULL,
    kind       text        NOT NULL,
    status     text        NOT NULL,
    actor      text        NOT NULL,
    actor_id   uuid,
    note       text        NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT order_events_sequence_unique UNIQUE (order_id, sequence),
    CONSTRAINT order_events_kind_known   CHECK (kind IN ('PLACED', 'REJECTED', 'PAYMENT_FAILED', 'PAID', 'SHIPPED', 'DELIVERED', 'CANCELLED', 'REFUNDED', 'PAYMENT_REFUNDED')),
    CONSTRAINT order_events_actor_known  CHECK (actor IN ('CUSTOMER', 'STAFF', 'PAYMENT_PROVIDER', 'SYSTEM')),
    CONSTRAINT order_events_person_named CHECK ((actor IN ('CUSTOMER', 'STAFF')) = (actor_id IS NOT NULL)),
    CONSTRAINT order_events_note_length  CHECK (char_length(note) <= 500)
);
COMMENT ON TABLE order_events IS 'What happened to orders, written with what happened. It only grows; others are told of it.';

-- +goose StatementBegin
CREATE FUNCTION refuse_change_of_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'order_events is append-only';
END $$;
-- +goose StatementEnd
CREATE TRIGGER order_events_append_only BEFORE UPDATE OR DELETE ON order_events
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_event();

CREATE TABLE outbox (
    task       text        NOT NULL,
    subject    uuid        NOT NULL,
    order_id   uuid        NOT NULL REFERENCES orders,
    attempts   integer     NOT NULL DEFAULT 0,
    due_at     timestamptz NOT NULL DEFAULT now(),
    last_error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (task, subject),
    CONSTRAINT outbox_task_known CHECK (task IN ('SETTLE', 'RELEASE', 'COLLECT', 'REFUND'))
);
CREATE INDEX outbox_due ON outbox (due_at);
COMMENT ON TABLE outbox IS 'What other services have yet to be asked, written in the transaction that makes it necessary. The subject is an order, or a payment.';

CREATE TABLE payments (
    id           uuid        PRIMARY KEY,
    order_id     uuid        NOT NULL REFERENCES orders,
    method       text        NOT NULL,
    amount       bigint      NOT NULL,
    currency     text        NOT NULL,
    state        text        NOT NULL,
    reference    text,
    continue_url text,
    failure      text,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT payments_reference_unique UNIQUE (reference),
    CONSTRAINT payments_state_known      CHECK (state IN ('PENDING', 'SUCCEEDED', 'FAILED', 'REFUNDING', 'REFUNDED')),
    CONSTRAINT payments_failure_reasoned CHECK ((state = 'FAILED') = (failure IS NOT NULL)),
    CONSTRAINT payments_amount_bounds    CHECK (amount >= 0),
    CONSTRAINT payments_currency_form    CHECK (currency ~ '^[A-Z]{3}$')
);
CREATE INDEX payments_of_order ON payments (order_id, id);
CREATE UNIQUE INDEX payments_one_under_way ON payments (order_id) WHERE state = 'PENDING';
CREATE UNIQUE INDEX payments_one_counts ON payments (order_id) WHERE state = 'SUCCEEDED';

CREATE TABLE payment_notices (
    id         text        PRIMARY KEY,
    payment_id uuid        NOT NULL REFERENCES payments,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE payment_notices IS 'The payment provider''s messages that were taken in: each counts once.';

CREATE TABLE fake_payments (
    reference   text        PRIMARY KEY,
    payment_id  uuid        NOT NULL UNIQUE,
    amount      bigint      NOT NULL,
    currency    text        NOT NULL,
    accepted    boolean     NOT NULL,
    refunded_at timestamptz,
    notified_at timestamptz,
    notify_at   timestamptz NOT NULL DEFAULT now(),
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX fake_payments_silent ON fake_payments (notify_at) WHERE notified_at IS NULL;
COMMENT ON TABLE fake_payments IS 'The books of the payment provider of demos. They stand for those of another company: nothing refers to them.';

CREATE TABLE shipments (
    order_id        uuid        PRIMARY KEY REFERENCES orders,
    carrier         text        NOT NULL,
    tracking_number text        NOT NULL,
    tracking_url    text,
    shipped_at      timestamptz NOT NULL DEFAULT now(),
    delivered_at    timestamptz,
    CONSTRAINT shipments_carrier_length         CHECK (char_length(carrier) BETWEEN 1 AND 100),
    CONSTRAINT shipments_tracking_number_length CHECK (char_length(tracking_number) <= 100),
    CONSTRAINT shipments_tracking_url_form      CHECK (tracking_url ~ '^https?://[^[:space:]]+$' AND char_length(tracking_url) <= 2000)
);

CREATE TABLE cart_lines (
    user_id    uuid        NOT NULL,
    variant_id uuid        NOT NULL,
    quantity   integer     NOT NULL,
    seen_price bigint,
    currency   text        NOT NULL,
    added_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, variant_id),
    CONSTRAINT cart_lines_quantity_bounds CHECK (quantity BETWEEN 1 AND 999),
    CONSTRAINT cart_lines_currency_form   CHECK (currency ~ '^[A-Z]{3}$')
);
COMMENT ON TABLE cart_lines IS 'The one cart of each account is its lines.';
COMMENT ON COLUMN cart_lines.seen_price IS 'What one cost when it was put in, in the currency in which it was shown.';

CREATE TABLE webhooks (
    id         uuid        PRIMARY KEY,
    url        text        NOT NULL,
    secret     bytea,
    kinds      text[]      NOT NULL DEFAULT '{}',
    active     boolean     NOT NULL DEFAULT true,
    failures   integer     NOT NULL DEFAULT 0,
    resume_at  timestamptz NOT NULL DEFAULT now(),
    last_error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT webhooks_url_length CHECK (char_length(url) <= 2000)
);
COMMENT ON TABLE webhooks IS 'Who is told of events. The one without a secret is NATS.';

CREATE TABLE deliveries (
    webhook_id   uuid        NOT NULL REFERENCES webhooks ON DELETE CASCADE,
    event_id     uuid        NOT NULL REFERENCES order_events,
    order_id     uuid        NOT NULL,
    sequence     integer     NOT NULL,
    attempts     integer     NOT NULL DEFAULT 0,
    due_at       timestamptz NOT NULL DEFAULT now(),
    delivered_at timestamptz,
    given_up_at  timestamptz,
    last_error   text,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (webhook_id, event_id)
);
CREATE INDEX deliveries_due ON deliveries (due_at) WHERE delivered_at IS NULL AND given_up_at IS NULL;
CREATE UNIQUE INDEX deliveries_waiting ON deliveries (webhook_id, order_id, sequence) WHERE delivered_at IS NULL AND given_up_at IS NULL;
CREATE INDEX deliveries_done ON deliveries (created_at) WHERE delivered_at IS NOT NULL OR given_up_at IS NOT NULL;
COMMENT ON TABLE deliveries IS 'Which events have yet to be told to whom, and which were: written with the event, so that none is lost.';

-- Whatever writes an event writes with it who is to be told.
-- +goose StatementBegin
CREATE FUNCTION tell_of_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO deliveries (webhook_id, event_id, order_id, sequence)
    SELECT w.id, e.id, e.order_id, e.sequence FROM written e JOIN webhooks w ON w.active AND (w.kinds = '{}' OR e.kind = ANY (w.kinds));
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER order_events_are_told AFTER INSERT ON order_events REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION tell_of_events();

-- Orders from before have their one event, and those that were begun are settled by the workers.
INSERT INTO order_events (id, order_id, sequence, kind, status, actor, actor_id, created_at)
    SELECT gen_random_uuid(), id, 1, status, status, 'CUSTOMER', user_id, updated_at FROM orders WHERE status IN ('PLACED', 'REJECTED');
UPDATE order_lines SET input = position - 1;
UPDATE orders SET version = 1 WHERE status IN ('PLACED', 'REJECTED');
INSERT INTO outbox (task, subject, order_id) SELECT 'SETTLE', id, id FROM orders WHERE status = 'PENDING';
DROP INDEX orders_undecided;

-- +goose Down

CREATE INDEX orders_undecided ON orders (id) WHERE status = 'PENDING';
DROP TABLE deliveries;
DROP TABLE webhooks;
DROP TABLE cart_lines;
DROP TABLE shipments;
DROP TABLE fake_payments;
DROP TABLE payment_notices;
DROP TABLE payments;
DROP TABLE outbox;
DROP TABLE order_events;
DROP FUNCTION tell_of_events;
DROP FUNCTION refuse_change_of_event;
DROP INDEX order_lines_search;
DROP INDEX orders_by_status;
ALTER TABLE order_lines DROP COLUMN input, DROP COLUMN tax, DROP COLUMN tax_rate;
-- The older form knows no more than that an order was placed.
ALTER TABLE orders
    DROP COLUMN payment_due_at,
    DROP COLUMN from_cart,
    DROP COLUMN version,
    DROP COLUMN tax,
    DROP CONSTRAINT orders_status_known;
UPDATE orders SET status = 'PLACED' WHERE status NOT IN ('PENDING', 'REJECTED');
ALTER TABLE orders ADD CONSTRAINT orders_status_known CHECK (status IN ('PENDING', 'PLACED', 'REJECTED'));
