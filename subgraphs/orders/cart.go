package orders

import (
	"context"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/money"
	"github.com/shopgraph/shopgraph/internal/viewer"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/model"
)

// A cart holds no stock and no price: it says what the customer wants, and what
// that costs is looked up whenever it is read. What a variant cost when it was
// put in is kept for one thing, to say that the price has changed since.

// cart is the viewer's own cart.
func (s *Service) cart(ctx context.Context, c money.Currency) (*model.Cart, error) {
	user, err := mayPlace(viewer.From(ctx))
	if err != nil {
		return nil, err
	}
	return s.priced(ctx, user, c)
}

// priced is a user's cart at the prices of this moment. Without the catalogue it
// is what is in it.
func (s *Service) priced(ctx context.Context, user uuid.UUID, c money.Currency) (*model.Cart, error) {
	rows, err := s.store.cart(ctx, user)
	if err != nil || len(rows) == 0 {
		return &model.Cart{Lines: []*model.CartLine{}}, err
	}
	variants := make([]uuid.UUID, len(rows))
	for i, r := range rows {
		variants[i] = r.Variant
	}
	offers, err := s.catalogue.quote(ctx, variants, c)
	if err != nil {
		if fault, ok := apierror.As(err); !ok || fault.Code != apierror.ServiceUnavailable {
			return nil, err
		}
		s.log.Warn("a cart is shown without prices", "error", err)
	}
	cart := &model.Cart{Total: &money.Money{Currency: c}}
	var changed time.Time
	for i, r := range rows {
		line := r.model()
		if err != nil {
			line.Warnings = append(line.Warnings, model.CartWarningNotKnown)
		} else {
			r.price(line, offers[i], c)
		}
		cart.Lines, cart.Total = append(cart.Lines, line), sum(cart.Total, line.Total)
		if r.UpdatedAt.After(changed) {
			changed = r.UpdatedAt
		}
	}
	cart.UpdatedAt = &changed
	return cart, nil
}

func (r cartRow) model() *model.CartLine {
	return &model.CartLine{
		Variant:   &model.ProductVariant{Key: r.Variant, ID: id.Variant.Format(r.Variant)},
		VariantID: id.Variant.Format(r.Variant), Quantity: r.Quantity, Warnings: []model.CartWarning{},
	}
}

// price says what a line costs now, and what the customer should know of it.
func (r cartRow) price(line *model.CartLine, of *offer, c money.Currency) {
	if of == nil || !of.available {
		line.Warnings = append(line.Warnings, model.CartWarningNotAvailable)
	}
	if of == nil {
		return
	}
	if of.price == nil {
		line.Warnings = append(line.Warnings, model.CartWarningCurrencyNotOffered)
		return
	}
	if r.SeenPrice != nil && r.Currency == c && *r.SeenPrice != of.price.Minor {
		line.Warnings = append(line.Warnings, model.CartWarningPriceChanged)
	}
	line.UnitPrice = of.price
	if total, err := of.price.Times(r.Quantity); err == nil {
		line.Total = &total
	}
}

// sum is nil when a part is, or when it is too large to be counted.
func sum(total, part *money.Money) *money.Money {
	if total == nil || part == nil {
		return nil
	}
	added, err := total.Add(*part)
	if err != nil {
		return nil
	}
	return &added
}

// fill takes a request's lines from the cart.
func (s *Service) fill(ctx context.Context, r *request) ([]*model.OrderUserError, error) {
	rows, err := s.store.cart(ctx, r.user)
	if err != nil {
		return nil, err
	}
	if len(rows) < 1 || len(rows) > maxLines {
		return []*model.OrderUserError{fault(model.OrderUserErrorCodeInvalidLines, "the cart has no lines, or more than 100")}, nil
	}
	for i, row := range rows {
		r.lines = append(r.lines, requestLine{variant: row.Variant, quantity: row.Quantity, input: i})
	}
	return nil, nil
}

