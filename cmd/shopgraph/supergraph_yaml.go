package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
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
	// File names one file, or several, or patterns of such: that goes beyond
	// rover's format. Names are relative to supergraph.yaml.
	File        fileList          `yaml:"file"`
	SDL         string            `yaml:"sdl"`
	SubgraphURL string            `yaml:"subgraph_url"`
	Headers     map[string]string `yaml:"introspection_headers"`
	Graphref    string            `yaml:"graphref"`
	Subgraph    string            `yaml:"subgraph"`

	// config is the file that lists it, "" for none, and folder the one that
	// names of files are relative to.
	config, folder string
}

// fileList is one file name in YAML, or a list of them.
type fileList []string

// UnmarshalYAML implements yaml.InterfaceUnmarshaler.
func (f *fileList) UnmarshalYAML(unmarshal func(any) error) error {
	var one string
	if unmarshal(&one) == nil {
		*f = fileList{one}
		return nil
	}
	var several []string
	if err := unmarshal(&several); err != nil {
		return err
	}
	*f = several
	return nil
}

// readSupergraphYAML lists the subgraphs of a supergraph.yaml, sorted by name,
// with variables expanded.
func readSupergraphYAML(path string, from tree) ([]listedSubgraph, error) {
	text, err := from.read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no %s: name the file with --config", path)
	}
	if err != nil {
		return nil, err
	}
	return parseSupergraphYAML(string(text), path, filepath.Dir(path), from)
}

// readSupergraphConfig is readSupergraphYAML where "-" stands for standard input.
func readSupergraphConfig(path string, in io.Reader) ([]listedSubgraph, error) {
	if path != "-" {
		return readSupergraphYAML(path, workingTree{})
	}
	text, err := io.ReadAll(in)
	if err != nil {
		return nil, fmt.Errorf("standard input: %w", err)
	}
	return parseSupergraphYAML(string(text), "standard input", ".", workingTree{})
}

func parseSupergraphYAML(text, name, folder string, from tree) ([]listedSubgraph, error) {
	var file struct {
		FederationVersion any                       `yaml:"federation_version"`
		Subgraphs         map[string]listedSubgraph `yaml:"subgraphs"`
	}
	if err := yaml.UnmarshalWithOptions([]byte(text), &file, yaml.Strict()); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %s", name, yaml.FormatError(err, false, true))
	}
	v := expansion{from: from}
	if file.FederationVersion != nil {
		if err := checkFederationVersion(v.expand(fmt.Sprint(file.FederationVersion))); err != nil {
			return nil, fmt.Errorf("%s: %w", name, errors.Join(v.problem, err))
		}
	}
	if len(file.Subgraphs) == 0 {
		return nil, fmt.Errorf("%s lists no subgraphs: it needs \"subgraphs:\" with a name, routing_url and schema for each", name)
	}
	var list []listedSubgraph
	for _, subgraph := range slices.Sorted(maps.Keys(file.Subgraphs)) {
		s := file.Subgraphs[subgraph]
		s.name, s.Schema.config, s.Schema.folder = subgraph, name, folder
		s.expand(&v)
		if v.problem != nil {
			return nil, fmt.Errorf("%s: subgraph %q: %w", name, subgraph, v.problem)
		}
		if err := s.check(); err != nil {
			return nil, fmt.Errorf("%s: subgraph %q: %w", name, subgraph, err)
		}
		if s.RoutingURL == "" {
			s.RoutingURL = s.Schema.SubgraphURL
		}
		list = append(list, s)
	}
	return list, nil
}

// federationVersion is what rover takes: a major version, or an exact one.
var federationVersion = regexp.MustCompile(`^(2|latest-2|[=v]2\.\d+\.\d+\S*)$`)

func checkFederationVersion(text string) error {
	switch {
	case federationVersion.MatchString(text):
		return nil
	case text == "1" || text == "latest-0" || text == "latest-1" || strings.HasPrefix(text, "=1") || strings.HasPrefix(text, "=0"):
		return errors.New("federation_version: this composes Federation 2 supergraphs; subgraphs of Federation 1 may be part of them, so write 2")
	default:
		return fmt.Errorf("federation_version: %s is none; write 2, or an exact version as in \"=2.9.3\"", text)
	}
}

// check says what is wrong with how the schema is given.
func (s *listedSubgraph) check() error {
	var kinds []string
	for _, k := range []struct {
		name  string
		given bool
	}{{"file", len(s.Schema.File) > 0}, {"sdl", s.Schema.SDL != ""}, {"subgraph_url", s.Schema.SubgraphURL != ""}, {"graphref", s.Schema.Graphref != ""}} {
		if k.given {
			kinds = append(kinds, k.name)
		}
	}
	switch {
	case len(kinds) == 0:
		return errors.New("it has no schema; name its file by schema.file")
	case len(kinds) > 1:
		return fmt.Errorf("its schema is given twice, by %s; keep one", strings.Join(kinds, " and "))
	case s.Schema.Graphref != "":
		return fmt.Errorf("graphref: Apollo's registry is not asked; write what \"rover subgraph fetch %s\" prints to a file, and name that by schema.file", s.Schema.Graphref)
	case s.Schema.Subgraph != "":
		return errors.New("schema.subgraph goes with graphref only; take it away")
	case len(s.Schema.Headers) > 0 && s.Schema.SubgraphURL == "":
		return errors.New("introspection_headers go with subgraph_url only; take them away")
	}
	return nil
}

// expand replaces variables in everything that is a string.
func (s *listedSubgraph) expand(v *expansion) {
	values := []*string{&s.RoutingURL, &s.Schema.SDL, &s.Schema.SubgraphURL, &s.Schema.Graphref, &s.Schema.Subgraph}
	for i := range s.Schema.File {
		values = append(values, &s.Schema.File[i])
	}
	for _, value := range values {
		*value = v.expand(*value)
	}
	for name, value := range s.Schema.Headers {
		s.Schema.Headers[name] = v.expand(value)
	}
}

// expansion replaces the variables in values.
type expansion struct {
	from tree
	// problem is the first variable that has no value.
	problem error
}

// variableForm is ${env.NAME} or ${file.path}, with a default after ":-", with any
// number of $ in front.
var variableForm = regexp.MustCompile(`\$+\{(env|file)\.([^}]*)\}`)

// expand replaces the variables in a value. Two $ before the brace are one that
// stands for itself.
func (v *expansion) expand(text string) string {
	return variableForm.ReplaceAllStringFunc(text, func(match string) string {
		dollars := strings.IndexByte(match, '{')
		literal := strings.Repeat("$", dollars/2)
		if dollars%2 == 0 {
			return literal + match[dollars:]
		}
		parts := variableForm.FindStringSubmatch(match)
		name, byDefault, hasDefault := strings.Cut(parts[2], ":-")
		value := env(name)
		ok := value != ""
		if parts[1] == "file" {
			content, err := v.from.read(name)
			value, ok = strings.TrimSpace(string(content)), err == nil
		}
		switch {
		case ok:
			return literal + value
		case hasDefault:
			return literal + byDefault
		case v.problem == nil:
			form := match[dollars-1:]
			v.problem = fmt.Errorf("%s has no value, and no default as in ${%s.%s:-value}; to write that as it stands, write $%s", form, parts[1], name, form)
		}
		return ""
	})
}
