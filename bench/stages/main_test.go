package main

import "testing"

func TestShares(t *testing.T) {
	got := shares(`File: test
-----------+-------------------------------------------------------
      30ms   runtime.mallocgc
             github.com/99designs/gqlgen/graphql.NewFieldSet
             github.com/shopgraph/shopgraph/router/execute.(*Memory).Send
-----------+-------------------------------------------------------
      10ms   runtime.scanObject
             runtime.gcBgMarkWorker
-----------+-------------------------------------------------------
      20ms   encoding/json.Marshal
             github.com/shopgraph/shopgraph/cmd/shopgraph.askShop
`)
	if len(got) != 2 || got[0] != (share{"gqlgen and lean: fields and JSON", 75}) || got[1] != (share{"garbage collection", 25}) {
		t.Errorf("%v", got)
	}
}
