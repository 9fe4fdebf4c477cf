package server

import (
	"io"
	"net/http"
)

func live(w http.ResponseWriter, _ *http.Request) { health(w, http.StatusOK, "live") }

func (s *Server) ready(w http.ResponseWriter, _ *http.Request) {
	if s.Ready != nil {
		if err := s.Ready(); err != nil {
			health(w, http.StatusServiceUnavailable, "not ready: "+err.Error())
			return
		}
	}
	health(w, http.StatusOK, "ready")
}

func health(w http.ResponseWriter, status int, text string) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	io.WriteString(w, text+"\n")
}
