-- +goose Up

-- A stock-keeping unit is one word, whatever hyphens and digits it has.
DROP INDEX order_lines_search;
CREATE INDEX order_lines_search ON order_lines USING gin ((to_tsvector('simple', product_name || ' ' || variant_name) || array_to_tsvector(ARRAY[lower(sku)])));

-- +goose Down

DROP INDEX order_lines_search;
CREATE INDEX order_lines_search ON order_lines USING gin (to_tsvector('simple', product_name || ' ' || variant_name || ' ' || sku));
