// Package outlook is the Outlook side: the contacts of one mailbox folder as a contact.Book over Microsoft Graph, and the
// delegated sign-in that gives it access tokens.
//
// It is the only room that knows msgraph-sdk-go, and of that only users and models: the SDK addresses requests and
// spells bodies. Requests are sent and answers are read here, because the SDK loses the status and Retry-After of
// answers that are not JSON, fails a whole page for one unusual contact, and repeats requests that create.
package outlook
