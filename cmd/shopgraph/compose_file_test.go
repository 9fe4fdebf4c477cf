package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// composeFile is what docker-compose.yml says, as far as this test looks.
type composeFile struct {
	Services map[string]composeService
	Networks map[string]struct{ Internal bool }
}

type composeService struct {
	Image, Build string
	Command      []string
	Environment  map[string]string
	Networks     []string
	Ports        []string
	ReadOnly     bool `yaml:"read_only"`
	Healthcheck  struct{ Test []string }
	DependsOn    map[string]struct{ Condition string } `yaml:"depends_on"`
}

func readComposeFile(t *testing.T) (file composeFile, text string) {
	t.Helper()
	bytes, err := os.ReadFile("../../docker-compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(bytes, &file); err != nil {
		t.Fatal(err)
	}
	return file, string(bytes)
}

// What docker-compose.yml tells our containers is what this program understands.
func TestComposeFileFitsTheProgram(t *testing.T) {
	file, _ := readComposeFile(t)
	telemetry := readTelemetryPage(t)
	for _, name := range []string{"postgres", "migrate", "seed", "users", "products", "orders", "router"} {
		if _, ok := file.Services[name]; !ok {
			t.Errorf("there is no service %s", name)
		}
	}
	for name, service := range file.Services {
		for other := range service.DependsOn {
			if _, ok := file.Services[other]; !ok {
				t.Errorf("%s depends on %s, which does not exist", name, other)
			}
		}
		if name == "postgres" {
			continue
		}
		if service.Image != "shopgraph" || service.Build != "." || !service.ReadOnly {
			t.Errorf("%s is not the locked-down image of this repository", name)
		}
		for variable := range service.Environment {
			if !explained(variable) && !strings.Contains(telemetry, "`"+variable+"`") {
				t.Errorf("%s gets %s, which the program does not read", name, variable)
			}
		}
		understood(t, name, service.Command)
		if runsOnce(name) {
			continue
		}
		healthy(t, name, service)
		if _, traced := service.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"]; !traced || !slices.Contains(service.Networks, "graph") {
			t.Errorf("%s cannot be told of a collector in network graph", name)
		}
	}
}

// readTelemetryPage reads what says which variables OpenTelemetry's library reads.
func readTelemetryPage(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/telemetry.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// understood runs the command with --help, which says whether its name, its role
// and the flags before exist.
func understood(t *testing.T, name string, command []string) {
	t.Helper()
	var out, err strings.Builder
	if status := run(t.Context(), append(slices.Clone(command), "--help"), stdio{out: &out, err: &err}); status != exitOK {
		t.Errorf("%s: shopgraph %s --help: status %d: %s", name, strings.Join(command, " "), status, err.String())
	}
}

// healthy checks that the health check asks the port that the service listens on,
// by the program that the image holds.
func healthy(t *testing.T, name string, service composeService) {
	t.Helper()
	listen := service.Command[len(service.Command)-1]
	want := []string{"CMD", "/shopgraph", "health", "http://127.0.0.1" + listen + "/health/ready"}
	if !slices.Equal(service.Healthcheck.Test, want) {
		t.Errorf("%s: the health check is %q, want %q", name, service.Healthcheck.Test, want)
	}
}

// runsOnce says whether a service prepares the database and ends.
func runsOnce(name string) bool { return name == "migrate" || name == "seed" }

// Only the router can be reached, the database by the subgraphs alone, and the
// owner's account is for the migrations.
func TestComposeFileKeepsApart(t *testing.T) {
	file, _ := readComposeFile(t)
	for name, service := range file.Services {
		if published := len(service.Ports) > 0; published != (name == "router") {
			t.Errorf("%s: published is %v", name, published)
		}
		_, owner := service.Environment["DATABASE_URL"]
		if owner != runsOnce(name) {
			t.Errorf("%s: has the owner's account: %v", name, owner)
		}
		for _, network := range service.Networks {
			if outside := !file.Networks[network].Internal; outside && name != "router" && name != "users" {
				t.Errorf("%s is in network %s, which leads outside", name, network)
			}
		}
		for variable := range service.Environment {
			subgraph, own := strings.CutSuffix(variable, "_DATABASE_URL")
			if own && !runsOnce(name) && strings.ToLower(subgraph) != name {
				t.Errorf("%s gets the account of %s", name, subgraph)
			}
		}
	}
	if slices.Contains(file.Services["router"].Networks, "data") {
		t.Error("the router can reach the database")
	}
}

var (
	secretInURL = regexp.MustCompile(`postgres://[^:@\s]+:([^@\s]*)@`)
	secretName  = regexp.MustCompile(`(?m)^\s+\w*(?:PASSWORD|SECRET|KEY)\w*: (.*)$`)
	fromOutside = regexp.MustCompile(`^\$\{\w+(:\?[^}]+|:-)\}$`)
)

// Every secret comes from outside, and has no default that could stay in place.
func TestComposeFileHasNoSecrets(t *testing.T) {
	_, text := readComposeFile(t)
	text = strings.ReplaceAll(text, `run "make up", or set it in .env`, "hint")
	found := append(secretInURL.FindAllStringSubmatch(text, -1), secretName.FindAllStringSubmatch(text, -1)...)
	if len(found) < 7 {
		t.Fatalf("found %d secrets only", len(found))
	}
	for _, match := range found {
		if !fromOutside.MatchString(match[1]) {
			t.Errorf("the secret %q has a value of its own", match[1])
		}
	}
}

// The image runs the program the health checks name, as nobody in particular.
func TestDockerfile(t *testing.T) {
	text, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"FROM scratch", `ENTRYPOINT ["/shopgraph"]`, "COPY --from=build /shopgraph /shopgraph", "USER 65532:65532"} {
		if !slices.Contains(strings.Split(string(text), "\n"), line) {
			t.Errorf("the Dockerfile has no line %q", line)
		}
	}
}
