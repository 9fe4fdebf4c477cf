package e2e

import (
	"maps"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/shopgraph/shopgraph/internal/postgres/postgrestest"
)

// The services of docker-compose.yml, run as processes with the same commands and
// the same environment, are the shop. Only hosts, ports and accounts are the
// test's.
func TestServicesOfDockerCompose(t *testing.T) {
	c := readContainers(t)
	for _, name := range []string{"migrate", "seed"} {
		if _, stderr, status := runToEnd(t, c.environment(name), c.services[name].Command...); status != 0 {
			t.Fatalf("%s ended with status %d: %s", name, status, stderr)
		}
	}
	var router *process
	for _, name := range []string{"users", "products", "orders", "router"} {
		service := c.services[name]
		router = start(t, c.environment(name), c.processes(service.Command[1:])...)
		health := c.processes(service.Healthcheck.Test[2:])
		for tries := 0; ; tries++ {
			_, stderr, status := runToEnd(t, environment(), health...)
			if status == 0 {
				break
			}
			if tries == 100 {
				t.Fatalf("%s is not healthy: %s", name, stderr)
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
	s := &shop{endpoint: router.endpoint}
	order := customersOrder(t)
	if a := s.ask(t, s.account(t, "CUSTOMER"), mainQuery, map[string]any{"id": orderID(order)}); len(a.Errors) > 0 || get(a.Data, "order", "lines", 0, "product", "name") != order.Lines[0].ProductName {
		t.Errorf("the order: %s", a.body)
	}
}

// containers is what docker-compose.yml says of those of ours.
type containers struct {
	services map[string]container
	hosts    *strings.Replacer // from the containers' network to this machine
}

type container struct {
	Command     []string
	Environment map[string]string
	Healthcheck struct{ Test []string }
}

func readContainers(t *testing.T) containers {
	t.Helper()
	text, err := os.ReadFile("../docker-compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Services map[string]container }
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	database, err := url.Parse(postgrestest.Empty(t))
	if err != nil {
		t.Fatal(err)
	}
	accounts := strings.TrimPrefix(database.Path, "/") + "_" // roles belong to the whole server
	query := database.Query()
	query.Set("sslmode", "disable")
	database.RawQuery = ""
	pairs := []string{"postgres://shopgraph:secret@postgres:5432/shopgraph?sslmode=disable", database.String() + "?" + query.Encode()}
	for name, port := range map[string]string{"users": "4001", "products": "4002", "orders": "4003", "router": "4000"} {
		address := freeAddress(t)
		own := *database
		own.User = url.UserPassword(accounts+name, "secret")
		pairs = append(pairs,
			"postgres://"+name+":secret@postgres:5432/shopgraph?sslmode=disable", own.String()+"?"+query.Encode(),
			"127.0.0.1:"+port, address, name+":"+port, address, ":"+port, address)
	}
	return containers{file.Services, strings.NewReplacer(pairs...)}
}

var interpolated = regexp.MustCompile(`\$\{\w+(:[-?])([^}]*)\}`)

// environment is a service's, with a secret where one is required.
func (c containers) environment(name string) []string {
	variables := c.services[name].Environment
	var settings []string
	for _, variable := range slices.Sorted(maps.Keys(variables)) {
		value := interpolated.ReplaceAllStringFunc(variables[variable], func(text string) string {
			if parts := interpolated.FindStringSubmatch(text); parts[1] == ":-" {
				return parts[2]
			}
			return "secret"
		})
		settings = append(settings, variable+"="+c.hosts.Replace(value))
	}
	return environment(settings...)
}

// processes is a service's command line for this machine.
func (c containers) processes(args []string) []string {
	args = slices.Clone(args)
	for i, arg := range args {
		args[i] = c.hosts.Replace(arg)
	}
	return args
}
