package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/shopgraph/shopgraph/bench/measure"
	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/id"
)

const orderQuery = `query Order($id: ID!) { order(id: $id) { id number status total { amount currencyCode } customer { id name email } lines { quantity unitPrice { amount currencyCode } product { id name } } } }`

// startAll starts the whole shop in one process, with a PostgreSQL of its own and
// the usual demo data, to be asked for orders by the customers whose they are.
func startAll(program string, env ...string) (s *shop, err error) {
	s = &shop{}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.folder, err = os.MkdirTemp("", "shopgraph-bench-"); err != nil {
		return nil, err
	}
	if s.target.Address, err = freeAddress(); err != nil {
		return nil, err
	}
	s.process, err = measure.Start(measure.Command{Name: "serve all", Env: append(env, "DATABASE_URL="), Args: []string{
		program, "serve", "--listen", s.target.Address, "--data", s.folder, "--access-log=off", "--rate-limit=off",
	}})
	if err != nil {
		return nil, err
	}
	s.target.Name = "serve all"
	return s, s.process.Ready(2*time.Minute, s.learnOrders)
}

// learnOrders logs the customers in who have orders, and asks once for each order.
func (s *shop) learnOrders() error {
	tokens := map[string]string{}
	for i := range demodata.Usual.Users {
		u := demodata.Usual.User(i)
		if u.Role != "CUSTOMER" {
			continue
		}
		token, err := s.login(u.Email)
		if err != nil {
			return err
		}
		tokens[u.ID.String()] = token
	}
	s.target.Requests = nil
	for i := range demodata.Usual.Orders {
		order := demodata.Usual.Order(i)
		body, err := json.Marshal(map[string]any{"query": orderQuery, "variables": map[string]any{"id": id.Order.Format(order.ID)}})
		if err != nil {
			return err
		}
		if token := tokens[order.User.String()]; token != "" {
			s.target.Requests = append(s.target.Requests, measure.Post("/graphql", token, body))
		}
	}
	return s.target.Learn(func(_ int, body []byte) error {
		if strings.Contains(string(body), `"errors"`) || !strings.Contains(string(body), `"email"`) {
			return fmt.Errorf("not an order with its customer: %.300s", body)
		}
		return nil
	})
}

func (s *shop) login(email string) (token string, err error) {
	body, err := json.Marshal(map[string]any{
		"query":     `mutation ($i: LoginInput!) { login(input: $i) { session { accessToken } } }`,
		"variables": map[string]any{"i": map[string]string{"email": email, "password": demodata.CustomerPassword}},
	})
	if err != nil {
		return "", err
	}
	once := measure.Target{Address: s.target.Address, Requests: [][]byte{measure.Post("/graphql", "", body)}}
	_, text, err := once.Once(0)
	if err != nil {
		return "", err
	}
	var answer struct {
		Data struct {
			Login struct{ Session struct{ AccessToken string } }
		}
	}
	if err = json.Unmarshal(text, &answer); err == nil && answer.Data.Login.Session.AccessToken == "" {
		err = errors.New("no token")
	}
	if err != nil {
		return "", fmt.Errorf("logging %s in: %w: %.300s", email, err, text)
	}
	return answer.Data.Login.Session.AccessToken, nil
}
