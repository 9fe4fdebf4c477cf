// Package coding compresses answers and reads compressed requests: gzip, brotli
// and zstd.
//
//	Accept-Encoding ──Choose──► Coding ──Append──► the answer, compressed
//	Content-Encoding ──Of─────► Coding ──Decode──► the request's body
//
// Texts are whole on both sides. As many run at a time as there are processors,
// each with memory of its own that is used again: neither how many clients there
// are nor what they send decides how much memory that takes.
//
// Source: RFC 9110 §8.4 and §12.5.3.
package coding

import "strings"

// Coding is a content coding.
type Coding uint8

// The codings. Identity is none.
const (
	Identity Coding = iota
	Gzip
	Brotli
	Zstd
)

// Names of the codings in headers, by Coding.
var names = [...]string{Identity: "identity", Gzip: "gzip", Brotli: "br", Zstd: "zstd"}

// String is the coding's name in headers.
func (c Coding) String() string { return names[c] }

// Names are those of the codings that Decode reads, as a header says them.
const Names = "gzip, br, zstd"

// Of returns the coding that a Content-Encoding names; ok is false when it is none
// of these.
func Of(name string) (c Coding, ok bool) {
	name = strings.TrimSpace(name)
	for c, known := range names {
		if strings.EqualFold(name, known) {
			return Coding(c), true
		}
	}
	if strings.EqualFold(name, "x-gzip") {
		return Gzip, true
	}
	return Identity, false
}

// Choose returns the coding that the client likes best by its Accept-Encoding
// headers, and of those that it likes equally the one that is best here: zstd,
// brotli, gzip. It is Identity where the client names none of them, and also where
// it refuses everything, since an answer that is not compressed is better than
// none.
func Choose(accept []string) Coding {
	var weights [len(names)]int
	for i := range weights {
		weights[i] = -1
	}
	others := 0
	for _, value := range accept {
		for item := range strings.SplitSeq(value, ",") {
			name, weight, ok := weighed(item)
			if !ok {
				continue
			}
			if name == "*" {
				others = weight
			} else if c, ok := Of(name); ok {
				weights[c] = weight
			}
		}
	}
	best, most := Identity, max(weights[Identity], 0)
	for c := Gzip; c <= Zstd; c++ {
		weight := weights[c]
		if weight < 0 {
			weight = others
		}
		if weight > 0 && weight >= most {
			best, most = c, weight
		}
	}
	return best
}

// weighed reads an element of an Accept-Encoding header.
func weighed(item string) (name string, weight int, ok bool) {
	name, parameter, has := strings.Cut(item, ";")
	if !has {
		return strings.TrimSpace(name), 1000, true
	}
	key, value, _ := strings.Cut(parameter, "=")
	if !strings.EqualFold(strings.TrimSpace(key), "q") {
		return "", 0, false
	}
	weight, ok = Quality(strings.TrimSpace(value))
	return strings.TrimSpace(name), weight, ok
}

// Quality reads a weight of 0 to 1 with at most three decimals, in thousandths
// (RFC 9110 §12.4.2).
func Quality(text string) (thousandths int, ok bool) {
	whole, decimals, _ := strings.Cut(text, ".")
	if whole != "0" && whole != "1" || len(decimals) > 3 {
		return 0, false
	}
	quality := int(whole[0]-'0') * 1000
	for i, weight := 0, 100; i < len(decimals); i, weight = i+1, weight/10 {
		if decimals[i] < '0' || decimals[i] > '9' {
			return 0, false
		}
		quality += int(decimals[i]-'0') * weight
	}
	return quality, quality <= 1000
}
