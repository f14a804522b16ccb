// Package metrics shows Prometheus what an operator watches. No metric names a user, a contact or a secret.
package metrics

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"contactbridge/internal/ledger"
)

// Metrics are those of one process, and what all of them have in the ledger.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

// New makes the metrics of a process.
func New(l *ledger.Ledger, version string) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry(), requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "contactbridge_http_request_seconds", Help: "How long the API took to answer.", Buckets: []float64{.01, .05, .2, 1, 5, 20},
	}, []string{"method", "route", "status"})}
	built := prometheus.NewGauge(prometheus.GaugeOpts{Name: "contactbridge_build_info", Help: "1, with the version.", ConstLabels: prometheus.Labels{"version": version}})
	built.Set(1)
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), m.requests, built, figures{l})
	return m
}

// Seen counts a request that the API answered; its route is the path with placeholders.
func (m *Metrics) Seen(method, route string, status int, took time.Duration) {
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
}

// Handler answers a scrape. While the database does not answer, the rest is shown.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError, Timeout: scrapeTime})
}

// scrapeTime bounds one scrape.
const scrapeTime = 10 * time.Second

// figures are read from the ledger at each scrape.
type figures struct{ ledger *ledger.Ledger }

var (
	connections = prometheus.NewDesc("contactbridge_connections", "Connections by what keeps them from syncing.", []string{"trouble"}, nil)
	runs        = prometheus.NewDesc("contactbridge_runs", "Runs that have not ended, by state.", []string{"state"}, nil)
	oldest      = prometheus.NewDesc("contactbridge_run_waits_seconds", "How long the run has waited that waits longest.", nil, nil)
	waiting     = prometheus.NewDesc("contactbridge_waiting", "What waits: questions and parked writes for a person, refused writes for their next attempt, alerts for their receiver.", []string{"what"}, nil)
	unread      = prometheus.NewDesc("contactbridge_vtiger_read_seconds", "How long ago the module of vTiger was read to its end that was read longest ago.", nil, nil)
)

// Describe names them.
func (f figures) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{connections, runs, oldest, waiting, unread} {
		to <- d
	}
}

// Collect reads them.
func (f figures) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTime/2)
	defer cancel()
	now, err := f.ledger.Figures(ctx)
	if err != nil {
		to <- prometheus.NewInvalidMetric(connections, err)
		return
	}
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	for trouble, n := range now.Connections {
		gauge(connections, float64(n), trouble)
	}
	for _, state := range []ledger.RunState{ledger.Queued, ledger.Running} {
		gauge(runs, float64(now.Runs[state]), string(state))
	}
	gauge(oldest, now.Oldest.Seconds())
	gauge(unread, now.LongestReads.Seconds())
	for what, n := range map[string]int{"hold": now.Held, "refused": now.Refused, "parked": now.Parked, "alert": now.Undelivered} {
		gauge(waiting, float64(n), what)
	}
}
