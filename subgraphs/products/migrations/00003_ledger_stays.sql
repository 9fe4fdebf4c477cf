-- +goose Up

-- The trigger of the rows does not see TRUNCATE.
CREATE TRIGGER stock_movements_not_emptied BEFORE TRUNCATE ON stock_movements
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_ledger();

-- +goose Down

DROP TRIGGER stock_movements_not_emptied ON stock_movements;