// addToCart puts more of a variant into the viewer's cart.
func (s *Service) addToCart(ctx context.Context, input model.AddToCartInput) (*model.AddToCartPayload, error) {
	cart, faults, err := s.changeCart(ctx, input.VariantID, input.Quantity, 1, input.CurrencyCode, s.store.addToCart)
	return &model.AddToCartPayload{Cart: cart, UserErrors: faults}, err
}

// setCartLine sets how many of a variant are in the viewer's cart.
func (s *Service) setCartLine(ctx context.Context, input model.SetCartLineInput) (*model.SetCartLinePayload, error) {
	cart, faults, err := s.changeCart(ctx, input.VariantID, input.Quantity, 0, input.CurrencyCode, s.store.setCartLine)
	return &model.SetCartLinePayload{Cart: cart, UserErrors: faults}, err
}

// changeCart changes a line of the viewer's cart by write, or takes it out.
func (s *Service) changeCart(ctx context.Context, variant string, quantity, least int, c money.Currency,
	write func(ctx context.Context, user uuid.UUID, line requestLine, price money.Money) (fits bool, err error),
) (*model.Cart, []*model.OrderUserError, error) {
	user, err := mayPlace(viewer.From(ctx))
	if err != nil {
		return nil, nil, err
	}
	line := requestLine{quantity: quantity}
	if line.variant, err = id.Variant.Parse(variant); err != nil {
		return nil, []*model.OrderUserError{fault(model.OrderUserErrorCodeVariantNotFound, err.Error(), "variantId")}, nil
	}
	if quantity < least || quantity > maxQuantity {
		return nil, tooMany(), nil
	}
	if quantity == 0 {
		if err := s.store.removeFromCart(ctx, user, id.List{line.variant}, false); err != nil {
			return nil, nil, err
		}
		cart, err := s.priced(ctx, user, c)
		return cart, []*model.OrderUserError{}, err
	}
	offers, err := s.catalogue.quote(ctx, []uuid.UUID{line.variant}, c)
	if err != nil {
		return nil, nil, err
	}
	switch of := offers[0]; {
	case of == nil:
		return nil, []*model.OrderUserError{fault(model.OrderUserErrorCodeVariantNotFound, "the variant is not there or not on sale", "variantId")}, nil
	case of.price == nil:
		return nil, []*model.OrderUserError{fault(model.OrderUserErrorCodeCurrencyNotOffered, of.productName+" is not sold in "+string(c), "currencyCode")}, nil
	}
	fits, err := write(ctx, user, line, *offers[0].price)
	if err != nil {
		return nil, nil, err
	}
	if !fits {
		return nil, tooMany(), nil
	}
	cart, err := s.priced(ctx, user, c)
	return cart, []*model.OrderUserError{}, err
}

func tooMany() []*model.OrderUserError {
	return []*model.OrderUserError{fault(model.OrderUserErrorCodeInvalidQuantity, "of one variant 1 to 999 can be in the cart, and 100 variants", "quantity")}
}

// removeFromCart takes variants out of the viewer's cart, all when none is named.
func (s *Service) removeFromCart(ctx context.Context, input model.RemoveFromCartInput) (*model.RemoveFromCartPayload, error) {
	user, err := mayPlace(viewer.From(ctx))
	if err != nil {
		return nil, err
	}
	variants := id.List{}
	for i, text := range input.VariantIds {
		variant, err := id.Variant.Parse(text)
		if err != nil {
			return &model.RemoveFromCartPayload{UserErrors: []*model.OrderUserError{
				fault(model.OrderUserErrorCodeVariantNotFound, err.Error(), "variantIds", strconv.Itoa(i)),
			}}, nil
		}
		variants = append(variants, variant)
	}
	if err := s.store.removeFromCart(ctx, user, variants, input.VariantIds == nil); err != nil {
		return nil, err
	}
	cart, err := s.priced(ctx, user, input.CurrencyCode)
	return &model.RemoveFromCartPayload{Cart: cart, UserErrors: []*model.OrderUserError{}}, err
}
