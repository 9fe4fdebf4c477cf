package subgraphtest

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

	"github.com/shopgraph/shopgraph/internal/goldentest"
)

const realAnswer = `{"data":{"_entities":[{"__typename":"User","id":"1","age":36,"tags":["a","b"]},{"__typename":"User","id":"2","best":{"id":"1","good":true}}]}}`

func healthy(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	io.WriteString(w, realAnswer)
}

// TestFaults shows what each fault makes of one answer; over the network in
// memory and over TCP it must be the same.
func TestFaults(t *testing.T) {
	goldentest.Run(t, "testdata", func(t *testing.T, _ *goldentest.Case) map[string]string {
		var seen strings.Builder
		names := map[string]bool{}
		for _, f := range Faults() {
			if names[f.Name] {
				t.Errorf("two faults have the name %q", f.Name)
			}
			names[f.Name] = true
			inMemory, tcp := overMemory(t, f), overTCP(t, f)
			if inMemory != tcp {
				t.Errorf("%s: in memory\n%s\nover TCP\n%s", f.Name, inMemory, tcp)
			}
			fmt.Fprintf(&seen, "%s\n\t%s\n", f.Name, inMemory)
		}
		return map[string]string{"answers": seen.String()}
	})
}

func overMemory(t *testing.T, f Fault) string {
	t.Helper()
	var n Network
	if err := n.Handle("a", "http://a/graphql", f.Wrap(http.HandlerFunc(healthy))); err != nil {
		t.Fatal(err)
	}
	defer n.Wait()
	return ask(t, &http.Client{Transport: &n}, "http://a/graphql")
}

func overTCP(t *testing.T, f Fault) string {
	t.Helper()
	server := httptest.NewServer(f.Wrap(http.HandlerFunc(healthy)))
	defer server.Close()
	return ask(t, &http.Client{Transport: &http.Transport{DisableCompression: true}}, server.URL+"/graphql")
}

// ask shows status, content type and the beginning of the body, or the error.
func ask(t *testing.T, client *http.Client, url string) string {
	t.Helper()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err := client.Post(url, "application/json", strings.NewReader(`{"query":"{a}"}`))
	if err != nil {
		return "error"
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 400))
	shown := fmt.Sprintf("%d %s %.300q", response.StatusCode, response.Header.Get("Content-Type"), body)
	if response.Header.Get("Content-Encoding") != "" {
		shown = fmt.Sprintf("%d %s, compressed", response.StatusCode, response.Header.Get("Content-Type"))
	}
	if err != nil {
		shown += ", then cut"
	}
	return shown
}

func TestWaiting(t *testing.T) {
	for _, f := range []Fault{Delay(time.Hour), Hang(), Stall()} {
		t.Run(f.Name, func(t *testing.T) {
			var n Network
			if err := n.Handle("a", "http://a/graphql", f.Wrap(http.HandlerFunc(healthy))); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
			defer cancel()
			r, err := http.NewRequestWithContext(ctx, "POST", "http://a/graphql", strings.NewReader("{}"))
			if err != nil {
				t.Fatal(err)
			}
			response, err := n.RoundTrip(r)
			if err == nil {
				_, err = io.ReadAll(response.Body)
			}
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
			n.Wait() // the handler must see the cancellation
		})
	}
}

func TestNetwork(t *testing.T) {
	var n Network
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		fmt.Fprintf(w, "%s %s %s ", r.Method, r.Host, r.URL.Path)
		io.Copy(w, r.Body)
	})
	if err := n.Handle("teapots", "http://teapots:80/graphql", echo); err != nil {
		t.Fatal(err)
	}
	if err := n.Handle("nowhere", "teapots", echo); err == nil {
		t.Error("a URL without a host was accepted")
	}
	client := &http.Client{Transport: &n}
	body := `{"query":"{a}","operationName":"A","variables":{"x":1}}`
	response, err := client.Post("http://teapots:80/graphql?x", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(response.Body)
	if want := "POST teapots:80 /graphql " + body; string(answer) != want || err != nil || response.StatusCode != http.StatusTeapot {
		t.Errorf("got %d %q %v, want %q", response.StatusCode, answer, err, want)
	}
	if _, err := client.Get("http://unknown/graphql"); err == nil {
		t.Error("a server that does not exist answered")
	}
	sent := n.Sent()
	if len(sent) != 1 || sent[0].Subgraph != "teapots" || sent[0].Header.Get("Content-Type") != "application/json" {
		t.Fatalf("recorded %+v", sent)
	}
	query, name, variables, err := sent[0].Operation()
	if query != "{a}" || name != "A" || variables["x"] != 1.0 || err != nil {
		t.Errorf("decoded %q %q %v %v", query, name, variables, err)
	}
	if n.Reset(); len(n.Sent()) != 0 {
		t.Error("Reset keeps requests")
	}
}
