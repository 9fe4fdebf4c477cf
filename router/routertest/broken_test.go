package routertest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/shopgraph/shopgraph/router/routertest"
	"github.com/shopgraph/shopgraph/router/routertest/random"
)

var broken = flag.Int("broken", 2000, "how many operations TestBrokenAnswers runs")

// TestBrokenAnswers runs made-up operations on subgraphs whose answers are
// damaged on the way: whatever comes, the client gets a GraphQL response.
func TestBrokenAnswers(t *testing.T) {
	done := 0
	for s := *seed; done < *broken; s++ {
		world := random.Generate(s)
		f, err := routertest.NewFederation(routertest.Subgraphs(world), world.Data, composed, func(sdl string, network http.RoundTripper) (routertest.Router, error) {
			return build(sdl, damager{network, s})
		})
		if err != nil {
			continue
		}
		for i := range uint64(20) {
			op := random.NewOperation(f.API(), s*20+i)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			body := f.Ask(ctx, op.Query, op.Variables)
			cancel()
			decoder := json.NewDecoder(bytes.NewReader(body))
			decoder.DisallowUnknownFields()
			decoder.UseNumber() // JSON has larger ones than Go
			var response struct {
				Data   map[string]any
				Errors []struct {
					Message    string
					Locations  []struct{ Line, Column int }
					Path       []any
					Extensions map[string]any
				}
			}
			if err := decoder.Decode(&response); err != nil {
				t.Errorf("seed %d, operation %d: %v\n%s\n%s\n%s", s, i, err, op.Query, body, f.Requests())
			}
			done++
		}
	}
}

// damager changes, repeats and takes away tokens of answers.
type damager struct {
	network http.RoundTripper
	seed    uint64
}

var token = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|[^\s{}\[\]:,"]+|[^\s]`)

func (d damager) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := d.network.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	dice := rand.New(rand.NewPCG(d.seed, uint64(crc32.ChecksumIEEE(body))))
	tokens := token.FindAll(body, -1)
	for range dice.IntN(4) {
		tokens = damage(dice, tokens)
	}
	body = bytes.Join(tokens, nil)
	response.Body, response.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	response.Header.Del("Content-Length")
	return response, nil
}

func damage(dice *rand.Rand, tokens [][]byte) [][]byte {
	if len(tokens) == 0 {
		return tokens
	}
	a, b := dice.IntN(len(tokens)), dice.IntN(len(tokens))
	values := []string{"null", "[]", "{}", `""`, "1e999", "-0", "true", `"\ud800"`, "[[[null]]]", `{"__typename":"Query"}`}
	switch dice.IntN(6) {
	case 0:
		tokens[a], tokens[b] = tokens[b], tokens[a]
	case 1:
		tokens[a] = tokens[b]
	case 2:
		tokens[a] = []byte(values[dice.IntN(len(values))])
	case 3: // a piece twice, or not at all
		return append(tokens[:a:a], tokens[b:]...)
	default: // a member with a comma behind it less
		for i := a; i+3 < len(tokens); i++ {
			if string(tokens[i+1]) == ":" && string(tokens[i+3]) == "," {
				return append(tokens[:i:i], tokens[i+4:]...)
			}
		}
	}
	return tokens
}
