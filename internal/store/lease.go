package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Leases of one process share one session of the server, so that any number of followers and views takes one connection.
// A name is asked for again every leaseEvery; a step of the session takes leaseTimeout at most, however long the caller
// is willing to wait, because one that is broken off in the middle ends the session.
const (
	leaseEvery   = 500 * time.Millisecond
	leaseTimeout = 5 * time.Second
)

// Lease waits until this process alone holds the name. When the session is lost (the server was restarted) another
// process may take the name before this one has noticed: what is done under a lease must bear being done twice.
func (p *Postgres) Lease(ctx context.Context, name string) (func(), error) {
	for {
		got, err := p.tryLease(ctx, name)
		if err != nil {
			return nil, postgresError(err, "lease %s", name)
		}
		if got {
			return func() { p.release(name) }, nil
		}
		select {
		case <-time.After(leaseEvery):
		case <-ctx.Done():
			return nil, postgresError(ctx.Err(), "lease %s", name)
		}
	}
}

func (p *Postgres) tryLease(ctx context.Context, name string) (got bool, err error) {
	p.leasing.Lock()
	defer p.leasing.Unlock()
	if err := ctx.Err(); err != nil {
		return false, err
	}
	if p.held[name] { // the server would let the same session in twice
		return false, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaseTimeout)
	defer cancel()
	if p.session == nil || p.session.IsClosed() {
		if p.session, err = pgx.ConnectConfig(ctx, p.pool.Config().ConnConfig); err != nil {
			p.session = nil
			return false, err
		}
		for other := range p.held { // what nobody has taken meanwhile stays ours
			if _, err := p.session.Exec(ctx, "SELECT pg_try_advisory_lock($1)", lockNumber(other)); err != nil {
				return false, err
			}
		}
	}
	if err := p.session.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", lockNumber(name)).Scan(&got); err != nil {
		_ = p.session.Close(ctx)
		return false, err
	}
	if got {
		p.held[name] = true
	}
	return got, nil
}

func (p *Postgres) release(name string) {
	p.leasing.Lock()
	defer p.leasing.Unlock()
	delete(p.held, name)
	if p.session == nil || p.session.IsClosed() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), leaseTimeout)
	defer cancel()
	if _, err := p.session.Exec(ctx, "SELECT pg_advisory_unlock($1)", lockNumber(name)); err != nil {
		_ = p.session.Close(ctx) // the locks end with the session
	}
}
