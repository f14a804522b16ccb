package api

import (
	"context"
	"net/netip"
	"sync"

	"github.com/gin-gonic/gin"
)

// origin is where a request comes from and what it is for.
type origin struct {
	address string // the client's; empty: not known
	path    string
}

type originKey struct{}

const forwardedFor = "X-Forwarded-For"

// originOf gives it; empty outside of a request.
func originOf(ctx context.Context) origin {
	o, _ := ctx.Value(originKey{}).(origin)
	return o
}

// trust lets the configured proxies say where a request comes from, by the one header that proxies append to. A header that
// they would pass on as it came is not read.
func (s *Server) trust(g *gin.Engine) {
	networks := make([]string, len(s.TrustedProxies))
	for i, n := range s.TrustedProxies {
		networks[i] = n.String()
	}
	// Only what is no network could be refused.
	_ = g.SetTrustedProxies(networks)
	g.RemoteIPHeaders = []string{forwardedFor}
}

// fromWhere notes the origin for handlers, which know no gin. It says once that a proxy is not trusted whose clients then
// all have its address.
func (s *Server) fromWhere() gin.HandlerFunc {
	var once sync.Once
	return func(c *gin.Context) {
		o := origin{address: c.ClientIP(), path: c.Request.URL.Path}
		if c.GetHeader(forwardedFor) != "" && o.address == c.RemoteIP() {
			once.Do(func() {
				s.Log.Warn("requests come through a proxy that CONTACTBRIDGE_TRUSTED_PROXIES does not name; all its clients count as one address", "proxy", o.address)
			})
		}
		c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), originKey{}, o))
	}
}

// household is whose requests count together: an address, or the network of 64 bits that one customer has in IPv6.
func (o origin) household() string {
	address, err := netip.ParseAddr(o.address)
	if err != nil {
		return ""
	}
	if address = address.Unmap().WithZone(""); address.Is6() {
		network, _ := address.Prefix(64)
		return network.String()
	}
	return address.String()
}
