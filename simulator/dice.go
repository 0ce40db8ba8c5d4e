package simulator

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"strings"
	"time"
)

// dice are one named stream of randomness. What a stream gives depends on the seed and its name alone, so a further draw
// in one place never moves what happens in another, and neither does the server's timing.
type dice struct{ *rand.Rand }

// newDice opens the stream of a name, which is given in parts.
func newDice(seed uint64, name ...string) dice {
	var key [8]byte
	binary.BigEndian.PutUint64(key[:], seed)
	sum := sha256.Sum256(append(key[:], strings.Join(name, "\x00")...))
	return dice{rand.New(rand.NewPCG(binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16])))}
}

// chance is true with a probability.
func (d dice) chance(p float64) bool { return d.Float64() < p }

// spread is the sigma of every log-normal duration: people and papers take half to twice the median, seldom four times.
const spread = 0.5

// about draws a duration around a median.
func (d dice) about(median time.Duration) time.Duration {
	return time.Duration(float64(median) * math.Exp(d.NormFloat64()*spread))
}

// between draws a duration evenly.
func (d dice) between(least, most time.Duration) time.Duration {
	return least + time.Duration(d.Float64()*float64(most-least))
}

// weighted draws an index by weights.
func (d dice) weighted(weights []float64) int {
	total := 0.0
	for _, w := range weights {
		total += w
	}
	at := d.Float64() * total
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// poisson draws a count. Above fifty the normal distribution is near enough, and costs nothing for a thousand.
func (d dice) poisson(mean float64) int {
	if mean > 50 {
		return max(0, int(math.Round(mean+d.NormFloat64()*math.Sqrt(mean))))
	}
	limit, product, n := math.Exp(-mean), d.Float64(), 0
	for product > limit {
		product *= d.Float64()
		n++
	}
	return n
}
