package main

import "github.com/guomen/guomen/internal/bench"

// judging is what became of a load of declarations, and what its transactions were like.
type judging struct {
	bench.Result
	Batches batches `json:"batches"`
}

// perBatch is how many commands a transaction had on average.
func (j *judging) perBatch() float64 { return j.Batches.Commands / max(1, j.Batches.Count) }

// batches is what the engine has told of its transactions. Decide and Commit are seconds; CPU is that of the whole
// process meanwhile, where the system tells it.
type batches struct{ Count, Commands, Decide, Commit, CPU float64 }

func (b batches) since(earlier batches) batches {
	return batches{b.Count - earlier.Count, b.Commands - earlier.Commands, b.Decide - earlier.Decide, b.Commit - earlier.Commit, b.CPU - earlier.CPU}
}

func (b batches) and(other batches) batches {
	return batches{b.Count + other.Count, b.Commands + other.Commands, b.Decide + other.Decide, b.Commit + other.Commit, b.CPU + other.CPU}
}

// batches reads the metrics that operators read.
func (m *metrics) batches() (b batches) {
	families, _ := m.registry.Gather() // what cannot be gathered is not there
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			h := metric.GetHistogram()
			switch family.GetName() {
			case "guomen_batch_commands":
				b.Count, b.Commands = float64(h.GetSampleCount()), h.GetSampleSum()
			case "guomen_decide_seconds":
				b.Decide = h.GetSampleSum()
			case "guomen_commit_seconds":
				b.Commit = h.GetSampleSum()
			case "process_cpu_seconds_total":
				b.CPU = metric.GetCounter().GetValue()
			}
		}
	}
	return b
}

// tell says what a transaction was like, and what a command took of the processors, which says more than the rate where
// others use them too.
func (j *judging) tell(name string) {
	n, commands := max(1, j.Batches.Count), max(1, j.Batches.Commands)
	talk("%s: %.0f commands a transaction, decided in %.2f ms, written and flushed in %.2f ms; %.0f µs of CPU a command in this program",
		name, j.perBatch(), 1000*j.Batches.Decide/n, 1000*j.Batches.Commit/n, 1e6*j.Batches.CPU/commands)
}
