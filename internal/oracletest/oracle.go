// Package oracletest asks composers of npm, the oracles, what they make of
// subgraphs. One process answers all questions.
package oracletest

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

//go:embed serve.mjs
var serve []byte

// Libraries that can be asked.
const (
	Apollo = "apollo" // @apollo/composition
	Guild  = "guild"  // @theguild/federation-composition
)

// Subgraph is one subgraph of a question.
type Subgraph struct {
	Name string `json:"name"`
	URL  string `json:"url"`
	SDL  string `json:"sdl"`
}

// Answer is what an oracle makes of subgraphs.
type Answer struct {
	OK            bool
	Crashed       bool
	SupergraphSDL string `json:"supergraphSdl"`
	Errors        []struct {
		Code    *string
		Message string
	}
	Hints []struct {
		Code, Level, Message string
		Coordinate           *string
	}
	// TimeMS is how long composing took, without reading and writing.
	TimeMS float64 `json:"timeMs"`
}

// Oracle is a running process. It is not safe for concurrent use.
type Oracle struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
	dir string
}

// Start starts the oracles of a folder: that of compose.mjs, where their npm
// packages are installed.
func Start(folder string) (*Oracle, error) {
	if _, err := os.Stat(filepath.Join(folder, "node_modules")); err != nil {
		return nil, fmt.Errorf("the oracles in %s are not installed: run npm ci there (or make oracle)", folder)
	}
	dir, err := os.MkdirTemp("", "oracle")
	if err != nil {
		return nil, err
	}
	script := filepath.Join(dir, "serve.mjs")
	if err := os.WriteFile(script, serve, 0o600); err != nil {
		return nil, err
	}
	o := &Oracle{dir: dir, cmd: exec.Command("node", "--stack-size=4000", "--max-old-space-size=8000", script, folder)}
	o.cmd.Stderr = os.Stderr
	if o.in, err = o.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := o.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	o.out = bufio.NewReaderSize(out, 1<<20)
	return o, o.cmd.Start()
}

// Compose asks a library to compose subgraphs.
func (o *Oracle) Compose(library string, subgraphs []Subgraph) (*Answer, error) {
	question, err := json.Marshal(map[string]any{"library": library, "subgraphs": subgraphs})
	if err != nil {
		return nil, err
	}
	if _, err := o.in.Write(append(question, '\n')); err != nil {
		return nil, fmt.Errorf("the oracle is gone: %w", err)
	}
	line, err := o.out.ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("the oracle did not answer: %w", err)
	}
	var a Answer
	return &a, json.Unmarshal(line, &a)
}

// Close ends the process.
func (o *Oracle) Close() error {
	return errors.Join(o.in.Close(), o.cmd.Wait(), os.RemoveAll(o.dir))
}
