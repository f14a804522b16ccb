// Package contract checks the traffic between our Graph client and our Graph simulator against the OpenAPI document that
// Microsoft publishes. It is a module of its own, so that the product does not depend on the library that does it.
package contract
