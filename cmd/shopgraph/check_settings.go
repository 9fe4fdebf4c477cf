package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/goccy/go-yaml"

	"github.com/shopgraph/shopgraph/schema/check"
	"github.com/shopgraph/shopgraph/schema/check/verdict"
	"github.com/shopgraph/shopgraph/schema/contract"
	"github.com/shopgraph/shopgraph/schema/lint"
)

// checkSettings is check.yaml: what a project decides once. A flag overrules the
// setting of its name; lists of both are joined.
type checkSettings struct {
	Operations []string `yaml:"operations"`
	// AllOperations says that clients send no others.
	AllOperations bool `yaml:"all-operations"`
	Usage         struct {
		Files          []string `yaml:"files"`
		Window         string   `yaml:"window"`
		MinPercent     *float64 `yaml:"min-percent"`
		ExcludeClients []string `yaml:"exclude-clients"`
	} `yaml:"usage"`
	Approvals string            `yaml:"approvals"`
	Rules     []string          `yaml:"rules"`
	Classes   map[string]string `yaml:"classes"`
	Plans     string            `yaml:"plans"`
	// Lint are the levels of rules; LintExisting "ignore" hides what the old side
	// has, too.
	Lint         map[string]lint.Level `yaml:"lint"`
	LintExisting string                `yaml:"lint-existing"`
	Contracts    []struct {
		Name            string   `yaml:"name"`
		Include         []string `yaml:"include"`
		Exclude         []string `yaml:"exclude"`
		KeepUnreachable bool     `yaml:"keep-unreachable"`
	} `yaml:"contracts"`
}

// beside is a file in the folder of what is checked, if it is there.
func (c *checkArgs) beside(name string) string {
	path := filepath.Join(filepath.Dir(c.new), name)
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}

// readSettings reads check.yaml and completes what no flag has set.
func (c *checkArgs) readSettings(set map[string]bool) error {
	if c.settings == "" {
		c.settings = c.beside("check.yaml")
	}
	if c.settings != "" {
		text, err := os.ReadFile(c.settings)
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("there is no file %s", c.settings)
		}
		if err != nil {
			return err
		}
		decoder := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict())
		if err := decoder.Decode(&c.file); err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("%s: %s", c.settings, yaml.FormatError(err, false, false))
		}
		if err := c.applySettings(set); err != nil {
			return fmt.Errorf("%s: %w", c.settings, err)
		}
	}
	if c.approvals == "" {
		c.approvals = c.beside("approvals.yaml")
	}
	return nil
}

// applySettings takes over what the flags leave open. Paths are relative to the
// file.
func (c *checkArgs) applySettings(set map[string]bool) error {
	f := &c.file
	dir := filepath.Dir(c.settings)
	for _, path := range f.Operations {
		c.operations = append(c.operations, filepath.Join(dir, path))
	}
	if !set["all-operations"] {
		c.complete = f.AllOperations
	}
	for _, path := range f.Usage.Files {
		c.usage.files = append(c.usage.files, filepath.Join(dir, path))
	}
	if f.Usage.Window != "" && !set["window"] {
		if err := c.usage.window.Set(f.Usage.Window); err != nil {
			return fmt.Errorf("usage.window %q: %w", f.Usage.Window, err)
		}
	}
	if f.Usage.MinPercent != nil && !set["min-percent"] {
		c.usage.minPercent = *f.Usage.MinPercent
	}
	c.usage.exclude = append(c.usage.exclude, f.Usage.ExcludeClients...)
	c.rules = append(c.rules, f.Rules...)
	if f.Approvals != "" && c.approvals == "" {
		c.approvals = filepath.Join(dir, f.Approvals)
	}
	if f.Plans != "" && !set["plans"] {
		if f.Plans != "warn" && f.Plans != "fail" {
			return fmt.Errorf("plans must be warn or fail, not %q", f.Plans)
		}
		c.plans = f.Plans
	}
	if f.LintExisting != "" && f.LintExisting != "report" && f.LintExisting != "ignore" {
		return fmt.Errorf("lint-existing must be report or ignore, not %q", f.LintExisting)
	}
	return nil
}

func (c *checkArgs) verdictSettings() (verdict.Settings, error) {
	s := verdict.Settings{Rules: c.rules, AllOperations: c.complete, PlansFail: c.plans == "fail", Classes: map[check.Kind]check.Class{}}
	for _, kind := range slices.Sorted(maps.Keys(c.file.Classes)) {
		class, ok := map[string]check.Class{"safe": check.Safe, "dangerous": check.Dangerous, "breaking": check.Breaking}[c.file.Classes[kind]]
		if !ok {
			return s, fmt.Errorf("%s: classes.%s must be safe, dangerous or breaking, not %q", c.settings, kind, c.file.Classes[kind])
		}
		if _, known := check.Explain(check.Kind(kind)); !known {
			return s, fmt.Errorf("%s: classes.%s: there is no such kind of change; docs/changes.md lists them", c.settings, kind)
		}
		s.Classes[check.Kind(kind)] = class
	}
	return s, nil
}

func (c *checkArgs) readApprovals() ([]verdict.Approval, error) {
	if c.approvals == "" {
		return nil, nil
	}
	text, err := os.ReadFile(c.approvals)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no file %s", c.approvals)
	}
	if err != nil {
		return nil, err
	}
	return verdict.ReadApprovals(c.approvals, text)
}

// contracts makes the variants of both sides.
func (c *checkArgs) contracts(old, new *side) ([]verdict.Contract, error) {
	var out []verdict.Contract
	for i, settings := range c.file.Contracts {
		if settings.Name == "" || len(settings.Include)+len(settings.Exclude) == 0 {
			return nil, fmt.Errorf("%s: contract %d needs a name, and tags to include or exclude", c.settings, i+1)
		}
		if new.sdl == "" || old != nil && old.sdl == "" {
			continue // no supergraph: composition says why, or there is none on this side
		}
		filter := contract.Filter{Include: settings.Include, Exclude: settings.Exclude, KeepUnreachable: settings.KeepUnreachable}
		variant := verdict.Contract{Name: settings.Name}
		var err error
		if variant.New, variant.Findings, err = contractAPI(new, filter); err != nil {
			return nil, err
		}
		if old != nil && variant.Findings == nil {
			if variant.Old, variant.OldFindings, err = contractAPI(old, filter); err != nil {
				return nil, err
			}
		}
		out = append(out, variant)
	}
	return out, nil
}
