package bench

import (
	"encoding/json"
	"math/bits"
	"sync/atomic"
	"time"
)

// Latency counts durations by size. A bucket is a 64th of a power of two wide, so that a quantile is right to 1.6 %.
// It may be added to from many goroutines at once; the zero value is ready.
type Latency struct {
	counts [buckets]atomic.Uint64
}

// fine is the number of buckets in an octave; 41 octaves of nanoseconds reach 36 minutes, longer than anybody waits.
const (
	fineBits = 6
	fine     = 1 << fineBits
	buckets  = fine * 36
)

func bucketOf(d time.Duration) int {
	n := uint64(max(d, 0))
	if n < fine {
		return int(n)
	}
	shift := bits.Len64(n) - fineBits - 1
	return min((shift+1)*fine+int(n>>shift)&(fine-1), buckets-1)
}

// middle is the duration that a bucket stands for.
func middle(bucket int) time.Duration {
	if bucket < fine {
		return time.Duration(bucket)
	}
	shift := bucket/fine - 1
	return time.Duration((fine+bucket%fine)<<shift + 1<<shift/2)
}

// Add counts one duration.
func (l *Latency) Add(d time.Duration) { l.counts[bucketOf(d)].Add(1) }

// Merge adds what another has counted.
func (l *Latency) Merge(other *Latency) {
	for i := range l.counts {
		l.counts[i].Add(other.counts[i].Load())
	}
}

// Count is how many durations were added.
func (l *Latency) Count() uint64 {
	total := uint64(0)
	for i := range l.counts {
		total += l.counts[i].Load()
	}
	return total
}

// Mean is the mean duration; zero where nothing was added.
func (l *Latency) Mean() time.Duration {
	total, sum := 0.0, 0.0
	for i := range l.counts {
		n := float64(l.counts[i].Load())
		total, sum = total+n, sum+n*float64(middle(i))
	}
	if total == 0 {
		return 0
	}
	return time.Duration(sum / total)
}

// Quantile is the duration below which a share q of them lies; zero where nothing was added.
func (l *Latency) Quantile(q float64) time.Duration {
	left := q * float64(l.Count())
	last := 0
	for i := range l.counts {
		n := l.counts[i].Load()
		if n == 0 {
			continue
		}
		last = i
		if left -= float64(n); left <= 0 {
			break
		}
	}
	return middle(last)
}

// MarshalJSON writes pairs of bucket and count, for a process that measures on behalf of another.
func (l *Latency) MarshalJSON() ([]byte, error) {
	pairs := [][2]uint64{}
	for i := range l.counts {
		if n := l.counts[i].Load(); n > 0 {
			pairs = append(pairs, [2]uint64{uint64(i), n})
		}
	}
	return json.Marshal(pairs)
}

// UnmarshalJSON reads what MarshalJSON wrote; buckets beyond the last count as the last.
func (l *Latency) UnmarshalJSON(data []byte) error {
	var pairs [][2]uint64
	if err := json.Unmarshal(data, &pairs); err != nil {
		return err
	}
	for _, pair := range pairs {
		l.counts[min(pair[0], buckets-1)].Add(pair[1])
	}
	return nil
}

func milliseconds(d time.Duration) float64 { return round(float64(d) / float64(time.Millisecond)) }
