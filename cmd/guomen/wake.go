package main

import (
	"context"
	"sync"
	"time"
)

// waker tells live pages that something may have changed, at most once a wakeEvery however much happens: a page that is
// drawn again for every truck would cost more than the trucks.
type waker struct {
	platform *platform
	done     chan struct{}
	once     sync.Once
}

const wakeEvery = time.Second

func newWaker(p *platform) *waker { return &waker{platform: p, done: make(chan struct{})} }

func (w *waker) stop() { w.once.Do(func() { close(w.done) }) }

// wait speaks after the views have moved, until the context ends or the program stops.
func (w *waker) wait(ctx context.Context) <-chan struct{} {
	wake := make(chan struct{})
	go func() {
		defer close(wake)
		for {
			w.platform.views.Pause(ctx, 5*time.Second)
			select {
			case <-ctx.Done():
				return
			case <-w.done:
				return
			case <-time.After(wakeEvery):
			}
			select {
			case wake <- struct{}{}:
			case <-ctx.Done():
				return
			case <-w.done:
				return
			}
		}
	}()
	return wake
}
