-- +goose Up

CREATE TABLE categories (
    id        uuid    PRIMARY KEY,
    parent_id uuid    REFERENCES categories,
    path      uuid[]  NOT NULL,
    slug      text    NOT NULL,
    name      text    NOT NULL,
    position  integer NOT NULL,
    CONSTRAINT categories_slug_unique UNIQUE (slug),
    CONSTRAINT categories_slug_form   CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND char_length(slug) <= 100),
    CONSTRAINT categories_name_form   CHECK (char_length(name) BETWEEN 1 AND 100 AND name = btrim(name)),
    CONSTRAINT categories_depth       CHECK (cardinality(path) BETWEEN 1 AND 8),
    CONSTRAINT categories_path_ends   CHECK (path[cardinality(path)] = id AND path[cardinality(path) - 1] IS NOT DISTINCT FROM parent_id)
);
CREATE INDEX categories_path ON categories USING gin (path);
CREATE INDEX categories_children ON categories (parent_id, position);
COMMENT ON COLUMN categories.path IS 'The ids from the root to the category itself, so that everything below one is found without walking.';

CREATE TABLE product_categories (
    category_id uuid NOT NULL REFERENCES categories ON DELETE CASCADE,
    product_id  uuid NOT NULL REFERENCES products,
    PRIMARY KEY (category_id, product_id)
);
CREATE INDEX product_categories_of_product ON product_categories (product_id);

CREATE TABLE product_media (
    product_id uuid     NOT NULL REFERENCES products,
    position   smallint NOT NULL,
    url        text     NOT NULL,
    alt        text     NOT NULL,
    PRIMARY KEY (product_id, position),
    CONSTRAINT product_media_url_form   CHECK (url ~ '^https?://[^[:space:]]+$' AND char_length(url) <= 2000),
    CONSTRAINT product_media_alt_length CHECK (char_length(alt) <= 500)
);

-- What lists are filtered and sorted by. It follows from other tables and is written in the transactions that change those.
CREATE TABLE product_prices (
    product_id uuid   NOT NULL REFERENCES products,
    currency   text   NOT NULL,
    lowest     bigint NOT NULL,
    highest    bigint NOT NULL,
    PRIMARY KEY (product_id, currency),
    CONSTRAINT product_prices_ordered CHECK (0 <= lowest AND lowest <= highest)
);
CREATE INDEX product_prices_lowest ON product_prices (currency, lowest, product_id);
COMMENT ON TABLE product_prices IS 'The lowest and highest price among a product''s variants.';

ALTER TABLE products
    ADD COLUMN tax_class text     NOT NULL DEFAULT 'STANDARD',
    ADD COLUMN sort_name text     COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(name)) STORED,
    ADD COLUMN search    tsvector NOT NULL DEFAULT '',
    ADD CONSTRAINT products_tax_class_known CHECK (tax_class IN ('STANDARD', 'REDUCED', 'ZERO'));
CREATE INDEX products_search ON products USING gin (search);
CREATE INDEX products_on_sale_by_name ON products (sort_name, id) WHERE status = 'ACTIVE';
COMMENT ON COLUMN products.search IS 'Words of the name (stems and as they are), of SKUs and variants, and of the description. It follows from other tables and is written with them.';

-- The query for what a person typed, of which each word is the beginning of one: 'lamp':*. Words such as "the" count only when
-- there are no others.
-- +goose StatementBegin
CREATE FUNCTION search_query(words text[]) RETURNS tsquery LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    word  text;
    stems tsquery;
    found tsquery := ''::tsquery;
    bare  tsquery := ''::tsquery;
BEGIN
    FOREACH word IN ARRAY words LOOP
        stems := to_tsquery('english', word);
        bare := bare && to_tsquery('simple', word);
        IF numnode(stems) > 0 THEN
            found := found && (stems || to_tsquery('simple', word) || lower(word)::tsquery);
        END IF;
    END LOOP;
    IF numnode(found) = 0 THEN
        RETURN bare;
    END IF;
    RETURN found;
END $$;
-- +goose StatementEnd

UPDATE products p SET search = setweight(to_tsvector('english', p.name), 'A') || setweight(to_tsvector('simple', p.name), 'A')
    || array_to_tsvector(ARRAY(SELECT lower(sku) FROM variants WHERE product_id = p.id))
    || setweight(to_tsvector('simple', coalesce((SELECT string_agg(name, ' ' ORDER BY position) FROM variants WHERE product_id = p.id), '')), 'B')
    || setweight(to_tsvector('english', p.description), 'D');
