// Package oracletest asks composers of npm, the oracles, what they make of
// subgraphs. One process answers all questions.
package oracletest

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

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
	// TimeMS is how long composing took, parsing included but not the question's
	// reading and writing, and CPUMS the time of processors in it; milliseconds.
	TimeMS float64 `json:"timeMs"`
	CPUMS  float64 `json:"cpuMs"`
}

// Oracle is a running process. It is not safe for concurrent use.
type Oracle struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// Stacks that an oracle may use, in kB. Where a library recurses without end it
// fails sooner with the smaller one; the other is for what is large.
const (
	Stack      = 4_000
	LargeStack = 900_000
)

// Heap is how much memory the libraries may fill, in MB.
const Heap = 8_000

// Start starts the oracles of a folder: that of serve.mjs, in which "make oracle"
// has installed the packages.
func Start(folder string, stack int) (*Oracle, error) {
	if !Installed(folder) {
		return nil, fmt.Errorf("the oracles in %s are not installed: run make oracle", folder)
	}
	script := fmt.Sprintf("ulimit -s %d && exec node --stack-size=%d --max-old-space-size=%d serve.mjs", stack+100_000, stack, Heap)
	o := &Oracle{cmd: exec.Command("sh", "-c", script)}
	o.cmd.Dir, o.cmd.Stderr = folder, os.Stderr
	var err error
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

// Installed says whether there are oracles that can be started.
func Installed(folder string) bool {
	_, err := exec.LookPath("node")
	_, missing := os.Stat(filepath.Join(folder, "node_modules", "@apollo", "composition"))
	return err == nil && missing == nil
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

// Kill stops an oracle in the middle of a question.
func (o *Oracle) Kill() { o.cmd.Process.Kill() }

// Close ends the process.
func (o *Oracle) Close() error {
	return errors.Join(o.in.Close(), o.cmd.Wait())
}
