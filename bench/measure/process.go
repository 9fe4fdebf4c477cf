package measure

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Command is a program to start.
type Command struct {
	// Name is for messages.
	Name string
	Args []string
	// Env is added to this process's environment.
	Env []string
	// Dir is where it runs; "" is here.
	Dir string
}

// Process is a running program with everything that it has started itself.
type Process struct {
	name    string
	command *exec.Cmd
	output  output
	ended   chan struct{}
}

// output is what a program has written so far.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// Attach returns a process that someone else has started, for UsageOf.
func Attach(pid int) (*Process, error) {
	process, err := os.FindProcess(pid)
	if err != nil {
		return nil, err
	}
	return &Process{command: &exec.Cmd{Process: process}}, nil
}

// Start starts a program.
func Start(c Command) (*Process, error) {
	p := &Process{name: c.Name, command: exec.Command(c.Args[0], c.Args[1:]...), ended: make(chan struct{})}
	p.command.Dir, p.command.Env = c.Dir, append(os.Environ(), c.Env...)
	p.command.Stdout, p.command.Stderr = &p.output, &p.output
	p.command.WaitDelay = time.Second // for output of what it leaves behind
	p.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.command.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", c.Name, err)
	}
	go func() {
		p.command.Wait() // that it ended is what counts
		close(p.ended)
	}()
	return p, nil
}

// Output is what the program has written so far.
func (p *Process) Output() string { return p.output.String() }

// Pid is the id of the first process.
func (p *Process) Pid() int { return p.command.Process.Pid }

// Ready waits until try succeeds, which it must within the time; the error holds
// what the program wrote.
func (p *Process) Ready(within time.Duration, try func() error) error {
	for deadline := time.Now().Add(within); ; {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-p.ended:
			return fmt.Errorf("%s ended: %s", p.name, p.output.String())
		case <-time.After(50 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			p.Stop()
			return fmt.Errorf("%s is not ready: %w\n%s", p.name, err, p.output.String())
		}
	}
}

// stopTimeout is how long a program has to end when it is asked to.
const stopTimeout = 10 * time.Second

// Stop ends the program, by force if it does not end by itself.
func (p *Process) Stop() {
	select {
	case <-p.ended:
	default:
		p.command.Process.Signal(syscall.SIGTERM)
		select {
		case <-p.ended:
		case <-time.After(stopTimeout):
		}
	}
	syscall.Kill(-p.Pid(), syscall.SIGKILL) // what is left of the group
	<-p.ended
}

// Usage is what processes have used so far.
type Usage struct {
	// CPU is user and system time.
	CPU time.Duration
	// Peak is the resident memory at its highest, in bytes.
	Peak int64
}

// UsageOf adds up what these programs have used.
func UsageOf(programs ...*Process) (sum Usage, err error) {
	groups := map[int]bool{}
	for _, p := range programs {
		groups[p.Pid()] = true
	}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if len(stats) == 0 || err != nil {
		return Usage{}, errors.New("there is no /proc: CPU time of processes is read on Linux only")
	}
	for _, file := range stats {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		group, cpu, err := parseStat(string(text))
		if err != nil {
			return Usage{}, fmt.Errorf("%s: %w", file, err)
		}
		if groups[group] {
			sum.CPU += cpu
			sum.Peak += peak(filepath.Dir(file))
		}
	}
	return sum, nil
}

// tick is the unit of times in /proc, which is the same on every Linux that Go
// runs on.
const tick = 10 * time.Millisecond

// parseStat reads proc_pid_stat(5): the process group, and user and system time.
// The second field is the program's name in parentheses, which may hold anything.
func parseStat(text string) (group int, cpu time.Duration, err error) {
	end := strings.LastIndexByte(text, ')')
	if end < 0 {
		return 0, 0, errors.New("it has no name in parentheses")
	}
	fields := strings.Fields(text[end+1:])
	if len(fields) < 13 {
		return 0, 0, errors.New("it ends early")
	}
	var numbers [3]int
	for i, at := range []int{2, 11, 12} {
		if numbers[i], err = strconv.Atoi(fields[at]); err != nil {
			return 0, 0, err
		}
	}
	return numbers[0], time.Duration(numbers[1]+numbers[2]) * tick, nil
}

func peak(process string) int64 {
	text, err := os.ReadFile(filepath.Join(process, "status"))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kilobytes, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kilobytes << 10
		}
	}
	return 0
}
