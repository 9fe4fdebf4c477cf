package measure

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http/httputil"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Target is a program under test.
type Target struct {
	Name string
	// Address is its host:port.
	Address string
	// Requests are whole HTTP/1.1 requests, of which each connection sends random
	// ones.
	Requests [][]byte
	// Processes are those whose CPU time counts.
	Processes []*Process
	// Answers are the bodies that were found right, by request; Load counts every
	// other answer as failed. Nil counts by status alone.
	Answers [][]byte
	// Fresh makes each request of Load where none may be sent twice; it is called
	// by all connections at once. Right then judges the answers' bodies.
	Fresh func(random *rand.Rand) []byte
	Right func(body []byte) bool
	// Spread is over how many addresses of the loopback interface Load's
	// connections come, 127.0.0.1 and the next ones, each of which has ports of
	// its own; with 0 the system chooses.
	Spread int
	// Warm is how long Load asks before what it does counts.
	Warm time.Duration
}

// Post is a request as Target wants it.
func Post(path, token string, body []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "POST %s HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nAccept: application/json\r\nContent-Length: %d\r\n", path, len(body))
	if token != "" {
		fmt.Fprintf(&b, "Authorization: Bearer %s\r\n", token)
	}
	b.WriteString("\r\n")
	b.Write(body)
	return b.Bytes()
}

// Get is a request as Target wants it.
func Get(path, token string) []byte {
	return fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %s\r\n\r\n", path, token)
}

// Result is what happened in one window of load.
type Result struct {
	Requests, Failed int
	// Wrong is one of the answers that count as failed, with its status.
	Wrong string
	// Took is the length of the window.
	Took time.Duration
	// P50 and P99 are latencies.
	P50, P99 time.Duration
	// CPU is the time of the target's processes for one request.
	CPU time.Duration
}

// Load asks over this many connections for a while.
func (t *Target) Load(ctx context.Context, connections int, length time.Duration) (Result, error) {
	clients := make([]*client, connections)
	for i := range clients {
		var err error
		if clients[i], err = dial(t.Address, t.local(i)); err != nil {
			return Result{}, fmt.Errorf("%s: %w", t.Name, err)
		}
		defer clients[i].conn.Close()
	}
	ctx, cancel := context.WithTimeout(ctx, t.Warm+length)
	defer cancel()
	began := time.Now().Add(t.Warm)
	errs := make([]error, connections)
	var asking sync.WaitGroup
	for i, c := range clients {
		asking.Go(func() { errs[i] = c.ask(ctx, t, uint64(i), began) })
	}
	select {
	case <-time.After(time.Until(began)):
	case <-ctx.Done():
	}
	before, first := UsageOf(t.Processes...)
	asking.Wait()
	r := Result{Took: time.Since(began)}
	after, last := UsageOf(t.Processes...)
	if err := errors.Join(append(errs, first, last)...); err != nil {
		return Result{}, fmt.Errorf("%s: %w", t.Name, err)
	}
	r.add(clients)
	if r.Requests > 0 {
		r.CPU = (after.CPU - before.CPU) / time.Duration(r.Requests)
	}
	return r, nil
}

func (r *Result) add(clients []*client) {
	var all []time.Duration
	for _, c := range clients {
		if r.Failed += c.failed; c.wrong != "" {
			r.Wrong = c.wrong
		}
		all = append(all, c.took...)
	}
	slices.Sort(all)
	if r.Requests = len(all); r.Requests > 0 {
		r.P50, r.P99 = all[len(all)/2], all[len(all)*99/100]
	}
}

// client is one connection. It does no more than it must: the machine belongs to
// the program under test.
type client struct {
	conn   net.Conn
	in     *bufio.Reader
	body   []byte
	took   []time.Duration
	failed int
	wrong  string
}

// local is the address that the i-th connection comes from, nil for any.
func (t *Target) local(i int) net.Addr {
	if t.Spread == 0 {
		return nil
	}
	return &net.TCPAddr{IP: net.IPv4(127, 0, 0, byte(1+i%t.Spread))}
}

