package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// listedSubgraph is a subgraph as supergraph.yaml lists it, in rover's format.
type listedSubgraph struct {
	name       string
	RoutingURL string       `yaml:"routing_url"`
	Schema     listedSchema `yaml:"schema"`
}

// listedSchema is where a subgraph's schema is: exactly one of File, SDL,
// SubgraphURL and Graphref.
type listedSchema struct {
	File        string            `yaml:"file"` // relative to supergraph.yaml
	SDL         string            `yaml:"sdl"`
	SubgraphURL string            `yaml:"subgraph_url"`
	Headers     map[string]string `yaml:"introspection_headers"`
	Graphref    string            `yaml:"graphref"`
	Subgraph    string            `yaml:"subgraph"`
}

// readSupergraphYAML lists the subgraphs of a supergraph.yaml, sorted by name,
// with ${env.NAME} and ${file.path} expanded and files relative to where this
// program runs.
func readSupergraphYAML(path string) ([]listedSubgraph, error) {
	return readSupergraphYAMLFrom(path, os.ReadFile)
}

// readFile reads a file by its path from where this program runs: the file that
// is there now, or that of another revision.
type readFile func(path string) ([]byte, error)

func readSupergraphYAMLFrom(path string, read readFile) ([]listedSubgraph, error) {
	text, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no %s: name the file with --config", path)
	}
	if err != nil {
		return nil, err
	}
	expanded, err := expandYAML(string(text), read)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var file struct {
		FederationVersion any                       `yaml:"federation_version"`
		Subgraphs         map[string]listedSubgraph `yaml:"subgraphs"`
	}
	if err := yaml.UnmarshalWithOptions([]byte(expanded), &file, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("%s: %s", path, yaml.FormatError(err, false, true))
	}
	if len(file.Subgraphs) == 0 {
		return nil, fmt.Errorf("%s lists no subgraphs: it needs \"subgraphs:\" with a name, routing_url and schema for each", path)
	}
	var list []listedSubgraph
	for _, name := range slices.Sorted(maps.Keys(file.Subgraphs)) {
		s := file.Subgraphs[name]
		s.name = name
		if s.Schema.File != "" && !filepath.IsAbs(s.Schema.File) {
			s.Schema.File = filepath.Join(filepath.Dir(path), s.Schema.File)
		}
		list = append(list, s)
	}
	return list, nil
}

var yamlVariable = regexp.MustCompile(`\$\{(env|file)\.([^}]*)\}`)

// expandYAML replaces ${env.NAME}, ${env.NAME:-default}, ${file.path} and
// ${file.path:-default}.
func expandYAML(text string, read readFile) (string, error) {
	var problem error
	expanded := yamlVariable.ReplaceAllStringFunc(text, func(match string) string {
		parts := yamlVariable.FindStringSubmatch(match)
		name, byDefault, hasDefault := strings.Cut(parts[2], ":-")
		value := env(name)
		ok := value != ""
		if parts[1] == "file" {
			content, err := read(name)
			value, ok = strings.TrimSpace(string(content)), err == nil
		}
		switch {
		case ok:
			return value
		case hasDefault:
			return byDefault
		case problem == nil:
			problem = fmt.Errorf("%s has no value, and no default as in ${%s.%s:-value}", match, parts[1], name)
		}
		return ""
	})
	return expanded, problem
}

// read gives a schema's SDL, if it lies in a file or in supergraph.yaml itself.
func (s listedSchema) read() (string, error) { return s.readFrom(os.ReadFile) }

func (s listedSchema) readFrom(read readFile) (string, error) {
	switch {
	case s.SDL != "":
		return s.SDL, nil
	case s.File != "":
		text, err := read(s.File)
		return string(text), err
	case s.SubgraphURL != "" || s.Graphref != "":
		return "", errors.New("its schema is not in a file; name one by schema.file")
	}
	return "", errors.New("it has no schema; name its file by schema.file")
}
