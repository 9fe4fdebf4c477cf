package orders

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/money"
	"github.com/shopgraph/shopgraph/internal/viewer"
	"github.com/shopgraph/shopgraph/internal/webhook"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/model"
)

// Others are told of events after the transaction that wrote them: at least once,
// each receiver those of one order in their order. A receiver tells a repetition
// by the event's id, and what an event speaks of can be read by then.

// notice is an event as it is told. It says the same each time it is told.
type notice struct {
	Type      string     `json:"type"`
	Timestamp time.Time  `json:"timestamp"`
	Data      noticeData `json:"data"`
}

type noticeData struct {
	EventID    string            `json:"eventId"`
	OrderID    string            `json:"orderId"`
	Number     string            `json:"number"`
	Sequence   int               `json:"sequence"`
	Status     model.OrderStatus `json:"status"`
	CustomerID string            `json:"customerId"`
	Total      noticeMoney       `json:"total"`
	Note       string            `json:"note,omitempty"`
}

type noticeMoney struct {
	Amount       string         `json:"amount"`
	CurrencyCode money.Currency `json:"currencyCode"`
}

// kind is the event's kind as others know it: "order.payment_failed".
func (e told) kind() string { return "order." + strings.ToLower(string(e.Kind)) }

func (e told) body() ([]byte, error) {
	total := money.Money{Minor: e.Total, Currency: e.Currency}
	return json.Marshal(notice{e.kind(), e.CreatedAt.UTC(), noticeData{
		EventID: id.Event.Format(e.ID), OrderID: id.Order.Format(e.OrderID), Number: number(e.Number), Sequence: e.Sequence, Status: e.Status,
		CustomerID: id.User.Format(e.UserID), Total: noticeMoney{total.Amount(), e.Currency}, Note: e.Note,
	}})
}

// toldAtOnce is how many events a worker takes, and tells at the same time.
const toldAtOnce = 16

// tell tells what is due and returns how much that was.
func (s *Service) tell(ctx context.Context) (int, error) {
	due, err := s.store.takeDeliveries(ctx, toldAtOnce)
	if err != nil {
		return 0, err
	}
	faults := make([]error, len(due))
	var all sync.WaitGroup
	for i, e := range due {
		all.Go(func() { faults[i] = s.tellOne(ctx, e) })
	}
	all.Wait()
	return len(due), errors.Join(faults...)
}

func (s *Service) tellOne(ctx context.Context, e told) error {
	body, err := e.body()
	if err != nil {
		return err
	}
	if e.Webhook == natsReceiver {
		err = s.nats.publish(ctx, e, body)
	} else {
		err = s.post(ctx, e, body)
	}
	if err != nil {
		s.log.Info("an event could not be told and will be told again", "event", e.ID, "to", e.URL, "error", err)
		return s.store.missed(ctx, e, err)
	}
	return s.store.arrived(ctx, e)
}

// tellTimeout is how long a receiver may take to answer.
const tellTimeout = 10 * time.Second

func (s *Service) post(ctx context.Context, e told, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, tellTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, e.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "shopgraph")
	webhook.Sign(request.Header, e.Secret, id.Event.Format(e.ID), time.Now(), body)
	response, err := s.receivers.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(response.Body, maxNotice)); err != nil {
		return err
	}
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("it answered %s", response.Status)
	}
	return nil
}

// errPrivate is a receiver inside the shop's own network.
var errPrivate = errors.New("the URL leads to an address that is not of the public internet")

// receiversClient reaches receivers of events. They were named by people, so it
// follows no redirects and, unless private, reaches no address of our own
// network, whatever name leads there.
func receiversClient(private bool) *http.Client {
	dialer := &net.Dialer{Timeout: tellTimeout}
	if !private {
		dialer.Control = func(_, address string, _ syscall.RawConn) error {
			at, err := netip.ParseAddrPort(address)
			if err != nil || !isPublic(at.Addr().Unmap()) {
				return errPrivate
			}
			return nil
		}
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DialContext, transport.Proxy = dialer.DialContext, nil
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// reserved are networks that are not of the public internet, beside those that
// netip knows as such.
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("2002::/16"),
}

func isPublic(a netip.Addr) bool {
	for _, network := range reserved {
		if network.Contains(a) {
			return false
		}
	}
	return a.IsGlobalUnicast() && !a.IsPrivate() && !a.IsLinkLocalUnicast() && !a.IsLoopback()
}

// maxWebhooks is how many there may be.
const maxWebhooks = 20

// webhooks are those that are told of events.
func (s *Service) webhooks(ctx context.Context) ([]*model.Webhook, error) {
	if err := mayTell(viewer.From(ctx)); err != nil {
		return nil, err
	}
	rows, err := s.store.webhooks(ctx)
	list := make([]*model.Webhook, len(rows))
	for i, r := range rows {
		list[i] = r.model()
	}
	return list, err
}

// createWebhook has a URL told of events.
func (s *Service) createWebhook(ctx context.Context, input model.CreateWebhookInput) (*model.CreateWebhookPayload, error) {
	if err := mayTell(viewer.From(ctx)); err != nil {
		return nil, err
	}
	schemes := []string{"https"}
	if s.demo {
		schemes = append(schemes, "http")
	}
	if !isWebURL(input.URL, schemes...) {
		return &model.CreateWebhookPayload{UserErrors: []*model.OrderUserError{
			fault(model.OrderUserErrorCodeInvalidURL, "this is no URL such as https://shop.example/events", "url"),
		}}, nil
	}
	kinds := []string{}
	for _, kind := range input.Kinds {
		kinds = append(kinds, string(kind))
	}
	secret := webhook.NewSecret()
	made, err := s.store.createWebhook(ctx, input.URL, kinds, secret)
	if err != nil {
		return nil, err
	}
	if made == nil {
		return &model.CreateWebhookPayload{UserErrors: []*model.OrderUserError{
			fault(model.OrderUserErrorCodeInvalidWebhook, fmt.Sprintf("there are %d webhooks already; delete one first", maxWebhooks)),
		}}, nil
	}
	shown := webhook.FormatSecret(secret)
	return &model.CreateWebhookPayload{Webhook: made.model(), Secret: &shown, UserErrors: []*model.OrderUserError{}}, nil
}

// deleteWebhook has a URL told of nothing more.
func (s *Service) deleteWebhook(ctx context.Context, input model.DeleteWebhookInput) (*model.DeleteWebhookPayload, error) {
	if err := mayTell(viewer.From(ctx)); err != nil {
		return nil, err
	}
	key, err := id.Webhook.Parse(input.ID)
	found := err == nil
	if found {
		if found, err = s.store.deleteWebhook(ctx, key); err != nil {
			return nil, err
		}
	}
	if !found {
		return &model.DeleteWebhookPayload{UserErrors: []*model.OrderUserError{fault(model.OrderUserErrorCodeInvalidWebhook, "there is no such webhook", "id")}}, nil
	}
	return &model.DeleteWebhookPayload{Deleted: true, UserErrors: []*model.OrderUserError{}}, nil
}
