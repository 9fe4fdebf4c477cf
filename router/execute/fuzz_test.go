package execute_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"golang.org/x/tools/txtar"

	"github.com/shopgraph/shopgraph/internal/goldentest"
	"github.com/shopgraph/shopgraph/router/execute"
	"github.com/shopgraph/shopgraph/router/executetest"
)

// FuzzRun answers requests with random bytes, the answers of several fetches
// one after the other. The response must be one, and nothing must panic.
func FuzzRun(f *testing.F) {
	var operations []*executetest.Operation
	for _, name := range []string{"faults/entities", "run/types", "run/requires", "run/shared_root", "run/deduplicated"} {
		text, err := os.ReadFile("testdata/" + name + ".txtar")
		if err != nil {
			f.Fatal(err)
		}
		c := goldentest.NewCase(txtar.Parse(text))
		operations = append(operations, prepare(f, executetest.FromCase(f, c), c))
	}
	seeds := []string{
		`{"data":{"products":[{"__typename":"Product","id":"1","name":"x"},{"id":"2","name":null}]}}` + "\x00" +
			`{"data":{"_entities":[{"rating":1,"best":{"__typename":"Quote","text":"t"},"reviews":[{"text":"a","stars":1}]},null]}}`,
		`{"data":{"search":[{"__typename":"Book","id":"1"},{"__typename":"Film","id":2,"length":3}]}}` + "\x00" + `{"data":{"_entities":[{"title":"x"},{"name":"y"}]},"errors":[{"message":"m","path":["_entities",1,"name"]}]}`,
		`{"data":{"orders":[{"id":"1","lines":[[{"weight":1}]],"note":"n","to":{"city":"c"}}]}}` + "\x00" + `{"data":{"_entities":[{"cost":1}]}}`,
		`{"data":{"cart":{"lines":[{"sku":"x"}],"total":{"amount":1}}}}` + "\x00" + `{"data":{"cart":{"note":"n","lines":[{"quantity":1},{}],"total":null}}}`,
		`{"data":{"top":[{"id":"1","similar":[{"id":"2"},{"id":"2"}]}],"favourite":{"id":"1"}}}` + "\x00" + `{"data":{"_e0":[{"inStock":true}],"_e1":[{"inStock":false,"shelf":{"row":1,"place":[]}}]},"errors":[{"message":"m","path":["_e1",0,"shelf"]}]}`,
	}
	for i, seed := range seeds {
		f.Add(uint8(i), []byte(seed))
	}
	f.Fuzz(func(t *testing.T, which uint8, text []byte) {
		o := *operations[int(which)%len(operations)]
		answers := &pieces{pieces: bytes.Split(text, []byte{0})}
		o.Request.Transport = answers
		body := o.Run(t.Context())
		if !json.Valid(body) || !utf8.Valid(body) {
			t.Fatalf("no JSON: %q", body)
		}
		answer := readable(t, body)
		if strings.Contains(answer, "internal error") {
			t.Fatalf("something panicked: %s", answer)
		}
	})
}

// pieces is a transport that gives one answer after the other.
type pieces struct {
	mu     sync.Mutex
	pieces [][]byte
}

func (p *pieces) Send(_ context.Context, call *execute.Call) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.pieces) == 0 {
		return fmt.Errorf("there is no answer")
	}
	call.Status, call.Answer = 200, p.pieces[0]
	p.pieces = p.pieces[1:]
	return nil
}
