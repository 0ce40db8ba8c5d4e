// Package bench measures what a database and the platform on it carry: clients that keep a path busy, latencies, and the
// raw limit that a figure stands beside. It knows ledgers and nothing of ports; what the commands are is the caller's.
//
// # The raw limit
//
// A figure by itself says as much about the machine as about the program. So the rows that a run left are pressed again
// under other names (see [Press]) and written straight through ledger.Store, with as many commands in a transaction as
// the run had on average, into an empty database of the same kind. Nothing is judged, decided, read or hashed then: it is
// what is left when the platform is taken away. The ratio of the two is comparable between machines, the figures are not.
//
// # Latencies
//
// Clients are a closed loop: each gives its next command when the one before has been acknowledged. Under overload they
// therefore wait with the server, and a latency is that of a command given, not of one that would have been given.
package bench

import "math"

// Line is one figure. What does not apply is null.
type Line struct {
	Name     string   `json:"name"`
	Database string   `json:"database"`
	Value    float64  `json:"value"`
	Unit     string   `json:"unit"`
	RawLimit *float64 `json:"raw_limit"`
	Ratio    *float64 `json:"ratio"`
	P50      *float64 `json:"p50_ms"`
	P99      *float64 `json:"p99_ms"`
	Clients  *int     `json:"clients"`
}

// The units of figures.
const (
	PerSecond = "1/s"     // commands, decisions or crossings acknowledged in a second
	FactsRate = "facts/s" // facts read in a second
	Facts     = "facts"
	Bytes     = "bytes"
)

// NewLine is a figure without anything beside it.
func NewLine(name string, value float64, unit string) Line {
	return Line{Name: name, Value: round(value), Unit: unit}
}

// Beside puts the raw limit beside a figure; 0: there is none.
func (l Line) Beside(raw float64) Line {
	if raw > 0 {
		limit, ratio := round(raw), round(l.Value/raw)
		l.RawLimit, l.Ratio = &limit, &ratio
	}
	return l
}

// Of says how long single commands took, and how many clients gave them.
func (l Line) Of(latency *Latency, clients int) Line {
	p50, p99 := milliseconds(latency.Quantile(0.5)), milliseconds(latency.Quantile(0.99))
	l.P50, l.P99, l.Clients = &p50, &p99, &clients
	return l
}

// round keeps four digits, which is more than repeats from one run to the next, and every digit of a large count.
func round(v float64) float64 {
	if v == 0 || math.Abs(v) >= 1000 {
		return math.Round(v)
	}
	scale := math.Pow(10, 3-math.Floor(math.Log10(math.Abs(v))))
	return math.Round(v*scale) / scale
}
