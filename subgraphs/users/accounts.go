package users

import (
	"context"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/page"
	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/internal/viewer"
	"github.com/shopgraph/shopgraph/subgraphs/users/internal/model"
)

// me is the account that is logged in, nil for an anonymous viewer.
func (s *Service) me(ctx context.Context) (*model.User, error) {
	own, err := viewer.From(ctx).Person()
	if err != nil {
		return nil, nil
	}
	found, err := s.store.byID(ctx, own)
	if me := found[own]; me != nil && me.Status != model.AccountStatusDeleted {
		return s.note(ctx, me), err
	}
	return nil, err
}

// account is the account with this id, nil when the viewer may not see it.
func (s *Service) account(ctx context.Context, text string) (*model.User, error) {
	if _, err := id.User.Parse(text); err != nil {
		return nil, err
	}
	found, err := s.accounts(ctx, []string{text})
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// accounts returns the accounts with these ids, in their order; nil stands for
// one that is not there, that the viewer may not see, or whose id is none. What
// may not be seen is not even asked for, so that it takes no longer either.
func (s *Service) accounts(ctx context.Context, texts []string) ([]*model.User, error) {
	v := viewer.From(ctx)
	keys, visible := make([]uuid.UUID, len(texts)), []uuid.UUID{}
	for i, text := range texts {
		key, err := id.User.Parse(text)
		if keys[i] = key; err == nil && maySee(v, key) {
			visible = append(visible, key)
		}
	}
	found, err := s.store.byID(ctx, visible...)
	if err != nil {
		return nil, err
	}
	accounts := make([]*model.User, len(texts))
	for i, key := range keys {
		if u := found[key]; u != nil && (u.Status != model.AccountStatusDeleted || v.Has(token.ScopeUsersRead)) {
			accounts[i] = s.note(ctx, u)
		}
	}
	return accounts, nil
}

// list is a page of the accounts that fit the filter, newest first.
func (s *Service) list(ctx context.Context, filter *model.UserFilter, first *int, after *string, last *int, before *string) (*model.UserConnection, error) {
	if err := mayList(viewer.From(ctx)); err != nil {
		return nil, err
	}
	request, err := page.Parse(first, after, last, before)
	if err != nil {
		return nil, err
	}
	rows, err := s.store.page(ctx, filter, request)
	if err != nil {
		return nil, err
	}
	p := page.Of(request, rows, func(u *model.User) uuid.UUID { return u.Key })
	connection := &model.UserConnection{Filter: filter, Nodes: p.Nodes, PageInfo: p.Info, Edges: make([]*model.UserEdge, len(p.Nodes))}
	for i, node := range p.Nodes {
		s.note(ctx, node)
		connection.Edges[i] = &model.UserEdge{Cursor: p.Cursors[i], Node: node}
	}
	return connection, nil
}
