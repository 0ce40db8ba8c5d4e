package simulator

import (
	"container/heap"
	"time"
)

// agenda is what is to happen, in the order of time; what is entered first comes first at the same instant.
type agenda struct {
	entries entries
	count   uint64
}

type entry struct {
	at    time.Time
	order uint64
	do    func()
}

// enter puts something on the agenda.
func (a *agenda) enter(at time.Time, do func()) {
	a.count++
	heap.Push(&a.entries, entry{at, a.count, do})
}

// next is the time of the first entry; false where there is none.
func (a *agenda) next() (time.Time, bool) {
	if len(a.entries) == 0 {
		return time.Time{}, false
	}
	return a.entries[0].at, true
}

// due takes the first entry if its time has come; nil where it has not.
func (a *agenda) due(now time.Time) func() {
	if at, ok := a.next(); !ok || at.After(now) {
		return nil
	}
	return heap.Pop(&a.entries).(entry).do
}

// entries is the heap.
type entries []entry

func (e entries) Len() int { return len(e) }

func (e entries) Less(i, j int) bool {
	if e[i].at.Equal(e[j].at) {
		return e[i].order < e[j].order
	}
	return e[i].at.Before(e[j].at)
}

func (e entries) Swap(i, j int) { e[i], e[j] = e[j], e[i] }

func (e *entries) Push(x any) { *e = append(*e, x.(entry)) }

func (e *entries) Pop() any {
	last := len(*e) - 1
	x := (*e)[last]
	(*e)[last] = entry{}
	*e = (*e)[:last]
	return x
}
