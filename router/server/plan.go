package server

import (
	"net/http"

	"github.com/shopgraph/shopgraph/router"
)

// planHeaders ask for the query plan, in the names of the routers that clients
// and tools know: "true" for an answer with its plan, "dry-run" for the plan
// alone.
var planHeaders = [...]string{"Apollo-Expose-Query-Plan", "Hive-Expose-Query-Plan"}

func planOutput(h http.Header) router.PlanOutput {
	for _, name := range planHeaders {
		switch h.Get(name) {
		case "true":
			return router.PlanShown
		case "dry-run":
			return router.PlanOnly
		}
	}
	return router.PlanHidden
}

// costHeader asks, with "true", for the estimated cost of the operation.
const costHeader = "Shopgraph-Expose-Query-Cost"
