package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shopgraph/shopgraph/bench/measure"
	"github.com/shopgraph/shopgraph/router"
	"github.com/shopgraph/shopgraph/router/server"
)

// TestMain lets this program be the reference too, as the real one is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "reference" {
		main()
		return
	}
	os.Exit(m.Run())
}

// served is the federation with its stand-ins, and what is asked of it.
type served struct {
	stands     *standIns
	base, sdl  string
	body, want []byte
}

func serveFederation(t *testing.T) *served {
	t.Helper()
	f, err := newFederation()
	if err != nil {
		t.Fatal(err)
	}
	s := &served{stands: newStandIns(f.graph, f.schemas)}
	s.base = listen(t, s.stands)
	if s.sdl, err = f.supergraph(s.base); err != nil {
		t.Fatal(err)
	}
	if s.want, err = f.expected(t.Context(), s.sdl); err != nil {
		t.Fatal(err)
	}
	if s.body, err = json.Marshal(map[string]string{"query": pageQuery}); err != nil {
		t.Fatal(err)
	}
	return s
}

func listen(t *testing.T, handler http.Handler) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

func post(t *testing.T, url string, body []byte) (status int, answer []byte) {
	t.Helper()
	response, err := http.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if answer, err = io.ReadAll(response.Body); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, answer
}

// TestAgree asks all that is measured here and in this repository, over sockets:
// each must give what a server that has all the data gives, and no more requests
// than the best plan has.
func TestAgree(t *testing.T) {
	s := serveFederation(t)
	if n := len(s.want); n < 80_000 || n > 100_000 {
		t.Errorf("the answer has %d bytes: the README says 80 to 100 kB", n)
	}
	r, err := router.New(s.sdl, router.Options{NoSharing: true})
	if err != nil {
		t.Fatal(err)
	}
	ours, err := server.New(server.Options{Router: r})
	if err != nil {
		t.Fatal(err)
	}
	byHand, err := newReference(s.base)
	if err != nil {
		t.Fatal(err)
	}
	for name, handler := range map[string]http.Handler{"router": ours, "reference": byHand} {
		t.Run(name, func(t *testing.T) {
			url := listen(t, handler)
			for range 2 { // the second time from what is remembered
				if _, err := s.stands.count(); err != nil {
					t.Fatal(err)
				}
				status, answer := post(t, url+"/graphql", s.body)
				if status != http.StatusOK {
					t.Fatalf("status %d: %.500s", status, answer)
				}
				if diff := cmp.Diff(decode(t, s.want), decode(t, answer)); diff != "" {
					t.Fatalf("the answer differs (-expected +this):\n%.2000s", diff)
				}
				if n, err := s.stands.count(); n != 7 || err != nil {
					t.Errorf("%d requests were made (%v), the best plan has 7", n, err)
				}
			}
		})
	}
}

func decode(t *testing.T, text []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%v: %.300s", err, text)
	}
	return v
}

// TestReferenceParses checks the reference's parser against encoding/json, with
// texts that are cut anywhere too.
func TestReferenceParses(t *testing.T) {
	whole := ` {"a":[1,-2.5e3,{"b":"x\\\"y\\","c":[]}, {}],"é":null,"t":true , "f":"" } `
	for n := range len(whole) + 1 {
		a := &answer{}
		a.body.WriteString(whole[:n])
		if err := a.parse(); (err == nil) != json.Valid([]byte(whole[:n])) {
			t.Errorf("%q: %v", whole[:n], err)
		}
	}
	for _, wrong := range []string{`{"a" 1}`, `{"a":}`, `{a:1}`, `[1 2]`, `[,]`, `{"a":1]`, `1 2`} {
		a := &answer{}
		a.body.WriteString(wrong)
		if a.parse() == nil {
			t.Errorf("%s is taken", wrong)
		}
	}
	a := &answer{}
	a.body.WriteString(whole)
	if err := a.parse(); err != nil {
		t.Fatal(err)
	}
	leaf := a.root.field("a").list()[2].field("b")
	if leaf == nil || string(leaf.raw) != `"x\\\"y\\"` {
		t.Errorf("the string is %q", leaf.raw)
	}
}

// TestWrongAnswersAreSeen changes one thing in what is expected, or in what a
// subgraph gets: nothing wrong may pass.
func TestWrongAnswersAreSeen(t *testing.T) {
	s := serveFederation(t)
	own := &subject{expected: decode(t, s.want)}
	if err := own.right(0, s.want); err != nil {
		t.Error(err)
	}
	for _, change := range [][2]string{{`"inStock":true`, `"inStock":false`}, {`"name":"`, `"name":"x`}, {`"data":{`, `"errors":[],"data":{`}, {`}}`, ``}} {
		wrong := strings.Replace(string(s.want), change[0], change[1], 1)
		if own.right(0, []byte(wrong)) == nil {
			t.Errorf("%q in the place of %q passes", change[1], change[0])
		}
	}
	right := ask(t, s, "inventory", `{"__typename":"Product","sku":"SKU-07919","price":PRICE,"weight":WEIGHT}`, s.priceAndWeight(t))
	wrong := ask(t, s, "inventory", `{"__typename":"Product","sku":"SKU-07919","price":PRICE,"weight":WEIGHT}`, [2]string{"1", "1"})
	if right == wrong || !strings.Contains(string(s.want), right[strings.Index(right, `"shipping"`):strings.Index(right, `}`)]) {
		t.Errorf("what is required does not change the answer: %s, %s", right, wrong)
	}
}

