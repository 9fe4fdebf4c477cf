package serve

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

// health is the answer of /health/live and /health/ready. It names what is not
// ready and not why: that is in the log.
type health struct {
	Status string            `json:"status"`
	Checks map[string]string `json:"checks,omitempty"`
}

const checkTimeout = 2 * time.Second

func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	if s.stopping.Load() {
		writeHealth(w, http.StatusServiceUnavailable, health{Status: "stopping"})
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), checkTimeout)
	defer cancel()
	status, answer := http.StatusOK, health{Status: "ready", Checks: map[string]string{}}
	for name, check := range s.options.Ready {
		answer.Checks[name] = "ready"
		if err := check(ctx); err != nil {
			s.options.Log.Warn("not ready", "role", s.options.Name, "check", name, "error", err)
			answer.Checks[name] = "not ready"
			status, answer.Status = http.StatusServiceUnavailable, "not ready"
		}
	}
	writeHealth(w, status, answer)
}

func writeHealth(w http.ResponseWriter, status int, answer health) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(answer)
}
