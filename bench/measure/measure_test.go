package measure

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestParseStat(t *testing.T) {
	const line = "4242 (a (b) c) S 1 77 77 0 -1 4194560 10 20 0 0 150 25 0 0 20 0 8 0 100 1000 200"
	if group, cpu, err := parseStat(line); group != 77 || cpu != 1750*time.Millisecond || err != nil {
		t.Errorf("group %d, CPU %s, error %v", group, cpu, err)
	}
	for _, wrong := range []string{"", "1 (x) S 1 2", "1 x", "1 (x) S 1 g 3 0 0 0 0 0 0 0 1 2 0"} {
		if _, _, err := parseStat(wrong); err == nil {
			t.Errorf("%q passes", wrong)
		}
	}
}

func TestSpread(t *testing.T) {
	if got := SpreadOf([]float64{3, 1, 2}).String(); got != "2.00 (1.00–3.00)" {
		t.Error(got)
	}
	if got := SpreadOf([]float64{4, 1, 2, 3}).Median; got != 2.5 {
		t.Error(got)
	}
	if got := SpreadOf(nil); got != (Spread{}) {
		t.Error(got)
	}
}

// serveEcho answers with the body it gets, in chunks at /chunks.
func serveEcho(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	switch r.URL.Path {
	case "/chunks":
		w.Write(body[:1])
		w.(http.Flusher).Flush()
		w.Write(body[1:])
	case "/wrong":
		w.WriteHeader(http.StatusTeapot)
	default:
		w.Write(body)
	}
}

func TestLoadCountsWrongAnswers(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(serveEcho))
	defer server.Close()
	target := func(paths ...string) *Target {
		out := &Target{Name: "echo", Address: server.Listener.Addr().String()}
		for i, path := range paths {
			out.Requests = append(out.Requests, Post(path, "token", fmt.Appendf(nil, "text %d", i)))
		}
		return out
	}
	good := target("/", "/chunks")
	if err := good.Learn(func(i int, body []byte) error {
		if want := fmt.Sprintf("text %d", i); string(body) != want {
			return fmt.Errorf("got %q, want %q", body, want)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if r := loadSome(t, good); r.Failed > 0 || r.P50 > r.P99 {
		t.Errorf("%+v", r)
	}
	good.Answers[1] = []byte("another")
	if r := loadSome(t, good); r.Failed == 0 {
		t.Errorf("wrong answers are not seen: %+v", r)
	}
	bad := target("/wrong")
	if err := bad.Learn(func(int, []byte) error { return nil }); err == nil || !strings.Contains(err.Error(), "418") {
		t.Errorf("a wrong status passes: %v", err)
	}
	if _, err := (&Target{Name: "nobody", Address: "127.0.0.1:1"}).Load(context.Background(), 1, time.Millisecond); err == nil {
		t.Error("nobody listens, and there is no error")
	}
}

// loadSome measures for as long as this machine needs for some requests.
func loadSome(t *testing.T, target *Target) Result {
	t.Helper()
	for length := 50 * time.Millisecond; ; length *= 2 {
		r, err := target.Load(context.Background(), 3, length)
		if err != nil {
			t.Fatal(err)
		}
		if r.Requests >= 50 {
			return r
		}
	}
}

func TestProcesses(t *testing.T) {
	busy, err := Start(Command{Name: "busy", Args: []string{"sh", "-c", "while :; do :; done"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := busy.Ready(10*time.Second, func() error {
		if usage, err := UsageOf(busy); err != nil || usage.CPU == 0 || usage.Peak == 0 {
			return errors.Join(err, errors.New("it has done nothing yet"))
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	busy.Stop()
	ended, err := Start(Command{Name: "short", Args: []string{"sh", "-c", "echo no port; exit 1"}})
	if err != nil {
		t.Fatal(err)
	}
	err = ended.Ready(10*time.Second, func() error { return errors.New("not yet") })
	if err == nil || !strings.Contains(err.Error(), "no port") {
		t.Errorf("the error does not say what the program wrote: %v", err)
	}
	if _, err := Start(Command{Name: "missing", Args: []string{"/there/is/none"}}); err == nil {
		t.Error("what is not there starts")
	}
}

func TestPictures(t *testing.T) {
	bars := Bars("Cost & more", []Bar{{Label: "ours", Value: Spread{1, 0.9, 1.2}, Note: "×", Ours: true}, {Label: "<others>", Value: Spread{4, 4, 4}}})
	for _, want := range []string{"Cost &amp; more", "&lt;others&gt;", "1 ×"} {
		if !strings.Contains(bars, want) {
			t.Errorf("the bars lack %q: %s", want, bars)
		}
	}
	lines := Lines("Growth", "bytes", "µs", []Line{{"all", [][2]float64{{1e3, 10}, {1e6, 9000}}}})
	if strings.Count(lines, "<circle") != 2 || !strings.Contains(lines, "1M") {
		t.Error(lines)
	}
	if got := Table([]string{"a", "b"}, [][]string{{"1", "2"}}); got != "| a | b |\n|---|---|\n| 1 | 2 |\n" {
		t.Error(got)
	}
}