// priceAndWeight are those of the first product.
func (s *served) priceAndWeight(t *testing.T) [2]string {
	_, answer := post(t, s.base+"/products", []byte(`{"query":"{bestsellers{price weight}}"}`))
	var found struct {
		Data struct {
			Bestsellers []struct{ Price, Weight json.Number }
		}
	}
	if err := json.Unmarshal(answer, &found); err != nil || len(found.Data.Bestsellers) == 0 {
		t.Fatalf("%v: %s", err, answer)
	}
	return [2]string{found.Data.Bestsellers[0].Price.String(), found.Data.Bestsellers[0].Weight.String()}
}

func ask(t *testing.T, s *served, subgraph, representation string, values [2]string) string {
	representation = strings.NewReplacer("PRICE", values[0], "WEIGHT", values[1]).Replace(representation)
	_, answer := post(t, s.base+"/"+subgraph,
		[]byte(`{"query":"query($r:[_Any!]!){_entities(representations:$r){...on Product{shipping}}}","variables":{"r":[`+representation+`]}}`))
	return string(answer)
}

func TestStandIns(t *testing.T) {
	s := serveFederation(t)
	first := ask(t, s, "products", `{"__typename":"Product","id":"p0"}`, [2]string{})
	if again := ask(t, s, "products", `{"__typename":"Product","id":"p0"}`, [2]string{}); again != first {
		t.Errorf("the second answer is %s, the first was %s", again, first)
	}
	if status, _ := post(t, s.base+"/nobody", []byte(`{}`)); status != http.StatusNotFound {
		t.Errorf("a subgraph that does not exist answers with status %d", status)
	}
	if status, _ := post(t, s.base+"/users", []byte(`nonsense`)); status != http.StatusBadRequest {
		t.Errorf("nonsense is answered with status %d", status)
	}
	if n, err := s.stands.count(); n != 3 || err != nil {
		t.Errorf("%d requests were counted (%v), 3 were made", n, err)
	}
}

// TestReferenceRefuses asks it what it does not know, and lets it fail.
func TestReferenceRefuses(t *testing.T) {
	s := serveFederation(t)
	for name, c := range map[string]struct {
		subgraphs http.HandlerFunc
		body      []byte
		status    int
	}{
		"another query":     {nil, []byte(`{"query":"{members{id}}"}`), http.StatusBadRequest},
		"no JSON":           {nil, []byte(`query`), http.StatusBadRequest},
		"failing subgraphs": {http.NotFound, s.body, http.StatusBadGateway},
		"subgraphs' nonsense": {func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, `{"data":{"members":[1,null,{"id":"u0"}]}}`)
		}, s.body, http.StatusBadGateway},
		"subgraphs' errors": {func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"errors":[{"message":"no"}]}`) }, s.body, http.StatusBadGateway},
	} {
		t.Run(name, func(t *testing.T) {
			base := s.base
			if c.subgraphs != nil {
				base = listen(t, c.subgraphs)
			}
			p, err := newReference(base)
			if err != nil {
				t.Fatal(err)
			}
			if status, answer := post(t, listen(t, p), c.body); status != c.status {
				t.Errorf("status %d, want %d: %s", status, c.status, answer)
			}
		})
	}
}

// TestRivalThatIsWrong leaves it out and says why.
func TestRivalThatIsWrong(t *testing.T) {
	w := &world{subject: &subject{expected: "nothing", folder: t.TempDir()}, calls: map[string]int{}}
	script := "echo started; echo failed; exit 3"
	err := w.startRival(rival{"other", "/", func(string) measure.Command { return measure.Command{Args: []string{"sh", "-c", script}} }})
	if err == nil {
		t.Fatal("there is no error")
	}
	w.leaveOut("other", err)
	if want := []string{"other: `other ended: started`"}; !slices.Equal(w.out, want) || len(w.targets)+len(w.processes) > 0 {
		t.Errorf("%q, want %q; %d targets, %d processes", w.out, want, len(w.targets), len(w.processes))
	}
}

func TestBuildFailsCleanly(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for name, s := range map[string]settings{
		"no kit":     {kit: t.TempDir()},
		"no program": {program: "/nowhere/shopgraph"},
	} {
		if w, err := build(ctx, s); err == nil {
			w.close()
			t.Errorf("%s: there is no error", name)
		}
	}
}
