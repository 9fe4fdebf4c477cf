package serve

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Proxies are the networks whose word is taken for where a request comes from.
type Proxies []netip.Prefix

// ParseProxies reads networks, such as "10.0.0.0/8 ::1", separated by spaces or
// commas; a bare address is a network of one.
func ParseProxies(text string) (Proxies, error) {
	var proxies Proxies
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' }) {
		network, err := netip.ParsePrefix(word)
		if address, isAddress := netip.ParseAddr(word); isAddress == nil {
			network, err = netip.PrefixFrom(address.Unmap(), address.Unmap().BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("%q is neither a network such as 10.0.0.0/8 nor an address", word)
		}
		proxies = append(proxies, network.Masked())
	}
	return proxies, nil
}

// Trusts says whether an address is in one of the networks.
func (p Proxies) Trusts(a netip.Addr) bool {
	return slices.ContainsFunc(p, func(network netip.Prefix) bool { return network.Contains(a) })
}

type addressKey struct{}

// located is a context that knows where its request comes from. It reads that when
// it is asked, which few requests are.
type located struct {
	context.Context
	proxies Proxies
	request *http.Request
}

// Value implements context.Context.
func (l *located) Value(key any) any {
	if key == (addressKey{}) {
		return l
	}
	return l.Context.Value(key)
}

// Locate returns a context that says where the request comes from: its peer or,
// when that is one of the proxies or the router in this process, the last address
// before them that X-Forwarded-For names. What a client itself writes there counts
// for nothing, and where a proxy says nothing it is not known. The context is of use
// as long as the request is.
func (p Proxies) Locate(ctx context.Context, r *http.Request) context.Context {
	return &located{ctx, p, r}
}

// ClientAddress is where the request comes from; the zero value when that is not
// known. Of IPv6 it is the network of 64 bits, which is what one client has.
func ClientAddress(ctx context.Context) netip.Addr {
	if l, ok := ctx.Value(addressKey{}).(*located); ok {
		return Network(l.proxies.Client(l.request))
	}
	return netip.Addr{}
}

// Client is where the request comes from, as Locate says it, but of IPv6 the whole
// address.
func (p Proxies) Client(r *http.Request) netip.Addr {
	var at netip.Addr
	if r.RemoteAddr != "" { // a call in this process has none
		peer, err := netip.ParseAddrPort(r.RemoteAddr)
		if at = peer.Addr().Unmap(); err != nil || !p.Trusts(at) {
			return at
		}
	}
	forwarded := r.Header["X-Forwarded-For"]
	if len(forwarded) == 0 {
		return netip.Addr{} // a proxy that does not tell speaks for everyone
	}
	hops := strings.Split(strings.Join(forwarded, ","), ",")
	for _, hop := range slices.Backward(hops) {
		address, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		if at = address.Unmap(); !p.Trusts(at) {
			break
		}
	}
	return at
}

// Network is what one client has: an address, of IPv6 the network of 64 bits.
func Network(a netip.Addr) netip.Addr {
	if a.Is6() {
		prefix, _ := a.WithZone("").Prefix(64) // errs for lengths that do not fit only
		return prefix.Addr()
	}
	return a
}
