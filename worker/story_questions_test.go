package worker_test

// questions are what waits for a person, and what the person says.
var questions = []sentence{}
