package execute_test

import (
	"testing"

	"github.com/shopgraph/shopgraph/router/executetest"
	"github.com/shopgraph/shopgraph/router/routertest"
)

func TestAudit(t *testing.T) { routertest.Audit(t, executetest.Build) }