INSERT INTO product_prices (product_id, currency, lowest, highest)
    SELECT v.product_id, m.currency, min(m.amount), max(m.amount) FROM variants v JOIN variant_prices m ON m.variant_id = v.id GROUP BY v.product_id, m.currency;

ALTER TABLE reservations DROP CONSTRAINT reservations_state_known;
ALTER TABLE reservations ADD CONSTRAINT reservations_state_known CHECK (state IN ('HELD', 'CONFIRMED', 'RELEASED', 'EXPIRED', 'REFUSED'));

ALTER TABLE stock_movements
    ADD COLUMN reference text,
    ADD COLUMN note      text NOT NULL DEFAULT '',
    ADD COLUMN actor_id  uuid,
    ADD CONSTRAINT stock_movements_note_length CHECK (char_length(note) <= 500),
    DROP CONSTRAINT stock_movements_sense;
ALTER TABLE stock_movements ADD CONSTRAINT stock_movements_sense CHECK (CASE kind
        WHEN 'RECEIVED'  THEN on_hand_delta > 0  AND reserved_delta = 0             AND order_id IS NULL
        WHEN 'CORRECTED' THEN on_hand_delta <> 0 AND reserved_delta = 0             AND order_id IS NULL
        WHEN 'RESERVED'  THEN on_hand_delta = 0  AND reserved_delta > 0             AND order_id IS NOT NULL
        WHEN 'RELEASED'  THEN on_hand_delta = 0  AND reserved_delta < 0             AND order_id IS NOT NULL
        WHEN 'EXPIRED'   THEN on_hand_delta = 0  AND reserved_delta < 0             AND order_id IS NOT NULL
        WHEN 'SOLD'      THEN on_hand_delta < 0  AND reserved_delta = on_hand_delta AND order_id IS NOT NULL
        WHEN 'RETURNED'  THEN on_hand_delta > 0  AND reserved_delta = 0             AND order_id IS NOT NULL
        ELSE false END);
CREATE UNIQUE INDEX stock_movements_once ON stock_movements (actor_id, reference) WHERE reference IS NOT NULL;
COMMENT ON COLUMN stock_movements.reference IS 'The idempotency key of whoever moved stock by hand: the same movement is not made twice.';
COMMENT ON COLUMN stock_movements.actor_id IS 'The account of users that moved stock by hand.';

-- +goose Down

DROP INDEX stock_movements_once;
ALTER TABLE stock_movements DISABLE TRIGGER stock_movements_append_only;
UPDATE stock_movements SET kind = 'RELEASED' WHERE kind = 'EXPIRED';
ALTER TABLE stock_movements ENABLE TRIGGER stock_movements_append_only;
ALTER TABLE stock_movements
    DROP CONSTRAINT stock_movements_sense,
    DROP CONSTRAINT stock_movements_note_length,
    DROP COLUMN actor_id,
    DROP COLUMN note,
    DROP COLUMN reference;
-- Corrections have no place in the older form: they count as received there, and are checked from now on only.
ALTER TABLE stock_movements ADD CONSTRAINT stock_movements_sense CHECK (CASE kind
        WHEN 'RECEIVED' THEN on_hand_delta > 0 AND reserved_delta = 0             AND order_id IS NULL
        WHEN 'RESERVED' THEN on_hand_delta = 0 AND reserved_delta > 0             AND order_id IS NOT NULL
        WHEN 'RELEASED' THEN on_hand_delta = 0 AND reserved_delta < 0             AND order_id IS NOT NULL
        WHEN 'SOLD'     THEN on_hand_delta < 0 AND reserved_delta = on_hand_delta AND order_id IS NOT NULL
        WHEN 'RETURNED' THEN on_hand_delta > 0 AND reserved_delta = 0             AND order_id IS NOT NULL
        ELSE false END) NOT VALID;
UPDATE reservations SET state = 'RELEASED' WHERE state = 'EXPIRED';
ALTER TABLE reservations DROP CONSTRAINT reservations_state_known;
ALTER TABLE reservations ADD CONSTRAINT reservations_state_known CHECK (state IN ('HELD', 'CONFIRMED', 'RELEASED', 'REFUSED'));
DROP FUNCTION search_query;
ALTER TABLE products
    DROP CONSTRAINT products_tax_class_known,
    DROP COLUMN search,
    DROP COLUMN sort_name,
    DROP COLUMN tax_class;
DROP TABLE product_prices;
DROP TABLE product_media;
DROP TABLE product_categories;
DROP TABLE categories;
