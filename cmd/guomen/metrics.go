package main

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// metrics are what an operator alarms on.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	batch    prometheus.Histogram
	facts    prometheus.Counter
	decide   prometheus.Histogram
	commit   prometheus.Histogram
	outcomes *prometheus.CounterVec
	gates    *prometheus.CounterVec
}

func newMetrics() *metrics {
	seconds := prometheus.ExponentialBuckets(0.0005, 2, 16) // 0.5 ms to 16 s
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "guomen_request_seconds", Help: "HTTP requests by route and status.", Buckets: seconds}, []string{"route", "status"}),
		batch:    prometheus.NewHistogram(prometheus.HistogramOpts{Name: "guomen_batch_commands", Help: "Commands in one transaction.", Buckets: prometheus.ExponentialBuckets(1, 2, 10)}),
		facts:    prometheus.NewCounter(prometheus.CounterOpts{Name: "guomen_facts_total", Help: "Facts recorded by this process."}),
		decide:   prometheus.NewHistogram(prometheus.HistogramOpts{Name: "guomen_decide_seconds", Help: "Deciding one batch.", Buckets: seconds}),
		commit:   prometheus.NewHistogram(prometheus.HistogramOpts{Name: "guomen_commit_seconds", Help: "Writing and flushing one batch.", Buckets: seconds}),
		outcomes: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "guomen_commands_total", Help: "Commands by priority and outcome."}, []string{"priority", "outcome"}),
		gates:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "guomen_gate_decisions_total", Help: "Gate decisions by result."}, []string{"decision"}),
	}
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		m.requests, m.batch, m.facts, m.decide, m.commit, m.outcomes, m.gates)
	return m
}

// Batch is told by the engine.
func (m *metrics) Batch(commands, facts int, decide, commit time.Duration) {
	m.batch.Observe(float64(commands))
	m.facts.Add(float64(facts))
	m.decide.Observe(decide.Seconds())
	m.commit.Observe(commit.Seconds())
}

// Outcome is told by the engine.
func (m *metrics) Outcome(priority ledger.Priority, outcome string) {
	m.outcomes.WithLabelValues([...]string{"gate", "lodgement", "follower"}[priority], outcome).Inc()
}

// watch adds what is asked for when it is scraped: queues, and how far views and followers are behind.
func (m *metrics) watch(p *platform) {
	m.registry.MustRegister(&gauges{p: p,
		waiting: prometheus.NewDesc("guomen_waiting_commands", "Commands that wait, by ledger.", []string{"ledger"}, nil),
		lag:     prometheus.NewDesc("guomen_view_lag_facts", "Facts that a view has yet to apply.", []string{"view"}, nil),
		carried: prometheus.NewDesc("guomen_follower_lag_facts", "Facts that a follower has yet to carry to other ledgers.", []string{"follower"}, nil),
	})
}

// scrapeTimeout bounds what a scrape asks of the database.
const scrapeTimeout = 2 * time.Second

type gauges struct {
	p                     *platform
	waiting, lag, carried *prometheus.Desc
}

// Describe lists the gauges.
func (g *gauges) Describe(to chan<- *prometheus.Desc) {
	to <- g.waiting
	to <- g.lag
	to <- g.carried
}

// Collect reads the gauges.
func (g *gauges) Collect(to chan<- prometheus.Metric) {
	for name, n := range g.p.engine.Waiting() {
		to <- prometheus.MustNewConstMetric(g.waiting, prometheus.GaugeValue, float64(n), string(name))
	}
	for view, n := range g.p.views.Lag() {
		to <- prometheus.MustNewConstMetric(g.lag, prometheus.GaugeValue, float64(n), view)
	}
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTimeout)
	defer cancel()
	for _, f := range g.p.followers {
		if n, err := g.p.engine.FollowerLag(ctx, f); err == nil { // without the database other gauges still answer
			to <- prometheus.MustNewConstMetric(g.carried, prometheus.GaugeValue, float64(n), f.Name)
		}
	}
}

// gate counts a gate's decision.
func (m *metrics) gate(decision port.GateDecision) {
	m.gates.WithLabelValues(string(decision)).Inc()
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

func (m *metrics) request(route string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Observe(took.Seconds())
}
