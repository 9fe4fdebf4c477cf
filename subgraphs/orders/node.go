package orders

import (
	"context"
	"strings"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/page"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/model"
)

// node is the one thing with this id, nil when the viewer may not see it.
func (s *Service) node(ctx context.Context, text string) (model.Node, error) {
	found, err := s.nodes(ctx, []string{text})
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// nodes returns the things with these ids, in their order; nil stands for one
// that is not there or that the viewer may not see.
//
// Orders owns this field for the whole shop because orders refer to everything
// else. Of another subgraph's things it gives the id and the type: whether there
// is such a thing, and who may see it, that subgraph says when it is asked for
// its fields.
func (s *Service) nodes(ctx context.Context, texts []string) ([]model.Node, error) {
	if len(texts) > page.Most {
		return nil, apierror.New(apierror.BadUserInput, "%d ids were given; at most %d can be asked for at once", len(texts), page.Most)
	}
	places := map[id.Kind][]int{} // in texts
	for i, text := range texts {
		kind, err := kindOfNode(text)
		if err != nil {
			return nil, err
		}
		places[kind] = append(places[kind], i)
	}
	nodes := make([]model.Node, len(texts))
	for _, i := range places[id.Product] {
		nodes[i] = &model.Product{ID: texts[i]}
	}
	for _, i := range places[id.Variant] {
		nodes[i] = &model.ProductVariant{ID: texts[i]}
	}
	put(nodes, places[id.User], customers(ctx, at(texts, places[id.User])))
	orders, err := s.orders(ctx, at(texts, places[id.Order]))
	if err != nil {
		return nil, err
	}
	put(nodes, places[id.Order], orders)
	return nodes, nil
}

// kindOfNode says what the id names, which has to be one of Node's types.
func kindOfNode(text string) (id.Kind, error) {
	prefix, _, _ := strings.Cut(text, "_")
	switch kind := id.Kind(prefix); kind {
	case id.User, id.Product, id.Variant, id.Order:
		_, err := kind.Parse(text)
		return kind, err
	default:
		return "", apierror.New(apierror.BadUserInput, "%s is not the id of a user, a product, a variant or an order", id.Quote(text))
	}
}

func at(texts []string, places []int) []string {
	some := make([]string, len(places))
	for i, place := range places {
		some[i] = texts[place]
	}
	return some
}

// put sets those that are found at their places, and leaves nil (not a nil
// pointer in an interface, which gqlgen would read from) at the others.
func put[T any, P interface {
	*T
	model.Node
}](nodes []model.Node, places []int, found []P) {
	for i, place := range places {
		if found[i] != nil {
			nodes[place] = found[i]
		}
	}
}
