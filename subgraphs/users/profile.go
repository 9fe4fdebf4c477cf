package users

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/google/uuid"
	"golang.org/x/text/language"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/internal/viewer"
	"github.com/shopgraph/shopgraph/subgraphs/users/internal/model"
)

// updateProfile changes what was given.
func (s *Service) updateProfile(ctx context.Context, input model.UpdateProfileInput) (*model.UpdateProfilePayload, error) {
	actor, err := s.actor(ctx, token.ScopeAccount)
	if err != nil {
		return nil, err
	}
	name := actor.Name
	if input.Name != nil {
		name = strings.TrimSpace(*input.Name)
	}
	if !isText(name, 1, maxName) {
		return &model.UpdateProfilePayload{UserErrors: []*model.AccountUserError{nameFault()}}, nil
	}
	updated, err := s.store.rename(ctx, actor.ID, name)
	return &model.UpdateProfilePayload{User: s.note(ctx, updated), UserErrors: []*model.AccountUserError{}}, err
}

// maxAddresses is how many addresses an address book holds.
const maxAddresses = 20

// checkAddress reads a postal address and returns everything that is wrong.
func checkAddress(input model.AddAddressInput) (addressRow, []*model.AccountUserError) {
	a := addressRow{
		ID: id.New(), Recipient: input.Recipient, Line1: input.Line1, Line2: input.Line2, PostalCode: input.PostalCode,
		City: input.City, Region: input.Region, Country: strings.ToUpper(strings.TrimSpace(input.CountryCode)), Phone: input.Phone, IsDefault: input.IsDefault,
	}
	var faults []*model.AccountUserError
	for _, part := range []struct {
		field       string
		text        *string
		least, most int
	}{
		{"recipient", &a.Recipient, 1, 100}, {"line1", &a.Line1, 1, 100}, {"line2", &a.Line2, 0, 100},
		{"postalCode", &a.PostalCode, 0, 20}, {"city", &a.City, 1, 100}, {"region", &a.Region, 0, 100}, {"phone", &a.Phone, 0, 30},
	} {
		if *part.text = strings.TrimSpace(*part.text); !isText(*part.text, part.least, part.most) {
			faults = append(faults, fault(model.AccountUserErrorCodeInvalidAddress, "this part of the address is empty or too long", part.field))
		}
	}
	if region, err := language.ParseRegion(a.Country); err != nil || len(a.Country) != 2 || !region.IsCountry() {
		faults = append(faults, fault(model.AccountUserErrorCodeInvalidAddress, "this is not the ISO 3166-1 code of a country, such as \"DE\"", "countryCode"))
	}
	return a, faults
}

func (s *Service) addAddress(ctx context.Context, input model.AddAddressInput) (*model.AddAddressPayload, error) {
	actor, err := s.actor(ctx, token.ScopeAccount)
	if err != nil {
		return nil, err
	}
	a, faults := checkAddress(input)
	if len(faults) > 0 {
		return &model.AddAddressPayload{UserErrors: faults}, nil
	}
	added, err := s.store.addAddress(ctx, actor.ID, &a)
	if err != nil {
		return nil, err
	}
	if !added {
		return &model.AddAddressPayload{UserErrors: []*model.AccountUserError{
			{Code: model.AccountUserErrorCodeTooManyAddresses, Message: "the address book is full; remove an address first"},
		}}, nil
	}
	return &model.AddAddressPayload{Address: a.model(), UserErrors: []*model.AccountUserError{}}, nil
}

func (s *Service) updateAddress(ctx context.Context, input model.UpdateAddressInput) (*model.UpdateAddressPayload, error) {
	actor, err := s.actor(ctx, token.ScopeAccount)
	if err != nil {
		return nil, err
	}
	a, faults := checkAddress(model.AddAddressInput{
		Recipient: input.Recipient, Line1: input.Line1, Line2: input.Line2, PostalCode: input.PostalCode, City: input.City,
		Region: input.Region, CountryCode: input.CountryCode, Phone: input.Phone, IsDefault: input.IsDefault,
	})
	if a.ID, err = id.Address.Parse(input.ID); err != nil {
		faults = append(faults, addressNotFound())
	}
	if len(faults) > 0 {
		return &model.UpdateAddressPayload{UserErrors: faults}, nil
	}
	found, err := s.store.updateAddress(ctx, actor.ID, &a)
	if err != nil {
		return nil, err
	}
	if !found {
		return &model.UpdateAddressPayload{UserErrors: []*model.AccountUserError{addressNotFound()}}, nil
	}
	return &model.UpdateAddressPayload{Address: a.model(), UserErrors: []*model.AccountUserError{}}, nil
}

func (s *Service) removeAddress(ctx context.Context, input model.RemoveAddressInput) (*model.RemoveAddressPayload, error) {
	actor, err := s.actor(ctx, token.ScopeAccount)
	if err != nil {
		return nil, err
	}
	address, err := id.Address.Parse(input.ID)
	if err != nil {
		return &model.RemoveAddressPayload{UserErrors: []*model.AccountUserError{addressNotFound()}}, nil
	}
	found, err := s.store.removeAddress(ctx, actor.ID, address)
	if err != nil {
		return nil, err
	}
	if !found {
		return &model.RemoveAddressPayload{UserErrors: []*model.AccountUserError{addressNotFound()}}, nil
	}
	return &model.RemoveAddressPayload{Removed: true, UserErrors: []*model.AccountUserError{}}, nil
}

// addressNotFound does not tell whether somebody else has such an address.
func addressNotFound() *model.AccountUserError {
	return fault(model.AccountUserErrorCodeAddressNotFound, "there is no such address in your address book", "id")
}

// deleteAccount empties the account for good.
func (s *Service) deleteAccount(ctx context.Context, input model.DeleteAccountInput) (*model.DeleteAccountPayload, error) {
	actor, err := s.actor(ctx, token.ScopeAccount)
	if err != nil {
		return nil, err
	}
	if faults, err := s.tryPassword(ctx, actor, input.Password, "password"); len(faults) > 0 || err != nil {
		return &model.DeleteAccountPayload{UserErrors: faults}, err
	}
	err = s.store.anonymise(ctx, actor)
	if why, ok := notAllowed(err); ok {
		return &model.DeleteAccountPayload{UserErrors: []*model.AccountUserError{{Code: model.AccountUserErrorCodeNotAllowed, Message: why}}}, nil
	}
	return &model.DeleteAccountPayload{Deleted: err == nil, UserErrors: []*model.AccountUserError{}}, err
}

// personalData is the copy of everything that is kept about a person, nil for
// everyone else.
func (s *Service) personalData(ctx context.Context, of *model.User) (json.RawMessage, error) {
	if !mayExport(viewer.From(ctx), of.Key) {
		return nil, nil
	}
	return s.store.personalData(ctx, of.Key)
}

// note keeps accounts in mind whose addresses may be asked for.
func (s *Service) note(ctx context.Context, u *model.User) *model.User {
	if u != nil {
		batchesFrom(ctx).users.Add(u.Key)
	}
	return u
}

// addresses is the address book of an account that the viewer sees.
func (s *Service) addresses(ctx context.Context, of *model.User) ([]*model.Address, error) {
	found, err := batchesFrom(ctx).addresses.Get(ctx, of.Key)
	if found == nil {
		found = []*model.Address{}
	}
	return found, err
}

// byUser groups addresses by whose they are.
func byUser(rows []addressRow) map[uuid.UUID][]*model.Address {
	found := map[uuid.UUID][]*model.Address{}
	for _, r := range rows {
		found[r.UserID] = append(found[r.UserID], r.model())
	}
	return found
}
