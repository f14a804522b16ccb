// Package graphsim is a small real HTTP server that behaves like Microsoft Entra ID v2.0 (authorize, token) and like
// the part of Microsoft Graph v1.0 that serves Outlook contacts. Tests, the demo and `contactbridge simulate` use it.
//
// It keeps everything in memory, shares no code with the client it is used to test, and aims to be as unkind as the
// real service: ids change on moves, display names are overwritten, delta tokens expire, mailboxes are throttled and
// answers get lost after the write was committed. What no source confirms about the real service is a switch in
// [Settings]; what happens only now and then is injected with [Server.Fail], [Server.Hold] and [Server.Postpone].
//
// One server answers for both hosts: Graph below /v1.0/, Entra ID below /{tenant}/oauth2/v2.0/.
package graphsim
