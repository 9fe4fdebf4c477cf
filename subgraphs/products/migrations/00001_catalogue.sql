-- +goose Up

CREATE TABLE products (
    id          uuid        PRIMARY KEY,
    name        text        NOT NULL,
    description text        NOT NULL,
    status      text        NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT products_name_form          CHECK (char_length(name) BETWEEN 1 AND 200 AND name = btrim(name)),
    CONSTRAINT products_description_length CHECK (char_length(description) <= 5000),
    CONSTRAINT products_status_known       CHECK (status IN ('DRAFT', 'ACTIVE', 'ARCHIVED'))
);
CREATE INDEX products_on_sale ON products (id) WHERE status = 'ACTIVE';
COMMENT ON TABLE products IS 'What the shop offers. A product that was ordered is archived, never deleted.';

CREATE TABLE variants (
    id         uuid     PRIMARY KEY,
    product_id uuid     NOT NULL REFERENCES products,
    position   smallint NOT NULL,
    sku        text     NOT NULL,
    name       text     NOT NULL,
    CONSTRAINT variants_position_unique UNIQUE (product_id, position),
    CONSTRAINT variants_sku_form        CHECK (sku ~ '^[A-Za-z0-9._-]{1,64}$'),
    CONSTRAINT variants_name_length     CHECK (char_length(name) <= 100)
);
CREATE UNIQUE INDEX variants_sku_unique ON variants (upper(sku));
COMMENT ON TABLE variants IS 'What is bought. A SKU is unique in the shop, whatever its case.';

CREATE TABLE variant_prices (
    variant_id uuid   NOT NULL REFERENCES variants,
    currency   text   NOT NULL,
    amount     bigint NOT NULL,
    PRIMARY KEY (variant_id, currency),
    CONSTRAINT variant_prices_currency_form CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT variant_prices_amount_bounds CHECK (amount BETWEEN 0 AND 1000000000000)
);
COMMENT ON COLUMN variant_prices.amount IS 'In minor units of the currency: cents, yen, fils.';

-- Stock changes with every order, so it is a narrow table of its own with room for updates in place.
CREATE TABLE stock (
    variant_id uuid    PRIMARY KEY REFERENCES variants,
    on_hand    integer NOT NULL,
    reserved   integer NOT NULL,
    CONSTRAINT stock_never_oversold CHECK (reserved >= 0 AND reserved <= on_hand)
) WITH (fillfactor = 50);
COMMENT ON TABLE stock IS 'on_hand lie in the warehouse; reserved of these are held for orders; the rest can be bought.';

CREATE TABLE reservations (
    order_id     uuid        PRIMARY KEY,
    state        text        NOT NULL,
    request_hash bytea,
    refusal      jsonb,
    expires_at   timestamptz NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT reservations_state_known      CHECK (state IN ('HELD', 'CONFIRMED', 'RELEASED', 'REFUSED')),
    CONSTRAINT reservations_refusal_reasoned CHECK ((state = 'REFUSED') = (refusal IS NOT NULL)),
    CONSTRAINT reservations_request_known    CHECK (request_hash IS NOT NULL OR state = 'RELEASED')
);
CREATE INDEX reservations_held ON reservations (expires_at) WHERE state = 'HELD';
COMMENT ON TABLE reservations IS 'One for each order that asked, refusals included, so that the same question has the same answer. Without a request_hash it was released before it was made, and never will be.';

CREATE TABLE reservation_lines (
    order_id   uuid    NOT NULL REFERENCES reservations,
    variant_id uuid    NOT NULL REFERENCES variants,
    quantity   integer NOT NULL,
    PRIMARY KEY (order_id, variant_id),
    CONSTRAINT reservation_lines_quantity_bounds CHECK (quantity BETWEEN 1 AND 999)
);

CREATE TABLE stock_movements (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    variant_id     uuid        NOT NULL REFERENCES variants,
    order_id       uuid        REFERENCES reservations,
    kind           text        NOT NULL,
    on_hand_delta  integer     NOT NULL,
    reserved_delta integer     NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT stock_movements_sense CHECK (CASE kind
        WHEN 'RECEIVED' THEN on_hand_delta > 0 AND reserved_delta = 0             AND order_id IS NULL
        WHEN 'RESERVED' THEN on_hand_delta = 0 AND reserved_delta > 0             AND order_id IS NOT NULL
        WHEN 'RELEASED' THEN on_hand_delta = 0 AND reserved_delta < 0             AND order_id IS NOT NULL
        WHEN 'SOLD'     THEN on_hand_delta < 0 AND reserved_delta = on_hand_delta AND order_id IS NOT NULL
        WHEN 'RETURNED' THEN on_hand_delta > 0 AND reserved_delta = 0             AND order_id IS NOT NULL
        ELSE false END)
);
CREATE INDEX stock_movements_of_variant ON stock_movements (variant_id, id);
COMMENT ON TABLE stock_movements IS 'The ledger of the stock: the sum of a variant''s movements is its stock. It only grows.';

-- +goose StatementBegin
CREATE FUNCTION refuse_change_of_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'stock_movements is append-only: correct a movement by another one';
END $$;
-- +goose StatementEnd
CREATE TRIGGER stock_movements_append_only BEFORE UPDATE OR DELETE ON stock_movements
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_ledger();

-- +goose Down

DROP TABLE stock_movements;
DROP FUNCTION refuse_change_of_ledger;
DROP TABLE reservation_lines;
DROP TABLE reservations;
DROP TABLE stock;
DROP TABLE variant_prices;
DROP TABLE variants;
DROP TABLE products;
