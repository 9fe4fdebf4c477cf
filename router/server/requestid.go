package server

import (
	"encoding/hex"
	"math/rand/v2"

	"encoding/binary"
)

const requestIDHeader = "X-Request-Id"

// requestID is the client's own id of the request, so that its logs and ours can
// be laid side by side, or a new one where it has none that is fit for a log.
func requestID(sent []string) string {
	if len(sent) == 1 && isRequestID(sent[0]) {
		return sent[0]
	}
	var id [16]byte
	binary.LittleEndian.PutUint64(id[:8], rand.Uint64())
	binary.LittleEndian.PutUint64(id[8:], rand.Uint64())
	return hex.EncodeToString(id[:])
}

func isRequestID(s string) bool {
	if len(s) < 8 || len(s) > 128 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case '0' <= c && c <= '9', 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '-', c == '_', c == '.':
		default:
			return false
		}
	}
	return true
}
