// Package devstack brings up a private PostgreSQL and a private Temporal for the demo and for tests.
//
// It never reads DATABASE_URL or TEMPORAL_ADDRESS: a test run in a production shell must not touch production data.
// A server to borrow is named by CONTACTBRIDGE_TEST_DATABASE_URL or CONTACTBRIDGE_TEST_TEMPORAL_ADDRESS, and there only
// a database or namespace of our own, with a random name, is made and removed again.
//
// Everything listens on 127.0.0.1, keeps its files in a private temporary folder, and ends with the process that started
// it. The context given to a starting function bounds the start, not the life of the server: that ends with Stop.
package devstack
