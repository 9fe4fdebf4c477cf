package router

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// The plan comes with how each of its fetches went; a fetch that had nothing to
// ask for was not sent.
func TestThePlanIsShown(t *testing.T) {
	w := newWorld(t)
	products := w.handlers["products"]
	w.handle(t, "products", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		if !strings.Contains(string(body), "nothing") {
			products.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"data":{"product":null}}`)
	}))
	r := w.router(t, Options{})
	type node struct {
		Kind   string
		ID     *int
		Node   *node
		Nodes  []*node
		Object *node
	}
	for query, want := range map[string]string{
		everything: "0 products step 0 sent 200 representations 0; 1 reviews step 1 sent 200 representations 1; ",
		`{ product(upc: "nothing") { name reviews { body } } }`: "0 products step 0 sent 200 representations 0; 1 reviews step 1; ",
		`{ __typename }`: "",
	} {
		var answer struct {
			Data       map[string]any
			Extensions struct {
				QueryPlan struct {
					Text    string
					Plan    node
					Fetches []shownFetch
				}
				ApolloQueryPlan struct {
					Object node
					Text   string
				}
			}
		}
		text := body(r, Request{Query: query, Plan: PlanShown})
		if err := json.Unmarshal([]byte(text), &answer); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		shown := answer.Extensions.QueryPlan
		if answer.Data == nil || !strings.HasPrefix(shown.Text, "QueryPlan {") || shown.Text != answer.Extensions.ApolloQueryPlan.Text || shown.Plan.Kind != "QueryPlan" {
			t.Errorf("%s: %s", query, text)
		}
		var got strings.Builder
		for _, f := range shown.Fetches {
			fmt.Fprintf(&got, "%d %s step %d", f.ID, f.Subgraph, f.Step)
			if f.Sent {
				fmt.Fprintf(&got, " sent %d representations %d", f.Status, f.Representations)
			}
			if f.Sent != (f.Bytes > 0) || f.Sent != (f.RequestBytes > 0) || f.Start < 0 || f.Duration < 0 {
				t.Errorf("%s: fetch %+v", query, f)
			}
			got.WriteString("; ")
		}
		if got.String() != want {
			t.Errorf("%s:\n got %s\nwant %s", query, &got, want)
		}
	}
	if !strings.Contains(body(r, Request{Query: everything, Plan: PlanShown}), `"kind":"Fetch","id":1,`) {
		t.Error("the plan's fetches have no ids")
	}
}

func TestThePlanAlone(t *testing.T) {
	w := newWorld(t)
	r := w.router(t, Options{})
	got := body(r, Request{Query: everything, Plan: PlanOnly})
	if !strings.HasPrefix(got, `{"data":null,"extensions":{"queryPlan":{"text":"QueryPlan {`) || !strings.Contains(got, `"fetches":null`) || !json.Valid([]byte(got)) {
		t.Errorf("answer %s", got)
	}
	if n := len(w.network.Sent()); n != 0 {
		t.Errorf("%d requests to subgraphs", n)
	}
	if got := body(r, Request{Query: "{ nothing }", Plan: PlanOnly}); strings.Contains(got, "extensions\":{\"queryPlan") {
		t.Errorf("an operation that is not valid: %s", got)
	}
}