func dial(address string, local net.Addr) (*client, error) {
	dialer := net.Dialer{Timeout: 5 * time.Second, LocalAddr: local}
	conn, err := dialer.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	return &client{conn: conn, in: bufio.NewReaderSize(conn, 64<<10)}, nil
}

// ask asks until ctx ends, and notes how requests went that ended after began.
func (c *client) ask(ctx context.Context, t *Target, seed uint64, began time.Time) error {
	random := rand.New(rand.NewPCG(seed, 1))
	for ctx.Err() == nil {
		i, request := t.next(random)
		sent := time.Now()
		status, err := c.do(request)
		if err != nil {
			return err
		}
		took := time.Since(sent)
		if sent.Add(took).Before(began) {
			continue
		}
		c.took = append(c.took, took)
		if status != 200 || !t.right(i, c.body) {
			c.failed++
			c.wrong = fmt.Sprintf("status %d: %.500s", status, c.body)
		}
	}
	return nil
}

// next is the request to send, and its index among those that are kept.
func (t *Target) next(random *rand.Rand) (i int, request []byte) {
	if t.Fresh != nil {
		return 0, t.Fresh(random)
	}
	i = random.IntN(len(t.Requests))
	return i, t.Requests[i]
}

func (t *Target) right(i int, body []byte) bool {
	if t.Fresh != nil {
		return t.Right(body)
	}
	return t.Answers == nil || bytes.Equal(body, t.Answers[i])
}

// answerTimeout is how long an answer may take before all is given up.
const answerTimeout = 60 * time.Second

// do sends a request and reads its answer into body.
func (c *client) do(request []byte) (status int, err error) {
	c.conn.SetDeadline(time.Now().Add(answerTimeout))
	if _, err := c.conn.Write(request); err != nil {
		return 0, err
	}
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	if len(line) < 12 {
		return 0, fmt.Errorf("the answer begins with %q", line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, fmt.Errorf("the answer begins with %q", line)
	}
	length, err := c.readHeader()
	if err != nil {
		return 0, err
	}
	return status, c.readBody(length)
}

// readHeader returns the announced length, -1 for a body in chunks.
func (c *client) readHeader() (length int, err error) {
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			return length, nil
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		switch value = bytes.TrimSpace(value); {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(value)); err != nil {
				return 0, err
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			length = -1
		}
	}
}

func (c *client) readBody(length int) (err error) {
	if length < 0 {
		c.body = c.body[:0]
		b := bytes.NewBuffer(c.body)
		if _, err = b.ReadFrom(httputil.NewChunkedReader(c.in)); err == nil {
			_, err = c.in.Discard(2) // the empty line behind the last chunk
		}
		c.body = b.Bytes()
		return err
	}
	c.body = slices.Grow(c.body[:0], length)[:length]
	_, err = io.ReadFull(c.in, c.body)
	return err
}

// Once asks one request and returns the answer's status and body.
func (t *Target) Once(i int) (status int, body []byte, err error) {
	c, err := dial(t.Address, nil)
	if err != nil {
		return 0, nil, err
	}
	defer c.conn.Close()
	status, err = c.do(t.Requests[i])
	return status, c.body, err
}

// Learn asks every request once and keeps those answers that right accepts; the
// first that it does not is the error.
func (t *Target) Learn(right func(i int, body []byte) error) error {
	c, err := dial(t.Address, nil)
	if err != nil {
		return err
	}
	defer c.conn.Close()
	t.Answers = make([][]byte, len(t.Requests))
	for i, request := range t.Requests {
		status, err := c.do(request)
		if err == nil && status != 200 {
			err = fmt.Errorf("status %d: %.500s", status, c.body)
		}
		if err == nil {
			err = right(i, c.body)
		}
		if err != nil {
			return fmt.Errorf("%s, request %d: %w", t.Name, i, err)
		}
		t.Answers[i] = bytes.Clone(c.body)
	}
	return nil
}
